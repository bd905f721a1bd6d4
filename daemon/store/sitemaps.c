/* SPDX-License-Identifier: MIT */
#include "store/sitemaps.h"

#include "db.h"

int store_sitemaps_get(
	struct store *s, struct str feed, struct arena *arena, struct str *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = STR_NONE;
	db_start(&q, s, SQL_SITEMAPS_GET, db_str(feed));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*out = db_col_str(&q, 0);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_sitemaps_put(struct store *s, int64_t feed, struct str text, struct err *e)
{
	if (text.n == 0)
		return db_run(s, SQL_SITEMAPS_DELETE, e, db_int(feed));
	return db_run(s, SQL_SITEMAPS_PUT, e, db_int(feed), db_str(text));
}
