/* SPDX-License-Identifier: MIT */
/* Displays where a watch matched. */
#include "text/delimiter.h"
#include "watch/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cluster.h"
#include "text/cut.h"
#include "text/words.h"

struct snippet_window {
	size_t begin, end; /* bytes of the text */
};

struct snippet_painter {
	struct str text;
	const struct watch_spot *spots;
	size_t n_spots;
	const struct watch_marks *marks;
};

static bool snippet_is_blank(uint32_t cp)
{
	return cp <= 0x20 || (cp >= 0x7F && cp <= 0xA0) || (cp > 0xA0 && text_is_space(cp));
}

/*
 * Appends s, with each run of white space and control characters as one space; as one line break
 * where it contains one and lines is set.
 */
static void snippet_put_line(struct buf *out, struct str s, bool lines)
{
	size_t run = 0; /* begin of what is copied at once */
	char gap = 0;

	for (size_t i = 0, len; i < s.n; i += len) {
		uint32_t cp = (unsigned char)s.p[i];

		len = cp < 0x80 ? 1 : utf8_decode(s.p + i, s.n - i, &cp);
		if (len && !snippet_is_blank(cp)) {
			if (gap)
				buf_addc(out, gap);
			gap = 0;
			continue;
		}
		buf_add(out, s.p + run, i - run);
		if (len == 0)
			len = 1;
		else
			gap = lines && (cp == '\n' || gap == '\n') ? '\n' : ' ';
		run = i + len;
	}
	buf_add(out, s.p + run, s.n - run);
	if (gap)
		buf_addc(out, gap);
}

static void snippet_put_text(const struct snippet_painter *p, struct str s, struct buf *out)
{
	if (p->marks->text)
		p->marks->text(out, s);
	else
		buf_adds(out, s);
}

static void snippet_put_region(
	const struct snippet_painter *p, size_t begin, size_t end, struct buf *out)
{
	struct str s = str_slice(p->text.p + begin, end - begin);
	const char *end_of_line;
	struct buf flat;

	if (s.n == 0)
		return;
	buf_init(&flat, s.n);
	snippet_put_line(&flat, s, p->marks->line != NULL);
	out->failed = out->failed || buf_failed(&flat);
	s = buf_str(&flat);
	while (p->marks->line && s.n && (end_of_line = memchr(s.p, '\n', s.n))) {
		snippet_put_text(p, str_slice(s.p, (size_t)(end_of_line - s.p)), out);
		buf_addz(out, p->marks->line);
		s = str_slice(end_of_line + 1, (size_t)(s.p + s.n - end_of_line - 1));
	}
	snippet_put_text(p, s, out);
	buf_release(&flat);
}

/* Appends the part of the text inside the window; adjacent hits share one mark. */
static void snippet_put_marked(
	const struct snippet_painter *p, struct snippet_window w, struct buf *out)
{
	size_t at = w.begin;

	for (size_t i = 0; i < p->n_spots && p->spots[i].begin < w.end;) {
		size_t begin = p->spots[i].begin, end = p->spots[i].end;

		for (i++; i < p->n_spots && p->spots[i].begin <= end; i++)
			end = p->spots[i].end > end ? p->spots[i].end : end;
		begin = begin > at ? begin : at;
		end = end < w.end ? end : w.end;
		if (begin >= end)
			continue;
		snippet_put_region(p, at, begin, out);
		buf_addz(out, p->marks->open);
		snippet_put_region(p, begin, end, out);
		buf_addz(out, p->marks->close);
		at = end;
	}
	snippet_put_region(p, at, w.end, out);
}

/* --- the window --- */

/* Words around a cluster, and the part of the text that was split into words. */
struct snippet_context {
	struct str text;
	struct watch_cluster c;
	size_t max;
	size_t from; /* offset in the text that word offsets are relative to */
	struct text_words words;
};

static size_t snippet_word_begin(const struct snippet_context *s, size_t i)
{
	return s->from + s->words.word[i].offset;
}

static size_t snippet_word_end(const struct snippet_context *s, size_t i)
{
	return snippet_word_begin(s, i) + s->words.word[i].length;
}

/* Returns the first word that begins at or after `at`; words.count if there is none. */
static size_t snippet_first_word(const struct snippet_context *s, size_t at)
{
	size_t i = 0;

	while (i < s->words.count && snippet_word_begin(s, i) < at)
		i++;
	return i;
}

/* Without words (out of memory) windows are truncated between characters only. */
static void snippet_look_around(struct snippet_context *s)
{
	size_t from = s->c.begin > s->max ? s->c.begin - s->max : 0;
	struct str view;

	while (from < s->text.n && (s->text.p[from] & 0xC0) == 0x80)
		from++;
	s->from = from;
	view = str_slice(s->text.p + from, s->text.n - from);
	if (view.n > 3 * s->max)
		view = utf8_cut(view, 3 * s->max);
	text_words_init(&s->words);
	if (text_words_split(&s->words, view, NULL) == 0 && text_words_places(&s->words, NULL) != 0)
		s->words.count = 0;
}

/* Moves back over the quotation marks and brackets that open before word i. */
static size_t snippet_take_opening(const struct snippet_context *s, size_t i)
{
	size_t floor = i ? snippet_word_end(s, i - 1) : s->from, at = snippet_word_begin(s, i);

	while (at > floor && (unsigned char)s->text.p[at - 1] > ' ')
		at--;
	/* The previous word, or the start of the view, was reached without opening marks. */
	if (at == floor && floor > 0)
		at = snippet_word_begin(s, i);
	return s->c.end - at <= s->max ? at : snippet_word_begin(s, i);
}

