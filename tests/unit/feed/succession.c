/* SPDX-License-Identifier: MIT */
/* Which items with unknown ids are known ones: edits and moves, and new items that look alike. */
#include "lib/unit.h"

#include "feed/succession.h"

#define T0     INT64_C(1700000000000)
#define M(n)   ((n)*CLOCK_MINUTE)
#define H(n)   ((n)*CLOCK_HOUR)
#define DAY(n) (T0 - T0 % CLOCK_DAY + (n)*CLOCK_DAY) /* without a time of day */
#define NO     STAMP_NONE

#define STORY                                                                                      \
	"The embassy will shut its doors on Monday, a spokesman said at the harbour, and the "     \
	"staff will leave by ship."
#define OTHER                                                                                      \
	"Two ferries have been cancelled after the storm; passengers for the islands may wait "    \
	"in the sports hall."

/* What the store knows of the pair. */
enum {
	LATE = 1,
	LINK = 2,
	TWINS = 4,
	ALL = 8,
	AUDIO = 16,
	BOILERPLATE = 32,
	NUMBER = 64,
	ALONE = 128,
	CUT = 256
};

struct row {
	bool want;
	const char *why;
	int flags;
	struct {
		const char *id, *title, *text, *link;
		int64_t date;
	} was, is;
};

