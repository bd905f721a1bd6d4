/* SPDX-License-Identifier: MIT */
/* Warnings about keys of a notify block that have no effect because of others. */
#include "conf/conf.h"
#include "conf/form.h"
#include "draft.h"

static const struct conf_node *hours_key_at(const struct conf_keys *k, const char *key)
{
	return k->at[conf_schema_find_key(k->rows, str_of(key)) - k->rows];
}

static bool hours_contain(const struct conf_hours *h, int minute)
{
	return h->from < h->to ? h->from <= minute && minute < h->to
			       : h->from <= minute || minute < h->to;
}

static void hours_check_passes(
	struct conf_draft *d, const struct conf_keys *k, const struct conf_notify *n)
{
	const struct conf_node *quiet = hours_key_at(k, "quiet"),
			       *passes = hours_key_at(k, "quiet-passes");

	if (passes && !quiet)
		conf_warn(d->diags, passes->at, "add quiet = \"23:00-06:30\", or remove the key",
			"quiet-passes: there are no quiet hours");
	if (quiet && passes && n->quiet.given && n->quiet_passes == ALERT_LOW)
		conf_warn(d->diags, passes->at, "raise it, or remove both keys",
			"quiet-passes: alerts of every priority pass the quiet hours");
}

/* Both are valid, and in the same zone: else it depends on the season. */
static bool hours_are_comparable(const struct conf_node *quiet, const struct conf_node *digest)
{
	struct conf_digest d = {0};
	struct conf_hours h = {0};
	struct str zone = STR_NONE;

	return quiet && digest && quiet->n_values == 1 && digest->n_values == 1 &&
	       conf_form_hours(quiet->values[0].text, &h, &zone) && !zone.n &&
	       conf_form_digest(digest->values[0].text, &d) && d.daily.given;
}

void conf_draft_check_hours(
	struct conf_draft *d, const struct conf_keys *common, const struct conf_notify *n)
{
	const struct conf_node *digest = hours_key_at(common, "digest");
	int minute = n->digest.daily.minute % (24 * 60);

	hours_check_passes(d, common, n);
	if (hours_are_comparable(hours_key_at(common, "quiet"), digest) &&
		hours_contain(&n->quiet, minute))
		conf_warn(d->diags, digest->at, "choose a time outside of them",
			"digest: at %02d:%02d it is quiet, and it is sent at %02d:%02d",
			minute / 60, minute % 60, n->quiet.to / 60, n->quiet.to % 60);
}
