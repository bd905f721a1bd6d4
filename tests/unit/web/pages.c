/* SPDX-License-Identifier: MIT */
/*
 * Every page from a fixed database, compared with what is between <main> and </main> in
 * tests/golden/pages/NAME.html; UPDATE=1 rewrites the files: look at the pages in a browser then.
 * And from hostile ones: nothing of a feed, a receiver or a request is markup, see
 * lib/html_check.h.
 */
#include "lib/unit.h"

#include "feed/identity.h"
#include "lib/desk_polls.h"
#include "lib/html_check.h"
#include "lib/page_fixture.h"
#include "store/archive.h"
#include "store/silences.h"
#include "web/alert_list.h"
#include "web/alert_page.h"
#include "web/feed_page.h"
#include "web/feeds_page.h"
#include "web/front.h"
#include "web/item_page.h"
#include "web/page.h"
#include "web/search_page.h"
#include "web/watch_page.h"
#include "web/watches_page.h"

#define DIR    "tests/golden/pages/"
#define PRAVDA "'Українська правда'"
#define MOVES  "'(embass* OR посольство) AND NOT football'"
#define CONF                                                                                       \
	"daemon { timezone = 'EET-2' }\n"                                                          \
	"feed wire { url = 'http://wire.example/rss' title = 'The Wire' }\n"                       \
	"feed pravda { url = 'http://pravda.example/rss' title = " PRAVDA " lang = 'uk' }\n"       \
	"feed broken { url = 'http://broken.example/rss' }\n"                                      \
	"feed later { url = 'http://later.example/rss' groups = { wires } }\n"                     \
	"notify desk { type = 'stdout' }\nnotify duty { type = 'stdout' }\n"                       \
	"notify idle { type = 'stdout' }\n"                                                        \
	"watch moves { title = 'Embassy moves' priority = 'flash' notify = { desk, duty }"         \
	" query = " MOVES " on-update = 'alert' escalate { after = '10m' to = { idle } } }\n"      \
	"watch diplomats { query = 'diplomat* NEAR/3 leave*' priority = 'low' }\n"                 \
	"watch grid { query = 'blackout AND turin' notify = desk }\n"

#define WHAT                                                                                       \
	"On Monday the embassy will leave Kyiv, a spokesman said. Two diplomats leave at "         \
	"once.\n\nThe consulate in the west stays open."

static const char status_text[] =
	"{\"ok\": false, \"troubles\": [{\"kind\": \"receiver-failing\", \"title\": \"receiver "
	"duty does not accept messages\", \"person\": true, \"advice\": \"look at its answer\", "
	"\"troubles\": [{\"subject\": \"duty\", \"since\": \"2023-11-14T22:10:00Z\", \"detail\": "
	"\"HTTP 500\"}], \"left_out\": 0}, {\"kind\": \"feed-failing\", \"title\": \"feed broken "
	"fails\", \"person\": false, \"advice\": \"correct its url\", \"troubles\": "
	"[{\"subject\": \"broken\", \"since\": \"2023-11-14T21:10:00Z\"}], \"left_out\": 3}]}";

static struct feed_item make_story(
	const char *id, const char *title, const char *text, const char *language)
{
	struct feed_item i = make_item(id, "https://wire.example/1", title, text);

	i.link = str_of(language ? NULL : "https://wire.example/1");
	i.language = str_of(language);
	i.published = clock_wall() - 3 * CLOCK_MINUTE;
	i.author.text = STR("A. Author");
	return i;
}

static void fail_poll(struct desk_fixture *f, const char *feed, const char *error)
{
	const struct desk_poll p = {.feed = str_of(feed),
		.outcome = DESK_FAILED,
		.started = clock_wall(),
		.fetched = clock_wall(),
		.next_due = clock_wall() + CLOCK_HOUR,
		.error = str_of(error)};
	struct desk_result r;

	assert_int_equal(desk_ingest(f->desk, f->conf, &p, &r, &f->e), 0);
}

