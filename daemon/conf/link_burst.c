/* SPDX-License-Identifier: MIT */
/* The block burst: its receivers, and its name as a watch. */
#include "base/nearest.h"
#include "draft.h"

static void burst_report_no_notify(
	struct conf_draft *d, const struct conf_node *key, size_t i, struct str name)
{
	const struct conf_names *notifies = &d->blocks[CONF_KIND_NOTIFY];
	struct nearest near;

	if (d->diags->unread)
		return; /* it may be in a file that cannot be read */
	nearest_init(&near, name);
	for (size_t k = 0; k < notifies->n; k++)
		nearest_try(&near, notifies->v[k].text);
	conf_error(d->diags, key->values[i].at, NULL, "there is no notify %s%s",
		conf_show(d->diags, name), conf_draft_suggest(d, &near));
}

/* Its alerts are those of a watch of this name. */
static void burst_check_name(struct conf_draft *d)
{
	const struct conf_names *watches = &d->blocks[CONF_KIND_WATCH];
	size_t i = conf_names_find(watches, STR(CONF_BURST));

	if (i != TABLE_NONE)
		conf_error(d->diags, watches->v[i].node->name_at, "rename the watch",
			"a watch cannot be called " CONF_BURST " beside a block " CONF_BURST
			", whose alerts have that name");
}

void conf_draft_link_burst(struct conf_draft *d)
{
	const struct conf_names *blocks = &d->blocks[CONF_KIND_BURST];
	struct conf_list *to = &d->burst.notify;
	const struct conf_node *key;

	if (!blocks->n)
		return;
	burst_check_name(d);
	d->burst_index = arena_array(d->arena, to->n, sizeof(*d->burst_index));
	d->nomem |= !d->burst_index;
	key = conf_draft_key(blocks->v[0].node, "notify");
	for (size_t i = 0; d->burst_index && i < to->n; i++) {
		d->burst_index[i] = conf_names_find(&d->blocks[CONF_KIND_NOTIFY], to->v[i]);
		if (d->burst_index[i] == TABLE_NONE)
			burst_report_no_notify(d, key, i, to->v[i]);
	}
}
