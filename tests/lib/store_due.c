/* SPDX-License-Identifier: MIT */
#include "lib/store_due.h"

#include <stdlib.h>

#include "store/outbox.h"

#define DUE_MAX ((size_t)1000)

struct due_list {
	struct arena *arena; /* of the texts */
	int64_t now;
	struct store_delivery d[DUE_MAX];
	size_t n;
};

/* What is absent stays so, and what has no room becomes absent. */
static void due_copy_texts(struct store_delivery *d, struct arena *arena)
{
	d->alert_id = arena_str(arena, d->alert_id);
	d->notify = arena_str(arena, d->notify);
	d->group = arena_str(arena, d->group);
	d->answer = arena_str(arena, d->answer);
	d->served = arena_str(arena, d->served);
}

static int due_keep(void *ctx, const struct store_due *row)
{
	struct due_list *l = ctx;
	struct store_delivery *d = &l->d[l->n];

	bool pending = row->d.state == STORE_PENDING || row->d.state == STORE_ORPHANED ||
		       row->d.state == STORE_STOPPED;

	if (!pending || str_present(row->d.digest) || row->d.next_at > l->now || l->n == DUE_MAX)
		return 0;
	*d = row->d;
	due_copy_texts(d, l->arena);
	l->n++;
	return 0;
}

static int due_compare(const void *left, const void *right)
{
	const struct store_delivery *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int due_read(struct store *s, struct arena *arena, struct store_due *row, struct err *e)
{
	struct store_outgoing out = {.alert = 0};
	int64_t tie;
	int rc = store_delivery_get(s, row->d.id, arena, &out, e);

	due_copy_texts(&row->d, arena);
	if (rc == 0)
		rc = store_alert_get(s, out.alert, arena, &row->alert, &tie, e);
	row->alert.also = out.also.also;
	row->alert.n_also = out.also.n_also;
	return rc;
}

int store_outbox_due(struct store *s, struct str notify, int64_t now, size_t limit,
	struct arena *arena, struct store_due **out, size_t *n, struct err *e)
{
	const struct store_delivery_filter filter = {
		.notify = notify, .state = -1, .since = STAMP_NONE};
	struct due_list *l = calloc(1, sizeof(*l));
	int rc = 0;

	*n = 0;
	if (!l || !(l->arena = arena_new(1 << 20))) {
		free(l);
		return err_nomem(e);
	}
	l->now = now;
	rc = store_delivery_each(s, &filter, due_keep, l, e);
	qsort(l->d, l->n, sizeof(l->d[0]), due_compare);
	if (limit > l->n)
		limit = l->n;
	*out = arena_array(arena, limit + 1, sizeof(**out));
	if (rc == 0 && !*out)
		rc = err_nomem(e);
	for (; rc == 0 && *n < limit; ++*n) {
		(*out)[*n].d = l->d[*n];
		rc = due_read(s, arena, &(*out)[*n], e);
		if (rc)
			break;
	}
	arena_free(l->arena);
	free(l);
	return rc == -(int)ERR_LIMIT && *n > 0 ? 0 : rc;
}
