/* SPDX-License-Identifier: MIT */
#include "alert_cache.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "alert/json.h"

#define CACHE_SLOTS	  ((size_t)1024)
#define COPY_ARENA_MAX	  ((size_t)4 * 1024 * 1024)
#define COPY_DOCUMENT_MAX ((size_t)4 * 1024 * 1024)

struct alert_entry {
	struct alert_copy copy; /* first: an alert_copy is an entry */
	atomic_uint references; /* the cache has one */
	int64_t row;
	struct arena *arena;
	struct buf document;
};

/*
 * The slot of an alert follows from its row. Rows that are delivered at about the same time were
 * stored at about the same time, so they have different slots.
 */
struct alert_cache {
	struct alert_entry *slots[CACHE_SLOTS];
	size_t bytes, max;
	size_t hand; /* the next slot to be emptied if there are too many bytes */
};

struct alert_cache *alert_cache_new(size_t bytes)
{
	struct alert_cache *c = calloc(1, sizeof(*c));

	if (c)
		c->max = bytes;
	return c;
}

static void alert_entry_free(struct alert_entry *x)
{
	arena_free(x->arena);
	buf_release(&x->document);
	free(x);
}

void alert_copy_unref(struct alert_copy *a)
{
	struct alert_entry *x = (struct alert_entry *)(void *)a;

	if (x && atomic_fetch_sub_explicit(&x->references, 1, memory_order_acq_rel) == 1)
		alert_entry_free(x);
}

static size_t alert_entry_bytes(const struct alert_entry *x)
{
	return sizeof(*x) + arena_used(x->arena) + x->document.len;
}

static void alert_cache_empty_slot(struct alert_cache *c, size_t slot)
{
	struct alert_entry *x = c->slots[slot];

	if (!x)
		return;
	c->slots[slot] = NULL;
	c->bytes -= alert_entry_bytes(x);
	alert_copy_unref(&x->copy);
}

void alert_cache_free(struct alert_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		alert_cache_empty_slot(c, i);
	free(c);
}

static int alert_entry_read(struct alert_entry *x, struct store *s, struct err *e)
{
	buf_init(&x->document, COPY_DOCUMENT_MAX);
	x->arena = arena_new(COPY_ARENA_MAX);
	if (!x->arena)
		return err_nomem(e);
	return store_alert_get(s, x->row, x->arena, &x->copy.alert, &x->copy.tie, e);
}

static void alert_cache_put(struct alert_cache *c, size_t slot, struct alert_entry *x)
{
	alert_cache_empty_slot(c, slot);
	c->slots[slot] = x;
	c->bytes += alert_entry_bytes(x);
	for (; c->bytes > c->max; c->hand = (c->hand + 1) % CACHE_SLOTS)
		if (c->hand != slot)
			alert_cache_empty_slot(c, c->hand);
		else if (c->bytes == alert_entry_bytes(x))
			break; /* larger than all may be: kept until the next one */
}

int alert_cache_get(struct alert_cache *c, struct store *s, int64_t row, struct str id,
	struct alert_copy **out, struct err *e)
{
	size_t slot = (size_t)row % CACHE_SLOTS;
	struct alert_entry *x = c->slots[slot];
	int rc;

	*out = NULL;
	if (!x || x->row != row || !str_eq(x->copy.alert.id, id)) {
		x = calloc(1, sizeof(*x));
		if (!x)
			return err_nomem(e);
		x->row = row;
		rc = alert_entry_read(x, s, e);
		if (rc) {
			alert_entry_free(x);
			return rc;
		}
		atomic_init(&x->references, 1);
		alert_cache_put(c, slot, x);
	}
	atomic_fetch_add_explicit(&x->references, 1, memory_order_relaxed);
	*out = &x->copy;
	return 0;
}

int alert_cache_document(
	struct alert_cache *c, struct alert_copy *a, struct str *document, struct err *e)
{
	struct alert_entry *x = (struct alert_entry *)(void *)a;

	if (x->document.len == 0) {
		if (alert_json_write(&a->alert, &x->document) != 0) {
			buf_clear(&x->document);
			return err_nomem(e);
		}
		if (c->slots[(size_t)x->row % CACHE_SLOTS] == x)
			c->bytes += x->document.len;
	}
	*document = buf_str(&x->document);
	return 0;
}
