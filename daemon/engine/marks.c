/* SPDX-License-Identifier: MIT */
#include "marks.h"

#include "store/outbox.h"

void marks_init(struct marks *m)
{
	STAILQ_INIT(&m->waiting);
	m->n = 0;
}

void marks_add(struct marks *m, struct mark *mark)
{
	STAILQ_INSERT_TAIL(&m->waiting, mark, link);
	m->n++;
}

void marks_take(struct marks *m, struct mark_list *out)
{
	STAILQ_CONCAT(out, &m->waiting);
	m->n = 0;
}

void marks_shift(struct marks *m, int64_t ms)
{
	struct mark *mark;

	STAILQ_FOREACH (mark, &m->waiting, link) {
		mark->now += ms;
		mark->next_at += ms;
		mark->repeat_until += ms;
	}
}

void marks_return(struct marks *m, struct mark_list *list)
{
	struct mark *mark;

	if (STAILQ_EMPTY(list))
		return;
	STAILQ_FOREACH (mark, list, link)
		m->n++;
	STAILQ_CONCAT(list, &m->waiting); /* before those that came since */
	STAILQ_CONCAT(&m->waiting, list);
	m->wake(m->arg);
}

/* The delivery stays as it is. */
static int marks_store_repeat(const struct mark *m, struct store *store, struct err *e)
{
	if (m->state == STORE_DEAD)
		return store_repeat_drop(store, m->id, e);
	return store_repeat_move(
		store, m->id, m->state == STORE_DELIVERED ? m->now + m->repeat_ms : m->next_at, e);
}

static int marks_store_delivery(const struct mark *m, struct store *store, struct err *e)
{
	int rc;

	if (m->counted)
		rc = store_delivery_update(
			store, m->id, m->state, m->next_at, m->now, m->answer, e);
	else
		rc = store_delivery_defer(store, m->id, m->next_at, m->answer, e);
	if (rc == 0 && str_present(m->served))
		rc = store_delivery_served(store, m->id, m->served, e);
	if (rc == 0 && str_present(m->untied))
		rc = store_delivery_forget_receipt(store, m->untied, m->untied_of, e);
	if (rc == 0 && str_present(m->receipt))
		rc = store_delivery_set_receipt(store, m->id, m->receipt, e);
	if (rc == 0 && m->state == STORE_DELIVERED && m->repeat_ms)
		rc = store_repeat_add(store, m->id, m->now + m->repeat_ms, m->repeat_until, e);
	if (rc == 0 && str_present(m->notify))
		rc = store_receiver_put(store, m->notify, m->slowness, e);
	return rc;
}

static int marks_store_one(const struct mark *m, struct store *store, struct err *e)
{
	int rc = m->repeat ? marks_store_repeat(m, store, e) : marks_store_delivery(m, store, e);

	for (size_t i = 0; rc == 0 && i < m->n_revive; i++)
		rc = store_delivery_revive(store, m->revive[i], m->now, e);
	return rc;
}

int marks_store(const struct mark_list *list, struct desk *desk, struct store *store, struct err *e)
{
	const struct mark *m;
	int rc = 0;

	STAILQ_FOREACH (m, list, link) {
		if (rc == 0)
			rc = marks_store_one(m, store, e);
		if (rc == 0)
			desk_end_flight(desk, m->id);
	}
	return rc;
}

void marks_end(struct mark_list *list, int rc, const struct err *e)
{
	struct mark *m;

	while ((m = STAILQ_FIRST(list))) {
		STAILQ_REMOVE_HEAD(list, link);
		m->done(m, rc, e);
	}
}
