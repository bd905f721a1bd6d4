/* SPDX-License-Identifier: MIT */
#include "store/silences.h"

#include "db.h"

int store_silence_add(struct store *s, struct store_silence *v, struct err *e)
{
	int rc = store_begin(s, e);

	if (rc)
		return rc;
	rc = db_run(s, SQL_SILENCE_ADD, e, db_str(v->watch), db_int(v->since), db_int(v->until),
		db_str(v->author), db_str(v->why));
	if (!rc)
		v->id = sqlite3_last_insert_rowid(s->db);
	if (!rc)
		rc = db_run(s, SQL_SILENCE_SPLIT, e, db_str(v->watch));
	if (!rc)
		rc = db_run(s, SQL_SILENCE_HOLD_PENDING, e, db_str(v->watch), db_int(v->until));
	return store_end(s, rc, e);
}

int store_silence_put_off(struct store *s, struct str notify, int64_t now, struct err *e)
{
	return db_run(s, SQL_SILENCE_HOLD_DUE, e, db_str(notify), db_int(now));
}

int store_silence_move(struct store *s, struct str notify, int64_t now, struct err *e)
{
	return db_run(s, SQL_SILENCE_MOVE, e, db_str(notify), db_int(now));
}

static struct store_silence silences_read(struct db_stmt *q)
{
	return (struct store_silence){
		.id = db_col_int(q, 0),
		.watch = db_col_str(q, 1),
		.since = db_col_int(q, 2),
		.until = db_col_int(q, 3),
		.author = db_col_str(q, 4),
		.why = db_col_str(q, 5),
	};
}

/* Of a started statement that returns one row at most. */
static int silences_take_one(struct db_stmt *q, struct store_silence *out, struct err *e)
{
	int rc = db_step(q, e);

	*out = (struct store_silence){0};
	if (rc <= 0)
		return rc;
	*out = silences_read(q);
	rc = db_lost(q, e);
	db_end(q);
	return rc;
}

static int silences_take_all(
	struct db_stmt *q, struct store_silence **out, size_t *n, struct err *e)
{
	size_t room = 0;
	int rc;

	*out = NULL;
	*n = 0;
	while ((rc = db_step(q, e)) == 1) {
		struct store_silence *v = arena_extend(q->arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = silences_read(q);
	}
	return rc ? rc : db_lost(q, e);
}

int store_silence_find(struct store *s, struct str watch, int64_t now, struct arena *arena,
	struct store_silence *out, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_SILENCE_FIND, db_str(watch), db_int(now));
	q.arena = arena;
	return silences_take_one(&q, out, e);
}

int store_silences(struct store *s, int64_t now, struct arena *arena, struct store_silence **out,
	size_t *n, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_SILENCES, db_int(now));
	q.arena = arena;
	return silences_take_all(&q, out, n, e);
}

int store_silence_end(struct store *s, int64_t id, int64_t now, struct arena *arena,
	struct store_silence *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_SILENCE_GET, db_int(id), db_int(now));
	q.arena = arena;
	rc = silences_take_one(&q, out, e);
	if (rc || !out->id)
		return rc;
	rc = store_begin(s, e);
	if (rc)
		return rc;
	rc = db_run(s, SQL_SILENCE_END, e, db_int(id), db_int(now));
	if (!rc)
		rc = db_run(s, SQL_SILENCE_SEND, e, db_str(out->watch), db_int(now));
	return store_end(s, rc, e);
}

int store_silences_over(struct store *s, int64_t now, struct arena *arena,
	struct store_silence **out, size_t *n, int64_t *next, struct err *e)
{
	struct db_stmt q;
	int rc;

	*next = STAMP_NONE;
	db_start(&q, s, SQL_SILENCES_OVER, db_int(now));
	q.arena = arena;
	rc = silences_take_all(&q, out, n, e);
	if (!rc && *n)
		rc = db_run(s, SQL_SILENCES_END, e, db_int(now));
	if (rc)
		return rc;
	db_start(&q, s, SQL_SILENCES_NEXT);
	return db_first(&q, next, e);
}
