/* SPDX-License-Identifier: MIT */
#include "db.h"

#include "hits.h"

static void alerts_put_columns(struct db_stmt *q, const struct store_raise *r, struct str hits)
{
	const struct alert *a = r->alert;

	db_put_str(q, a->id);
	db_put_int(q, r->item);
	db_put_int(q, (int64_t)r->edition);
	db_put_int(q, (int64_t)r->story_key);
	db_put_int(q, a->created);
	db_put_str(q, a->watch);
	db_put_str(q, a->watch_title);
	db_put_str(q, str_of(alert_priority_name(a->priority)));
	db_put_str(q, a->item_id);
	db_put_str(q, a->title);
	db_put_str(q, a->link);
	db_put_str(q, a->author);
	db_put_str(q, a->body);
	db_put_stamp(q, a->published);
	db_put_str(q, a->feed);
	db_put_str(q, a->feed_title);
	db_put_str(q, a->source);
	db_put_str(q, a->language);
	db_put_stamp(q, a->fetched);
	db_put_str(q, hits);
}

static int alerts_add_deliveries(
	struct store *s, const struct store_raise *r, int64_t row, struct err *e)
{
	for (size_t k = 0; k < r->n_plans; k++) {
		const struct store_plan *p = &r->plans[k];
		struct db_stmt q;
		int rc;

		db_start(&q, s, SQL_DELIVERY_ADD);
		db_put_int(&q, row);
		db_put_str(&q, p->notify);
		db_put_int(&q, r->alert->created);
		db_put_int(&q, p->due_at);
		db_put_int(&q, p->due_at);
		db_put_str(&q, p->group);
		rc = db_run(&q, e);
		if (rc)
			return rc;
	}
	return 0;
}

int store_alert_raise(struct store *s, const struct store_raise *r, bool *raised, struct err *e)
{
	char *hits;
	struct db_stmt q;
	int rc;

	*raised = false;
	if (!s->in_txn)
		return err_set(e, ERR_BUG, "an alert is raised outside of a transaction");
	rc = hits_write(r->alert->hits, r->alert->n_hits, &hits, e);
	if (rc)
		return rc;
	db_start(&q, s, SQL_ALERT_ADD);
	alerts_put_columns(&q, r, str_of(hits));
	rc = db_run(&q, e);
	if (!rc && sqlite3_changes(s->db) > 0) {
		*raised = true;
		rc = alerts_add_deliveries(s, r, sqlite3_last_insert_rowid(s->db), e);
	}
	free(hits);
	return rc;
}

int store_alert_exists(struct store *s, struct str watch, int64_t item, bool *yes, struct err *e)
{
	struct db_stmt q;
	int rc;

	*yes = false;
	db_start(&q, s, SQL_ALERT_EXISTS);
	db_put_str(&q, watch);
	db_put_int(&q, item);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*yes = true;
	db_end(&q);
	return 0;
}
