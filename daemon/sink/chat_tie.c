/* SPDX-License-Identifier: MIT */
/* Messages that answer or change an earlier one, by what the service called it. */
#include <string.h>

#include "base/ascii.h"
#include "base/zone.h"
#include "chat.h"

static bool chat_has_receipt(const struct chat_format *f, struct str receipt)
{
	size_t words = 1, letters = 0;

	for (size_t i = 0; i < receipt.n; i++, letters++) {
		char c = receipt.p[i];

		if (c == ' ' && letters > 0) {
			words++;
			letters = (size_t)-1;
		} else if (!ascii_is_alnum(c) && (!c || !strchr(f->receipt_marks, c))) {
			return false;
		}
	}
	return letters > 0 && words == f->receipt_words;
}

void chat_split_receipt(struct str receipt, struct str *first, struct str *second)
{
	const char *space = receipt.n ? memchr(receipt.p, ' ', receipt.n) : NULL;

	*first = str_slice(receipt.p, space ? (size_t)(space - receipt.p) : receipt.n);
	*second = space ? str_slice(space + 1, receipt.n - first->n - 1) : STR_NONE;
}

static bool chat_changes(enum alert_kind kind)
{
	return kind == ALERT_ACKNOWLEDGED || kind == ALERT_STORY;
}

bool chat_is_edit(const struct chat_format *f, const struct notice *m)
{
	return f->edits && chat_changes(m->alerts->kind) && m->alerts->of && !m->of_digest &&
	       chat_has_receipt(f, m->receipt);
}

bool chat_is_reply(const struct chat_format *f, const struct notice *m)
{
	return f->replies && chat_has_receipt(f, m->receipt) && !chat_is_edit(f, m);
}

/* "✓ acknowledged by duty, 2022-02-14 18:20 UTC" */
static void chat_put_acknowledged(const struct alert *a, const struct zone *zone, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	buf_addz(out, "✓ acknowledged");
	if (str_present(a->by)) {
		buf_addz(out, " by ");
		chat_put_clean(out, a->by, false);
	}
	buf_printf(out, ", %s", zone_minute_text(zone, a->created, stamp));
}

void chat_put_change(const struct alert *a, const struct zone *zone, struct buf *out)
{
	if (a->kind == ALERT_ACKNOWLEDGED)
		chat_put_acknowledged(a, zone, out);
	else if (a->kind == ALERT_STORY)
		sink_text_story(a, " · ", out);
}
