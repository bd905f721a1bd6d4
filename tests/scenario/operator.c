/* SPDX-License-Identifier: MIT */
/* The commands of scripts that an operator gives; see tests/scenario/README. */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "store/acks.h"
#include "store/silences.h"

/* silence WATCH TIME WHY, as the command */
void operator_silence(struct world *w, const struct line *l, FILE *in)
{
	struct store_silence v = {.watch = str_of(l->word[1]),
		.since = clock_wall(),
		.until = clock_wall() + line_ms(l->word[2]),
		.author = STR("alice"),
		.why = str_of(l->word[3])};
	struct err e;

	(void)in;
	if (store_silence_add(w->store, &v, &e) != 0)
		world_fail(w, "store: %s", e.text);
	engine_check_held(w->engine);
}

static int operator_note(void *ctx, const struct store_alert_row *row)
{
	struct store_ack *v = ctx;

	v->id = str_of(strdup(row->alert.id.p));
	return 0;
}

static void operator_ack_newest(struct world *w, struct store *s, const struct line *l)
{
	const struct store_alert_filter f = {
		.watch = str_of(l->word[1]), .since = STAMP_NONE, .limit = 1};
	struct arena *arena = arena_new(1 << 20);
	struct store_ack newest = {.at = 0}, v;
	struct err e;

	if (store_alert_each(s, &f, operator_note, &newest, &e) != 0 ||
		store_ack_put(s, newest.id, str_of(l->word[2]), clock_wall(), arena, &v, &e) != 0)
		world_fail(w, "store: %s", e.text);
	else if ((v.result == STORE_ACK_FIRST) == line_has(l, "again"))
		world_fail(w, "the result is %d", (int)v.result);
	free((char *)(uintptr_t)newest.id.p);
	arena_free(arena);
}

/* ack WATCH WHO [again], as the command */
void operator_ack(struct world *w, const struct line *l, FILE *in)
{
	struct store *s = w->store;
	char path[512];
	struct err e;

	(void)in;
	snprintf(path, sizeof(path), "%s/nightdesk.db", w->dir);
	if (!s && store_open(&s, path, STORE_WRITE, &e) != 0) {
		world_fail(w, "store: %s", e.text);
		return;
	}
	operator_ack_newest(w, s, l);
	if (w->store)
		engine_check_held(w->engine);
	else
		store_close(s);
}