/* Returns the first word of the sentence of word i; -1 if it is before the view. */
static ptrdiff_t snippet_sentence_start(const struct snippet_context *s, size_t i)
{
	uint32_t sentence = s->words.place[i].sentence;

	while (i > 0 && s->words.place[i - 1].sentence == sentence)
		i--;
	return i == 0 && s->from > 0 ? -1 : (ptrdiff_t)i;
}

static size_t snippet_window_begin(const struct snippet_context *s)
{
	size_t spare = s->max - (s->c.end - s->c.begin), from, i;
	size_t tail = s->text.n > s->max
			      ? s->text.n - s->max
			      : 0; /* the window reaches the end of the text from here on */
	ptrdiff_t start;

	i = snippet_first_word(s, s->c.begin);
	if (tail == 0 || i == s->words.count)
		return tail ? s->c.begin : 0;
	start = snippet_sentence_start(s, i);
	if (start >= 0 && s->c.begin - snippet_word_begin(s, (size_t)start) <= spare / 4 * 3 &&
		snippet_word_begin(s, (size_t)start) <= tail)
		return snippet_take_opening(s, (size_t)start);
	from = s->c.begin > spare / 2 ? s->c.begin - spare / 2 : 0;
	from = from < tail ? from : tail;
	if (from == 0)
		return 0;
	i = snippet_first_word(s, from > s->from ? from : s->from + 1);
	return i < s->words.count && snippet_word_begin(s, i) < s->c.begin
		       ? snippet_take_opening(s, i)
		       : s->c.begin;
}

static size_t snippet_window_end(const struct snippet_context *s, size_t begin)
{
	size_t limit = begin + text_cut(str_slice(s->text.p + begin, s->text.n - begin), s->max).n;
	size_t end = s->c.end < limit ? s->c.end : limit, next = s->text.n, most = limit;

	if (limit == s->text.n)
		return limit;
	for (size_t i = snippet_first_word(s, begin); i < s->words.count; i++) {
		next = snippet_word_begin(s, i);
		if (snippet_word_end(s, i) > limit)
			break;
		end = snippet_word_end(s, i) > end ? snippet_word_end(s, i) : end;
		next = s->text.n;
	}
	/* Includes the punctuation that follows immediately. */
	limit = next < limit ? next : limit;
	if (s->words.count)
		while (end < limit && (unsigned char)s->text.p[end] > ' ')
			end++;
	/* A word longer than three quarters of the window is cut rather than left out. */
	return end - begin < s->max / 4 ? most : end;
}

static bool snippet_has_text(struct str text, size_t begin, size_t end)
{
	while (begin < end) {
		uint32_t cp;
		size_t len = utf8_decode(text.p + begin, end - begin, &cp);

		if (len && !snippet_is_blank(cp))
			return true;
		begin += len ? len : 1;
	}
	return false;
}

static void snippet_put_window(
	struct snippet_painter *p, struct watch_cluster c, size_t max, struct buf *out)
{
	struct snippet_context s = {.text = p->text, .c = c, .max = max};
	struct snippet_window w;

	if (p->text.n == 0)
		return;
	if (s.c.end - s.c.begin > max)
		s.c.end = s.c.begin +
			  text_cut(str_slice(p->text.p + s.c.begin, s.c.end - s.c.begin), max).n;
	snippet_look_around(&s);
	w.begin = snippet_window_begin(&s);
	w.end = snippet_window_end(&s, w.begin);
	text_words_release(&s.words);
	while (w.begin < w.end && (unsigned char)p->text.p[w.begin] <= ' ')
		w.begin++;
	while (w.end > w.begin && (unsigned char)p->text.p[w.end - 1] <= ' ')
		w.end--;
	if (snippet_has_text(p->text, 0, w.begin))
		buf_addz(out, "… ");
	snippet_put_marked(p, w, out);
	if (snippet_has_text(p->text, w.end, p->text.n))
		buf_addz(out, " …");
}

void watch_snippet(const struct watch_view *v, const struct watch_hit *hits, size_t n_hits,
	size_t max, const struct watch_marks *marks, struct buf *out)
{
	struct snippet_painter title = {.text = v->title, .marks = marks};
	struct snippet_painter body = {.text = v->body, .marks = marks};
	struct watch_spot *in_title, *in_body;
	struct watch_cluster t, b;

	if (max == 0)
		return;
	in_title = watch_spots(v->title, QUERY_TITLE, hits, n_hits, &title.n_spots);
	in_body = watch_spots(v->body, QUERY_BODY, hits, n_hits, &body.n_spots);
	title.spots = in_title;
	body.spots = in_body;
	t = watch_cluster_find(in_title, title.n_spots, max);
	b = watch_cluster_find(in_body, body.n_spots, max);
	/*
	 * The title is shown anyway, so the body is preferred unless it has fewer terms together.
	 */
	if (t.terms > b.terms || !snippet_has_text(v->body, 0, v->body.n))
		snippet_put_window(&title, t, max, out);
	else
		snippet_put_window(&body, b, max, out);
	free(in_title);
	free(in_body);
}
