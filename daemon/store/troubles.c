/* SPDX-License-Identifier: MIT */
#include "db.h"
#include "store/troubles.h"

/* A key of the table cannot be NULL. */
static struct db_value troubles_subject(struct str subject)
{
	return db_str(str_present(subject) ? subject : STR(""));
}

int store_trouble_put(struct store *s, const struct store_trouble *t, struct err *e)
{
	return db_run(s, SQL_TROUBLE_PUT, e, db_str(t->kind), troubles_subject(t->subject),
		db_int(t->since), db_str(t->detail));
}

int store_trouble_drop(struct store *s, struct str kind, struct str subject, struct err *e)
{
	return db_run(s, SQL_TROUBLE_DROP, e, db_str(kind), troubles_subject(subject));
}

int store_troubles(
	struct store *s, struct arena *arena, struct store_trouble **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_TROUBLES);
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_trouble *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_trouble){
			db_col_str(&q, 0), db_col_str(&q, 1), db_col_int(&q, 2), db_col_str(&q, 3)};
	}
	return rc ? rc : db_lost(&q, e);
}
