/* SPDX-License-Identifier: MIT */
/* Messages that answer or change an earlier one, by what the service called it. */
#include <string.h>

#include "base/ascii.h"
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

bool chat_is_edit(const struct chat_format *f, const struct notice *m)
{
	return f->edits && m->alerts->kind == ALERT_ACKNOWLEDGED && m->alerts->of &&
	       !m->of_digest && chat_has_receipt(f, m->receipt);
}

bool chat_is_reply(const struct chat_format *f, const struct notice *m)
{
	return f->replies && chat_has_receipt(f, m->receipt) && !chat_is_edit(f, m);
}