static void poll(struct desk_fixture *f, const char *feed, struct feed_item item)
{
	feed_identity_fill(&item, NULL, 0);
	desk_polls_items(f, feed, &item, 1);
}

static void index_all(struct desk_fixture *f)
{
	bool more = true;

	while (more)
		assert_int_equal(archive_index(f->db->store, &more, &f->e), 0);
}

static void open_newsroom(struct desk_fixture *f)
{
	struct store_silence silence = {.watch = STR("grid"),
		.since = T0,
		.until = T0 + CLOCK_HOUR,
		.author = STR("ann"),
		.why = STR("a drill <b>")};

	desk_fixture_open(f, CONF);
	poll(f, "wire", desk_polls_item("old", "Calm seas"));
	poll(f, "pravda", desk_polls_item("old", "Спокій"));
	fail_poll(f, "broken", "http://broken.example/rss: the server answered 503");
	poll(f, "wire", make_story("1", "Embassy to leave Kyiv", WHAT, NULL));
	poll(f, "pravda",
		make_story("2", "Посольство США залишає Київ", "Так повідомив речник.", "uk"));
	poll(f, "wire",
		make_story("1", "Embassy leaves Kyiv on Tuesday",
			"On Tuesday the embassy will leave Kyiv, a spokesman said. Two diplomats "
			"leave at once.\n\nThe consulate in the west stays open.",
			NULL));
	poll(f, "wire",
		make_item("3", "http://wire.example/3", "Blackout in Milan", "Nothing of others."));
	assert_int_equal(store_delivery_update(f->db->store, 1, STORE_DELIVERED, 0, clock_wall(),
				 STR("HTTP 204"), &f->e),
		0);
	assert_int_equal(store_delivery_update(f->db->store, 2, STORE_DEAD, 0, clock_wall(),
				 STR("HTTP 403 <nope>"), &f->e),
		0);
	assert_int_equal(store_silence_add(f->db->store, &silence, &f->e), 0);
	index_all(f);
}

/* --- compared with files --- */

static struct str main_of(const struct buf *page)
{
	const char *from = strstr(buf_z(page), "<main"), *to = strstr(buf_z(page), "</main>");

	assert_true(from && to);
	return str_slice(from, (size_t)(to - from));
}