static const struct row rows[] = {
	/* the same link */
	{true, "versions in the fragment", LINK, {"/a#0", "Embassy shuts", "v1", "/a", NO},
		{"/a#1", "What we know", "other", "/a", NO}},
	{true, "versions, days later", LINK, {"/a#0", "Embassy shuts", STORY, "/a", T0},
		{"/a#12", "Ferries", OTHER, "/a", T0 + H(50)}},
	{true, "the time of the edit in the id", LINK,
		{"a-1700000000", "Embassy shuts", STORY, "/a", T0},
		{"a-1700000900", "Embassy shut", STORY " More follows.", "/a", T0 + M(15)}},
	{true, "a random id, without dates", LINK, {"f00", "Embassy shuts", STORY, "/a", NO},
		{"ba5", "What we know", OTHER, "/a", NO}},
	{true, "a day later, but the same text", LINK, {"1", "Embassy shuts", STORY, "/a", T0},
		{"2", "Embassy shut", STORY " Updated.", "/a", T0 + H(26)}},
	{true, "a day later, rewritten", LINK, {"1", "Embassy shuts after warning", "v1", "/a", T0},
		{"2", "Embassy shut: what we know", "v2", "/a", T0 + H(26)}},
	{false, "a daily report with its number", LINK,
		{"1", "Market wrap, 2 May", "Shares rose one per cent.", "/wrap", T0},
		{"2", "Market wrap, 3 May", "Oil fell after the meeting.", "/wrap", T0 + H(24)}},
	{true, "an earlier date", LINK, {"1", "Embassy shuts", "v1", "/a", T0},
		{"2", "Embassy shut", "v2", "/a", T0 - H(20)}},
	{true, "links differ in the version", LINK, {"/a#0", "Embassy", "v1", "/a#0", NO},
		{"/a#1", "Embassy", "v2", "/a#1", NO}},
	{false, "a link that others have", 0, {"1", "One", "v1", "/live", NO},
		{"2", "Two", "v2", "/live", NO}},
	{false, "it left hours ago", LINK | LATE, {"1", "Orange warning", "v1", "/kyiv", T0},
		{"2", "Orange warning", "v2", "/kyiv", T0 + H(3)}},
	{false, "the home page", LINK, {"1", "One", "v1", "", NO}, {"2", "Two", "v2", "", NO}},
	{false, "the page of the feed", LINK, {"1", "One", "v1", "/home", NO},
		{"2", "Two", "v2", "/home", NO}},
	{false, "another anchor", LINK, {"1", "One", "v1", "/log#rel-1", NO},
		{"2", "Two", "v2", "/log#rel-2", NO}},
	{false, "a daily report", LINK,
		{"1", "Market wrap", "Shares rose one per cent in London.", "/wrap", T0},
		{"2", "Market wrap", "Oil fell after the meeting in Vienna.", "/wrap", T0 + H(24)}},
	{false, "a daily report without text", LINK, {"1", "Market wrap", NULL, "/wrap", T0},
		{"2", "Market wrap", NULL, "/wrap", T0 + H(24)}},
	{false, "a daily report without dates", LINK | LATE,
		{"1", "Market wrap", "Shares rose one per cent in London.", "/wrap", NO},
		{"2", "Market wrap", "Oil fell after the meeting in Vienna.", "/wrap", NO}},
	{false, "an hourly bulletin", LINK | AUDIO, {"1", "News at ten", STORY, "/pod", T0},
		{"2", "News at eleven", STORY, "/pod", T0 + H(1)}},
	{false, "something else altogether", LINK, {"1", "Embassy shuts", STORY, "/top", T0},
		{"2", "No ferries today", OTHER, "/top", T0 + M(30)}},
	/* the same link, title and text */
	{true, "a random id", LATE, {"1", "Embassy", STORY, "/a", NO},
		{"2", "Embassy", STORY, "/a", T0}},
	{true, "a random id, published again", LATE, {"1", "Embassy", NULL, "", T0},
		{"2", "Embassy", NULL, "", T0 + H(2)}},
	{true, "random ids, half a day later", ALL, {"1", "Embassy", NULL, "/a", T0},
		{"2", "Embassy", NULL, "/a", T0 + H(20)}},
	{false, "a weekly notice on a page", LINK, {"1", "Siren test", STORY, "/a", T0},
		{"2", "Siren test", STORY, "/a", T0 + H(168)}},
	{false, "a weekly notice", 0, {"1", "Siren test", STORY, "", T0},
		{"2", "Siren test", STORY, "", T0 + H(168)}},
	{false, "notices of one text and link", TWINS, {"1", "Siren test", STORY, "", T0},
		{"2", "Siren test", STORY, "", T0 + H(1)}},
	{false, "a recording of one text and link", AUDIO, {"1", "News", STORY, "/pod", T0},
		{"2", "News", STORY, "/pod", T0 + H(1)}},
	/* another link: title, text and date */
	{true, "a session number", 0, {NULL, "Embassy", STORY, "/a?id=1&sid=7", T0},
		{NULL, "Embassy", STORY, "/a?id=1&sid=8", T0}},
	{true, "another domain, after a gap", LATE, {"1", "Embassy", STORY, "/a", T0},
		{"2", "Embassy", STORY, "http://b.example/x", T0}},
	{true, "a title alone, with its time", 0, {"1", "Embassy", NULL, "/a", T0},
		{"2", "Embassy", NULL, "/b", T0}},
	{true, "without links", 0, {"1", "Embassy", STORY, NULL, T0},
		{"2", "Embassy", STORY, NULL, T0}},
	{true, "a day and a long text", 0, {"1", "Embassy", STORY, "/a", DAY(0)},
		{"2", "Embassy", STORY, "/b", DAY(0)}},
	{false, "a day and a short text", 0, {"1", "Ruling", NULL, "/a", DAY(0)},
		{"2", "Ruling", NULL, "/b", DAY(0)}},
	{false, "a day, and notices of one text", TWINS, {"1", "Notice", STORY, "/a", DAY(0)},
		{"2", "Notice", STORY, "/b", DAY(0)}},
	{false, "nothing but a date", 0, {"1", NULL, NULL, "/a", T0}, {"2", NULL, NULL, "/b", T0}},
	/* title and text */
	{true, "a slug without dates", 0, {"/a", "Embassy", STORY, "/a", NO},
		{"/b", "Embassy", STORY, "/b", NO}},
	{true, "a slug, published again", 0, {"/a", "Embassy", STORY, "/a", T0},
		{"/b", "Embassy", STORY, "/b", T0 + H(1)}},
	{true, "a domain, titles alone", 0, {"1", "Embassy", NULL, "/a/1", NO},
		{"2", "Embassy", NULL, "http://b.example/a/1", NO}},
	{true, "all ids and dates are new", ALL, {"1", "Embassy", STORY, "/a", T0},
		{"2", "Embassy", STORY, "/b", T0 + H(90)}},
	{false, "all ids are new, without links", ALL, {"1", "Embassy", STORY, NULL, NO},
		{"2", "Embassy", STORY, NULL, NO}},
	{false, "an id without link", 0, {"1", "Earthquake", "magnitude 5", NULL, NO},
		{"2", "Earthquake", "magnitude 5", NULL, NO}},
	{true, "a slug, published again the next day", 0, {"1", "Embassy", STORY, "/1", T0},
		{"2", "Embassy", STORY, "/2", T0 + H(24)}},
	{false, "a weekly notice with its link", 0, {"1", "Siren test", STORY, "/1", T0},
		{"2", "Siren test", STORY, "/2", T0 + H(168)}},
	{false, "a notice after a pause", LATE, {"1", "Siren test", STORY, "/1", NO},
		{"2", "Siren test", STORY, "/2", NO}},
	{false, "notices side by side", TWINS, {"1", "Siren test", STORY, "/1", T0},
		{"2", "Siren test", STORY, "/2", T0 + H(1)}},
	{false, "titles alone", 0, {"1", "Evening news", NULL, "/1", NO},
		{"2", "Evening news", NULL, "/2", NO}},
	{false, "a recurring podcast", AUDIO, {"1", "The hour", STORY, "/1", T0},
		{"2", "The hour", STORY, "/2", T0 + H(1)}},
	/* text and date */
	{true, "title and slug", 0, {"/a", "Embassy to shut", STORY, "/a", T0},
		{"/b", "Embassy to shut in May", STORY, "/b", T0}},
	{false, "boilerplate", BOILERPLATE, {"1", "Wind: north", STORY, "/1", T0},
		{"2", "Wind: south", STORY, "/2", T0}},
	{false, "boilerplate and a day", 0, {"1", "Wind: north", STORY, "/1", DAY(1)},
		{"2", "Wind: south", STORY, "/2", DAY(1)}},
	{false, "no text", 0, {"1", "Wind: north", NULL, "/1", T0},
		{"2", "Wind: south", NULL, "/2", T0}},
	{false, "text alone", 0, {"1", "Wind: north", STORY, "/1", T0},
		{"2", "Wind: south", STORY, "/2", T0 + M(1)}},
	/* title and date */
	{true, "a domain and an edit", 0, {"1", "Embassy", STORY, "/a/1", T0},
		{"2", "Embassy", OTHER, "http://b.example/a/1", T0}},
	{true, "another text, to the second", ALONE, {"1", "Embassy", STORY, "/1", T0 + 7000},
		{"2", "Embassy", OTHER, "/2", T0 + 7000}},
	{false, "warnings of one minute", ALONE,
		{"1", "Wind warning", STORY, "/1", DAY(0) + M(601)},
		{"2", "Wind warning", OTHER, "/2", DAY(0) + M(601)}},
	{false, "warnings of one second", 0, {"1", "Wind warning", STORY, "/1", T0 + 7000},
		{"2", "Wind warning", OTHER, "/2", T0 + 7000}},
	{false, "warnings of one hour", 0, {"1", "Wind warning", STORY, "/1", T0},
		{"2", "Wind warning", OTHER, "/2", T0}},
	{false, "a title alone", 0, {"1", "Market wrap", "Shares rose.", "/1", T0},
		{"2", "Market wrap", "Oil fell.", "/2", T0 + H(24)}},
	/* the number in the link */
	{true, "headline, slug and text", NUMBER, {"1", "Embassy shuts", STORY, "/x-61234", T0},
		{"2", "Staff leave by ship", "v2", "/y-61234", T0}},
	{true, "the same, dated by the edit", NUMBER, {"1", "Embassy shuts", STORY, "/x-61234", T0},
		{"2", "Staff leave by ship", STORY " Updated.", "/y-61234", T0 + H(20)}},
	{false, "after a gap", NUMBER | LATE, {"1", "Embassy shuts", STORY, "/x-61234", T0},
		{"2", "Staff leave by ship", "v2", "/y-61234", T0 + H(1)}},
	{false, "advisories of one storm", NUMBER,
		{"1", "Storm: advisory 7", STORY, "/storm-61234-7", T0},
		{"2", "Storm: advisory 8", STORY " Later.", "/storm-61234-8", T0 + H(3)}},
	{false, "another subject", NUMBER, {"1", "Embassy shuts", STORY, "/x-61234", T0},
		{"2", "Ferries", OTHER, "/y-61234", T0 + H(1)}},
	/* the date alone */
	{true, "an edit of all, to the second", ALONE,
		{"/a", "Embassy shuts", STORY, "/a", T0 + 7000},
		{"/b", "Staff leave", STORY " More follows.", "/b", T0 + 7000}},
	{false, "at a time of the clock", ALONE, {"/a", "Wind: Kent", STORY, "/a", DAY(0) + M(605)},
		{"/b", "Wind: Essex", STORY " More.", "/b", DAY(0) + M(605)}},
	{false, "a short text, to the minute", ALONE,
		{"/a", "Delays: line A", STORY, "/a", DAY(0) + M(601)},
		{"/b", "Delays: line B", STORY " More.", "/b", DAY(0) + M(601)}},
	{true, "a long text, to the minute", ALONE,
		{"/a", "Embassy shuts", STORY " " OTHER, "/a", DAY(0) + M(601)},
		{"/b", "Staff leave", STORY " " OTHER " More.", "/b", DAY(0) + M(601)}},
	{false, "another text, to the second", ALONE, {"/a", "Embassy", STORY, "/a", T0 + 7000},
		{"/b", "Ferries", OTHER, "/b", T0 + 7000}},
	{false, "one of several, to the second", 0, {"/a", "Wind: Kent", STORY, "/a", T0 + 7000},
		{"/b", "Wind: Essex", STORY " More.", "/b", T0 + 7000}},
	{false, "after a gap, to the second", ALONE | LATE,
		{"/a", "Embassy shuts", STORY, "/a", T0 + 7000},
		{"/b", "Staff leave", STORY " More follows.", "/b", T0 + 7000}},
	/* the old item may be in the rest of the body */
	{true, "a session number, truncated", CUT, {NULL, "Embassy", STORY, "/a?sid=7", T0},
		{NULL, "Embassy", STORY, "/a?sid=8", T0}},
	{true, "an edit with its date, truncated", CUT | LINK, {"1", "Embassy", "v1", "/a", T0},
		{"2", "Staff leave", "v2", "/a", T0}},
	{true, "the number and the date, truncated", CUT | NUMBER,
		{"1", "Embassy", "v1", "/x-61234", T0}, {"2", "Staff leave", "v2", "/y-61234", T0}},
	{false, "an edit with another date, truncated", CUT | LINK,
		{"1", "Embassy", "v1", "/a", T0}, {"2", "Embassy", "v2", "/a", T0 + M(5)}},
	{false, "posts under one link, truncated", CUT | LINK, {"/a#1", "One", "v1", "/a", NO},
		{"/a#2", "Two", "v2", "/a", NO}},
	{false, "notices of a day, truncated", CUT, {"1", "Siren test", STORY, "/1", DAY(1)},
		{"2", "Siren test", STORY, "/2", DAY(1)}},
	{false, "notices side by side, truncated", CUT | TWINS,
		{"1", "Siren test", STORY, "/1", T0}, {"2", "Siren test", STORY, "/2", T0}},
	{false, "a slug without dates, truncated", CUT, {"/a", "Embassy", STORY, "/a", NO},
		{"/b", "Embassy", STORY, "/b", NO}},
	{false, "title and slug, truncated", CUT, {"/a", "Embassy to shut", STORY, "/a", T0},
		{"/b", "Embassy to shut in May", STORY, "/b", T0}},
	{false, "nothing in common", ALL, {"1", "Embassy", STORY, "/1", T0},
		{"2", "Ferries", OTHER, "/2", T0 + H(1)}},
};

