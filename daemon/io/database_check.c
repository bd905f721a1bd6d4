/* SPDX-License-Identifier: MIT */
#include "io/database_check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "io/thread.h"

#define FIRST_MS CLOCK_MINUTE
#define EVERY_MS CLOCK_HOUR
#define LOOK_MS	 500 /* whether the slice has ended */
#define AGAIN_MS CLOCK_SECOND
#define SMALL	 ((int64_t)64 * 1024 * 1024) /* checked in one slice: about a second */
#define PARTS	 32

/*
 * A slice belongs to the loop and to its thread; the last one frees it. The thread is detached: to
 * wait for it could take as long as reading a table, and it only reads.
 */
struct check_slice {
	atomic_int owners;
	atomic_bool stop, done;
	char *path;
	size_t n;
	struct check_result {
		size_t part;
		int rc;
		enum store_health health;
		struct err damage;
	} v[PARTS];
};

struct database_check {
	char *path;
	database_checked_fn *checked;
	void *arg;
	struct loop_alarm *alarm;
	struct check_slice *slice; /* NULL: none is under way */
	size_t next;
	bool again[PARTS];
};

static void check_slice_drop(struct check_slice *s)
{
	if (atomic_fetch_sub(&s->owners, 1) > 1)
		return;
	free(s->path);
	free(s);
}

static void *check_slice_run(void *arg)
{
	struct check_slice *s = arg;

	(void)setpriority(PRIO_PROCESS, 0, 19); /* of this thread alone, on Linux */
	for (size_t i = 0; i < s->n && !atomic_load(&s->stop); i++) {
		struct check_result *r = &s->v[i];
		struct err e;

		r->rc = store_check(s->path, r->part, &s->stop, &r->health, &r->damage, &e);
		if (r->rc == -ERR_INPUT) { /* it cannot be opened any more */
			r->rc = 0;
			r->health = STORE_DAMAGED;
			r->damage = e;
		}
	}
	atomic_store(&s->done, true);
	check_slice_drop(s);
	return NULL;
}

static void check_slice_add(struct check_slice *s, size_t part)
{
	s->v[s->n++] = (struct check_result){.part = part, .rc = -(int)ERR_TEMP};
}

/* What was rebuilt, else the next table, or all of a small database. */
static void database_check_choose(struct database_check *c, struct check_slice *s)
{
	size_t parts = store_check_parts() < PARTS ? store_check_parts() : PARTS;

	for (size_t k = 0; k < parts; k++)
		if (c->again[k])
			check_slice_add(s, k);
	memset(c->again, 0, sizeof(c->again));
	if (s->n > 0)
		return;
	do {
		check_slice_add(s, c->next);
		c->next = (c->next + 1) % parts;
	} while (s->n < parts && store_check_bytes(c->path) <= SMALL);
}

static void database_check_start(struct database_check *c)
{
	struct check_slice *s = calloc(1, sizeof(*s));
	pthread_t id;

	if (!s)
		return;
	s->path = strdup(c->path);
	atomic_store(&s->owners, 2);
	database_check_choose(c, s);
	if (s->path && thread_start(&id, 0, check_slice_run, s) == 0) {
		pthread_detach(id);
		c->slice = s;
		return;
	}
	check_slice_drop(s);
	check_slice_drop(s);
}

static void database_check_end(struct database_check *c)
{
	struct check_slice *s = c->slice;

	c->slice = NULL;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].rc == 0)
			c->checked(c->arg, s->v[i].part, s->v[i].health, &s->v[i].damage);
	log_debug("database-checked", LOG_S("first", store_check_name(s->v[0].part)),
		LOG_I("tables", s->n));
	check_slice_drop(s);
}

static void database_check_on_alarm(void *arg)
{
	struct database_check *c = arg;

	if (!c->slice) {
		database_check_start(c);
		loop_alarm_set(c->alarm, c->slice ? LOOK_MS : EVERY_MS);
		return;
	}
	loop_alarm_set(c->alarm, LOOK_MS);
	if (!atomic_load(&c->slice->done))
		return;
	loop_alarm_set(c->alarm, EVERY_MS);
	database_check_end(c);
}

void database_check_again(struct database_check *c, size_t part)
{
	if (part >= PARTS)
		return;
	c->again[part] = true;
	if (!c->slice)
		loop_alarm_set(c->alarm, AGAIN_MS);
}

void database_check_free(struct database_check *c)
{
	if (!c)
		return;
	loop_alarm_free(c->alarm);
	if (c->slice) {
		atomic_store(&c->slice->stop, true);
		check_slice_drop(c->slice);
	}
	free(c->path);
	free(c);
}

struct database_check *database_check_new(
	struct loop *l, const char *path, database_checked_fn *checked, void *arg)
{
	struct database_check *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->path = strdup(path);
	c->checked = checked;
	c->arg = arg;
	c->alarm = loop_alarm_new(l, "database-check", database_check_on_alarm, c);
	if (!c->alarm || !c->path) {
		database_check_free(c);
		return NULL;
	}
	loop_alarm_set(c->alarm, FIRST_MS);
	return c;
}
