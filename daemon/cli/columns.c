/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>

#include "base/utf8.h"
#include "base/zone.h"
#include "print.h"
#include "text/width.h"

#define ROWS_MAX      1000 /* that wait: then they are printed, with widths of their own */
#define TEXT_MAX      ((size_t)64 * 1024 * 1024)
#define HEADLINE_ROOM 1024
#define GAP	      2
#define INDENT	      4
#define WIDTH_LEAST   20

struct columns_layout {
	size_t width[COLUMNS_MAX];
	bool breaks[COLUMNS_MAX]; /* the column begins a line */
};

void columns_init(struct columns *t, const struct cli *cli, const struct column *spec, size_t n)
{
	*t = (struct columns){.spec = spec, .n = n};
	if (cli->out_is_terminal && cli->out_style.columns)
		t->width =
			cli->out_style.columns > WIDTH_LEAST ? cli->out_style.columns : WIDTH_LEAST;
	buf_init(&t->text, TEXT_MAX);
}

void columns_add(struct columns *t, struct str s)
{
	utf8_escape(&t->text, s, s.n, false);
}

void columns_add_stamp(struct columns *t, int64_t ms)
{
	char text[STAMP_TEXT_MAX];

	buf_addz(&t->text, print_stamp_text(ms, text));
}

void columns_add_headline(struct columns *t, const struct alert *a)
{
	struct buf b;

	buf_init(&b, a->title.n + HEADLINE_ROOM);
	buf_addz(&b, alert_headline_mark(a));
	if (str_present(a->title))
		alert_headline(a, a->title.n, &b);
	else
		alert_headline_short(a, &b);
	columns_add(t, buf_str(&b));
	buf_release(&b);
}

/* --- layout --- */

/* The width that column i needs at least. */
static size_t columns_least(const struct columns *t, const struct columns_layout *l, size_t i)
{
	size_t least = t->spec[i].least;

	return least && least < l->width[i] ? least : l->width[i];
}

static void columns_break_lines(const struct columns *t, struct columns_layout *l)
{
	size_t used = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t least = columns_least(t, l, i);

		if (!least)
			continue;
		l->breaks[i] = used && (t->spec[i].below || used + GAP + least > t->width);
		used = (l->breaks[i] ? INDENT : used ? used + GAP : 0) + least;
	}
}

/* Makes the widest columns of a line narrower until it fits. Returns the column after the line. */
static size_t columns_fit_line(const struct columns *t, struct columns_layout *l, size_t from)
{
	size_t room = t->width - (from ? INDENT : 0), end = from, used = 0, widest;

	for (; end < t->n && (end == from || !l->breaks[end]); end++)
		if (l->width[end])
			used += l->width[end] + (used ? GAP : 0);
	for (; used > room; used--) {
		widest = end;
		for (size_t i = from; i < end; i++)
			if (l->width[i] > columns_least(t, l, i) &&
				(widest == end || l->width[i] > l->width[widest]))
				widest = i;
		if (widest == end)
			break;
		l->width[widest]--;
	}
	/* Only a single column is wider still. */
	for (size_t i = from; i < end; i++)
		l->width[i] = l->width[i] < room ? l->width[i] : room;
	return end;
}

static void columns_plan(const struct columns *t, struct columns_layout *l)
{
	const char *cell = buf_z(&t->text);

	*l = (struct columns_layout){0};
	for (size_t i = 0; i < t->cells; i++, cell += strlen(cell) + 1) {
		size_t width = text_width(str_of(cell)), *max = &l->width[i % t->n];

		*max = width > *max ? width : *max;
	}
	columns_break_lines(t, l);
	for (size_t i = 0; i < t->n;)
		i = columns_fit_line(t, l, i);
}

/* --- printing --- */

/* Returns its width. */
static size_t columns_print_cell(struct str cell, size_t room)
{
	size_t width = text_width(cell);
	bool cut = width > room;

	if (cut)
		cell.n = text_width_prefix(cell, room - 1);
	printf("%.*s%s", STR_ARG(cell), cut ? "…" : "");
	return cut ? text_width(cell) + 1 : width;
}

/* Returns the cell after the row. */
static const char *columns_print_row(
	const struct columns *t, const struct columns_layout *l, const char *cell)
{
	size_t gap = 0; /* before the next cell that is not empty */
	bool breaks = false;

	for (size_t i = 0; i < t->n; i++, cell += strlen(cell) + 1) {
		size_t used = 0;

		breaks |= l->breaks[i];
		if (*cell && breaks)
			putchar('\n');
		if (*cell) {
			printf("%*s", breaks ? INDENT : (int)gap, "");
			used = columns_print_cell(str_of(cell), l->width[i]);
			breaks = false;
			gap = 0;
		}
		if (l->width[i])
			gap += l->width[i] - used + GAP;
	}
	putchar('\n');
	return cell;
}

static void columns_print_piped(const struct columns *t)
{
	const char *cell = buf_z(&t->text), *before = "";

	for (size_t i = 0; i < t->cells; i++, cell += strlen(cell) + 1) {
		size_t width = text_width(str_of(cell)), pad = t->spec[i].pad;

		if (!*cell)
			continue;
		printf("%s%s%*s", t->spec[i].below ? "\n    " : before, cell,
			width < pad ? (int)(pad - width) : 0, "");
		before = "  ";
	}
	putchar('\n');
}

static void columns_print(struct columns *t)
{
	const char *cell = buf_z(&t->text);
	struct columns_layout l;

	if (buf_failed(&t->text)) {
		t->failed = true;
	} else if (t->cells && !t->width) {
		columns_print_piped(t);
	} else if (t->cells) {
		columns_plan(t, &l);
		for (size_t i = 0; i < t->cells; i += t->n)
			cell = columns_print_row(t, &l, cell);
	}
	buf_clear(&t->text);
	t->cells = 0;
}

void columns_next(struct columns *t)
{
	buf_addc(&t->text, '\0');
	t->cells++;
	if (t->cells % t->n == 0 && (!t->width || t->cells >= ROWS_MAX * t->n))
		columns_print(t);
}

int columns_end(struct columns *t)
{
	columns_print(t);
	buf_release(&t->text);
	return t->failed ? -(int)ERR_NOMEM : 0;
}
