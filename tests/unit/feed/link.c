/* SPDX-License-Identifier: MIT */
/* Links: resolving and comparing them; keys of items. */
#include "lib/unit.h"

#include "base/arena.h"
#include "feed/identity.h"
#include "feed/link.h"

static const struct str strip[] = {{"utm_*", 5}, {"fbclid", 6}, {"xtor", 4}};
#define N_STRIP 3

static void references_are_resolved(void **state)
{
	static const struct {
		const char *base, *ref, *want;
	} rows[] = {
		{NULL, "http://a.example/x?y=1#z", "http://a.example/x?y=1#z"},
		{NULL, "  https://a.example/x\n", "https://a.example/x"},
		{NULL, "https://a.example/long\n/path", "https://a.example/long/path"},
		{NULL, "https://a.example/a b\"c", "https://a.example/a%20b%22c"},
		{NULL, "https://a.example/\xC3\xA9", "https://a.example/%c3%a9"},
		{NULL, "https://a.example", "https://a.example/"},
		{NULL, "https://a.example?x", "https://a.example/?x"},
		{NULL, "HTTPS://a.example/x", "https://a.example/x"},
		{NULL, "http://a.example/a/../b/./c", "http://a.example/b/c"},
		{NULL, "https:\\\\a.example\\x?y\\z#\\", "https://a.example/x?y\\z#\\"},
		{"http://a.example/d/e", "\\h\\i", "http://a.example/h/i"},
		{NULL, "/relative", NULL}, {NULL, "", NULL},
		{"http://a.example/d/e?f#g", "h", "http://a.example/d/h"},
		{"http://a.example/d/e?f#g", "../h", "http://a.example/h"},
		{"http://a.example/d/e?f#g", "../../../h", "http://a.example/h"},
		{"http://a.example/d/e?f#g", "/h", "http://a.example/h"},
		{"http://a.example/d/e?f#g", "?h", "http://a.example/d/e?h"},
		{"http://a.example/d/e?f#g", "#h", "http://a.example/d/e?f#h"},
		{"http://a.example/d/e?f#g", "", "http://a.example/d/e?f"},
		{"https://a.example/d", "//b.example/h", "https://b.example/h"},
		{"https://a.example/d", "http://b.example/h", "http://b.example/h"},
		{"/not/absolute", "h", NULL}, {"ftp://a.example/", "h", NULL},
		{"http://a.example/", "javascript:alert(1)", NULL},
		{"http://a.example/", " java\nscript:alert(1)", NULL},
		{"http://a.example/", "data:text/html,x", NULL},
		{"http://a.example/", "file:///etc/passwd", NULL},
		{"http://a.example/", "mailto:a@b.example", NULL}, {NULL, "http://", NULL},
		{NULL, "http://a%dd.example/", NULL},
		{NULL, "http://a%2eexample/x", "http://a.example/x"},
		{NULL, "http:///x", "http://x/"}, /* as in browsers */
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str have = feed_link_resolve(a, str_of(rows[i].base), str_of(rows[i].ref));

		if (!rows[i].want) {
			assert_null(have.p);
			continue;
		}
		assert_non_null(have.p);
		assert_string_equal(have.p, rows[i].want);
	}
	assert_null(feed_link_resolve(a, STR("http://a.example/"), STR_NONE).p);
	arena_free(a);
}

static void feed_addresses_accept_more_forms(void **state)
{
	static const struct {
		const char *ref, *want;
	} rows[] = {
		{"https://a.example/feed", "https://a.example/feed"},
		{"feed:https://a.example/feed", "https://a.example/feed"},
		{"feed://a.example/feed", "http://a.example/feed"},
		{"a.example/feed", "http://a.example/feed"},
		{"a.example:8080/feed", "http://a.example:8080/feed"},
		{"//a.example/feed", "http://a.example/feed"},
		{"pcast://a.example/feed", "http://a.example/feed"},
		{"ITPC://a.example/feed", "http://a.example/feed"},
		{"podcast:https://a.example/feed", "https://a.example/feed"},
		{"feed:javascript:x", NULL},
		{"file:///etc/passwd", NULL},
		{"notanaddress", NULL},
		{"/path.xml", NULL},
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str have = feed_link_resolve_feed(a, STR_NONE, str_of(rows[i].ref));

		if (rows[i].want)
			assert_string_equal(have.p, rows[i].want);
		else
			assert_null(have.p);
	}
	arena_free(a);
}

