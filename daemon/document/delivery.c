/* SPDX-License-Identifier: MIT */
#include "document/delivery.h"

#include <string.h>

#include "alert/json.h"
#include "base/utf8.h"
#include "value.h"

#define ANSWER_MAX ((size_t)1024 * 1024)

const char *const document_delivery_states[] = {
	[STORE_PENDING] = "pending",
	[STORE_DELIVERED] = "delivered",
	[STORE_HELD] = "held",
	[STORE_DEAD] = "dead",
	[STORE_FOLDED] = "folded",
	[STORE_SILENCED] = "silenced",
	[STORE_EXPIRED] = "expired",
	[STORE_ORPHANED] = "orphaned",
	[STORE_STOPPED] = "stopped",
	NULL,
};

int document_delivery_state(const char *name)
{
	for (int i = 0; document_delivery_states[i]; i++)
		if (strcmp(document_delivery_states[i], name) == 0)
			return i;
	return -1;
}

const char *document_verdict_name(enum sink_verdict_kind kind)
{
	switch (kind) {
	case SINK_DELIVERED: return "delivered";
	case SINK_LATER: return "later";
	case SINK_BAD: return "bad";
	case SINK_TROUBLE: return "trouble";
	case SINK_GONE: return "gone";
	case SINK_WAIT: return "wait";
	case SINK_UNTIED: return "untied";
	}
	return "unknown";
}

json_t *document_delivery(const struct store_delivery *d)
{
	json_t *o = json_object();

	document_set_int(o, "id", d->id);
	document_set_text(o, "state", str_of(document_delivery_states[d->state]));
	document_set_int(o, "attempts", d->attempts);
	document_set_text(o, "alert", d->alert_id);
	document_set_text(o, "notify", d->notify);
	document_set_stamp(o, "created", d->created);
	if (store_delivery_waits(d->state))
		document_set_stamp(o, "next", d->next_at);
	document_set_stamp(o, "done", d->done_at);
	document_set_text(o, "answer", d->answer);
	document_set_text(o, "digest", d->digest);
	if (d->escalated)
		document_set_int(o, "escalated_s", d->escalated / CLOCK_SECOND);
	return o;
}

json_t *document_decision(int64_t delivery, struct str notify, enum store_delivery_state now)
{
	json_t *o = json_object();

	document_set_int(o, "id", delivery);
	document_set_text(o, "notify", notify);
	document_set_text(o, "state", str_of(document_delivery_states[now]));
	return o;
}

json_t *document_decisions(size_t changed, enum store_delivery_state now)
{
	json_t *o = json_object();

	document_set_int(o, "deliveries", (int64_t)changed);
	document_set_text(o, "state", str_of(document_delivery_states[now]));
	return o;
}

json_t *document_alert(const struct store_alert_row *row, json_t *deliveries)
{
	json_t *o = alert_json_make(&row->alert), *ack;

	json_object_set_new(o, "deliveries", deliveries);
	if (str_present(row->acked_by)) {
		ack = json_object();
		document_set_text(ack, "by", row->acked_by);
		document_set_stamp(ack, "at", row->acked_at);
		json_object_set_new(o, "acknowledged", ack);
	}
	document_set_stamp(o, "escalates", row->escalates_at);
	return o;
}

json_t *document_alert_row(const struct store_alert_row *row)
{
	json_t *counts = json_object();

	for (int i = 0; i < STORE_STATES_STORED; i++)
		document_set_int(counts, document_delivery_states[i], row->deliveries[i]);
	return document_alert(row, counts);
}

/* The answer is foreign text: control characters are escaped before the text becomes JSON. */
json_t *document_test(const struct conf_notify *notify, const struct sink_verdict *v,
	int64_t took_ms, const char *sent_by)
{
	json_t *o = json_object();
	struct buf clean;

	buf_init(&clean, ANSWER_MAX);
	utf8_escape(&clean, v->answer, v->answer.n, false);
	document_set_text(o, "notify", str_of(notify->name));
	document_set_text(o, "type", str_of(notify->type->name));
	document_set_text(o, "result", str_of(document_verdict_name(v->kind)));
	document_set_text(o, "answer", str_of(buf_z(&clean)));
	document_set_int(o, "ms", took_ms);
	document_set_text(o, "sent_by", str_of(sent_by));
	buf_release(&clean);
	return o;
}
