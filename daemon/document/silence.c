/* SPDX-License-Identifier: MIT */
#include "document/silence.h"

#include "value.h"

json_t *document_silence(const struct store_silence *s)
{
	json_t *o = json_object();

	document_set_int(o, "id", s->id);
	document_set_text(o, "watch", s->watch);
	document_set_stamp(o, "since", s->since);
	document_set_stamp(o, "until", s->until);
	document_set_text(o, "author", s->author);
	document_set_text(o, "why", s->why);
	return o;
}
