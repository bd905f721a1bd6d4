/* SPDX-License-Identifier: MIT */
#include "document/ack.h"

#include "value.h"

json_t *document_ack(const struct store_ack *a)
{
	json_t *o = json_object();

	document_set_bool(o, "found", a->result != STORE_ACK_UNKNOWN);
	document_set_text(o, "alert", a->id);
	document_set_text(o, "by", a->by);
	document_set_stamp(o, "at", a->at);
	if (str_present(a->by))
		document_set_bool(o, "first", a->result == STORE_ACK_FIRST);
	return o;
}
