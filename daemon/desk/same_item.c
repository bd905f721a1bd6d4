/* SPDX-License-Identifier: MIT */
#include "same_item.h"

#include <stdlib.h>

#include "conf/schema.h"

struct same_item_part {
	size_t receiver; /* index in conf */
	enum alert_priority priority;
	int64_t row; /* of the alert */
};

int same_item_note(const struct ingest *t, struct same_item *s, const struct conf_watch *w,
	const struct ingest_plans *plans, int64_t row, struct err *e)
{
	for (size_t k = 0; k < plans->n; k++) {
		size_t receiver = w->notify_index[k];
		struct same_item_part *v;

		if (plans->v[k].state != STORE_PENDING || !t->conf->notifies[receiver].type->people)
			continue;
		v = arena_extend(t->desk->item_arena, s->v, s->n, &s->room, sizeof(*v));
		if (!v)
			return err_nomem(e);
		s->v = v;
		v[s->n++] = (struct same_item_part){receiver, w->priority, row};
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

int same_item_join(const struct ingest *t, struct same_item *s, struct err *e)
{
	int64_t carrier = 0;
	int rc = 0;

	if (s->n < 2)
		return 0;
	qsort(s->v, s->n, sizeof(*s->v), same_item_compare);
	for (size_t i = 0; !rc && i < s->n; i++) {
		const struct same_item_part *p = &s->v[i];

		if (i == 0 || p->receiver != p[-1].receiver)
			carrier = p->row;
		else
			rc = store_delivery_join(t->desk->store, p->row,
				str_of(t->conf->notifies[p->receiver].name), carrier, e);
	}
	return rc;
}
