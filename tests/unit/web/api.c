/* SPDX-License-Identifier: MIT */
/*
 * The API and the Atom feeds, from a fixed database: whatever a feed said and whatever is asked, an
 * answer is JSON or XML, and a refusal says why.
 */
#include "lib/unit.h"

#include <libxml/parser.h>
#include <sqlite3.h>

#include "base/rng.h"
#include "feed/identity.h"
#include "lib/desk_polls.h"
#include "lib/page_fixture.h"
#include "web/api.h"
#include "web/atom.h"

#define QUERIES 3000
#define CONF                                                                                       \
	"feed wire { url = 'http://wire.example/rss' groups = { wires } }\n"                       \
	"feed other { url = 'http://other.example/rss' }\n"                                        \
	"notify desk { type = 'stdout' }\n"                                                        \
	"watch moves { title = 'Moves <b>' query = 'embass*' notify = desk }\n"

static const struct {
	web_read_fn *fn;
	const char *path, *name; /* NULL: a list */
	bool xml;
} addresses[] = {
	{api_alerts_read, "/api/v1/alerts", NULL, false},
	{api_deliveries_read, "/api/v1/deliveries", NULL, false},
	{api_feeds_read, "/api/v1/feeds", NULL, false},
	{api_watches_read, "/api/v1/watches", NULL, false},
	{api_items_read, "/api/v1/items", NULL, false},
	{api_alert_read, "/api/v1/alerts/x", "x", false},
	{api_evidence_read, "/api/v1/alerts/x/evidence", "x", false},
	{api_delivery_read, "/api/v1/deliveries/1", "1", false},
	{api_feed_read, "/api/v1/feeds/wire", "wire", false},
	{api_watch_read, "/api/v1/watches/moves", "moves", false},
	{api_item_read, "/api/v1/items/2", "2", false},
	{api_explanation_read, "/api/v1/items/2/explain", "2", false},
	{atom_alerts_read, "/alerts.atom", NULL, true},
	{atom_watch_read, "/watches/moves.atom", "moves", true},
};
#define ADDRESSES (sizeof(addresses) / sizeof(*addresses))

static void open_with(struct desk_fixture *f, const char *text)
{
	struct feed_item i = make_item("2", text, text, text);
	char title[256];

	snprintf(title, sizeof(title), "embassy %s", text);
	i.title = str_of(title);
	i.author.text = str_of(text);
	desk_fixture_open(f, CONF);
	desk_polls_items(f, "wire", (struct feed_item[]){desk_polls_item("1", "Calm seas")}, 1);
	feed_identity_fill(&i, NULL, 0);
	desk_polls_items(f, "wire", &i, 1);
}

static void assert_answer(const char *path, bool xml, const struct buf *body)
{
	json_error_t why;
	json_t *o;

	if (xml) {
		xmlDoc *doc = xmlReadMemory(buf_z(body), (int)body->len, NULL, NULL,
			XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

		if (!doc)
			fail_msg("%s is no XML: %s", path, buf_z(body));
		xmlFreeDoc(doc);
		return;
	}
	o = json_loadb(buf_z(body), body->len, JSON_REJECT_DUPLICATES, &why);
	if (!o)
		fail_msg("%s is no JSON: %s: %s", path, why.text, buf_z(body));
	json_decref(o);
}

static int ask(
	struct desk_fixture *f, size_t at, const char *name, const char *query, struct err *e)
{
	const struct page_request q = {.path = addresses[at].path, .name = name, .query = query};
	struct buf body;
	int rc;

	*e = (struct err){.cls = ERR_NONE};
	rc = page_fixture_make(f, addresses[at].fn, &q, &body, e);
	if (rc == 0)
		assert_answer(addresses[at].path, addresses[at].xml, &body);
	else
		assert_true(strlen(e->text) > 10);
	buf_release(&body);
	return rc;
}

static const char *const texts[] = {"plain", "<script>alert(1)</script>", "\" ' & ]]> \\ / \b",
	"\xe2\x80\xae \xe2\x81\xa6 \xe2\x80\xa8 \xf0\x9f\x93\xb0",
	"\xef\xbf\xbe\xef\xbf\xbf\x7f\xc2\x85", "javascript:alert(1)",
	"https://a.example/?a=\"&b='<>"};

static void whatever_a_feed_says_an_answer_is_well_formed(void **state)
{
	(void)state;
	for (size_t t = 0; t < sizeof(texts) / sizeof(*texts); t++) {
		struct desk_fixture f;
		struct err e;

		open_with(&f, texts[t]);
		for (size_t i = 0; i < ADDRESSES; i++) {
			int rc = ask(&f, i, addresses[i].name, NULL, &e);

			assert_true(rc == 0 || (rc == -(int)ERR_PERM && addresses[i].name));
		}
		desk_fixture_close(&f);
	}
}

/* Names, separators and values that mean something, and some that mean nothing. */
static const char *const pieces[] = {"limit", "cursor", "since", "after", "watch", "priority",
	"state", "unacknowledged", "notify", "alert", "group", "q", "feed", "=", "=", "=", "&", "&",
	"1", "0", "500", "501", "99999999999999999999", "-1", "2h", "7d", "2026-02-12T10:00:00Z",
	"yes", "urgent", "delivered", "failing", "moves", "wire", "embassy", "emb*", "%22", "%",
	"%zz", "%00", "%ff", "+", "*", "\"", "(", "'", ";", "[]", "%E2%80%AE", "=%3D", "&&",
	"limit=2", "q=embassy", "since=2h", "after=0", "x"};

static void whatever_is_asked_is_answered_or_refused_with_a_reason(void **state)
{
	struct desk_fixture f;
	uint64_t refused = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 1414);
	open_with(&f, "plain");
	for (int k = 0; k < QUERIES; k++) {
		size_t at = (size_t)rng_below(&r, ADDRESSES), n = (size_t)rng_below(&r, 9);
		char query[512] = "";
		struct err e;
		int rc;

		for (size_t i = 0; i < n; i++)
			strcat(query, pieces[rng_below(&r, sizeof(pieces) / sizeof(*pieces))]);
		rc = ask(&f, at, addresses[at].name, query, &e);
		refused += rc == -(int)ERR_CONF;
		if (rc && rc != -(int)ERR_CONF && rc != -(int)ERR_PERM)
			fail_msg("%s?%s: %s", addresses[at].path, query, e.text);
	}
	assert_in_range(refused, QUERIES / 4, QUERIES - QUERIES / 20);
	desk_fixture_close(&f);
}