static void read_golden(const char *path, struct buf *out)
{
	char block[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	buf_init(out, 1 << 20);
	if (!f)
		fail_msg("%s is missing (UPDATE=1 makes it)", path);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(out, block, n);
	fclose(f);
}

static void compare(const char *name, const struct buf *page)
{
	struct str have = main_of(page), want;
	struct buf golden;
	char path[100];
	size_t at = 0;
	FILE *f;

	html_check(name, buf_str(page));
	snprintf(path, sizeof(path), DIR "%s.html", name);
	if (getenv("UPDATE")) {
		f = fopen(path, "wb");
		assert_non_null(f);
		fwrite(have.p, 1, have.n, f);
		assert_int_equal(fclose(f), 0);
	}
	read_golden(path, &golden);
	want = buf_str(&golden);
	while (at < have.n && at < want.n && have.p[at] == want.p[at])
		at++;
	if (at < have.n || at < want.n)
		fail_msg("%s differs at byte %zu: …%.*s (UPDATE=1 rewrites it)", path, at,
			(int)(have.n - at < 120 ? have.n - at : 120), have.p + at);
	buf_release(&golden);
}

static void make(
	struct desk_fixture *f, web_read_fn *fn, const struct page_request *q, struct buf *page)
{
	struct err e;

	if (page_fixture_make(f, fn, q, page, &e) != 0)
		fail_msg("%s: %s", q->path, e.text);
}

static void every_page_is_as_it_was_reviewed(void **state)
{
	json_t *status = json_loads(status_text, 0, NULL);
	struct desk_fixture f;
	const struct {
		const char *name;
		web_read_fn *fn;
		struct page_request q;
	} pages[] = {
		{"front", web_front_read, {"/", NULL, NULL, status}},
		{"front-wall", web_front_read, {"/", NULL, "wall=1", NULL}},
		{"alerts", web_alert_list_read, {"/alerts", NULL, NULL, NULL}},
		{"alerts-filtered", web_alert_list_read,
			{"/alerts", NULL,
				"q=spokesman&watch=moves&since=24h&priority=urgent&feed=wire",
				NULL}},
		{"alerts-none", web_alert_list_read, {"/alerts", NULL, "watch=x", NULL}},
		{"feeds", web_feeds_page_read, {"/feeds", NULL, NULL, NULL}},
		{"feeds-filtered", web_feeds_page_read,
			{"/feeds", NULL, "state=failing&q=BROKEN", NULL}},
		{"feed", web_feed_page_read, {"/feeds/wire", "wire", NULL, NULL}},
		{"feed-failing", web_feed_page_read, {"/feeds/broken", "broken", NULL, NULL}},
		{"feed-unread", web_feed_page_read, {"/feeds/later", "later", NULL, NULL}},
		{"watches", web_watches_page_read, {"/watches", NULL, NULL, NULL}},
		{"watches-filtered", web_watches_page_read, {"/watches", NULL, "q=MOVES", NULL}},
		{"watch", web_watch_page_read, {"/watches/moves", "moves", NULL, NULL}},
		{"watch-near", web_watch_page_read, {"/watches/grid", "grid", NULL, NULL}},
		{"item", web_item_page_read, {"/items/1", "1", NULL, NULL}},
		{"items", web_item_page_read, {"/items/old", "old", NULL, NULL}},
		{"search", web_search_page_read,
			{"/search", NULL, "q=consulate+%22the+west%22", NULL}},
		{"search-none", web_search_page_read, {"/search", NULL, "q=zebra", NULL}},
		{"search-empty", web_search_page_read, {"/search", NULL, NULL, NULL}},
	};

	(void)state;
	open_newsroom(&f);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct buf page;

		make(&f, pages[i].fn, &pages[i].q, &page);
		compare(pages[i].name, &page);
		buf_release(&page);
	}
	json_decref(status);
	desk_fixture_close(&f);
}

static int keep_alert(void *ctx, const struct store_alert_row *row)
{
	strcpy(ctx, row->alert.id.p);
	return 0;
}

/* The oldest: the walk ends with it. */
static void an_alert_shows_its_edits_and_deliveries(void **state)
{
	const struct store_alert_filter all = {.since = STAMP_NONE};
	struct desk_fixture f;
	char id[64], path[80];
	struct buf page;

	(void)state;
	open_newsroom(&f);
	assert_int_equal(store_alert_each(f.db->store, &all, keep_alert, id, &f.e), 0);
	snprintf(path, sizeof(path), "/alerts/%s", id);
	make(&f, web_alert_page_read, &(struct page_request){.path = path, .name = id}, &page);
	compare("alert", &page);
	buf_release(&page);
	desk_fixture_close(&f);
}

static void an_empty_newsroom_is_taught(void **state)
{
	struct desk_fixture f;
	struct buf page;

	(void)state;
	desk_fixture_open(&f, "daemon { timezone = 'EET-2' }\n");
	make(&f, web_front_read, &(struct page_request){.path = "/"}, &page);
	compare("front-empty", &page);
	buf_release(&page);
	desk_configure(&f, CONF);
	make(&f, web_front_read, &(struct page_request){.path = "/"}, &page);
	compare("front-new", &page);
	buf_release(&page);
	desk_fixture_close(&f);
}

