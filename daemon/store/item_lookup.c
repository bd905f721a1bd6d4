/* SPDX-License-Identifier: MIT */
#include "db.h"

/* The statement returns no more rows than there is room for. */
static int lookup_read_rows(struct db_stmt *q, int64_t *rows, size_t *n, struct err *e)
{
	int rc;

	while ((rc = db_step(q, e)) == 1)
		rows[(*n)++] = db_col_int(q, 0);
	return rc;
}

int store_items_find(struct store *s, const struct store_name *name, int64_t *rows, size_t max,
	size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_ITEMS_FIND, db_str(name->text), db_blob(name->key, sizeof(name->key)),
		db_int((int64_t)name->link_key), db_int((int64_t)max));
	rc = lookup_read_rows(&q, rows, n, e);
	if (rc || *n)
		return rc;
	db_start(&q, s, SQL_ITEMS_SEEK, db_str(name->text), db_int((int64_t)max));
	return lookup_read_rows(&q, rows, n, e);
}

int store_item_is_first(struct store *s, int64_t row, bool *yes, struct err *e)
{
	struct db_stmt q;
	int64_t first = 0;
	int rc;

	db_start(&q, s, SQL_ITEM_FIRST, db_int(row));
	rc = db_first(&q, &first, e);
	*yes = first == 1;
	return rc;
}
