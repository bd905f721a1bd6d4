/* SPDX-License-Identifier: MIT */
/* Alerts, one alert, its evidence; deliveries. */
#include "alert/alert.h"
#include "api.h"
#include "document/delivery.h"
#include "document/evidence.h"

/* A list that is read, with one row more than the page has. */
struct api_rows {
	json_t *list;
	size_t n, limit;
	int64_t last; /* row of the last in the list */
};

static json_t *api_rows_end(const struct api_rows *r, const char *name)
{
	json_t *o = json_pack("{s:O}", name, r->list);

	if (o && r->n > r->limit)
		json_object_set_new(o, "next", api_cursor(r->last));
	return o;
}

/* --- alerts --- */

static int api_add_alert(void *ctx, const struct store_alert_row *row)
{
	struct api_rows *r = ctx;

	if (++r->n > r->limit)
		return 0;
	r->last = row->row;
	return json_array_append_new(r->list, document_alert_row(row)) ? -(int)ERR_NOMEM : 0;
}

static int api_alerts_filter(struct web_call *c, const struct api_page *page,
	struct store_alert_filter *f, struct err *e)
{
	struct api_page after = {.cursor = web_call_parameter(c, "after")};
	int rc = api_page_row(page, &f->before, e);

	f->watch = web_call_parameter(c, "watch");
	f->since = page->since;
	f->limit = page->limit + 1;
	f->ascending = str_present(after.cursor);
	if (f->ascending && f->before)
		return err_set(e, ERR_CONF,
			"cursor continues to older alerts, after to newer "
			"ones: give one of them");
	if (!rc && f->ascending && !str_is(after.cursor, "0"))
		rc = api_page_row(&after, &f->after, e);
	if (!rc)
		rc = api_read_word(c, "priority", alert_priority_words, &f->priority, e);
	if (!rc)
		rc = api_read_word(c, "state", document_delivery_states, &f->state, e);
	f->priority++;
	f->state++;
	return rc ? rc : api_read_flag(c, "unacknowledged", &f->unacknowledged, e);
}

int api_alerts_read(struct web_call *c, struct store *store, struct err *e)
{
	static const char *const known[] = {
		"since", "watch", "priority", "state", "unacknowledged", "after", NULL};
	struct api_rows r = {.list = NULL};
	struct store_alert_filter f = {0};
	struct api_page page;
	int64_t newest = 0;
	json_t *o;
	int rc = api_page_read(c, known, &page, e);

	if (!rc)
		rc = api_alerts_filter(c, &page, &f, e);
	if (!rc)
		rc = store_alert_last(store, &newest, e);
	if (rc)
		return rc;
	r.list = json_array();
	r.limit = page.limit;
	rc = store_alert_each(store, &f, api_add_alert, &r, e);
	o = rc ? NULL : api_rows_end(&r, "alerts");
	json_decref(r.list);
	if (rc)
		return rc;
	/* What comes later follows it. */
	json_object_set_new(o, "newest",
		api_cursor(!f.ascending ? newest
			   : r.n > 0	? r.last
					: f.after));
	return api_send(c, o, e);
}

/* --- one alert --- */

struct api_alert {
	struct store *store;
	json_t *document;
	struct err *e; /* of the caller: a walk sets it for its own errors only */
};

static int api_add_delivery(void *list, const struct store_due *row)
{
	return json_array_append_new(list, document_delivery(&row->d)) ? -(int)ERR_NOMEM : 0;
}

static int api_make_alert(void *ctx, const struct store_alert_row *row)
{
	struct api_alert *a = ctx;
	const struct store_delivery_filter f = {
		.alert_id = row->alert.id, .state = -1, .since = STAMP_NONE};
	json_t *list = json_array();
	int rc = store_delivery_each(a->store, &f, api_add_delivery, list, a->e);

	a->document = document_alert(row, list);
	return rc;
}

int api_alert_read(struct web_call *c, struct store *store, struct err *e)
{
	const struct store_alert_filter f = {.id = c->name, .since = STAMP_NONE};
	struct api_alert a = {.store = store, .e = e};
	int rc = api_no_parameters(c, e);

	if (!rc)
		rc = store_alert_each(store, &f, api_make_alert, &a, e);
	if (!rc && !a.document)
		return api_none("alert", "alerts", c->name, STR_NONE, e);
	if (!rc)
		return api_send(c, a.document, e);
	json_decref(a.document);
	return rc;
}

int api_evidence_read(struct web_call *c, struct store *store, struct err *e)
{
	json_t *o = NULL;
	int rc = api_no_parameters(c, e);

	if (!rc)
		rc = document_evidence_read(store, c->name, &o, e);
	if (!rc && !o)
		return api_none("alert", "alerts", c->name, STR_NONE, e);
	if (!rc)
		rc = document_evidence_write(o, &c->body);
	json_decref(o);
	if (rc == -(int)ERR_LIMIT)
		return err_set(e, ERR_LIMIT,
			"the versions of this item are too long for an answer: nightdesk alerts "
			"show --evidence --json prints them");
	return rc == -(int)ERR_NOMEM ? err_nomem(e) : rc;
}

/* --- deliveries --- */

static int api_add_due(void *ctx, const struct store_due *row)
{
	struct api_rows *r = ctx;

	if (++r->n > r->limit)
		return 0;
	r->last = row->d.id;
	return json_array_append_new(r->list, document_delivery(&row->d)) ? -(int)ERR_NOMEM : 0;
}

int api_deliveries_read(struct web_call *c, struct store *store, struct err *e)
{
	static const char *const known[] = {"since", "notify", "state", "alert", NULL};
	struct store_delivery_filter f = {0};
	struct api_rows r = {.list = NULL};
	struct api_page page;
	json_t *o;
	int rc = api_page_read(c, known, &page, e);

	if (!rc)
		rc = api_page_row(&page, &f.before, e);
	if (!rc)
		rc = api_read_word(c, "state", document_delivery_states, &f.state, e);
	if (rc)
		return rc;
	f.notify = web_call_parameter(c, "notify");
	f.alert_id = web_call_parameter(c, "alert");
	f.since = page.since;
	f.limit = page.limit + 1;
	r.list = json_array();
	r.limit = page.limit;
	rc = store_delivery_each(store, &f, api_add_due, &r, e);
	o = rc ? NULL : api_rows_end(&r, "deliveries");
	json_decref(r.list);
	return rc ? rc : api_send(c, o, e);
}

static int api_make_delivery(void *ctx, const struct store_due *row)
{
	*(json_t **)ctx = document_delivery(&row->d);
	return 0;
}

int api_delivery_read(struct web_call *c, struct store *store, struct err *e)
{
	struct store_delivery_filter f = {.state = -1, .since = STAMP_NONE};
	struct api_page as = {.cursor = c->name};
	json_t *o = NULL;
	int rc = api_no_parameters(c, e);

	if (rc)
		return rc;
	if (api_page_row(&as, &f.id, e) == 0)
		rc = store_delivery_each(store, &f, api_make_delivery, &o, e);
	if (!rc && !o)
		return api_none("delivery", "deliveries", c->name, STR_NONE, e);
	return rc ? rc : api_send(c, o, e);
}
