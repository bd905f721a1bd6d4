/* SPDX-License-Identifier: MIT */
#include "document/push.h"

#include "value.h"

const char *document_push_state(enum store_websub_state state)
{
	switch (state) {
	case STORE_WEBSUB_ASKED: return "asked";
	case STORE_WEBSUB_ACTIVE: return "active";
	case STORE_WEBSUB_DENIED: return "denied";
	case STORE_WEBSUB_LEAVING: return "leaving";
	}
	return "unknown";
}

json_t *document_push(const struct store_websub *w)
{
	json_t *o = json_object();

	document_set_text(o, "state", str_of(document_push_state(w->state)));
	document_set_stamp(o, "since", w->since);
	document_set_url(o, "hub", w->hub);
	document_set_url(o, "topic", w->topic);
	document_set_stamp(o, "expires", w->expires);
	document_set_stamp(o, "asked_next", w->next_at);
	document_set_stamp(o, "pushed", w->pushed_at);
	document_set_int(o, "pushes", w->pushes);
	document_set_bool(o, "signed", str_present(w->secret));
	if (w->failures)
		document_set_int(o, "failures", w->failures);
	document_set_text(o, "error", w->error);
	return o;
}
