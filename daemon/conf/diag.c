/* SPDX-License-Identifier: MIT */
#include "diag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "conf/form.h"
#include "text/width.h"

#define DIAG_ARENA_MAX ((size_t)64 * 1024 * 1024)
#define SHOWN_MAX      ((size_t)80)  /* bytes of a quoted word in a message */
#define LINE_BEFORE    ((size_t)240) /* bytes of a source line shown before the caret */
#define LINE_AFTER     ((size_t)120)
#define TEXT_MAX       ((size_t)1 << 20)

void conf_diags_init(struct conf_diags *d)
{
	*d = (struct conf_diags){.arena = arena_new(DIAG_ARENA_MAX)};
}

void conf_diags_release(struct conf_diags *d)
{
	free(d->v);
	arena_free(d->arena);
	*d = (struct conf_diags){0};
}

/* Returns a copy with control characters escaped, of at most max bytes of s; "?" without memory. */
static const char *diag_keep(struct conf_diags *d, struct str s, size_t max)
{
	struct buf b;
	const char *copy;

	buf_init(&b, TEXT_MAX);
	utf8_escape(&b, s, max, false);
	copy = d->arena ? arena_strdup(d->arena, buf_z(&b)) : NULL;
	buf_release(&b);
	return copy ? copy : "?";
}

const char *conf_show(struct conf_diags *d, struct str s)
{
	return diag_keep(d, s, SHOWN_MAX);
}

/* Appends text with each tab as one space, so that the caret is under its character. */
static void diag_add_clean(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t run = i;

		while (run < n && p[run] != '\t')
			run++;
		utf8_escape(out, str_slice(p + i, run - i), run - i, false);
		if (run < n)
			buf_addc(out, ' ');
		i = run;
	}
}