static void links_to_one_page_compare_equal(void **state)
{
	static const struct {
		const char *url, *form;
	} rows[] = {
		{"http://www.A.example:80/x/", "a.example/x"},
		{"https://a.example:443/x", "a.example/x"},
		{"https://a.example:80/x", "a.example:80/x"},
		{"https://user:pw@a.example./x#frag", "a.example/x"},
		{"https://a.example/", "a.example"},
		{"https://a.example", "a.example"},
		{"https://www.example/",
			"example"}, /* not a registrable domain, but the same for both */
		{"https://a.example/x?utm_source=rss&id=3&UTM_Medium=y&fbclid=z",
			"a.example/x?id=3"},
		{"https://a.example/x?utm_source=rss", "a.example/x"},
		{"https://a.example/x?id=3&amp;utm_source=rss", "a.example/x?id=3"},
		{"https://a.example/x?", "a.example/x"},
		{"https://a.example/x;jsessionid=0A1B.node2", "a.example/x"},
		{"https://a.example/x/;JSESSIONID=0A1B?id=3", "a.example/x?id=3"},
		{"https://a.example/x;part=2", "a.example/x;part=2"},
		{"https://a.example/x;jsession", "a.example/x;jsession"},
		{"https://a.example/x?PHPSESSID=9f8e&id=3", "a.example/x?id=3"},
		{"https://a.example/x?ASPSESSIONIDQABC=1", "a.example/x"},
		{"https://a.example/x?sid=17", "a.example/x?sid=17"},
		{"https://a.example/x?fbclids=1", "a.example/x?fbclids=1"},
		{"https://a.example/%7Eme/%c3%a9%2F", "a.example/~me/%C3%A9%2F"},
		{"https://a.example/~me/\xC3\xA9%2f", "a.example/~me/%C3%A9%2F"},
		{"https://a.example/Case", "a.example/Case"},
		{"https://[::1]:8080/x", "[::1]:8080/x"},
		{"https://m\xC3\xBCnchen.example/x", "m\xC3\xBCnchen.example/x"},
		{"ftp://a.example/x", NULL},
		{"", NULL},
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str have = feed_link_canonical(a, str_of(rows[i].url), strip, N_STRIP);
		uint64_t key = feed_link_key(str_of(rows[i].url), strip, N_STRIP);

		if (rows[i].form) {
			assert_string_equal(have.p, rows[i].form);
			assert_true(key != 0);
		} else {
			assert_null(have.p);
			assert_true(key == 0);
		}
	}
	arena_free(a);
}

static void a_link_gives_its_registrable_domain(void **state)
{
	static const struct {
		const char *url, *host, *domain;
	} rows[] = {
		{"https://feeds.bbci.co.uk/news", "feeds.bbci.co.uk", "bbci.co.uk"},
		{"http://user@WWW.Example.ORG:8080/", "www.example.org", "example.org"},
		{"https://a.b.github.io/x", "a.b.github.io", "b.github.io"},
		{"http://127.0.0.1:8000/x", "127.0.0.1", "127.0.0.1"},
		{"http://[::1]:8000/x", "[::1]", "[::1]"},
		{"http://localhost/x", "localhost", "localhost"},
		{"https://co.uk/", "co.uk", "co.uk"},
	};
	char out[FEED_HOST_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(feed_link_domain(str_of(rows[i].url), out));
		assert_string_equal(out, rows[i].host);
		assert_true(feed_link_registrable(str_of(rows[i].url), out));
		assert_string_equal(out, rows[i].domain);
	}
	assert_false(feed_link_domain(STR("mailto:x@y.example"), out));
	assert_false(feed_link_registrable(STR(""), out));
}

static struct feed_item item(const char *id, const char *link, const char *title)
{
	struct feed_item it = {.id = str_of(id),
		.link = str_of(link),
		.title = str_of(title),
		.content = STR("The text.")};

	feed_identity_fill(&it, strip, N_STRIP);
	return it;
}

