/* SPDX-License-Identifier: MIT */
/* Snippets and marked text. */
#include "lib/unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "lib/plain_text.h"
#include "lib/cost.h"
#include "watch/watch.h"

static void put_html(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '<')
			buf_addz(out, "&lt;");
		else if (s.p[i] == '&')
			buf_addz(out, "&amp;");
		else
			buf_addc(out, s.p[i]);
	}
}

static const struct watch_marks brackets = {"[", "]", NULL, NULL},
				html = {"<b>", "</b>", put_html, NULL};

/* Hits at each of the words (separated by |) in the field's text, in order. */
static size_t find_all(struct str text, enum query_field field, const char *words,
	struct watch_hit *hits, size_t room)
{
	size_t n = 0;

	for (size_t at = 0; at < text.n && n < room; at++) {
		for (const char *w = words; *w;) {
			size_t len = strcspn(w, "|");

			if (len && text.n - at >= len && memcmp(text.p + at, w, len) == 0)
				hits[n++] = (struct watch_hit){field, at, len,
					str_slice(text.p + at, len), str_slice(w, len)};
			w += len + (w[len] == '|');
		}
	}
	return n;
}

static void snippet(const char *title, const char *body, const char *words, size_t max,
	const struct watch_marks *marks, struct buf *out)
{
	struct watch_view v = {.title = str_of(title), .body = str_of(body)};
	struct watch_hit hits[100];
	size_t n = find_all(v.title, QUERY_TITLE, words, hits, 100);

	n += find_all(v.body, QUERY_BODY, words, hits + n, 100 - n);
	buf_clear(out);
	buf_addz(out, "");
	watch_snippet(&v, hits, n, max, marks, out);
	assert_false(buf_failed(out));
}

static const struct {
	const char *title, *body, *words;
	size_t max;
	const char *snippet;
} rows[] = {
	{"T", "The embassy moved.", "embassy", 100, "The [embassy] moved."},
	{"T", " \n The embassy\n\nmoved. \n", "embassy", 100, "The [embassy] moved."},
	/* truncated at words and sentences */
	{"T", "One two three. The embassy moved to Lviv today. Four five six seven.", "embassy", 30,
		"… The [embassy] moved to Lviv …"},
	{"T", "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii", "eeee", 20,
		"… dddd [eeee] ffff gggg …"},
	{"T", "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii", "iiii", 14, "… gggg hhhh [iiii]"},
	{"T", "aaaa bbbb cccc dddd eeee ffff", "aaaa", 14, "[aaaa] bbbb cccc …"},
	{"T", "He left. \u201cNo embassy,\u201d she said to reporters.", "embassy", 24,
		"… \u201cNo [embassy],\u201d she …"},
	/* the cluster with the most distinct terms, not the most hits */
	{"T", "x x x x x x aaaaaaaaaaaaaaaaaaaaaaaaa x y bbbbbbbbbbbbbbbbbbbbbbb x x", "x|y", 12,
		"… [x] [y] …"},
	/* a hit inside a longer one, which does not fit next to the first */
	{"T", "aaa bbb zzz ccc ddd qqq qqq qqq aaa ccc yyy", "aaa|bbb zzz ccc ddd|ccc|yyy", 16,
		"… qqq [aaa] [ccc] [yyy]"},
	/* the body, unless the title has more of the terms */
	{"an x here", "and an x there", "x", 50, "and an [x] there"},
	{"x and y", "just x", "x|y", 50, "[x] and [y]"},
	{"x", "", "x", 50, "[x]"},
	{"title", " \n ", "none", 50, "title"},
	/* no hits */
	{"title", "The first words of a text that is long.", "none", 20, "The first words of a …"},
	{"", "", "none", 20, ""},
	/* touching and nested hits share a mark */
	{"T", "大使館員", "大|使|館", 100, "[大使館]員"},
	{"T", "embassy staff", "embassy|bass|embassy staff", 100, "[embassy staff]"},
	/* a word that fills the window */
	{"T", "the embassy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "embassy", 48,
		"the [embassy] aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa …"},
	/* a hit longer than the window */
	{"T", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 10, "[aaaaaaaaaa] …"},
	{"T", "éééééééééé b", "éééééééééé", 5, "[éé] …"},
	{"T", "embassy", "embassy", 0, ""},
};

static void the_best_window_is_shown_on_one_line(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snippet(rows[i].title, rows[i].body, rows[i].words, rows[i].max, &brackets, &got);
		assert_string_equal(buf_z(&got), rows[i].snippet);
	}
	buf_release(&got);
}

