/* SPDX-License-Identifier: MIT */
#include "chat.h"

#include <string.h>

#include "base/zone.h"

#define PIECE_MAX    ((size_t)64 * 1024)
#define HEADLINE_MAX ((size_t)1000) /* bytes: all of a short one */
#define WHO_MAX	     ((size_t)200)
#define LINE_MAX     ((size_t)16 * 1024)
/* Marks of hits while a passage is made; they cannot be in a text without control characters. */
#define HIT_OPEN     "\x01"
#define HIT_CLOSE    "\x02"
/* What "and 50 more: nightdesk alerts list" may take in any markup. */
#define MORE_UNITS   ((size_t)200)

/* A message while it is made, piece by piece: each is kept as a whole or left out. */
struct chat_writer {
	const struct chat_format *f;
	struct buf *out, piece;
	size_t used, reserve; /* units; reserve: for what must follow */
};

/* --- pieces --- */

static void chat_open(struct chat_writer *w, enum chat_block block)
{
	const struct buf *before = w->piece.len ? &w->piece : w->out;

	if (w->f->list && before->len && before->data[before->len - 1] != '[')
		buf_addc(&w->piece, ',');
	buf_addz(&w->piece, w->f->blocks[block].open);
}

static void chat_close(struct chat_writer *w, enum chat_block block)
{
	buf_addz(&w->piece, w->f->blocks[block].close);
}

static void chat_run(struct chat_writer *w, enum chat_face face, struct str text)
{
	const struct chat_marks *marks = &w->f->faces[face];

	if (text.n == 0)
		return;
	if (w->f->run) {
		w->f->run(&w->piece, face, text);
		return;
	}
	buf_addz(&w->piece, marks->open ? marks->open : "");
	w->f->escape.text(&w->piece, text);
	buf_addz(&w->piece, marks->close ? marks->close : "");
}

/* Appends the piece to the message, or drops it. Returns whether it fits. */
static bool chat_keep(struct chat_writer *w)
{
	size_t units = text_size(buf_str(&w->piece), w->f->unit);
	bool fits = !w->piece.overflow && w->used + units + w->reserve <= w->f->max;

	if (fits) {
		buf_pass_lack(w->out, &w->piece);
		buf_adds(w->out, buf_str(&w->piece));
		w->used += units;
	} else if (!w->piece.overflow) {
		buf_pass_lack(w->out, &w->piece);
	}
	buf_clear(&w->piece);
	return fits;
}

/* Empties a line for the next text. */
static void chat_reuse(struct chat_writer *w, struct buf *line)
{
	buf_pass_lack(w->out, line);
	buf_clear(line);
}

static void chat_drop(struct chat_writer *w, struct buf *line)
{
	buf_pass_lack(w->out, line);
	buf_release(line);
}

/* --- what a message says --- */

static void chat_put_headline(struct chat_writer *w, struct str link, struct str title)
{
	struct buf url, clean;

	buf_init(&url, LINE_MAX);
	buf_init(&clean, LINE_MAX);
	chat_put_clean(&clean, title, false);
	if (chat_put_url(&url, link))
		w->f->link(&w->piece, buf_str(&url), buf_str(&clean));
	else
		chat_run(w, CHAT_PLAIN, buf_str(&clean));
	chat_drop(w, &url);
	chat_drop(w, &clean);
}

/* Whom the message rings, before its first line. */
static void chat_put_mention(
	struct chat_writer *w, const struct conf_notify *n, const struct notice *m)
{
	const char *mention = chat_is_edit(w->f, m) ? NULL : sink_text_mention(n, m->alerts);

	if (w->f->mention_apart)
		return;
	if (mention && w->f->mention)
		w->f->mention(&w->piece, str_of(mention));
	else if (mention)
		buf_printf(&w->piece, "%s ", mention);
}

static void chat_put_who(struct chat_writer *w, const struct alert *a)
{
	struct buf who, line;

	buf_init(&who, LINE_MAX);
	buf_init(&line, LINE_MAX);
	sink_text_who(a, &who);
	buf_addz(&line, " · ");
	buf_adds(&line, text_cut(buf_str(&who), WHO_MAX));
	if (who.len)
		chat_run(w, CHAT_PLAIN, buf_str(&line));
	chat_drop(w, &who);
	chat_drop(w, &line);
}

