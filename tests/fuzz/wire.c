/* SPDX-License-Identifier: MIT */
/*
 * Bytes that may be a batch: the first byte selects the memory limit. A batch that was read fulfils
 * the contract of feed/item.h and is written to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "feed/wire.h"
#include "lib/batch.h"
#include "lib/always.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_batch *b, *copy;
	struct buf again;
	size_t max;

	if (size < 1)
		return 0;
	max = data[0] & 1 ? (size_t)data[0] * 64 : (size_t)32 << 20;
	if (feed_wire_read(str_slice((const char *)data + 1, size - 1), max, &b, NULL) != 0) {
		ALWAYS(!b);
		return 0;
	}
	ALWAYS(!batch_flaw(b));
	buf_init(&again, SIZE_MAX / 2);
	ALWAYS(feed_wire_write(b, &again) == 0);
	ALWAYS(str_eq(buf_str(&again), str_slice((const char *)data + 1, size - 1)));
	ALWAYS(feed_wire_read(buf_str(&again), (size_t)1 << 30, &copy, NULL) == 0);
	ALWAYS(!batch_difference(b, copy));
	feed_batch_free(b);
	feed_batch_free(copy);
	buf_release(&again);
	return 0;
}