static void what_is_not_there_is_an_error_that_says_so(void **state)
{
	static const struct {
		web_read_fn *fn;
		struct page_request q;
		int cls;
		const char *text;
	} rows[] = {
		{web_alert_page_read, {"/alerts/al_x", "al_x", NULL, NULL}, ERR_PERM,
			"no alert al_x"},
		{web_feed_page_read, {"/feeds/x", "x", NULL, NULL}, ERR_PERM, "no feed x"},
		{web_watch_page_read, {"/watches/x", "x", NULL, NULL}, ERR_PERM, "no watch x"},
		{web_item_page_read, {"/items/x", "x", NULL, NULL}, ERR_PERM, "no item x"},
		{web_item_page_read, {"/items/%23999", "#999", NULL, NULL}, ERR_PERM, "#999"},
		{web_alert_list_read, {"/alerts", NULL, "since=soon", NULL}, ERR_CONF, "soon"},
		{web_alert_list_read, {"/alerts", NULL, "since=2026-11-30x", NULL}, ERR_CONF,
			"since"},
		{web_alert_list_read, {"/alerts", NULL, "priority=high", NULL}, ERR_CONF, "high"},
		{web_alert_list_read, {"/alerts", NULL, "before=-1", NULL}, ERR_CONF, "before"},
		{web_feeds_page_read, {"/feeds", NULL, "state=bad", NULL}, ERR_CONF, "bad"},
		{web_search_page_read, {"/search", NULL, "q=x&limit=y", NULL}, ERR_CONF, "limit"},
	};
	struct desk_fixture f;

	(void)state;
	open_newsroom(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf page;
		struct err e;
		int rc = page_fixture_make(&f, rows[i].fn, &rows[i].q, &page, &e);

		assert_int_equal(rc, -rows[i].cls);
		if (!strstr(e.text, rows[i].text))
			fail_msg("%s: %s", rows[i].q.path, e.text);
		buf_release(&page);
		buf_init(&page, 65536);
		page_put_failure(&page, rows[i].q.path, 404, e.text);
		html_check(rows[i].q.path, buf_str(&page));
		buf_release(&page);
	}
	desk_fixture_close(&f);
}

/* --- hostile --- */

static const char *const hostile[] = {
	"</b></h3></title></main><script>alert(1)</script><img src=x onerror=alert(1)>",
	"\" onmouseover=\"alert(1)\" x=\"", "' onclick='alert(1)", "javascript:alert(1)//http://",
	"<!-- ", "]]><![CDATA[ </pre><style>*{display:none}</style>",
	"\xe2\x80\xae reversed \xe2\x81\xa6 open \xe2\x80\xa8 line", "a\x01\x1b[2Jb\x7f\xc2\x9bz",
	"&lt;script&gt; &#60;script&#62; %3Cscript%3E", "\xff\xfe\xc0\xaf",
	"https://x.example/\"><script>alert(1)</script>", "{{constructor}} ${7*7} `x`"};

static const struct {
	web_read_fn *fn;
	const char *path, *name;
} hostile_pages[] = {
	{web_front_read, "/", NULL},
	{web_alert_list_read, "/alerts", NULL},
	{web_feeds_page_read, "/feeds", NULL},
	{web_feed_page_read, "/feeds/wire", "wire"},
	{web_feed_page_read, "/feeds/broken", "broken"},
	{web_watch_page_read, "/watches/moves", "moves"},
	{web_watches_page_read, "/watches", NULL},
	{web_item_page_read, "/items/%23", "#2"},
	{web_search_page_read, "/search", NULL},
};

/* The text wherever a publisher, or a server, can put text; it matches by its title. */
static void open_hostile(struct desk_fixture *f, const char *text)
{
	char title[512], body[1024];
	struct str category = str_of(text);
	struct feed_item i;

	desk_fixture_open(f, CONF);
	poll(f, "wire", desk_polls_item("old", "Calm seas"));
	snprintf(title, sizeof(title), "embassy %s", text);
	snprintf(body, sizeof(body), "%s embassy %s diplomats leave\n\n%s", text, text, text);
	i = make_item(text, text, title, body);
	i.author.text = i.language = str_of(text);
	i.categories = &category;
	i.n_categories = 1;
	i.published = clock_wall();
	poll(f, "wire", i);
	snprintf(body, sizeof(body), "embassy edited %s", text);
	i.title = str_of(body);
	poll(f, "wire", i);
	fail_poll(f, "broken", text);
	assert_int_equal(store_delivery_update(
				 f->db->store, 1, STORE_DEAD, 0, clock_wall(), str_of(text), &f->e),
		0);
	index_all(f);
}