/* "URGENT · edited Norland moves its embassy · The Wire, 2 min old"; max: bytes of the headline */
static bool chat_put_head(struct chat_writer *w, const struct conf_notify *n,
	const struct notice *m, bool linked, size_t max)
{
	const struct alert *a = m->alerts;
	struct buf line;

	buf_init(&line, LINE_MAX);
	chat_open(w, CHAT_HEAD);
	chat_put_mention(w, n, m);
	sink_text_priority(a, &line);
	chat_run(w, CHAT_STRONG, buf_str(&line));
	chat_reuse(w, &line);
	/* A message that is changed stays what it was. */
	buf_printf(&line, "%s ", chat_is_edit(w->f, m) ? "" : sink_text_kind(a));
	chat_run(w, CHAT_PLAIN, buf_str(&line));
	chat_reuse(w, &line);
	alert_headline_short(a, &line);
	chat_put_headline(w, linked ? a->link : STR_NONE, text_cut(buf_str(&line), max));
	chat_drop(w, &line);
	chat_put_who(w, a);
	chat_close(w, CHAT_HEAD);
	return chat_keep(w);
}

/* A line of its own, of at most a quarter of the message. */
static bool chat_put_line(struct chat_writer *w, enum chat_block block, struct str text)
{
	size_t quarter = w->f->max / 4, max = quarter;

	if (text.n == 0)
		return true;
	do {
		struct str cut = text_cut_by(text, max, w->f->unit);

		chat_reuse(w, &w->piece);
		chat_open(w, block);
		chat_run(w, CHAT_PLAIN, cut);
		if (cut.n < text.n)
			chat_run(w, CHAT_PLAIN, STR("…"));
		chat_close(w, block);
		max /= 2;
	} while (max && text_size(buf_str(&w->piece), w->f->unit) > quarter);
	return chat_keep(w);
}

static bool chat_is_hit_mark(char c)
{
	return c == HIT_OPEN[0] || c == HIT_CLOSE[0];
}

/* A hit may divide a name, "@" and "embassy", which clients find across a change of face. */
static void chat_join_runs(struct chat_writer *w, struct str bare, size_t at)
{
	bool name = chat_begins_name(bare, at) || (at && chat_begins_name(bare, at - 1));

	if (name && !w->f->run)
		buf_addz(&w->piece, CHAT_JOINER);
}

/* Appends a passage with marks as runs and lines; bare: without the marks. */
static void chat_put_passage_runs(struct chat_writer *w, struct str passage, struct str bare)
{
	enum chat_face face = CHAT_PLAIN;
	size_t from = 0, marks = 0;

	for (size_t i = 0; i <= passage.n; i++) {
		char c = i < passage.n ? passage.p[i] : '\n';

		if (c != '\n' && !chat_is_hit_mark(c))
			continue;
		chat_run(w, face, str_slice(passage.p + from, i - from));
		from = i + 1;
		if (chat_is_hit_mark(c))
			chat_join_runs(w, bare, i - marks++);
		if (c == HIT_OPEN[0])
			face = CHAT_HIT;
		else if (c == HIT_CLOSE[0])
			face = CHAT_PLAIN;
		else if (i < passage.n && w->f->blocks[CHAT_QUOTE].line)
			buf_addz(&w->piece, w->f->blocks[CHAT_QUOTE].line);
		else if (i < passage.n)
			chat_run(w, face, STR("\n"));
	}
}

/* The passage, or less of it where it does not fit. */
static void chat_put_passage(struct chat_writer *w, const struct alert *a)
{
	static const struct watch_marks marks = {HIT_OPEN, HIT_CLOSE, sink_text_put, "\n"};
	struct alert untitled = *a;
	struct buf passage, bare;

	if (!sink_text_has_passage(a))
		return;
	untitled.title = STR_NONE; /* it is in the first line */
	buf_init(&passage, LINE_MAX);
	buf_init(&bare, LINE_MAX);
	for (size_t max = ALERT_SNIPPET_MAX; max >= 50; max /= 2) {
		chat_reuse(w, &passage);
		chat_reuse(w, &bare);
		alert_snippet(&untitled, max, &marks, &passage);
		for (size_t i = 0; i < passage.len; i++)
			if (!chat_is_hit_mark(passage.data[i]))
				buf_addc(&bare, passage.data[i]);
		chat_open(w, CHAT_QUOTE);
		chat_put_passage_runs(w, buf_str(&passage), buf_str(&bare));
		chat_close(w, CHAT_QUOTE);
		if (passage.len == 0 || chat_keep(w))
			break;
	}
	chat_reuse(w, &w->piece);
	chat_drop(w, &passage);
	chat_drop(w, &bare);
}

