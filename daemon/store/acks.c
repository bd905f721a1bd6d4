/* SPDX-License-Identifier: MIT */
#include "store/acks.h"

#include "db.h"

struct ack_target {
	int64_t row; /* 0: there is none */
	struct str id;
	enum alert_kind kind;
};

/* Sets *out to the alert with that id, or, if it is a notice about one, to that. */
static int acks_find(
	struct store *s, struct str id, struct arena *arena, struct ack_target *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct ack_target){0};
	db_start(&q, s, SQL_ACK_FIND, db_str(id));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*out = (struct ack_target){
		db_col_int(&q, 0), db_col_str(&q, 1), (enum alert_kind)db_col_int(&q, 2)};
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

static int acks_read(
	struct store *s, int64_t row, struct arena *arena, struct store_ack *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ACK_GET, db_int(row));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->result = STORE_ACK_EARLIER;
	out->by = db_col_str(&q, 0);
	out->at = db_col_int(&q, 1);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

static int acks_add(struct store *s, int64_t row, struct str by, int64_t now, struct err *e)
{
	int rc = db_run(s, SQL_ACK_ADD, e, db_int(row), db_str(by), db_int(now));

	if (!rc)
		rc = db_run(s, SQL_ACK_END_ESCALATIONS, e);
	return rc ? rc : db_run(s, SQL_ACK_FOLD_ESCALATED, e, db_int(now));
}

static int acks_put(struct store *s, struct str id, struct str by, int64_t now, struct arena *arena,
	struct store_ack *out, struct err *e)
{
	struct ack_target of;
	int rc = acks_find(s, id, arena, &of, e);

	if (rc || !of.row)
		return rc;
	out->id = of.id;
	out->result = STORE_ACK_NOTICE;
	if (alert_is_notice(&(struct alert){.kind = of.kind}))
		return 0;
	rc = acks_read(s, of.row, arena, out, e);
	if (rc || out->result == STORE_ACK_EARLIER)
		return rc;
	out->result = STORE_ACK_FIRST;
	out->by = by;
	out->at = now;
	return acks_add(s, of.row, by, now, e);
}

int store_ack_put(struct store *s, struct str id, struct str by, int64_t now, struct arena *arena,
	struct store_ack *out, struct err *e)
{
	int rc = store_begin(s, e);

	*out = (struct store_ack){.at = STAMP_NONE};
	if (rc)
		return rc;
	return store_end(s, acks_put(s, id, by, now, arena, out, e), e);
}

int store_asked(struct store *s, int64_t now, size_t max, struct arena *arena,
	struct store_asked **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_ASKED_MESSAGES, db_int(now - STORE_ASKED_MS), db_int((int64_t)max));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_asked *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_asked){
			db_col_str(&q, 1), db_col_str(&q, 2), db_col_str(&q, 3)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_asked_any(struct store *s, int64_t now, bool *any, struct err *e)
{
	struct db_stmt q;
	int64_t yes = 0;
	int rc;

	db_start(&q, s, SQL_ASKED_ANY, db_int(now - STORE_ASKED_MS));
	rc = db_first(&q, &yes, e);
	*any = yes == 1;
	return rc;
}

int store_acks_open(
	struct store *s, struct arena *arena, struct store_ack_open **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_ACKS_OPEN);
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_ack_open *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_ack_open){
			db_col_int(&q, 0), db_col_str(&q, 1), db_col_int(&q, 2), db_col_int(&q, 3)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_ack_receivers(struct store *s, const struct store_ack_open *a, struct arena *arena,
	struct store_ack_receiver **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_ACK_RECEIVERS, db_int(a->alert), db_int(a->notice));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_ack_receiver *v = arena_extend(arena, *out, *n, &room, sizeof(*v));
		bool held = db_col_int(&q, 1) == STORE_HELD;

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_ack_receiver){
			db_col_str(&q, 0), held ? db_col_str(&q, 2) : STR_NONE, db_col_int(&q, 3)};
	}
	return rc ? rc : db_lost(&q, e);
}

int store_ack_close(struct store *s, int64_t alert, struct err *e)
{
	return db_run(s, SQL_ACK_TOLD, e, db_int(alert));
}
