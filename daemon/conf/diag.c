/* SPDX-License-Identifier: MIT */
#include "diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/width.h"

#define DIAG_ARENA_MAX ((size_t)64 * 1024 * 1024)
#define SHOWN_MAX      ((size_t)80)  /* bytes of a quoted word in a message */
#define LINE_BEFORE    ((size_t)240) /* bytes of a source line shown before the caret */
#define LINE_AFTER     ((size_t)120)
#define FIRST_CAP      ((size_t)16)

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

const char *conf_show(struct conf_diags *d, struct str s)
{
	struct buf b;
	char *copy;

	buf_init(&b, SHOWN_MAX * 8);
	utf8_escape(&b, s, SHOWN_MAX, false);
	copy = d->arena ? arena_strdup(d->arena, buf_z(&b)) : NULL;
	buf_release(&b);
	return copy ? copy : "?";
}

/* The array is full at FIRST_CAP and at every power of two past it. */
static bool diag_make_room(struct conf_diags *d)
{
	size_t cap = d->n ? d->n * 2 : FIRST_CAP;
	struct conf_diag *v;

	if (d->n && (d->n < FIRST_CAP || (d->n & (d->n - 1))))
		return true;
	v = realloc(d->v, cap * sizeof(*v));
	if (v)
		d->v = v;
	return v != NULL;
}

/* Returns NULL if the diag is only counted. */
static struct conf_diag *diag_append(struct conf_diags *d, bool warning)
{
	if (warning)
		d->warnings++;
	else
		d->errors++;
	if (!d->arena || d->n >= CONF_DIAGS_KEPT || !diag_make_room(d))
		return NULL;
	d->v[d->n] = (struct conf_diag){.warning = warning, .text = "?", .seq = (unsigned)d->n};
	return &d->v[d->n++];
}

static const char *diag_copy(struct conf_diags *d, const char *z)
{
	char *copy = z ? arena_strdup(d->arena, z) : NULL;

	return z && !copy ? "?" : copy;
}

/* Copies text with control characters escaped; not truncated. */
static const char *diag_keep_clean(struct conf_diags *d, const char *z)
{
	struct buf b;
	const char *copy;

	if (!z)
		return NULL;
	buf_init(&b, (size_t)1 << 20);
	utf8_escape(&b, str_of(z), SIZE_MAX, false);
	copy = diag_copy(d, buf_z(&b));
	buf_release(&b);
	return copy;
}

__attribute__((format(printf, 2, 0))) static const char *diag_format(
	struct conf_diags *d, const char *fmt, va_list ap)
{
	struct buf b;
	const char *copy;

	buf_init(&b, 4096);
	buf_vprintf(&b, fmt, ap);
	copy = diag_copy(d, buf_z(&b));
	buf_release(&b);
	return copy;
}

static bool diag_starts_character(char c)
{
	return ((unsigned char)c & 0xC0) != 0x80;
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

/* Sets source and caret from the line in [from, to) that contains at; truncates long lines. */
static void diag_show_source(
	struct conf_diags *d, struct conf_diag *g, struct conf_at at, size_t from, size_t to)
{
	const char *text = at.file->text.p;
	size_t start = at.offset, end = at.offset;
	struct buf line;

	if (at.offset > to)
		return;
	while (start > from && text[start - 1] != '\n' && at.offset - start < LINE_BEFORE)
		start--;
	while (start < at.offset && !diag_starts_character(text[start]))
		start++;
	while (start < at.offset && (text[start] == ' ' || text[start] == '\t'))
		start++;
	while (end < to && text[end] != '\n' && end - at.offset < LINE_AFTER)
		end++;
	while (end > at.offset && end < to && !diag_starts_character(text[end]))
		end--;
	while (end > at.offset && (text[end - 1] == '\r' || text[end - 1] == ' '))
		end--;
	buf_init(&line, (LINE_BEFORE + LINE_AFTER) * 8);
	diag_add_clean(&line, text + start, at.offset - start);
	g->caret = text_width(buf_str(&line));
	diag_add_clean(&line, text + at.offset, end - at.offset);
	g->source = diag_copy(d, buf_z(&line));
	buf_release(&line);
}

static void diag_put_place(
	struct conf_diags *d, struct conf_diag *g, struct conf_at at, const char *help)
{
	g->place = conf_at_place(at);
	g->place.file = diag_keep_clean(d, g->place.file);
	g->file_order = at.file->order;
	g->help = diag_copy(d, help);
}

__attribute__((format(printf, 5, 0))) static void diag_add_at(struct conf_diags *d, bool warning,
	struct conf_at at, const char *help, const char *fmt, va_list ap)
{
	struct conf_diag *g = diag_append(d, warning);

	if (!g)
		return;
	diag_put_place(d, g, at, help);
	g->text = diag_format(d, fmt, ap);
	diag_show_source(d, g, at, 0, at.file->text.n);
}

void conf_error(struct conf_diags *d, struct conf_at at, const char *help, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_add_at(d, false, at, help, fmt, ap);
	va_end(ap);
}

void conf_warn(struct conf_diags *d, struct conf_at at, const char *help, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_add_at(d, true, at, help, fmt, ap);
	va_end(ap);
}

void conf_diag_within(struct conf_diags *d, bool warning, const struct conf_span *span,
	const char *help, const char *text)
{
	struct conf_diag *g = diag_append(d, warning);

	if (!g)
		return;
	diag_put_place(d, g, span->at, diag_keep_clean(d, help));
	g->text = diag_keep_clean(d, text);
	diag_show_source(d, g, span->at, span->from, span->to);
}

__attribute__((format(printf, 5, 0))) static void diag_add_file(struct conf_diags *d, bool warning,
	const struct conf_source *file, const char *help, const char *fmt, va_list ap)
{
	struct conf_diag *g = diag_append(d, warning);

	if (!g)
		return;
	g->place.file = diag_keep_clean(d, file->name);
	g->file_order = file->order;
	g->help = diag_copy(d, help);
	g->text = diag_format(d, fmt, ap);
}

void conf_error_file(struct conf_diags *d, const struct conf_source *file, const char *help,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_add_file(d, false, file, help, fmt, ap);
	va_end(ap);
}

void conf_warn_file(struct conf_diags *d, const struct conf_source *file, const char *help,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_add_file(d, true, file, help, fmt, ap);
	va_end(ap);
}

static int diag_by_place(const void *a, const void *b)
{
	const struct conf_diag *x = a, *y = b;

	if (x->file_order != y->file_order)
		return x->file_order < y->file_order ? -1 : 1;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.column != y->place.column)
		return x->place.column < y->place.column ? -1 : 1;
	return x->seq < y->seq ? -1 : 1;
}

void conf_diags_sort(struct conf_diags *d)
{
	if (d->n > 1)
		qsort(d->v, d->n, sizeof(*d->v), diag_by_place);
}

void conf_diag_print(struct buf *out, const struct conf_diag *d)
{
	buf_addz(out, d->place.file ? d->place.file : "?");
	if (d->place.line)
		buf_printf(out, ":%u:%u", d->place.line, d->place.column);
	buf_printf(out, ": %s%s\n", d->warning ? "warning: " : "", d->text);
	if (d->source && d->source[0]) {
		buf_printf(out, "  %s\n  ", d->source);
		for (size_t i = 0; i < d->caret; i++)
			buf_addc(out, ' ');
		buf_addz(out, "^\n");
	}
	if (d->help)
		buf_printf(out, "  %s\n", d->help);
}