static void chat_put_changes(struct chat_writer *w, const struct alert *a)
{
	struct buf line;

	buf_init(&line, PIECE_MAX);
	for (size_t i = 0; i < a->n_changes; i++) {
		chat_reuse(w, &line);
		sink_text_change(&a->changes[i], &line);
		(void)chat_put_line(w, CHAT_LINE, buf_str(&line));
	}
	chat_drop(w, &line);
}

/* The alerts of a digest that fit, and how many do not. */
static void chat_put_digest(struct chat_writer *w, const struct alert *a)
{
	const struct alert_digest *d = a->digest;
	struct buf line;
	size_t i;

	buf_init(&line, LINE_MAX);
	(void)chat_put_line(w, CHAT_LINE, str_of(alert_why_texts[d->why]));
	w->reserve += MORE_UNITS;
	for (i = 0; i < d->n; i++) {
		const struct alert *one = &d->alerts[i];

		if (sink_text_new_watch(a, i)) {
			chat_open(w, CHAT_LINE);
			chat_put_clean(&line, one->watch_title, false);
			chat_run(w, CHAT_STRONG, buf_str(&line));
			chat_reuse(w, &line);
			buf_printf(&line, " · %s", alert_priority_words[one->priority]);
			chat_run(w, CHAT_PLAIN, buf_str(&line));
			chat_reuse(w, &line);
			chat_close(w, CHAT_LINE);
		}
		chat_open(w, CHAT_ITEM);
		chat_put_headline(w, one->link, one->title);
		sink_text_short_who(a, i, &line);
		chat_run(w, CHAT_PLAIN, text_cut(buf_str(&line), WHO_MAX));
		chat_reuse(w, &line);
		chat_close(w, CHAT_ITEM);
		if (!chat_keep(w))
			break;
	}
	w->reserve -= MORE_UNITS;
	chat_reuse(w, &line);
	if (d->left_out + d->n - i)
		buf_printf(&line, "and %zu more: nightdesk alerts list", d->left_out + d->n - i);
	(void)chat_put_line(w, CHAT_LINE, buf_str(&line));
	chat_drop(w, &line);
}

/* The text of a trouble or a report: each line that fits. */
static void chat_put_notice(struct chat_writer *w, const struct alert *a)
{
	struct str rest = a->body;
	struct buf line;

	buf_init(&line, PIECE_MAX);
	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		chat_reuse(w, &line);
		chat_put_clean(&line, str_slice(rest.p, n), false);
		if (!chat_put_line(w, CHAT_LINE, buf_str(&line)))
			break;
		n += end != NULL;
		rest = str_slice(rest.p + n, rest.n - n);
	}
	chat_drop(w, &line);
}

/* Of what earlier alert it is, where the service does not show that, and why. */
static void chat_put_earlier(
	struct chat_writer *w, const struct alert *a, const struct zone *zone, bool tied)
{
	char stamp[STAMP_TEXT_MAX];
	struct buf line;

	if (!a->of)
		return;
	buf_init(&line, LINE_MAX);
	if (a->kind == ALERT_ACKNOWLEDGED)
		chat_put_change(a, zone, &line);
	else
		chat_put_clean(&line, a->cause, false);
	(void)chat_put_line(w, CHAT_LINE, buf_str(&line));
	chat_reuse(w, &line);
	if (!tied) {
		buf_addz(&line, "about “");
		chat_put_clean(&line, text_cut(a->of->title, ALERT_DIGEST_TITLE_MAX), false);
		buf_printf(&line, "”, %s · ", zone_minute_text(zone, a->of->created, stamp));
		buf_adds(&line, a->of->id);
		(void)chat_put_line(w, CHAT_LINE, buf_str(&line));
	}
	chat_drop(w, &line);
}

static struct str chat_prompt(const struct chat_writer *w, const struct notice *m)
{
	return m->asks ? str_of(w->f->prompt) : STR_NONE;
}

/*
 * Appends how to acknowledge it, why, when, and the ids, which people recognise a repeat by. a: the
 * alert, or what it is changed to.
 */
static void chat_put_last(struct chat_writer *w, const struct alert *a, const struct conf_notify *n,
	const struct notice *m)
{
	const struct zone *zone = n->zone;
	struct buf line;

	(void)chat_put_line(w, CHAT_LINE, chat_prompt(w, m));
	buf_init(&line, PIECE_MAX);
	if (!alert_is_notice(a) && str_present(a->watch_title))
		sink_text_why(a, &line);
	(void)chat_put_line(w, CHAT_SMALL, buf_str(&line));
	chat_reuse(w, &line);
	sink_text_last(a, zone, &line);
	(void)chat_put_line(w, CHAT_SMALL, str_trim(buf_str(&line)));
	chat_drop(w, &line);
}