static void names_that_are_none_are_not_found(void **state)
{
	static const char *const names[] = {"..", "../../etc/passwd", "", " ", "'", "\" OR 1=1--",
		"%", "\xff\xfe", "\xe2\x80\xae", "-1", "0", "99999999999999999999",
		"nightdesk canary", "a\nb", "*", "#", "#0", "#99"};
	struct desk_fixture f;

	(void)state;
	open_with(&f, "plain");
	for (size_t i = 0; i < ADDRESSES; i++)
		for (size_t n = 0; addresses[i].name && n < sizeof(names) / sizeof(*names); n++) {
			struct err e;

			assert_int_equal(ask(&f, i, names[n], NULL, &e), -(int)ERR_PERM);
		}
	desk_fixture_close(&f);
}

static void parameters_are_read_as_the_manual_says(void **state)
{
	static const struct {
		size_t at;
		const char *query, *refusal; /* NULL: it is answered */
	} rows[] = {
		{0, "limit=1&since=2h&priority=low&state=pending&unacknowledged=no&watch=moves",
			NULL},
		{0, "since=2026-02-12T10:00:00Z", NULL},
		{0, "since=2026-02-12", NULL},
		{0, "since=tomorrow", "since is a time"},
		{0, "since=2h%00", "malformed"},
		{0, "after=0", NULL},
		{0, "after=x", "cursor"},
		{0, "after=1&cursor=1", "one of them"},
		{0, "unacknowledged=true", "no, yes"},
		{0, "state=sent", "delivered"},
		{0, "limit=", NULL},
		{0, "limit=1&limit=9999", NULL}, /* the first counts */
		{0, "Limit=1", "there is no parameter \"Limit\""},
		{1, "cursor=0", "next"},
		{2, "cursor=wire&limit=1", NULL},
		{2, "cursor=gone", "not configured"},
		{2, "since=1h", "there is no parameter"},
		{4, "q=embassy&limit=1", NULL},
		{4, "q=%22open", "not closed"},
		{4, "q=%zz", "malformed"},
		{8, "x=1", "no parameters"},
	};
	struct desk_fixture f;

	(void)state;
	open_with(&f, "plain");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e;
		int rc = ask(&f, rows[i].at, addresses[rows[i].at].name, rows[i].query, &e);

		if (rows[i].refusal ? rc != -(int)ERR_CONF || !strstr(e.text, rows[i].refusal)
				    : rc != 0)
			fail_msg("%s: %d %s", rows[i].query, rc, e.text);
	}
	desk_fixture_close(&f);
}

static int take_id(void *ctx, const struct store_alert_row *row)
{
	snprintf(ctx, 64, "%.*s", STR_ARG(row->alert.id));
	return 0;
}

/* A read inside of the walk through alerts fails. */
static void a_failure_of_the_database_has_its_reason(void **state)
{
	const struct store_alert_filter all = {.since = STAMP_NONE};
	struct desk_fixture f;
	char id[64] = "";
	sqlite3 *db;
	struct err e;

	(void)state;
	open_with(&f, "plain");
	assert_int_equal(store_alert_each(f.db->store, &all, take_id, id, &e), 0);
	assert_int_equal(ask(&f, 6, id, NULL, &e), 0);
	assert_int_equal(sqlite3_open(f.db->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "ALTER TABLE revisions RENAME TO away", NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_true(ask(&f, 6, id, NULL, &e) < 0);
	assert_int_not_equal(e.cls, ERR_NONE);
	assert_non_null(strstr(e.text, "revisions"));
	desk_fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_feed_says_an_answer_is_well_formed),
		cmocka_unit_test(whatever_is_asked_is_answered_or_refused_with_a_reason),
		cmocka_unit_test(names_that_are_none_are_not_found),
		cmocka_unit_test(parameters_are_read_as_the_manual_says),
		cmocka_unit_test(a_failure_of_the_database_has_its_reason),
	};

	return cmocka_run_group_tests_name("web api", tests, NULL, NULL);
}