static void markup_in_the_text_is_escaped(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	snippet("T", "a <i>b</i> & c", "b", 100, &html, &got);
	assert_string_equal(buf_z(&got), "a &lt;i><b>b</b>&lt;/i> &amp; c");
	buf_release(&got);
}

static void hits_outside_the_text_are_ignored(void **state)
{
	struct watch_view v = {.body = STR("Embassy\n\n<moved> embassy")};
	struct watch_hit hits[] = {
		{QUERY_TITLE, 0, 7, STR("Embassy"), STR("embass*")},
		{QUERY_BODY, 0, 7, STR("Embassy"), STR("embass*")},
		{QUERY_BODY, 17, 7, STR("embassy"), STR("embass*")},
		{QUERY_BODY, 20, 7, STR_NONE, STR("past the end")},
		{QUERY_BODY, SIZE_MAX, 7, STR_NONE, STR("far past")},
	};
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	watch_snippet(&v, hits, 5, 100, &html, &got);
	assert_string_equal(buf_z(&got), "<b>Embassy</b> &lt;moved> <b>embassy</b>");
	buf_release(&got);
}

/*
 * For any text and hits: marks are paired, the rest is part of the text, the length is within the
 * limit.
 */
static void random_snippets_are_consistent(void **state)
{
	struct rng r, system;
	struct buf body, got;

	(void)state;
	rng_system_bytes(&system, sizeof(system));
	buf_init(&body, 1 << 16);
	buf_init(&got, 1 << 20);
	for (int i = 0; i < 3000; i++) {
		uint64_t seed = rng_next(&system);
		struct watch_hit hits[20];
		struct watch_view v = {.title = STR("t")};
		size_t n = 0, max, opens = 0, closes = 0, shown = 0;

		rng_seed(&r, seed);
		buf_clear(&body);
		plain_random_text(&r, 1 + rng_below(&r, 300), &body);
		v.body = str_slice(body.data, utf8_valid_prefix(body.data, body.len));
		max = rng_below(&r, 200);
		for (; n < rng_below(&r, 20); n++)
			hits[n] = (struct watch_hit){QUERY_BODY, rng_below(&r, 300),
				1 + rng_below(&r, 20), STR_NONE, STR("abcd")};
		for (size_t k = 0; k < n; k++)
			hits[k].term.n = 1 + rng_below(&r, 3);
		buf_clear(&got);
		watch_snippet(
			&v, hits, n, max, &(struct watch_marks){"\x01", "\x02", NULL, NULL}, &got);
		for (size_t k = 0; k < got.len; k++) {
			opens += got.data[k] == '\x01';
			closes += got.data[k] == '\x02';
			shown += got.data[k] != '\x01' && got.data[k] != '\x02';
			if (got.data[k] == '\n' || closes > opens || opens - closes > 1)
				fail_msg("seed %llu: %s", (unsigned long long)seed, got.data);
		}
		if (opens != closes || shown > max + 2 * strlen(" …"))
			fail_msg("seed %llu: %zu of %zu bytes: %s", (unsigned long long)seed, shown,
				max, buf_z(&got));
	}
	buf_release(&body);
	buf_release(&got);
}

static void mark_all(void *unused, size_t n)
{
	struct watch_hit *hits = calloc(n, sizeof(*hits));
	char *text = malloc(n * 4);
	struct watch_view v = {.body = str_slice(text, n * 4)};
	struct buf got;

	(void)unused;
	assert_non_null(hits);
	assert_non_null(text);
	buf_init(&got, 1 << 24);
	for (size_t i = 0; i < n; i++) {
		memcpy(text + 4 * i, "abc ", 4);
		hits[i] = (struct watch_hit){QUERY_BODY, 4 * i, 3, str_slice(text + 4 * i, 3),
			str_slice(text + 4 * (i % 1000), 3)};
	}
	watch_snippet(&v, hits, n, 300, &brackets, &got);
	assert_true(got.len > 300);
	buf_release(&got);
	free(text);
	free(hits);
}

static void thousands_of_hits_take_linear_time(void **state)
{
	(void)state;
	assert_linear("hits", mark_all, NULL, 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_window_is_shown_on_one_line),
		cmocka_unit_test(markup_in_the_text_is_escaped),
		cmocka_unit_test(hits_outside_the_text_are_ignored),
		cmocka_unit_test(random_snippets_are_consistent),
		cmocka_unit_test(thousands_of_hits_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
