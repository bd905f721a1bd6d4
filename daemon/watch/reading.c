/* SPDX-License-Identifier: MIT */
/* Reads the queries of a watch, in its dialect. */
#include "reading.h"

#include "base/utf8.h"
#include "regex.h"

void watch_reading_fail(struct watch_reading *a, int rc)
{
	if (rc < 0 && (a->rc == 0 || a->rc == -(int)ERR_CONF))
		a->rc = rc;
}

/* Reports an error in the translation at the place in the original query. */
static void reading_on_translated(void *ctx, const struct query_diag *d)
{
	struct watch_reading *a = ctx;
	struct dialect_place at = dialect_find_place(&a->map, d->offset);

	query_report(&a->report, d->warning, at.offset, at.length, d->help,
		"%s (read as our language)", d->text);
}

static int reading_parse_query(struct watch_reading *a, struct str text, struct query *q)
{
	struct buf ours;
	int rc;

	if (!a->dialect)
		return query_parse(a->b->tree, text, &a->report, q);
	if (text.n > QUERY_BYTES_MAX || !utf8_valid(text)) /* the same error as for native text */
		return query_parse(a->b->tree, text, &a->report, q);
	buf_init(&ours, DIALECT_BYTES_MAX);
	rc = dialect_read(a->dialect, a->b->tree, text, &a->report, &ours, &a->map);
	if (rc == 0)
		rc = query_parse(a->b->tree, buf_str(&ours), &a->translated, q);
	buf_release(&ours);
	return rc;
}

/* result: that of checking the query without its defines, already reported. */
static int reading_expand(struct watch_reading *a, struct query *q, enum query_use use, int result)
{
	struct query_reporter *report = a->dialect ? &a->translated : &a->report;
	int rc;

	q->root = q->root ? q->root : q->broken;
	if (!q->root)
		return result;
	rc = query_define_expand(&a->b->defines, a->b->tree, q, report);
	if (rc == 0 && result == 0)
		rc = query_check(q, use, use == QUERY_USE_WATCH, watch_regex_check, report);
	return rc ? rc : result;
}

struct query_node *watch_reading_query(
	struct watch_reading *a, struct str text, size_t part, enum query_use use)
{
	struct query_reporter *report = a->dialect ? &a->translated : &a->report;
	bool require = use == QUERY_USE_WATCH;
	struct query q = {0};
	int rc;

	a->report.part = part;
	a->report.errors = a->report.warnings = 0;
	a->translated = (struct query_reporter){.fn = reading_on_translated, .ctx = a};
	/* Errors of the text alone were reported the first time. */
	a->report.fn = a->final ? NULL : a->fn;
	rc = reading_parse_query(a, text, &q);
	a->refs = a->refs || q.refs;
	/* Without its defines first: their errors are reported separately. */
	if (rc == 0)
		rc = query_check(&q, use, require && !q.refs, watch_regex_check, report);
	if (rc == 0 && a->b->known)
		query_sources(&q, a->b->known, a->b->known_ctx, report);
	a->report.fn = a->fn;
	if (a->final && q.refs)
		rc = reading_expand(a, &q, use, rc);
	watch_reading_fail(a, rc);
	return rc == 0 ? q.root : NULL;
}

struct query_node *watch_reading_node(struct watch_reading *a, enum query_op op, size_t n_kids)
{
	struct query_node *n = arena_zalloc(a->b->tree, sizeof(*n));

	if (n)
		n->kids = arena_array(a->b->tree, n_kids ? n_kids : 1, sizeof(*n->kids));
	if (!n || !n->kids) {
		watch_reading_fail(a, -(int)ERR_NOMEM);
		return NULL;
	}
	n->op = op;
	n->n_kids = n_kids;
	return n;
}
