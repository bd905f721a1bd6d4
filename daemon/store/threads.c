/* SPDX-License-Identifier: MIT */
#include "store/threads.h"

#include "db.h"

int store_threads(struct store *s, int64_t item, struct arena *arena, struct store_thread **out,
	size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_THREADS, db_int(item));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_thread *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_thread){
			db_col_int(&q, 0), db_col_str(&q, 1), db_col_int(&q, 2)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_thread_find(struct store *s, struct str watch, int64_t item, int64_t *row, struct err *e)
{
	struct db_stmt q;
	int rc;

	*row = 0;
	db_start(&q, s, SQL_THREAD_FIND, db_str(watch), db_int(item));
	rc = db_first(&q, row, e);
	if (*row == STAMP_NONE)
		*row = 0;
	return rc;
}

int store_thread_edition(struct store *s, struct str watch, int64_t item, uint64_t edition,
	struct arena *arena, struct str *id, struct err *e)
{
	struct db_stmt q;
	int rc;

	*id = STR_NONE;
	db_start(&q, s, SQL_THREAD_EDITION, db_int(item), db_str(watch), db_int((int64_t)edition));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*id = db_col_str(&q, 0);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_thread_deliveries(struct store *s, int64_t row, struct arena *arena,
	struct store_thread_delivery **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_THREAD_DELIVERIES, db_int(row));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_thread_delivery *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_thread_delivery){
			.id = db_col_int(&q, 0),
			.notify = db_col_str(&q, 1),
			.state = (enum store_delivery_state)db_col_int(&q, 2),
			.next_at = db_col_int(&q, 3),
			.group = db_col_str(&q, 4),
			.in_message = db_col_int(&q, 5) != 0,
			.message = (enum store_delivery_state)db_col_int(&q, 6),
			.message_id = db_col_int(&q, 7),
			.of_digest = db_col_int(&q, 8) == ALERT_DIGEST,
			.carries = db_col_int(&q, 9) != 0,
		};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_delivery_replace(
	struct store *s, int64_t id, int64_t now, struct str answer, struct err *e)
{
	return db_run(s, SQL_DELIVERY_REPLACE, e, db_int(now), db_str(answer), db_int(id));
}

int store_alerted_items(struct store *s, int64_t feed, int64_t since, size_t max,
	struct arena *arena, struct store_alerted **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_ALERTED_ITEMS, db_int(feed), db_int(since), db_int((int64_t)max));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_alerted *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_alerted){
			db_col_int(&q, 0), db_col_str(&q, 1), db_col_str(&q, 2)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_item_of_id(
	struct store *s, int64_t feed, struct str id, bool keyed, int64_t *row, struct err *e)
{
	uint8_t key[16];
	struct db_stmt q;

	*row = 0;
	feed_identity_id_key(id, key);
	if (keyed)
		db_start(&q, s, SQL_ITEM_OF_KEY, db_int(feed), db_blob(key, sizeof(key)));
	else
		db_start(&q, s, SQL_ITEM_OF_ID, db_int(feed), db_str(id));
	return db_first(&q, row, e);
}
