/* SPDX-License-Identifier: MIT */
#include "taking.h"

#include <stdlib.h>

#include "base/digest.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024)
#define ID_BYTES  16

int desk_new(struct desk **out, struct store *store, struct err *e)
{
	struct desk *d = calloc(1, sizeof(*d));

	*out = NULL;
	if (!d)
		return err_nomem(e);
	d->store = store;
	d->feed_arena = arena_new(ARENA_MAX);
	d->item_arena = arena_new(ARENA_MAX);
	if (!d->feed_arena || !d->item_arena) {
		desk_free(d);
		return err_nomem(e);
	}
	*out = d;
	return 0;
}

void desk_free(struct desk *d)
{
	if (!d)
		return;
	watch_scratch_free(d->scratch);
	arena_free(d->feed_arena);
	arena_free(d->item_arena);
	free(d);
}

void desk_alert_id(struct str watch, struct str feed, const uint8_t key[16], struct buf *out)
{
	struct digest *d = digest_new();
	uint8_t whole[SHA256_SIZE];

	if (!d) {
		out->failed = true;
		return;
	}
	digest_part(d, watch);
	digest_part(d, feed);
	digest_part(d, str_slice((const char *)key, 16));
	digest_final(d, whole);
	buf_addz(out, "al_");
	digest_base32(out, whole, ID_BYTES);
}
