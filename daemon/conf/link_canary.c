/* SPDX-License-Identifier: MIT */
/* The block canary: its receiver, and who hears when nothing arrives there. */
#include "base/nearest.h"
#include "conf/schema.h"
#include "draft.h"

static void canary_report_no_notify(struct conf_draft *d, const struct conf_node *key)
{
	const struct conf_names *notifies = &d->blocks[CONF_KIND_NOTIFY];
	struct nearest near;

	if (d->diags->unread)
		return; /* it may be in a file that cannot be read */
	nearest_init(&near, d->canary.to.v[0]);
	for (size_t i = 0; i < notifies->n; i++)
		nearest_try(&near, notifies->v[i].text);
	conf_error(d->diags, key->values[0].at, NULL, "there is no notify %s%s",
		conf_show(d->diags, d->canary.to.v[0]), conf_draft_suggest(d, &near));
}

/* Another receiver must hear that it did not arrive. */
static void canary_check_trouble(
	struct conf_draft *d, const struct conf_node *block, const struct conf_notify *to)
{
	const struct conf_list *trouble = to->trouble.n ? &to->trouble : &d->daemon.trouble;

	for (size_t i = 0; i < trouble->n; i++)
		if (!str_is(trouble->v[i], to->name))
			return;
	conf_warn(d->diags, block->at,
		"name another receiver in daemon { trouble = … }, or in trouble of its notify "
		"block",
		"canary: no receiver but %s itself would hear that it did not arrive", to->name);
}

void conf_draft_link_canary(struct conf_draft *d)
{
	const struct conf_names *blocks = &d->blocks[CONF_KIND_CANARY];
	const struct conf_notify *to;
	const struct conf_node *block;
	size_t i;

	if (!blocks->n || !d->canary.to.n)
		return;
	block = blocks->v[0].node;
	i = conf_names_find(&d->blocks[CONF_KIND_NOTIFY], d->canary.to.v[0]);
	if (i == TABLE_NONE) {
		canary_report_no_notify(d, conf_draft_key(block, "to"));
		return;
	}
	to = &d->notifies[i];
	canary_check_trouble(d, block, to);
	if (to->type && to->type->people)
		conf_warn(d->diags, block->at,
			"let it go to a receiver of type file, syslog, journal, exec or webhook, "
			"or "
			"to a channel of its own",
			"canary: %s is read by people, who would get a message each time",
			to->name);
}