static void encode(const char *text, char out[2048])
{
	size_t n = (size_t)sprintf(out, "q=embassy&watch=");

	for (; *text; text++)
		n += (size_t)sprintf(out + n, "%%%02X", (unsigned char)*text);
}

static void check_hostile_alerts(struct desk_fixture *f)
{
	const struct store_alert_filter all = {.since = STAMP_NONE};
	char id[64] = "";
	struct buf page;

	assert_int_equal(store_alert_each(f->db->store, &all, keep_alert, id, &f->e), 0);
	assert_true(*id);
	make(f, web_alert_page_read, &(struct page_request){.path = "/alerts/x", .name = id},
		&page);
	html_check("alert", buf_str(&page));
	buf_release(&page);
}

static void nothing_of_a_feed_is_markup(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(hostile) / sizeof(*hostile); k++) {
		struct desk_fixture f;
		char query[2048];

		open_hostile(&f, hostile[k]);
		encode(hostile[k], query);
		for (size_t i = 0; i < sizeof(hostile_pages) / sizeof(*hostile_pages); i++)
			for (int with = 0; with < 2; with++) {
				const struct page_request q = {.path = hostile_pages[i].path,
					.name = hostile_pages[i].name,
					.query = with ? query : "q=embassy"};
				struct buf page;

				make(&f, hostile_pages[i].fn, &q, &page);
				html_check(q.path, buf_str(&page));
				assert_null(strstr(buf_z(&page), "<script>"));
				assert_null(strstr(buf_z(&page), "href=\"javascript:"));
				buf_release(&page);
			}
		check_hostile_alerts(&f);
		desk_fixture_close(&f);
	}
}

/* Longer than any page may become, and edited, so that it is shown as a difference too. */
static void huge_texts_make_no_huge_page(void **state)
{
	static char title[300000], text[2000000];
	const size_t n = sizeof(title) - 1;
	struct desk_fixture f;

	(void)state;
	memset(title, 'x', n);
	memcpy(title, "embassy ", 8);
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = "word<& "[i % 7];
	desk_fixture_open(&f, CONF);
	poll(&f, "wire", desk_polls_item("old", "Calm seas"));
	poll(&f, "wire", make_item("1", NULL, title, text));
	for (size_t i = 10; i < n / 2; i++)
		title[i * 2] = 'y';
	for (size_t i = 0; i + 7 < sizeof(text); i += 21)
		text[i] = 'z';
	poll(&f, "wire", make_item("1", NULL, title, text));
	index_all(&f);
	for (size_t i = 0; i < sizeof(hostile_pages) / sizeof(*hostile_pages); i++) {
		const struct page_request q = {.path = hostile_pages[i].path,
			.name = hostile_pages[i].name,
			.query = "q=word"};
		struct buf page;

		make(&f, hostile_pages[i].fn, &q, &page);
		html_check(q.path, buf_str(&page));
		if (page.len > 600000)
			fail_msg("%s: %zu bytes", q.path, page.len);
		buf_release(&page);
	}
	check_hostile_alerts(&f);
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_as_it_was_reviewed),
		cmocka_unit_test(an_alert_shows_its_edits_and_deliveries),
		cmocka_unit_test(an_empty_newsroom_is_taught),
		cmocka_unit_test(what_is_not_there_is_an_error_that_says_so),
		cmocka_unit_test(nothing_of_a_feed_is_markup),
		cmocka_unit_test(huge_texts_make_no_huge_page),
	};

	return cmocka_run_group_tests_name("web/pages", tests, NULL, NULL);
}
