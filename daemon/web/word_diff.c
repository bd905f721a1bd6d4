/* SPDX-License-Identifier: MIT */
#include "word_diff.h"

#include "base/ascii.h"
#include "base/utf8.h"

#define CONTEXT	  12 /* words shown at each end of an unchanged passage */
#define INPUT_MAX ((size_t)128 * 1024)
#define BEFORE	  ((size_t)400)
#define RUN_BYTES ((size_t)4 * 1024)
#define EAST	  0x2E80 /* from here on scripts have no spaces: each character is a word */

struct diff_words {
	struct str *v; /* words, without the space around them */
	size_t n;
};

enum diff_kind { DIFF_SAME, DIFF_OUT, DIFF_IN };

/* --- words --- */

static size_t diff_word_length(struct str s, size_t at)
{
	size_t end = at;

	while (end < s.n && !ascii_is_space(s.p[end])) {
		uint32_t cp = 0;
		size_t len = utf8_decode(s.p + end, s.n - end, &cp);

		len = len ? len : 1;
		if (cp >= EAST && end > at)
			break;
		end += len;
		if (cp >= EAST)
			break;
	}
	return end - at;
}

static bool diff_split(struct str s, struct arena *arena, struct diff_words *out)
{
	size_t cap = 0;

	*out = (struct diff_words){.n = 0};
	for (size_t at = 0; at < s.n;) {
		size_t n = diff_word_length(s, at);

		if (n) {
			out->v = arena_extend(arena, out->v, out->n, &cap, sizeof(*out->v));
			if (!out->v)
				return false;
			out->v[out->n++] = str_slice(s.p + at, n);
		}
		at += n ? n : 1;
	}
	return true;
}

/* Of large texts, what is compared: from a little before the first difference. */
static void diff_bound(struct str *was, struct str *is)
{
	size_t least = was->n < is->n ? was->n : is->n, head = 0;

	if (was->n <= INPUT_MAX && is->n <= INPUT_MAX)
		return;
	while (head < least && was->p[head] == is->p[head])
		head++;
	head = head > BEFORE ? head - BEFORE : 0;
	while (head > 0 && !ascii_is_space(was->p[head - 1]))
		head--;
	if (head > 0) {
		*was = str_slice(was->p + head, was->n - head);
		*is = str_slice(is->p + head, is->n - head);
	}
	*was = utf8_cut(*was, INPUT_MAX);
	*is = utf8_cut(*is, INPUT_MAX);
}

/* --- output --- */

/* The bytes from the first to the last of those words, as they are in the text. */
static void diff_put_words(struct html *h, const struct str *v, size_t n)
{
	html_text_cut(h, str_slice(v[0].p, (size_t)(v[n - 1].p + v[n - 1].n - v[0].p)), RUN_BYTES);
}

static void diff_put_run(struct html *h, enum diff_kind kind, const struct str *v, size_t n)
{
	static const char *const open[] = {"", "<del>", "<ins>"}, *const shut[] = {
									  "", "</del>", "</ins>"};

	if (!n)
		return;
	html_markup(h, open[kind]);
	diff_put_words(h, v, n);
	html_markup(h, shut[kind]);
	html_markup(h, " ");
}

static void diff_put_same(struct html *h, const struct str *v, size_t n, bool at_start, bool at_end)
{
	size_t head = at_start ? 0 : CONTEXT, tail = at_end ? 0 : CONTEXT;

	if (n <= head + tail + 2) {
		diff_put_run(h, DIFF_SAME, v, n);
		return;
	}
	diff_put_run(h, DIFF_SAME, v, head);
	html_markup(h, "… ");
	diff_put_run(h, DIFF_SAME, v + n - tail, tail);
}

/* --- longest common subsequence --- */

/*
 * length[i * (is.n + 1) + j]: that of was from i and is from j on. The middle of both texts,
 * between their common beginning and end.
 */
static uint16_t *diff_measure(
	const struct diff_words *was, const struct diff_words *is, struct arena *arena)
{
	size_t row = is->n + 1;
	uint16_t *length = arena_array(arena, (was->n + 1) * row, sizeof(*length));

	if (!length)
		return NULL;
	for (size_t i = was->n; i-- > 0;)
		for (size_t j = is->n; j-- > 0;) {
			uint16_t down = length[(i + 1) * row + j], right = length[i * row + j + 1];

			if (str_eq(was->v[i], is->v[j]))
				length[i * row + j] = (uint16_t)(length[(i + 1) * row + j + 1] + 1);
			else
				length[i * row + j] = down > right ? down : right;
		}
	return length;
}

static void diff_put_middle(struct html *h, const struct diff_words *was,
	const struct diff_words *is, const uint16_t *length)
{
	size_t row = is->n + 1, i = 0, j = 0, start = h->out->len;

	while (i < was->n || j < is->n) {
		size_t from_i = i, from_j = j;

		if (h->out->len - start > DIFF_BYTES) {
			html_markup(h, "… ");
			return;
		}

		while (i < was->n && j < is->n && str_eq(was->v[i], is->v[j]))
			i++, j++;
		diff_put_same(h, is->v + from_j, j - from_j, false, false);
		from_i = i;
		from_j = j;
		while (i < was->n &&
			(j == is->n || length[(i + 1) * row + j] >= length[i * row + j + 1]) &&
			!(j < is->n && str_eq(was->v[i], is->v[j])))
			i++;
		while (j < is->n && !(i < was->n && str_eq(was->v[i], is->v[j])) &&
			(i == was->n || length[i * row + j + 1] > length[(i + 1) * row + j]))
			j++;
		diff_put_run(h, DIFF_OUT, was->v + from_i, i - from_i);
		diff_put_run(h, DIFF_IN, is->v + from_j, j - from_j);
	}
}

bool word_diff_put(struct html *h, struct str was, struct str is, struct arena *arena)
{
	struct diff_words a, b, mid_a, mid_b;
	const uint16_t *length;
	size_t least, head = 0, tail = 0;

	diff_bound(&was, &is);
	if (!diff_split(was, arena, &a) || !diff_split(is, arena, &b))
		return false;
	if (!a.n || !b.n) {
		diff_put_run(h, DIFF_OUT, a.v, a.n);
		diff_put_run(h, DIFF_IN, b.v, b.n);
		return true;
	}
	least = a.n < b.n ? a.n : b.n;
	while (head < least && str_eq(a.v[head], b.v[head]))
		head++;
	while (tail < least - head && str_eq(a.v[a.n - 1 - tail], b.v[b.n - 1 - tail]))
		tail++;
	mid_a = (struct diff_words){a.v + head, a.n - head - tail};
	mid_b = (struct diff_words){b.v + head, b.n - head - tail};
	diff_put_same(h, b.v, head, true, false);
	if (mid_a.n > DIFF_WORDS || mid_b.n > DIFF_WORDS) {
		diff_put_run(h, DIFF_OUT, mid_a.v, mid_a.n);
		diff_put_run(h, DIFF_IN, mid_b.v, mid_b.n);
	} else {
		length = diff_measure(&mid_a, &mid_b, arena);
		if (!length)
			return false;
		diff_put_middle(h, &mid_a, &mid_b, length);
	}
	diff_put_same(h, b.v + b.n - tail, tail, false, true);
	return true;
}
