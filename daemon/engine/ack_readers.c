/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "ack_reader.h"

static struct ack_reader *ack_readers_find(const struct ack_readers *all, const char *name)
{
	struct ack_reader *r;

	LIST_FOREACH (r, &all->list, link)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

void ack_readers_poke(struct ack_readers *all, bool asked)
{
	const struct conf *c = all->conf;

	if (!all->running)
		return;
	for (size_t i = 0; i < c->n_notifies; i++) {
		const struct conf_notify *n = &c->notifies[i];

		if (!sink_ack_source_of(n) || ack_readers_find(all, n->name))
			continue;
		if (asked && !ack_reader_add(all, n->name))
			parts_fail_nomem(&all->o);
		if (!asked) /* it may be remembered from another process */
			trouble_end(all->o.troubles, TROUBLE_ACKS_UNREAD, str_of(n->name));
	}
}

void ack_readers_start(struct ack_readers *all)
{
	all->running = !all->o.once;
}

void ack_readers_reload(struct ack_readers *all, struct conf *conf)
{
	conf_unref(all->conf);
	all->conf = conf_ref(conf);
}

void ack_readers_stop(struct ack_readers *all)
{
	struct ack_reader *r;

	all->running = false;
	LIST_FOREACH (r, &all->list, link)
		ack_reader_stop(r);
}

void ack_readers_release(struct ack_readers *all)
{
	struct ack_reader *r;

	while ((r = LIST_FIRST(&all->list)))
		ack_reader_free(r);
	conf_unref(all->conf);
	all->conf = NULL;
}
