/* SPDX-License-Identifier: MIT */
#include "store/waits.h"

#include <string.h>

#include "db.h"

/* Columns: watch, item, key, shared, sources, done, alert. */
static void waits_read(struct db_stmt *q, int64_t story, struct store_wait *out)
{
	struct str key = db_col_view(q, 2);

	*out = (struct store_wait){
		.story = story,
		.watch = db_col_str(q, 0),
		.item = db_col_int(q, 1),
		.link_shared = db_col_int(q, 3) != 0,
		.sources = (uint32_t)db_col_int(q, 4),
		.done = db_col_int(q, 5) != 0,
		.alert = db_col_str(q, 6),
	};
	if (key.n == sizeof(out->key))
		memcpy(out->key, key.p, sizeof(out->key));
}

int store_wait_get(struct store *s, int64_t story, struct str watch, struct arena *arena,
	struct store_wait *out, bool *found, struct err *e)
{
	struct db_stmt q;
	int rc;

	*found = false;
	db_start(&q, s, SQL_WAIT_GET, db_int(story), db_str(watch));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	waits_read(&q, story, out);
	*found = true;
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_wait_put(struct store *s, const struct store_wait *w, int64_t now, struct err *e)
{
	return db_run(s, SQL_WAIT_PUT, e, db_int(w->story), db_str(w->watch), db_int(w->item),
		db_blob(w->key, sizeof(w->key)), db_int(w->link_shared), db_int(w->sources),
		db_int(w->done), db_str(w->alert), db_int(now));
}

int store_wait_end(struct store *s, int64_t story, struct str watch, struct err *e)
{
	return db_run(s, SQL_WAIT_END, e, db_int(story), db_str(watch));
}

int store_waits_due(struct store *s, int64_t story, int64_t sources, size_t max,
	struct arena *arena, struct store_wait **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_WAITS_DUE, db_int(story), db_int(sources), db_int((int64_t)max));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_wait *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		waits_read(&q, story, &v[(*n)++]);
	}
	return rc ? rc : db_lost(&q, e);
}

/* --- priorities --- */

int store_raise_step_put(
	struct store *s, const struct store_raise_step *r, int64_t now, struct err *e)
{
	return db_run(s, SQL_RAISE_STEP_PUT, e, db_int(r->story), db_int(r->alert),
		db_int(r->sources), db_int(r->priority), db_int(now));
}

static size_t waits_drop_orphans(struct store_raise_step *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].item)
			v[kept++] = v[i];
	return kept;
}

int store_raise_steps_take(struct store *s, int64_t story, int64_t sources, size_t max,
	struct arena *arena, struct store_raise_step **out, size_t *n, struct err *e)
{
	struct store_raise_step *v = arena_array(arena, max, sizeof(*v));
	struct db_stmt q;
	int rc;

	*out = v;
	*n = 0;
	if (!v)
		return err_nomem(e);
	db_start(&q, s, SQL_RAISE_STEPS_DUE, db_int(story), db_int(sources), db_int((int64_t)max));
	while ((rc = db_step(&q, e)) == 1)
		v[(*n)++] = (struct store_raise_step){
			.story = story,
			.alert = db_col_int(&q, 0),
			.sources = (uint32_t)db_col_int(&q, 1),
			.priority = (enum alert_priority)db_col_int(&q, 2),
			.item = db_col_int(&q, 3),
		};
	for (size_t i = 0; !rc && i < *n; i++)
		rc = db_run(s, SQL_RAISE_STEP_END, e, db_int(story), db_int(v[i].alert),
			db_int(sources));
	*n = waits_drop_orphans(v, *n);
	return rc;
}

int store_alert_set_priority(
	struct store *s, int64_t alert, enum alert_priority priority, struct err *e)
{
	return db_run(s, SQL_ALERT_SET_PRIORITY, e, db_int(alert),
		db_str(str_of(alert_priority_words[priority])));
}

/* --- how long they are kept --- */

int store_waits_touch(struct store *s, int64_t story, int64_t now, struct err *e)
{
	int rc = db_run(s, SQL_WAITS_TOUCH, e, db_int(story), db_int(now));

	return rc ? rc : db_run(s, SQL_RAISE_STEPS_TOUCH, e, db_int(story), db_int(now));
}

int store_waits_forget_story(struct store *s, int64_t story, struct err *e)
{
	int rc = db_run(s, SQL_WAITS_DROP, e, db_int(story));

	return rc ? rc : db_run(s, SQL_RAISE_STEPS_DROP, e, db_int(story));
}

int store_waits_forget(struct store *s, int64_t before, size_t most, struct err *e)
{
	int rc = db_run(s, SQL_WAITS_FORGET, e, db_int(before), db_int((int64_t)most));

	return rc ? rc
		  : db_run(s, SQL_RAISE_STEPS_FORGET, e, db_int(before), db_int((int64_t)most));
}

/* --- the story --- */

int store_story_origins(struct store *s, int64_t story, size_t max, struct arena *arena,
	struct str **out, size_t *n, struct err *e)
{
	struct str *v = arena_array(arena, max, sizeof(*v));
	struct db_stmt q;
	int rc;

	*out = v;
	*n = 0;
	if (!v)
		return err_nomem(e);
	db_start(&q, s, SQL_STORY_ORIGINS, db_int(story), db_int((int64_t)max));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1)
		v[(*n)++] = db_col_str(&q, 0);
	return rc ? rc : db_lost(&q, e);
}