static bool diag_is_word(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* Is rest, which follows "://", the authority of an address with a login? */
static bool diag_has_login(struct str rest)
{
	size_t n = 0;

	while (n < rest.n && !strchr("/?#@ \t\"'", rest.p[n]))
		n++;
	return n < rest.n && rest.p[n] == '@';
}

/*
 * After a key for the name of a credential: was the secret itself written there? A path is none.
 */
static bool diag_misplaces_secret(struct str rest)
{
	size_t i = 0, n = 0;
	const char *end = " \t\"',;{}#";

	while (i < rest.n && strchr(" \t=:{", rest.p[i]))
		i++;
	if (i < rest.n && strchr("\"'", rest.p[i]))
		end = rest.p[i++] == '"' ? "\"" : "'";
	rest = str_slice(rest.p + i, rest.n - i);
	while (n < rest.n && !strchr(end, rest.p[n]))
		n++;
	return n > 0 && !strchr("./", rest.p[0]) && !conf_form_credential(str_slice(rest.p, n));
}

/*
 * May the line contain a secret: the value of a key or of a parameter with such a name, in whatever
 * syntax, or a login in an address? A word is a key at the start of the line, after {, and before =
 * or :.
 */
static bool diag_has_secret(struct str line)
{
	bool key = true, list = false;

	for (size_t i = 0, n, next; i < line.n; i += n) {
		struct str word = str_slice(line.p + i, line.n - i);

		for (n = 0; n < word.n && diag_is_word(word.p[n]);)
			n++;
		if (n == 0) {
			if (str_starts(word, STR("://")) &&
				diag_has_login(str_slice(word.p + 3, word.n - 3)))
				return true;
			n = 1;
			if (strchr(" \t\"'", word.p[0]))
				continue;
			key = word.p[0] == '{' && !list;
			list = word.p[0] == '=';
			continue;
		}
		for (next = n; next < word.n && strchr(" \t\"'", word.p[next]);)
			next++;
		key = key || (next < word.n && (word.p[next] == '=' || word.p[next] == ':'));
		word.n = n;
		if (key && redact_names_secret(word) &&
			(!str_ends(word, STR("-credential")) ||
				diag_misplaces_secret(str_slice(line.p + i + n, line.n - i - n))))
			return true;
		key = list = false;
	}
	return false;
}

/*
 * Sets source and caret from the line in the span that contains its place; truncates long lines. A
 * line that may contain a secret is not shown, since messages are logged; the value of a query can
 * be.
 */
static void diag_show_source(
	struct conf_diags *d, struct conf_diag *g, const struct conf_span *span)
{
	const char *text = span->at.file->text.p, *end;
	size_t at = span->at.offset, start = at;
	struct buf line;
	struct str rest;

	if (at > span->to)
		return;
	while (start > span->from && text[start - 1] != '\n' && at - start < LINE_BEFORE)
		start--;
	/* Skips the rest of a truncated character, and the indentation. */
	while (start < at && ((text[start] & 0xC0) == 0x80 || strchr(" \t", text[start])))
		start++;
	rest = utf8_cut(str_slice(text + at, span->to - at), LINE_AFTER);
	end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
	if (end)
		rest.n = (size_t)(end - rest.p);
	while (rest.n && strchr("\r ", rest.p[rest.n - 1]))
		rest.n--;
	if (!span->from && diag_has_secret(str_slice(text + start, at - start + rest.n)))
		return;
	buf_init(&line, (LINE_BEFORE + LINE_AFTER) * 8);
	diag_add_clean(&line, text + start, at - start);
	g->caret = text_width(buf_str(&line));
	diag_add_clean(&line, rest.p, rest.n);
	g->source = diag_keep(d, buf_str(&line), SIZE_MAX);
	buf_release(&line);
}

void conf_diag_within(struct conf_diags *d, bool warning, const struct conf_span *span,
	const char *help, const char *text)
{
	struct conf_place place = conf_at_place(span->at);
	struct conf_diag *g;

	*(warning ? &d->warnings : &d->errors) += 1;
	d->unread += !warning && !place.line;
	if (!d->arena || d->n >= CONF_DIAGS_KEPT ||
		!array_room(&d->v, d->n, &d->cap, 1, sizeof(*d->v)))
		return;
	g = &d->v[d->n];
	place.file = diag_keep(d, str_of(place.file), SIZE_MAX);
	*g = (struct conf_diag){
		.warning = warning,
		.place = place,
		.text = diag_keep(d, str_of(text), SIZE_MAX),
		.help = help ? diag_keep(d, str_of(help), SIZE_MAX) : NULL,
		.file_order = span->at.file->order,
		.seq = (unsigned)d->n++,
	};
	if (place.line)
		diag_show_source(d, g, span);
}

void conf_report(struct conf_diags *d, bool warning, struct conf_at at, const char *help,
	const char *fmt, ...)
{
	const struct conf_span span = {.at = at, .to = at.file->text.n};
	struct buf text;
	va_list ap;

	buf_init(&text, TEXT_MAX);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	conf_diag_within(d, warning, &span, help, buf_z(&text));
	buf_release(&text);
}

/* Keeps the cause that restarts may mend, if there is any. */
static void diag_add_cause(struct conf_diags *d, enum err_class cls)
{
	if (err_is_exhaustion(cls) || (cls == ERR_ACCESS && d->cause == ERR_NONE))
		d->cause = cls;
}

void conf_error_read(struct conf_diags *d, struct conf_at at, const char *help, const char *what)
{
	int why = errno;

	diag_add_cause(d, err_class_of(why));
	conf_error(d, at, help, "%s: %s", what, strerror(why));
}

static int diag_by_place(const void *a, const void *b)
{
	const struct conf_diag *x = a, *y = b;

	/* A file that cannot be read comes before what is missing without it. */
	if (!x->place.line != !y->place.line)
		return x->place.line ? 1 : -1;
	if (x->file_order != y->file_order)
		return x->file_order < y->file_order ? -1 : 1;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.column != y->place.column)
		return x->place.column < y->place.column ? -1 : 1;
	return x->seq < y->seq ? -1 : 1;
}

/* Without memory or descriptors files are incomplete: what is reported inside them is untrue. */
static void diags_drop_consequences(struct conf_diags *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].place.line == 0)
			d->v[kept++] = d->v[i];
		else
			*(d->v[i].warning ? &d->warnings : &d->errors) -= 1;
	}
	d->n = kept;
}

void conf_diags_sort(struct conf_diags *d)
{
	if (err_is_exhaustion(d->cause))
		diags_drop_consequences(d);
	if (d->n > 1)
		qsort(d->v, d->n, sizeof(*d->v), diag_by_place);
}
