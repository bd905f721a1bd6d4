/* SPDX-License-Identifier: MIT */
#include "db.h"
#include "store/outbox.h"

#include "alert/detail.h"
#include "hits.h"

#define DETAIL_MAX ((size_t)256 * 1024)

static int alerts_add_deliveries(
	struct store *s, const struct store_raise *r, int64_t row, struct err *e)
{
	const struct store_addition a = {.alert = row,
		.id = r->alert->id,
		.priority = r->alert->priority,
		.now = r->alert->created,
		.tie = r->tie};
	int rc = 0;

	for (size_t k = 0; !rc && k < r->n_plans; k++)
		rc = store_delivery_add(s, &a, &r->plans[k], e);
	return rc;
}

int store_alert_raise(struct store *s, const struct store_raise *r, int64_t *row, struct err *e)
{
	const struct alert *a = r->alert;
	struct buf detail;
	char *hits = NULL;
	int rc;

	*row = 0;
	if (!s->in_txn)
		return err_set(e, ERR_BUG, "an alert is raised outside of a transaction");
	buf_init(&detail, DETAIL_MAX);
	rc = hits_write(a->hits, a->n_hits, &hits, e);
	if (!rc && alert_detail_write(a, &detail) != 0)
		rc = err_nomem(e);
	if (!rc)
		rc = db_run(s, SQL_ALERT_ADD, e, db_str(a->id),
			r->item ? db_int(r->item) : db_stamp(STAMP_NONE),
			db_int((int64_t)r->edition), db_int((int64_t)r->story_key),
			db_int(a->created), db_str(a->watch), db_str(a->watch_title),
			db_str(str_of(alert_priority_words[a->priority])), db_str(a->item_id),
			db_str(a->title), db_str(a->link), db_str(a->author), db_str(a->body),
			db_stamp(a->published), db_str(a->feed), db_str(a->feed_title),
			db_str(a->source), db_str(a->language), db_stamp(a->fetched),
			db_str(str_of(hits)), db_int(a->kind),
			db_str(detail.len ? buf_str(&detail) : STR_NONE),
			r->tie ? db_int(r->tie) : db_stamp(STAMP_NONE),
			r->text ? db_int(r->text) : db_stamp(STAMP_NONE));
	if (!rc && sqlite3_changes(s->db) > 0) {
		*row = sqlite3_last_insert_rowid(s->db);
		rc = alerts_add_deliveries(s, r, *row, e);
		if (!rc && (a->kind == ALERT_WITHDRAWN || a->kind == ALERT_ACKNOWLEDGED))
			rc = db_run(s, SQL_REPEATS_END, e, db_int(r->tie));
	}
	buf_release(&detail);
	free(hits);
	return rc;
}

int store_alert_join_digest(
	struct store *s, int64_t alert, int64_t digest, struct str group, struct err *e)
{
	int rc = db_run(s, SQL_DIGEST_JOIN_ALERT, e, db_int(STORE_JOINED), db_int(digest),
		db_int(alert), db_str(group));

	return rc ? rc : db_run(s, SQL_PARTS_MOVE, e, db_int(digest), db_int(alert));
}

int store_delivery_join(
	struct store *s, int64_t alert, struct str notify, int64_t into, struct err *e)
{
	return db_run(s, SQL_DELIVERY_JOIN, e, db_int(STORE_JOINED), db_int(into), db_int(alert),
		db_str(notify));
}

int store_delivery_split(struct store *s, int64_t alert, struct str notify, struct err *e)
{
	return db_run(s, SQL_DELIVERY_SPLIT, e, db_int(alert), db_str(notify));
}

int store_digest_send(struct store *s, int64_t *row, int64_t now, struct err *e)
{
	int rc = db_run(s, SQL_DIGEST_SEND, e, db_int(*row), db_int(now));

	if (rc || sqlite3_changes(s->db) > 0)
		return rc;
	rc = db_run(s, SQL_ALERT_DROP, e, db_int(*row));
	*row = 0;
	return rc;
}

int store_alert_get(struct store *s, int64_t row, struct arena *arena, struct alert *out,
	int64_t *tie, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, s, SQL_ALERT_GET, db_int(row));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc ? rc : err_set(e, ERR_BUG, "alert %lld is not there", (long long)row);
	rc = db_read_alert(&q, out, e);
	*tie = db_col_int(&q, DB_ALERT_COLUMNS);
	db_end(&q);
	return rc;
}
