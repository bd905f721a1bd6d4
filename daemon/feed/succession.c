/* SPDX-License-Identifier: MIT */
#include "feed/succession.h"

#include <string.h>

#include "base/ascii.h"
#include "link_form.h"

/* A publication date this much later means a new item rather than an edit: with another text ... */
#define LATER_MS	(12 * CLOCK_HOUR)
/* ... and with the same title and text, if there is a text. */
#define REISSUE_MS	(48 * CLOCK_HOUR)
/* Schedules publish at multiples of this. */
#define TIMETABLE_MS	(5 * CLOCK_MINUTE)
/* Bytes of title and text that are not the same by chance, and those of a text alone. */
#define TEXT_MIN	((size_t)24)
#define PROSE_MIN	((size_t)200)
/*
 * Least percentage of common text for an edit of an item that is LATER_MS old; of the text alone if
 * the titles are the same, which is typical of reports that come every day.
 */
#define EDIT_RETITLED	30
#define EDIT_SAME_TITLE 60
/* Common text of unrelated articles in one language, in percent, from 100 bytes on. */
#define UNRELATED	15
#define UNRELATED_MIN	((size_t)100)

/* --- common text ------------------------------------------------------------------------------ */

#define SHINGLE	    ((size_t)5)
#define OVERLAP_MAX ((size_t)4096)

struct overlap {
	uint64_t seen[1024]; /* bitmap over hashes of shingles */
};

static size_t overlap_bit(const char *p)
{
	uint64_t bytes = 0;

	memcpy(&bytes, p, SHINGLE);
	return (size_t)(bytes * UINT64_C(0x9E3779B97F4A7C15) >> 48);
}

static size_t overlap_shingles(struct str s)
{
	size_t n = s.n < OVERLAP_MAX ? s.n : OVERLAP_MAX;

	return n < SHINGLE ? 0 : n - SHINGLE + 1;
}

