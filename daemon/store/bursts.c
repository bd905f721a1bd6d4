/* SPDX-License-Identifier: MIT */
#include "store/bursts.h"

#include "db.h"

#define QUERY_MAX ((size_t)64 * 1024)

int store_burst_find(struct store *s, uint64_t key, int64_t *at, struct err *e)
{
	struct db_stmt q;

	*at = STAMP_NONE;
	db_start(&q, s, SQL_BURST_FIND, db_int((int64_t)key));
	return db_first(&q, at, e);
}

int store_bursts_count(struct store *s, int64_t since, int64_t *n, struct err *e)
{
	struct db_stmt q;

	*n = 0;
	db_start(&q, s, SQL_BURSTS_COUNT, db_int(since));
	return db_first(&q, n, e);
}

int store_burst_put(struct store *s, uint64_t key, int64_t now, int64_t forget, struct err *e)
{
	int rc = db_run(s, SQL_BURST_PUT, e, db_int((int64_t)key), db_int(now));

	return rc ? rc : db_run(s, SQL_BURSTS_FORGET, e, db_int(forget));
}

/* A string of FTS5 doubles its quotes. */
static void bursts_put_form(struct buf *out, struct str form)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < form.n; i++) {
		if (form.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, form.p[i]);
	}
	buf_addc(out, '"');
}

int store_count_words(struct store *s, const struct str *forms, size_t n_forms, int64_t before,
	size_t most, int64_t *n, struct err *e)
{
	struct db_stmt q;
	struct buf match;
	int rc;

	*n = 0;
	buf_init(&match, QUERY_MAX);
	for (size_t i = 0; i < n_forms; i++) {
		buf_addz(&match, i ? " AND " : "");
		bursts_put_form(&match, forms[i]);
	}
	rc = buf_failed(&match) ? err_nomem(e) : 0;
	if (!rc) {
		db_start(&q, s, SQL_WORDS_COUNT, db_str(buf_str(&match)), db_int(before),
			db_int((int64_t)most));
		rc = db_first(&q, n, e);
	}
	buf_release(&match);
	return rc;
}
