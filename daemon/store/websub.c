/* SPDX-License-Identifier: MIT */
#include "store/websub.h"

#include "db.h"

int store_websub_put(struct store *s, const struct store_websub *w, struct err *e)
{
	struct db_stmt q;

	db_start(&q, s, SQL_WEBSUB_PUT);
	db_put(&q, db_str(w->feed), db_str(w->hub), db_str(w->topic), db_str(w->callback),
		db_str(w->secret), db_int(w->state), db_int(w->since), db_int(w->next_at),
		db_stamp(w->expires), db_int(w->failures), db_str(w->error), db_stamp(w->pushed_at),
		db_int(w->pushes), db_str(w->recent));
	return db_finish(&q, e);
}

int store_websub_drop(struct store *s, struct str feed, struct err *e)
{
	return db_run(s, SQL_WEBSUB_DROP, e, db_str(feed));
}

int store_websub_read(struct store *s, struct str feed, struct arena *arena,
	struct store_websub **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_WEBSUB_ALL, db_str(feed));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_websub *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_websub){.feed = db_col_str(&q, 0),
			.hub = db_col_str(&q, 1),
			.topic = db_col_str(&q, 2),
			.callback = db_col_str(&q, 3),
			.secret = db_col_str(&q, 4),
			.state = (enum store_websub_state)db_col_int(&q, 5),
			.since = db_col_int(&q, 6),
			.next_at = db_col_int(&q, 7),
			.expires = db_col_stamp(&q, 8),
			.failures = (unsigned)db_col_int(&q, 9),
			.error = db_col_str(&q, 10),
			.pushed_at = db_col_stamp(&q, 11),
			.pushes = db_col_int(&q, 12),
			.recent = db_col_str(&q, 13)};
	}
	return rc ? rc : db_lost(&q, e);
}
