/* SPDX-License-Identifier: MIT */
#include "desk/canary.h"

#include <stdlib.h>

#include "ingest.h"
#include "store/canary.h"

#define DOCUMENT_MAX ((size_t)4096)

char *desk_canary_document(int64_t now, size_t *n)
{
	char stamp[STAMP_TEXT_MAX];
	struct buf b;

	buf_init(&b, DOCUMENT_MAX);
	buf_printf(&b,
		"<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>nightdesk</title>"
		"<item><guid isPermaLink=\"false\">canary-%lld</guid>"
		"<title>nightdesk canary: all stages work, nothing happened</title>"
		"<pubDate>%s</pubDate><description>" CONF_CANARY_WORD " %lld. nightdesk sends this "
		"to itself, from a document to this receiver, and reports when it does not arrive."
		"</description></item></channel></rss>\n",
		(long long)now, clock_rfc3339(now, false, stamp), (long long)now);
	if (buf_failed(&b)) {
		buf_release(&b);
		return NULL;
	}
	*n = b.len;
	return b.data; /* owned by the caller now */
}

static int canary_check(const struct desk_result *r, struct err *e)
{
	if (r->items != 1)
		return err_set(e, ERR_INPUT, "its document has %zu items", r->items);
	if (r->new_items != 1)
		return err_set(e, ERR_INPUT, "its item is not new");
	if (r->matched != 1)
		return err_set(e, ERR_INPUT, "its watch did not match");
	if (r->alerts != 1)
		return err_set(e, ERR_INPUT, "it raised no alert");
	return 0;
}

int desk_canary_ingest(struct desk *d, const struct conf *c, const struct feed_batch *batch,
	int64_t now, struct err *e)
{
	const struct desk_poll poll = {
		.feed = STR(ALERT_CANARY),
		.outcome = DESK_NEW_BODY,
		.batch = batch,
		.started = now,
		.fetched = now,
		.next_due = now + c->canary.every,
		.interval = c->canary.every,
	};
	struct desk_result result;
	int rc = store_begin(d->store, e);

	if (rc)
		return rc;
	rc = store_canary_drop(d->store, e);
	if (!rc)
		rc = desk_ingest(d, c, &poll, &result, e);
	if (!rc)
		rc = canary_check(&result, e);
	if (!rc)
		rc = store_canary_detach(d->store, e);
	return store_end(d->store, rc, e);
}