static bool same_key(struct feed_item a, struct feed_item b)
{
	return memcmp(a.key, b.key, sizeof(a.key)) == 0;
}

static void an_item_is_identified_by_id_then_link_then_text(void **state)
{
	const char *x = "http://a.example/x", *tracked = "https://www.a.example/x/?utm_source=rss";

	(void)state;
	/* the id decides alone */
	assert_true(same_key(item("1", x, "A"), item("1", "http://a.example/y", "B")));
	assert_false(same_key(item("1", x, "A"), item("2", x, "A")));
	/*
	 * without an id the link without tracking parameters; fragments distinguish entries of one
	 * page
	 */
	assert_true(same_key(item(NULL, x, "A"), item(NULL, tracked, "B")));
	assert_false(same_key(
		item(NULL, "http://a.example/x#1", "A"), item(NULL, "http://a.example/x#2", "A")));
	assert_true(same_key(item(NULL, "http://a.example/x#xtor=RSS-1", "A"), item(NULL, x, "A")));
	/* without id and link the text */
	assert_true(same_key(item(NULL, NULL, "A"), item(NULL, NULL, "A")));
	assert_false(same_key(item(NULL, NULL, "A"), item(NULL, NULL, "B")));
	/* an id with the same bytes as a link is not a link */
	assert_false(same_key(item("a.example/x", NULL, "A"), item(NULL, x, "A")));
}

static void an_item_with_a_changed_id_is_recognised_by_link_and_text(void **state)
{
	struct feed_item a = item("1", "http://a.example/x?utm_source=1", "A");
	struct feed_item b = item("2", "https://www.a.example/x#top", "A");
	struct feed_item c = item("2", "http://a.example/x", "B");

	(void)state;
	assert_true(a.link_key == b.link_key && a.text_key == b.text_key);
	assert_true(a.text_key != c.text_key);
	assert_true(item("1", NULL, "A").link_key == 0);
}

static void parts_of_a_text_are_hashed_separately(void **state)
{
	struct feed_item a = {.title = STR("ab"), .content = STR("c")};
	struct feed_item b = {.title = STR("a"), .content = STR("bc")};
	struct feed_item c = {.title = STR("ab"), .summary = STR("c")};

	(void)state;
	feed_identity_fill(&a, NULL, 0);
	feed_identity_fill(&b, NULL, 0);
	feed_identity_fill(&c, NULL, 0);
	assert_true(a.text_key != b.text_key && a.text_key != c.text_key);
}

/* Keys are stored in databases: these bytes must never change. */
static void keys_never_change(void **state)
{
	static const uint8_t by_id[16] = {0x91, 0xF1, 0x50, 0xFE, 0x24, 0xD3, 0x49, 0x5C, 0x08,
		0x36, 0xD1, 0x9D, 0x5F, 0xB6, 0x29, 0x82};
	struct feed_item it = item("urn:1", "http://a.example/x", "A");

	(void)state;
	assert_memory_equal(it.key, by_id, 16);
	assert_int_equal(it.link_key, UINT64_C(0xC1E99879299D9266));
	assert_int_equal(it.text_key, UINT64_C(0x92259329A45E4843));
}

static void a_link_too_long_to_compare_still_has_a_key(void **state)
{
	static char a[3000] = "http://a.example/", b[3000] = "http://a.example/";

	(void)state;
	memset(a + 17, 'x', sizeof(a) - 18);
	memset(b + 17, 'x', sizeof(b) - 18);
	b[sizeof(b) - 2] = 'y';
	assert_true(same_key(item(NULL, a, "A"), item(NULL, a, "B")));
	assert_false(same_key(item(NULL, a, "A"), item(NULL, b, "A")));
}