/* What chat_put_last() takes. */
static size_t chat_measure_last(const struct chat_writer *w, const struct alert *a,
	const struct conf_notify *n, const struct notice *m)
{
	struct chat_writer alone = {.f = w->f};
	struct buf out;

	buf_init(&out, PIECE_MAX);
	buf_init(&alone.piece, PIECE_MAX);
	alone.out = &out;
	chat_put_last(&alone, a, n, m);
	buf_release(&alone.piece);
	buf_release(&out);
	return alone.used + 1; /* the comma of a list */
}

static void chat_put_story(struct chat_writer *w, const struct alert *a)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	sink_text_story(a, " · ", &line);
	(void)chat_put_line(w, CHAT_LINE, buf_str(&line));
	chat_drop(w, &line);
}

static void chat_put_content(struct chat_writer *w, const struct alert *a)
{
	if (a->kind == ALERT_DIGEST) {
		chat_put_digest(w, a);
	} else if (alert_is_notice(a)) {
		chat_put_notice(w, a);
	} else {
		chat_put_changes(w, a);
		chat_put_passage(w, a);
		chat_put_story(w, a);
	}
}

static void chat_compose(struct chat_writer *w, const struct conf_notify *n, const struct notice *m)
{
	bool edit = chat_is_edit(w->f, m);
	struct alert own = *m->alerts;
	const struct alert *a = &own;

	if (edit)
		own.id = own.of->id; /* that of the message which is changed */
	w->reserve = chat_measure_last(w, a, n, m);
	/* Less where it is too long for the service. */
	if (!chat_put_head(w, n, m, true, HEADLINE_MAX) &&
		!chat_put_head(w, n, m, false, HEADLINE_MAX))
		(void)chat_put_head(w, n, m, false, w->f->max / 8);
	/* What is said of an alert comes first, but its own message stays as it was. */
	if (!edit)
		chat_put_earlier(w, a, n->zone, chat_is_reply(w->f, m));
	else
		w->reserve += w->f->max / 4;
	if (!edit && a->kind == ALERT_STORY)
		chat_put_story(w, a);
	else if (edit || a->kind != ALERT_ACKNOWLEDGED)
		chat_put_content(w, a);
	if (edit) {
		w->reserve -= w->f->max / 4;
		chat_put_earlier(w, a, n->zone, true);
	}
	w->reserve = 0;
	chat_put_last(w, a, n, m);
}

/* The operator's words do not say by whom an alert was acknowledged, or who else reports it. */
static void chat_put_changed(
	struct chat_writer *w, const struct conf_notify *n, const struct notice *m)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	chat_put_change(m->alerts, n->zone, &line);
	if (line.len)
		buf_addc(&w->piece, '\n');
	w->f->escape.text(&w->piece, buf_str(&line));
	chat_drop(w, &line);
}

static void chat_put_prompt(struct chat_writer *w, const struct notice *m)
{
	struct str prompt = chat_prompt(w, m);

	if (!prompt.n)
		return;
	buf_addc(&w->piece, '\n');
	w->f->escape.text(&w->piece, prompt);
}

/* Shorter values where the text is too long. */
static void chat_put_template(struct chat_writer *w, const struct conf_notify *n,
	const char *template, const struct notice *m)
{
	static const size_t maxima[] = {2000, 200, 40, 0};
	const char *mention = chat_is_edit(w->f, m) ? NULL : sink_text_mention(n, m->alerts);

	for (size_t i = 0; i < sizeof(maxima) / sizeof(maxima[0]); i++) {
		if (mention && !w->f->mention_apart)
			buf_printf(&w->piece, "%s ", mention);
		sink_template_fill(
			template, m->alerts, n->zone, &w->f->escape, maxima[i], &w->piece);
		chat_put_changed(w, n, m);
		chat_put_prompt(w, m);
		if (chat_keep(w))
			break;
	}
}

void chat_put_message(const struct chat_format *f, const struct conf_notify *n,
	const char *template, const struct notice *m, struct buf *out)
{
	struct chat_writer w = {.f = f, .out = out};

	buf_init(&w.piece, PIECE_MAX);
	if (template)
		chat_put_template(&w, n, template, m);
	else
		chat_compose(&w, n, m);
	buf_pass_lack(out, &w.piece);
	buf_release(&w.piece);
}
