/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include <string.h>

#include "store/documents.h"

int store_document_add(struct store *s, int64_t feed, const struct store_document *d, size_t uses,
	int64_t *row, struct err *e)
{
	int rc = db_run(s, SQL_DOCUMENT_ADD, e, db_int(feed), db_int(d->asked), db_int(d->fetched),
		db_int(d->bytes), db_blob(d->sha256, sizeof(d->sha256)), db_int((int64_t)d->form),
		db_str(d->origin), db_int((int64_t)uses));

	*row = rc ? 0 : sqlite3_last_insert_rowid(s->db);
	return rc;
}

int store_document_get(struct store *s, int64_t row, struct arena *arena,
	struct store_document *out, bool *found, struct err *e)
{
	struct db_stmt q;
	struct str hash;
	int rc;

	*out = (struct store_document){.asked = STAMP_NONE};
	db_start(&q, s, SQL_DOCUMENT_GET, db_int(row));
	q.arena = arena;
	rc = db_step(&q, e);
	*found = rc == 1;
	if (rc <= 0)
		return rc;
	out->asked = db_col_int(&q, 0);
	out->fetched = db_col_int(&q, 1);
	out->bytes = db_col_int(&q, 2);
	hash = db_col_view(&q, 3);
	if (hash.n == sizeof(out->sha256))
		memcpy(out->sha256, hash.p, hash.n);
	out->form = (enum store_document_form)db_col_int(&q, 4);
	out->origin = db_col_str(&q, 5);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int documents_release(struct store *s, int64_t row, struct err *e)
{
	int rc = db_run(s, SQL_DOCUMENT_RELEASE, e, db_int(row));

	return rc ? rc : db_run(s, SQL_DOCUMENT_DROP, e, db_int(row));
}

int documents_release_item(struct store *s, int64_t item, struct err *e)
{
	int64_t rows[STORE_REVISIONS_MAX + 1];
	struct db_stmt q;
	size_t n = 0;
	int rc;

	db_start(&q, s, SQL_DOCUMENTS_OF_ITEM, db_int(item));
	while ((rc = db_step(&q, e)) == 1) {
		rows[n++] = db_col_int(&q, 0);
		if (n == sizeof(rows) / sizeof(*rows)) {
			db_end(&q);
			rc = 0;
			break;
		}
	}
	for (size_t i = 0; i < n && !rc; i++)
		rc = documents_release(s, rows[i], e);
	return rc;
}
