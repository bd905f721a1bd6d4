/* SPDX-License-Identifier: MIT */
/* Prints a diag for a terminal of some width, or for a file. */
#include "conf/conf.h"

#include "base/utf8.h"
#include "text/width.h"

#define COLUMNS_MIN ((size_t)20)
#define INDENT	    ((size_t)2)

/* Colours of a terminal: bold place, red error, yellow warning, green caret. */
#define COLOR_BOLD   "\033[1m"
#define COLOR_RED    "\033[1;31m"
#define COLOR_YELLOW "\033[1;33m"
#define COLOR_GREEN  "\033[1;32m"
#define COLOR_NONE   "\033[0m"

/* The part of a line that is shown: bytes [from, to), and the columns from its start to the caret.
 */
struct diag_window {
	size_t from, to, caret;
};

static size_t diag_next(struct str s, size_t i)
{
	uint32_t cp;
	size_t n = utf8_decode(s.p + i, s.n - i, &cp);

	return i + (n ? n : 1);
}

static size_t diag_width(struct str s, size_t from, size_t to)
{
	return text_width(str_slice(s.p + from, to - from));
}

/* Returns the offset of the character that covers or follows that column; marks stay with it. */
static size_t diag_offset_of(struct str s, size_t column)
{
	size_t i = 0, at = 0;

	while (i < s.n) {
		size_t next = diag_next(s, i), width = diag_width(s, i, next);

		if (at >= column && width > 0)
			break;
		at += width;
		i = next;
	}
	return i;
}

/* Cuts a line that is wider than the room around its caret. */
static struct diag_window diag_cut(struct str s, size_t caret, size_t room)
{
	struct diag_window w = {0, s.n, caret};
	size_t whole = text_width(s), place, used;
	struct str rest;

	if (whole <= room && caret < room)
		return w;
	place = diag_offset_of(s, caret);
	/* One column for each "…". */
	if (caret + room / 3 >= room)
		w.from = diag_offset_of(
			s, whole - caret < room / 2 ? whole + 2 - room : caret - room / 2);
	if (w.from > place)
		w.from = place;
	used = w.from > 0;
	w.caret = used + diag_width(s, w.from, place);
	rest = str_slice(s.p + w.from, s.n - w.from);
	if (used + text_width(rest) > room)
		w.to = w.from + text_width_prefix(rest, room - used - 1);
	return w;
}

static void diag_add_color(struct buf *out, const struct conf_diag_style *style, const char *color)
{
	if (style && style->color)
		buf_addz(out, color);
}

static void diag_add_source(
	struct buf *out, const struct conf_diag *d, const struct conf_diag_style *style)
{
	struct str s = str_of(d->source);
	struct diag_window w = {0, s.n, d->caret};

	if (style && style->columns)
		w = diag_cut(s, d->caret, style->columns - INDENT);
	buf_printf(out, "  %s%.*s%s\n  ", w.from ? "…" : "", (int)(w.to - w.from), s.p + w.from,
		w.to < s.n ? "…" : "");
	for (size_t i = 0; i < w.caret; i++)
		buf_addc(out, ' ');
	diag_add_color(out, style, COLOR_GREEN);
	buf_addc(out, '^');
	diag_add_color(out, style, COLOR_NONE);
	buf_addc(out, '\n');
}

/* Wraps between words; the rows after the first are indented by two columns. */
static void diag_add_wrapped(
	struct buf *out, struct str s, size_t column, const struct conf_diag_style *style)
{
	size_t columns = style ? style->columns : 0;

	for (size_t i = 0; i < s.n;) {
		const char *blank = memchr(s.p + i + 1, ' ', s.n - i - 1);
		size_t end = blank ? (size_t)(blank - s.p) : s.n, width;

		width = diag_width(s, i, end);
		if (columns && column + width > columns && column > INDENT) {
			buf_addz(out, "\n  ");
			column = INDENT;
			i += s.p[i] == ' ';
			width = diag_width(s, i, end);
		}
		buf_add(out, s.p + i, end - i);
		column += width;
		i = end;
	}
	buf_addc(out, '\n');
}

void conf_diag_render(
	struct buf *out, const struct conf_diag *d, const struct conf_diag_style *style)
{
	struct conf_diag_style narrow = style ? *style : (struct conf_diag_style){0};
	struct buf place;

	if (narrow.columns && narrow.columns < COLUMNS_MIN)
		narrow.columns = COLUMNS_MIN;
	buf_init(&place, (size_t)1 << 20);
	buf_addz(&place, d->place.file ? d->place.file : "?");
	if (d->place.line)
		buf_printf(&place, ":%u:%u", d->place.line, d->place.column);
	buf_addz(&place, ": ");
	diag_add_color(out, &narrow, COLOR_BOLD);
	buf_adds(out, buf_str(&place));
	diag_add_color(out, &narrow, COLOR_NONE);
	diag_add_color(out, &narrow, d->warning ? COLOR_YELLOW : COLOR_RED);
	buf_addz(out, d->warning ? "warning: " : "");
	diag_add_wrapped(
		out, str_of(d->text), text_width(buf_str(&place)) + (d->warning ? 9 : 0), &narrow);
	diag_add_color(out, &narrow, COLOR_NONE);
	buf_release(&place);
	if (d->source && d->source[0])
		diag_add_source(out, d, &narrow);
	if (d->help) {
		buf_addz(out, "  ");
		diag_add_wrapped(out, str_of(d->help), INDENT, &narrow);
	}
}

void conf_diag_print(struct buf *out, const struct conf_diag *d)
{
	conf_diag_render(out, d, NULL);
}
