/* SPDX-License-Identifier: MIT */
/* The archive: items, one item, why each watch matches it or not. */
#include "api.h"
#include "desk/explain.h"
#include "document/match.h"

struct api_items {
	json_t *list;
	size_t n, limit;
	int64_t last;
	bool searched;
};

static int api_add_item(void *ctx, const struct archive_found *f)
{
	struct api_items *w = ctx;

	if (++w->n > w->limit)
		return 0;
	w->last = f->row.id;
	return json_array_append_new(
		       w->list, w->searched ? document_found(f) : document_item(&f->row))
		       ? -(int)ERR_NOMEM
		       : 0;
}

static int api_find_items(struct web_call *c, struct store *store, struct archive_query *q,
	struct api_items *w, struct err *e)
{
	struct str words = web_call_parameter(c, "q");
	struct archive_terms *terms = NULL;
	int rc;

	if (!str_present(words))
		return archive_newest(store, q, api_add_item, w, e);
	w->searched = true;
	rc = archive_terms_new(&terms, words, e);
	if (rc == -(int)ERR_INPUT)
		return err_set(e, ERR_CONF, "q: %s", e->text);
	q->terms = terms;
	if (!rc)
		rc = archive_search(store, q, api_add_item, w, e);
	archive_terms_free(terms);
	return rc;
}

int api_items_read(struct web_call *c, struct store *store, struct err *e)
{
	static const char *const known[] = {"since", "q", "feed", NULL};
	struct archive_query q = {0};
	struct api_items w = {0};
	struct api_page page;
	json_t *o;
	int rc = api_page_read(c, known, &page, e);

	if (!rc)
		rc = api_page_row(&page, &q.before, e);
	if (rc)
		return rc;
	q.feed = web_call_parameter(c, "feed");
	q.since = page.since;
	q.limit = page.limit + 1;
	w.limit = page.limit;
	w.list = json_array();
	rc = api_find_items(c, store, &q, &w, e);
	o = rc ? NULL : json_pack("{s:O}", "items", w.list);
	json_decref(w.list);
	if (rc)
		return rc;
	if (w.n > w.limit)
		json_object_set_new(o, "next", api_cursor(w.last));
	return api_send(c, o, e);
}

/* By its number, or by what `explain` takes. */
static int api_find_item(struct web_call *c, struct store *store, int64_t *row, struct err *e)
{
	struct api_page as = {.cursor = c->name};
	size_t n = 0;
	int rc = api_no_parameters(c, e);

	if (rc || api_page_row(&as, row, e) == 0)
		return rc;
	rc = desk_find_items(store, c->conf, c->name, row, 1, &n, e);
	if (!rc && n == 0)
		return api_none("item", "items", c->name, STR_NONE, e);
	return rc;
}

int api_item_read(struct web_call *c, struct store *store, struct err *e)
{
	struct store_item_row row;
	bool found = false;
	int64_t number;
	int rc = api_find_item(c, store, &number, e);

	if (!rc)
		rc = store_item_get(store, number, c->arena, &row, &found, e);
	if (rc)
		return rc;
	if (!found)
		return api_none("item", "items", c->name, STR_NONE, e);
	return api_send(c, document_whole_item(&row), e);
}

int api_explanation_read(struct web_call *c, struct store *store, struct err *e)
{
	struct desk_explanation x;
	int64_t number;
	int rc = api_find_item(c, store, &number, e);

	if (!rc)
		rc = desk_explain(store, c->conf, number, NULL, c->arena, &x, e);
	if (rc == -(int)ERR_INPUT)
		return api_none("item", "items", c->name, STR_NONE, e);
	return rc ? rc : api_send(c, document_explanation(&x), e);
}