static void overlap_add(struct overlap *o, struct str s)
{
	for (size_t i = 0, n = overlap_shingles(s); i < n; i++) {
		size_t bit = overlap_bit(s.p + i);

		o->seen[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static size_t overlap_count(const struct overlap *o, struct str s)
{
	size_t common = 0;

	for (size_t i = 0, n = overlap_shingles(s); i < n; i++) {
		size_t bit = overlap_bit(s.p + i);

		common += o->seen[bit / 64] >> bit % 64 & 1;
	}
	return common;
}

/* The same, or the same but for its digits: a number or a day. */
static bool succession_same_heading(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && ascii_is_digit(a.p[i]))
			i++;
		while (k < b.n && ascii_is_digit(b.p[k]))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (a.p[i++] != b.p[k++])
			return false;
	}
}

/* The parts of an item that are compared: a title that both have says nothing. */
static void succession_parts(const struct feed_item *i, bool title, struct str out[3], size_t *n)
{
	out[0] = title ? i->title : STR_NONE;
	out[1] = i->content;
	out[2] = feed_item_distinct_summary(i);
	*n = 0;
	for (size_t k = 0; k < 3; k++)
		*n += overlap_shingles(out[k]);
}

/*
 * Returns how much of the shorter text the other one contains, in percent of its shingles of five
 * bytes; sets *length to their number.
 */
static size_t succession_overlap(const struct feed_succession *s, size_t *length)
{
	bool title = !succession_same_heading(s->was->title, s->is->title);
	struct str was[3], is[3], *longer = was, *shorter = is;
	struct overlap o = {0};
	size_t n, common = 0;

	succession_parts(s->was, title, was, &n);
	succession_parts(s->is, title, is, length);
	if (n < *length) {
		longer = is;
		shorter = was;
		*length = n;
	}
	for (size_t k = 0; k < 3; k++)
		overlap_add(&o, longer[k]);
	for (size_t k = 0; k < 3; k++)
		common += overlap_count(&o, shorter[k]);
	return *length ? common * 100 / *length : 0;
}

/* --- dates, links and ids --------------------------------------------------------------------- */

static bool succession_is_dated(const struct feed_succession *s)
{
	return feed_item_plausible_date(s->was) != STAMP_NONE &&
	       feed_item_plausible_date(s->is) != STAMP_NONE;
}

static bool succession_same_date(const struct feed_succession *s)
{
	return succession_is_dated(s) &&
	       feed_item_plausible_date(s->was) == feed_item_plausible_date(s->is);
}

/* Dates without a time of day are equal by chance. */
static bool succession_is_exact(const struct feed_succession *s)
{
	return feed_item_plausible_date(s->is) % CLOCK_DAY != 0;
}

static bool succession_has_sound(const struct feed_enclosure *e)
{
	static const char *const endings[] = {".mp3", ".m4a", ".ogg", ".opus", ".aac", ".mp4"};

	if (str_present(e->type))
		return str_starts_nocase(e->type, STR("audio/")) ||
		       str_starts_nocase(e->type, STR("video/"));
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (str_ends(e->url, str_of(endings[i])))
			return true;
	return false;
}

/* Another date of an audio or video file: another recording under the same title. */
static bool succession_is_recording(const struct feed_succession *s)
{
	const struct feed_item *i = s->is;

	if (!succession_is_dated(s) || succession_same_date(s))
		return false;
	for (size_t k = 0; k < i->n_enclosures; k++)
		if (succession_has_sound(&i->enclosures[k]))
			return true;
	return false;
}

static struct str succession_fragment(struct str s)
{
	const char *mark = s.n ? memrchr(s.p, '#', s.n) : NULL;

	return mark ? str_slice(mark, (size_t)(s.p + s.n - mark)) : STR_NONE;
}

/* "", "#", "#0" to "#999": counts edits. */
static bool succession_is_version(struct str fragment)
{
	for (size_t i = 1; i < fragment.n; i++)
		if (!ascii_is_digit(fragment.p[i]))
			return false;
	return fragment.n <= 4;
}

/* Equal, or with other version numbers in the fragment. */
static bool succession_same_but_version(struct str a, struct str b)
{
	struct str x = succession_fragment(a), y = succession_fragment(b);

	a.n -= x.n;
	b.n -= y.n;
	return a.n && str_eq(a, b) && succession_is_version(x) && succession_is_version(y);
}

struct succession_link {
	char form[LINK_FORM_MAX];
	struct str whole, path; /* canonical; path with query, absent for a host alone */
};

static void succession_read_link(struct succession_link *l, struct str link)
{
	struct link_form f = {.out = l->form};
	size_t with_fragment, n = link_form_write(&f, link, &with_fragment), host = 0;

	while (host < n && l->form[host] != '/' && l->form[host] != '?')
		host++;
	l->whole = str_slice(l->form, n);
	l->path = host < n ? str_slice(l->form + host, n - host) : STR_NONE;
}

static bool succession_is_home(const struct feed_succession *s)
{
	struct succession_link link = {0}, home = {0};

	succession_read_link(&link, s->is->link);
	if (!str_present(link.path))
		return true;
	succession_read_link(&home, s->home);
	return str_eq(link.whole, home.whole);
}

/* The same page on another host. */
static bool succession_is_moved(const struct feed_succession *s)
{
	struct succession_link was = {0}, is = {0};

	if (!str_present(s->was->link) || !str_present(s->is->link))
		return false;
	succession_read_link(&was, s->was->link);
	succession_read_link(&is, s->is->link);
	return str_present(is.path) && str_eq(was.path, is.path);
}

/* --- the rules -------------------------------------------------------------------------------- */

static bool succession_is_later(const struct feed_succession *s, int64_t by)
{
	if (!succession_is_dated(s))
		return false;
	return feed_item_plausible_date(s->is) - feed_item_plausible_date(s->was) >= by;
}

/* Both have the same link, but not the same title and text. */
static bool succession_is_edit(const struct feed_succession *s)
{
	bool heading = succession_same_heading(s->was->title, s->is->title);
	size_t length, common;

	if (succession_same_but_version(s->was->id, s->is->id) || succession_same_date(s))
		return true;
	if (succession_is_recording(s))
		return false;
	common = succession_overlap(s, &length);
	if (succession_is_later(s, LATER_MS) ||
		(!succession_is_dated(s) && s->now - s->was_seen >= LATER_MS))
		return common >= (heading ? EDIT_SAME_TITLE : EDIT_RETITLED);
	return !succession_is_dated(s) || length < UNRELATED_MIN || common >= UNRELATED;
}

static bool succession_same_title(const struct feed_succession *s)
{
	return str_eq(s->was->title, s->is->title);
}

static bool succession_same_body(const struct feed_succession *s)
{
	return str_eq(s->was->content, s->is->content) &&
	       str_eq(feed_item_distinct_summary(s->was), feed_item_distinct_summary(s->is));
}

static size_t succession_body_length(const struct feed_succession *s)
{
	return s->is->content.n + feed_item_distinct_summary(s->is).n;
}

/* Title, text and date are the same. */
static bool succession_is_same(const struct feed_succession *s)
{
	size_t length = s->is->title.n + succession_body_length(s);

	if (s->link_same && s->text_single)
		return true;
	return succession_is_exact(s) ? length > 0 : s->text_unique && length >= TEXT_MIN;
}

/* Title and text are the same, the date is another one or absent: without a link the id counts. */
static bool succession_is_renamed(const struct feed_succession *s)
{
	int64_t later = succession_body_length(s) ? REISSUE_MS : LATER_MS;
	bool all_changed = s->recent && s->all_changed;

	if (succession_is_recording(s) || !str_present(s->was->link) || !str_present(s->is->link) ||
		(succession_is_later(s, later) && !all_changed))
		return false;
	if (s->link_same && s->text_single)
		return true;
	return s->recent && s->text_unique &&
	       (all_changed || succession_body_length(s) > 0 || succession_is_moved(s));
}

/*
 * Title and date are the same: as in warnings for two regions, so all items must have changed, or
 * the date must be to the second.
 */
static bool succession_is_rewritten(const struct feed_succession *s)
{
	bool timed = s->date_single && feed_item_plausible_date(s->is) % CLOCK_MINUTE != 0;

	return s->recent && str_present(s->is->title) && succession_is_exact(s) &&
	       (s->all_changed || succession_is_moved(s) || timed);
}

/* Text and date are the same. */
static bool succession_is_retitled(const struct feed_succession *s)
{
	return s->recent && s->body_unique &&
	       succession_body_length(s) >= (succession_is_exact(s) ? TEXT_MIN : PROSE_MIN);
}

/* The date is the same, title and text are edited. */
static bool succession_is_reworded(const struct feed_succession *s)
{
	int64_t date = feed_item_plausible_date(s->is);
	size_t least = date % CLOCK_MINUTE ? UNRELATED_MIN : PROSE_MIN, length;

	return s->recent && s->date_single && date % TIMETABLE_MS != 0 &&
	       succession_overlap(s, &length) >= EDIT_SAME_TITLE && length >= least;
}

static bool succession_links_agree(const struct feed_succession *s)
{
	struct str a = succession_fragment(s->was->link), b = succession_fragment(s->is->link);

	return str_eq(a, b) || (succession_is_version(a) && succession_is_version(b));
}

/*
 * The link says that it is the same item. The number of reports that come every day may be that of
 * the event they are about.
 */
static bool succession_is_linked(const struct feed_succession *s)
{
	bool report = !succession_same_title(s) && !succession_same_date(s) &&
		      succession_same_heading(s->was->title, s->is->title);

	return (s->number_same && !report) ||
	       (s->link_unique && succession_links_agree(s) && !succession_is_home(s));
}

bool feed_succession_holds(const struct feed_succession *s)
{
	bool title = succession_same_title(s), body = succession_same_body(s);
	bool date = succession_same_date(s);

	if (s->truncated)
		return date && succession_is_exact(s) &&
		       (title && body ? s->text_single && succession_is_same(s)
				      : s->recent && succession_is_linked(s));
	if (s->recent && succession_is_linked(s) &&
		(title && body ? succession_same_but_version(s->was->id, s->is->id)
			       : succession_is_edit(s)))
		return true;
	if (title && body && s->recent && s->rekeyed)
		return true;
	if (title && body)
		return date ? succession_is_same(s) : succession_is_renamed(s);
	if (!date)
		return false;
	return (title && succession_is_rewritten(s)) || (body && succession_is_retitled(s)) ||
	       succession_is_reworded(s);
}