static struct str full_link(const char *link, char out[64])
{
	if (!link)
		return STR_NONE;
	snprintf(out, 64, "%s%s", link[0] == 'h' ? "" : "https://www.a.example", link);
	return str_of(out);
}

static bool holds(const struct row *r)
{
	static struct feed_enclosure audio = {.type = {"audio/mpeg", 10}};
	char links[2][64];
	struct feed_item was = {.id = str_of(r->was.id),
		.title = str_of(r->was.title),
		.summary = str_of(r->was.text),
		.link = full_link(r->was.link, links[0]),
		.published = r->was.date,
		.updated = STAMP_NONE};
	struct feed_item is = {.id = str_of(r->is.id),
		.title = str_of(r->is.title),
		.summary = str_of(r->is.text),
		.link = full_link(r->is.link, links[1]),
		.published = r->is.date,
		.updated = STAMP_NONE,
		.enclosures = &audio,
		.n_enclosures = r->flags & AUDIO ? 1 : 0};
	struct feed_succession s = {
		.was = &was,
		.is = &is,
		.was_seen = T0,
		.now = T0 + (r->flags & LATE ? H(24) : M(5)),
		.home = STR("http://a.example/home/"),
		.recent = !(r->flags & LATE),
		.link_same = r->was.link && r->is.link && !strcmp(r->was.link, r->is.link),
		.link_unique = (r->flags & LINK) != 0,
		.number_same = (r->flags & NUMBER) != 0,
		.date_single = (r->flags & ALONE) != 0,
		.truncated = (r->flags & CUT) != 0,
		.text_single = !(r->flags & TWINS),
		.text_unique = !(r->flags & TWINS),
		.body_unique = !(r->flags & BOILERPLATE),
		.all_changed = (r->flags & ALL) != 0,
	};

	return feed_succession_holds(&s);
}

