/* SPDX-License-Identifier: MIT */
/* OPML: a list that was read and written is read as the same list. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feed/opml.h"
#include "lib/always.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_opml *o = NULL, *again = NULL;
	struct err e = {0};
	struct arena *scratch;
	struct buf out;

	if (feed_opml_parse(str_slice((const char *)data, size), &o, &e)) {
		ALWAYS(!o && e.cls && e.text[0]);
		return 0;
	}
	scratch = arena_new(1 << 24);
	buf_init(&out, 1 << 24);
	for (size_t i = 0; i < o->n_entries; i++) {
		ALWAYS(o->entries[i].url.n);
		ALWAYS(utf8_valid(o->entries[i].title));
	}
	ALWAYS(feed_opml_write(o, scratch, &out) == 0 && !buf_failed(&out));
	ALWAYS(utf8_valid(buf_str(&out)));
	ALWAYS(feed_opml_parse(buf_str(&out), &again, &e) == 0);
	ALWAYS(again->n_entries >= o->n_entries); /* a feed is written once for each group */
	feed_opml_free(again);
	feed_opml_free(o);
	buf_release(&out);
	arena_free(scratch);
	return 0;
}