static void tracking_is_not_shown(void **state)
{
	static const struct {
		const char *url, *want;
	} rows[] = {
		{"https://a.example/x?utm_source=rss&id=7&fbclid=I&UTM_medium=f#top",
			"https://a.example/x?id=7#top"},
		{"https://a.example/x?utm_source=rss", "https://a.example/x"},
		{"https://a.example/x?fbclid#top", "https://a.example/x#top"},
		{"https://a.example/x?a=1&amp;utm_source=rss&amp;b=2",
			"https://a.example/x?a=1&amp;b=2"},
		{"https://a.example/x?utm_a=1&amp;b=2", "https://a.example/x?b=2"},
		/* what has no tracking keeps its bytes */
		{"https://a.example/x?", "https://a.example/x?"},
		{"https://a.example/x?a&&b=?&c=#d?utm_x=1",
			"https://a.example/x?a&&b=?&c=#d?utm_x=1"},
		{"HTTP://A.example//x/?b=2&a=%7e", "HTTP://A.example//x/?b=2&a=%7e"},
		{"https://a.example/x?sid=1&phpsessid=2", "https://a.example/x?sid=1&phpsessid=2"},
		{"https://a.example/utm_source=rss", "https://a.example/utm_source=rss"},
		{"", ""},
		{NULL, NULL},
	};
	struct arena *a = arena_new(1 << 20), *full = arena_new(1);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str have = feed_link_shown(a, str_of(rows[i].url), strip, N_STRIP);

		assert_int_equal(!have.p, !rows[i].want);
		if (have.p)
			assert_string_equal(have.p, rows[i].want);
	}
	assert_null(feed_link_shown(full, str_of(rows[0].url), strip, N_STRIP).p);
	arena_free(full);
	arena_free(a);
}

/* Pairs of links with the same number; empty: of none. */
static void an_article_keeps_its_number(void **state)
{
	static const char *const same[][2] = {
		{"https://a.example/2024/05/31/embassy-shuts_6234567_3210.html",
			"http://www.a.example/2024/05/31/embassy-shut-7-hurt_6234567_3210.html"},
		{"https://a.example/en/embassy-to-shut/a-68123456",
			"https://a.example/en/embassy-shut/a-68123456/"},
		{"https://a.example/politik/article250000000/Botschaft.html",
			"https://a.example/politik/article250000000/Botschaft-schliesst.html"},
		{"https://a.example/story/embassy-shuts-9f86d081884c7d65",
			"https://a.example/story/embassy-shut-9f86d081884c7d65"},
		{"https://a.example/news/12345/%D0%BF%D0%BE%D1%81",
			"https://a.example/news/12345/embassy"},
	};
	static const char *const other[][2] = {
		{"https://a.example/embassy-61234", "https://b.example/embassy-61234"},
		{"https://a.example/embassy-61234", "https://a.example/embassy-61235"},
		{"https://a.example/storm-61234/2", "https://a.example/storm-61234/3"},
		{"https://a.example/storm?event=61234&episode=2",
			"https://a.example/storm?event=61234&episode=3"},
		{"https://a.example/c-61234/embassy/1", "https://a.example/c-61234/embassy"},
	};
	static const char *const none[] = {"https://a.example/2024/05/31/embassy",
		"https://a.example/embassy-20240531", "https://a.example/embassy-202405311230",
		"https://a.example/240531/embassy", "https://a.example/202405/embassy",
		"https://a.example/embassy-1234", "https://a.example/deadbeef",
		"https://61234.example/", "mailto:61234@a.example", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_not_equal(feed_link_number(str_of(same[i][0])), 0);
		assert_int_equal(
			feed_link_number(str_of(same[i][0])), feed_link_number(str_of(same[i][1])));
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_int_not_equal(feed_link_number(str_of(other[i][0])),
			feed_link_number(str_of(other[i][1])));
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(feed_link_number(str_of(none[i])), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracking_is_not_shown),
		cmocka_unit_test(references_are_resolved),
		cmocka_unit_test(feed_addresses_accept_more_forms),
		cmocka_unit_test(links_to_one_page_compare_equal),
		cmocka_unit_test(a_link_gives_its_registrable_domain),
		cmocka_unit_test(an_item_is_identified_by_id_then_link_then_text),
		cmocka_unit_test(an_item_with_a_changed_id_is_recognised_by_link_and_text),
		cmocka_unit_test(parts_of_a_text_are_hashed_separately),
		cmocka_unit_test(keys_never_change),
		cmocka_unit_test(a_link_too_long_to_compare_still_has_a_key),
		cmocka_unit_test(an_article_keeps_its_number),
	};

	return cmocka_run_group_tests_name("feed link", tests, NULL, NULL);
}