static void items_succeed_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (holds(&rows[i]) != rows[i].want)
			fail_msg("%s: %s", rows[i].why, rows[i].want ? "is new" : "is known");
}

/* The undated report replaced one that was in the feed until now, as in a list of one item. */
static void a_report_without_dates_is_new_after_half_a_day(void **state)
{
	struct feed_item was = {.title = STR("Market wrap"),
		.content = STR("Shares rose one per cent in London."),
		.link = STR("https://a.example/wrap"),
		.published = STAMP_NONE,
		.updated = STAMP_NONE};
	struct feed_item is = was;
	struct feed_succession s = {
		.was = &was, .is = &is, .was_seen = T0, .recent = true, .link_unique = true};

	(void)state;
	is.content = STR("Oil fell after the meeting in Vienna.");
	s.now = T0 + H(11);
	assert_true(feed_succession_holds(&s));
	s.now = T0 + H(13);
	assert_false(feed_succession_holds(&s));
	is.content = STR("Shares rose one per cent in London, and more in Paris.");
	assert_true(feed_succession_holds(&s));
}

static void implausible_dates_count_for_nothing(void **state)
{
	struct feed_item a = {.published = 5, .updated = 6};

	(void)state;
	assert_int_equal(feed_item_plausible_date(&a), 5);
	a.published = STAMP_NONE;
	assert_int_equal(feed_item_plausible_date(&a), 6);
	a.date_implausible = true;
	assert_int_equal(feed_item_plausible_date(&a), STAMP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_succeed_others),
		cmocka_unit_test(a_report_without_dates_is_new_after_half_a_day),
		cmocka_unit_test(implausible_dates_count_for_nothing),
	};

	return cmocka_run_group_tests_name("feed succession", tests, NULL, NULL);
}
