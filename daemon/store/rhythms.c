/* SPDX-License-Identifier: MIT */
#include "db.h"
#include "store/rhythm.h"

#define HOURS_BYTES ((size_t)2 * RHYTHM_HOURS)

/* Little-endian, whatever the machine is: a database can be moved. */
static void rhythms_write_hours(const struct store_rhythm *r, uint8_t out[HOURS_BYTES])
{
	for (size_t h = 0; h < RHYTHM_HOURS; h++) {
		out[2 * h] = (uint8_t)(r->hours[h] & 0xff);
		out[2 * h + 1] = (uint8_t)(r->hours[h] >> 8);
	}
}

/* Shorter than it should be: the rest is 0. */
static void rhythms_read_hours(struct store_rhythm *r, struct str in)
{
	for (size_t h = 0; h < RHYTHM_HOURS && 2 * h + 1 < in.n; h++)
		r->hours[h] = (uint16_t)((uint8_t)in.p[2 * h] | (uint8_t)in.p[2 * h + 1] << 8);
}

int store_rhythm_get(struct store *s, int64_t feed, struct store_rhythm *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_rhythm){
		.since = STAMP_NONE, .last = STAMP_NONE, .silent_at = STAMP_NONE};
	db_start(&q, s, SQL_RHYTHM_GET, db_int(feed));
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->since = db_col_int(&q, 0);
	out->until = db_col_int(&q, 1);
	out->last = db_col_stamp(&q, 2);
	out->silent_at = db_col_stamp(&q, 3);
	out->milli_items = db_col_int(&q, 4);
	out->gaps = db_col_int(&q, 5);
	out->gap_sum = db_col_int(&q, 6);
	out->gap_squares = db_col_int(&q, 7);
	out->gap_max = db_col_int(&q, 8);
	rhythms_read_hours(out, db_col_view(&q, 9));
	db_end(&q);
	return 0;
}

int store_rhythm_put(struct store *s, int64_t feed, const struct store_rhythm *r, struct err *e)
{
	uint8_t hours[HOURS_BYTES];

	rhythms_write_hours(r, hours);
	return db_run(s, SQL_RHYTHM_PUT, e, db_int(feed), db_int(r->since), db_int(r->until),
		db_stamp(r->last), db_stamp(r->silent_at), db_int(r->milli_items), db_int(r->gaps),
		db_int(r->gap_sum), db_int(r->gap_squares), db_int(r->gap_max),
		db_blob(hours, sizeof(hours)));
}

int store_rhythm_drop(struct store *s, int64_t feed, struct err *e)
{
	return db_run(s, SQL_RHYTHM_DROP, e, db_int(feed));
}
