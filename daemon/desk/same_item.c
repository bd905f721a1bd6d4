/* SPDX-License-Identifier: MIT */
#include "same_item.h"

#include <stdlib.h>

#include "conf/schema.h"
#include "store/held.h"

struct same_item_part {
	const struct conf_notify *receiver;
	struct str held; /* the group; absent: it is sent now */
	int64_t due_at;
	enum alert_priority priority;
	int64_t row; /* of the alert */
};

int same_item_note(const struct ingest *t, struct same_item *s, enum alert_priority priority,
	const struct same_item_plans *plans, int64_t row, struct err *e)
{
	for (size_t k = 0; k < plans->n; k++) {
		const struct conf_notify *receiver = conf_find_notify(t->conf, plans->v[k].notify);
		struct same_item_part *v;

		if (plans->v[k].state == STORE_SILENCED || !receiver || !receiver->type->people)
			continue;
		v = arena_extend(t->desk->item_arena, s->v, s->n, &s->room, sizeof(*v));
		if (!v)
			return err_nomem(e);
		s->v = v;
		v[s->n++] = (struct same_item_part){.receiver = receiver,
			.held = plans->v[k].group,
			.due_at = plans->v[k].due_at,
			.priority = priority,
			.row = row};
	}
	return 0;
}

/* By receiver; of one, the most urgent first, then the first that was raised. */
static int same_item_compare(const void *a, const void *b)
{
	const struct same_item_part *x = a, *y = b;

	if (x->receiver != y->receiver)
		return x->receiver < y->receiver ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* It is sent now, since one about the same item is, and counts instead of that. */
static int same_item_send(const struct ingest *t, const struct same_item_part *p, struct err *e)
{
	const struct conf_notify *n = p->receiver;
	const struct store_pace pace = {
		.notify = str_of(n->name), .n = n->at_most.n, .within = n->at_most.within};
	int rc = store_held_send_one(t->desk->store, p->row, pace.notify, t->now, e);

	return rc || !pace.n ? rc : store_pace_add(t->desk->store, &pace, p->row, t->now, e);
}

/* Returns whether b joins the message of a: one that is sent now, or at the same time. */
static bool same_item_joins(
	const struct same_item_part *a, const struct same_item_part *b, bool now)
{
	return now || (a->due_at == b->due_at && str_eq(a->held, b->held));
}

/* All of one receiver. */
static int same_item_join_all(
	const struct ingest *t, const struct same_item_part *v, size_t n, struct err *e)
{
	struct str receiver = str_of(v->receiver->name);
	bool now = false;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		now |= !str_present(v[i].held);
	if (n > 1 && now && str_present(v->held))
		rc = same_item_send(t, v, e);
	for (size_t i = 1; !rc && i < n; i++)
		if (same_item_joins(v, &v[i], now))
			rc = store_delivery_join(t->desk->store, v[i].row, receiver, v->row, e);
	return rc;
}

int same_item_join(const struct ingest *t, struct same_item *s, struct err *e)
{
	int rc = 0;

	if (s->n < 2)
		return 0;
	qsort(s->v, s->n, sizeof(*s->v), same_item_compare);
	for (size_t from = 0, to; !rc && from < s->n; from = to) {
		for (to = from; to < s->n && s->v[to].receiver == s->v[from].receiver;)
			to++;
		rc = same_item_join_all(t, &s->v[from], to - from, e);
	}
	return rc;
}
