/* SPDX-License-Identifier: MIT */
#include "event_text.h"

#include <stdlib.h>

#include "alert/json.h"
#include "document/delivery.h"

/* Compact JSON has no line breaks, so its data is one line. */
void event_text_add(struct buf *out, const char *name, struct str id, json_t *data)
{
	char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;

	if (text) {
		if (str_present(id))
			buf_printf(out, "id: %.*s\n", STR_ARG(id));
		buf_printf(out, "event: %s\ndata: ", name);
		buf_addz(out, text);
		buf_addz(out, "\n\n");
	} else {
		out->failed = true;
	}
	free(text);
	json_decref(data);
}

void event_text_add_alert(struct buf *out, const struct store_alert_row *row, bool fresh)
{
	json_t *o = document_alert_row(row);

	if (o && alert_json_fit(o, ALERT_JSON_MAX)) {
		json_decref(o);
		o = NULL;
	}
	event_text_add(out, "alert", fresh ? row->alert.id : STR_NONE, o);
}
