/* SPDX-License-Identifier: MIT */
#include "store/finding.h"

#include "store/db.h"

int store_items_find(struct store *s, struct str name, uint64_t link_key, int64_t *rows, size_t max,
	size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_ITEMS_FIND);
	db_put_str(&q, name);
	db_put_int(&q, (int64_t)link_key);
	db_put_int(&q, (int64_t)max);
	while ((rc = db_step(&q, e)) == 1 && *n < max)
		rows[(*n)++] = db_col_int(&q, 0);
	if (rc == 1)
		db_end(&q);
	return rc < 0 ? rc : 0;
}

int store_item_is_first(struct store *s, int64_t row, bool *yes, struct err *e)
{
	struct db_stmt q;
	int rc;

	*yes = false;
	db_start(&q, s, SQL_ITEM_FIRST);
	db_put_int(&q, row);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*yes = db_col_int(&q, 0) != 0;
	db_end(&q);
	return 0;
}
