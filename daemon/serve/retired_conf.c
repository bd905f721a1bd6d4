/* SPDX-License-Identifier: MIT */
#include "retired_conf.h"

#include <stdlib.h>

#include "conf_loader.h"

#define CHECK_MS 500

struct retired_conf {
	struct conf *conf;
	LIST_ENTRY(retired_conf) link;
};

struct retired_confs {
	struct port_job desk;
	struct loop_alarm *check;
	LIST_HEAD(, retired_conf) list;
};

static void retired_confs_run_job(void *arg, struct desk *desk, struct store *store)
{
	(void)desk;
	(void)store;
	conf_unref(arg);
	conf_loader_trim_heap();
}

static void retired_confs_end_job(void *arg)
{
	(void)arg;
}

/* The callback of the alarm: hands over every configuration to which ours is the last reference. */
static void retired_confs_check(void *arg)
{
	struct retired_confs *r = arg;
	struct retired_conf *p, *next;

	for (p = LIST_FIRST(&r->list); p; p = next) {
		next = LIST_NEXT(p, link);
		if (!conf_is_last(p->conf) || r->desk.post(r->desk.ctx, retired_confs_run_job,
						      retired_confs_end_job, p->conf))
			continue; /* in use, or the mailbox is full: try again later */
		LIST_REMOVE(p, link);
		free(p);
	}
	if (!LIST_EMPTY(&r->list))
		loop_alarm_set(r->check, CHECK_MS);
}

struct retired_confs *retired_confs_new(struct loop *l, struct port_job desk)
{
	struct retired_confs *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->desk = desk;
	LIST_INIT(&r->list);
	r->check = loop_alarm_new(l, "retired-conf", retired_confs_check, r);
	if (!r->check) {
		free(r);
		return NULL;
	}
	return r;
}

void retired_confs_add(struct retired_confs *r, struct conf *conf)
{
	struct retired_conf *p = malloc(sizeof(*p));

	if (!p) {
		conf_unref(conf);
		return;
	}
	p->conf = conf;
	LIST_INSERT_HEAD(&r->list, p, link);
	loop_alarm_set(r->check, CHECK_MS);
}

void retired_confs_free(struct retired_confs *r)
{
	struct retired_conf *p;

	if (!r)
		return;
	while ((p = LIST_FIRST(&r->list))) {
		LIST_REMOVE(p, link);
		conf_unref(p->conf);
		free(p);
	}
	loop_alarm_free(r->check);
	free(r);
}
