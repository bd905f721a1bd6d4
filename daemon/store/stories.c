/* SPDX-License-Identifier: MIT */
#include "store/stories.h"

#include <jansson.h>
#include <stdlib.h>

#include "alert/detail.h"
#include "db.h"

#define STORIES_DETAIL_MAX ((size_t)256 * 1024)

/* --- the details, as JSON --- */

static json_t *stories_make_text(struct str s)
{
	return json_stringn_nocheck(s.p ? s.p : "", s.n);
}

static json_t *stories_make_detail(const struct store_story *v)
{
	json_t *changes = json_array();

	for (size_t i = 0; changes && i < v->n_changes; i++)
		if (json_array_append_new(
			    changes, json_pack("[o, o]", stories_make_text(v->changes[i].old),
					     stories_make_text(v->changes[i].fresh))) != 0) {
			json_decref(changes);
			return NULL;
		}
	return json_pack("{s:i, s:i, s:i, s:b, s:o}", "share", (int)v->share, "run", (int)v->run,
		"likeness", (int)v->likeness, "headline", v->by_headline, "changes", changes);
}

/* Sets *out to the text, which the caller frees; NULL: there are none. */
static int stories_write_detail(const struct store_story *v, char **out, struct err *e)
{
	json_t *root;

	*out = NULL;
	if (!v->of && !v->likeness)
		return 0;
	root = stories_make_detail(v);
	*out = root ? json_dumps(root, JSON_COMPACT) : NULL;
	json_decref(root);
	return *out ? 0 : err_nomem(e);
}

static unsigned stories_read_number(const json_t *root, const char *key)
{
	return (unsigned)json_integer_value(json_object_get(root, key));
}

static struct str stories_read_text(const json_t *from, struct arena *arena, bool *lost)
{
	struct str s = arena_str(arena,
		json_is_string(from) ? str_slice(json_string_value(from), json_string_length(from))
				     : STR(""));

	*lost = *lost || !s.p;
	return s;
}

static int stories_read_detail(
	struct str text, struct arena *arena, struct store_story *out, struct err *e)
{
	json_t *root = text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
	json_t *changes = json_object_get(root, "changes");
	bool lost = false;

	out->share = stories_read_number(root, "share");
	out->run = stories_read_number(root, "run");
	out->likeness = stories_read_number(root, "likeness");
	out->by_headline = json_is_true(json_object_get(root, "headline"));
	for (size_t i = 0; i < json_array_size(changes) && i < STORE_STORY_CHANGES_MAX; i++) {
		const json_t *pair = json_array_get(changes, i);

		out->changes[out->n_changes++] = (struct store_story_change){
			stories_read_text(json_array_get(pair, 0), arena, &lost),
			stories_read_text(json_array_get(pair, 1), arena, &lost)};
	}
	json_decref(root);
	return lost ? err_nomem(e) : 0;
}

/* --- one item --- */

/* Counts the reports and the origins of its story, with this one. */
static int stories_count(struct store *s, struct store_story *v, struct err *e)
{
	struct db_stmt q;
	int64_t known = STAMP_NONE;
	int rc;

	v->reports = v->outlets = v->origins = 1;
	v->new_outlet = true;
	if (v->story == v->item)
		return 0;
	db_start(&q, s, SQL_STORY_LAST, db_int(v->story));
	rc = db_step(&q, e);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		v->reports = db_col_int(&q, 0) + 1;
		v->outlets = db_col_int(&q, 1);
		v->origins = db_col_int(&q, 2);
		db_end(&q);
	} else {
		return 0; /* retention has deleted the others */
	}
	db_start(&q, s, SQL_STORY_HAS_SOURCE, db_int(v->story), db_str(v->source));
	rc = db_first(&q, &known, e);
	v->new_outlet = known == STAMP_NONE;
	v->outlets += v->new_outlet;
	if (rc)
		return rc;
	known = STAMP_NONE;
	db_start(&q, s, SQL_STORY_HAS_ORIGIN, db_int(v->story), db_str(v->origin));
	rc = db_first(&q, &known, e);
	v->origins += known == STAMP_NONE;
	return rc;
}

int store_story_put(struct store *s, struct store_story *v, struct err *e)
{
	char *detail = NULL;
	int rc = stories_count(s, v, e);

	if (!rc)
		rc = stories_write_detail(v, &detail, e);
	if (!rc)
		rc = db_run(s, SQL_STORY_PUT, e, db_int(v->item), db_int(v->story), db_int(v->text),
			db_str(v->source), db_str(v->origin), db_str(v->agency),
			db_int(v->relation), v->of ? db_int(v->of) : db_stamp(STAMP_NONE),
			db_str(v->of_name), db_str(str_of(detail)), db_int(v->reports),
			db_int(v->outlets), db_int(v->origins));
	free(detail);
	return rc;
}

int store_story_get(struct store *s, int64_t item, struct arena *arena, struct store_story *out,
	bool *found, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct store_story){.item = item, .story = item, .text = item};
	*found = false;
	db_start(&q, s, SQL_STORY_GET, db_int(item));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*found = true;
	out->story = db_col_int(&q, 0);
	out->text = db_col_int(&q, 1);
	out->source = db_col_str(&q, 2);
	out->origin = db_col_str(&q, 3);
	out->agency = db_col_str(&q, 4);
	out->relation = (unsigned)db_col_int(&q, 5);
	out->of = db_col_int(&q, 6);
	out->of_name = db_col_str(&q, 7);
	out->reports = db_col_int(&q, 9);
	out->outlets = db_col_int(&q, 10);
	out->origins = db_col_int(&q, 11);
	rc = stories_read_detail(db_col_view(&q, 8), arena, out, e);
	if (!rc)
		rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

/* --- a story --- */

int store_story_reports(struct store *s, int64_t story, size_t max, struct arena *arena,
	struct store_report **out, size_t *n, struct err *e)
{
	size_t room = 0;
	struct db_stmt q;
	int rc;

	*out = NULL;
	*n = 0;
	db_start(&q, s, SQL_STORY_REPORTS, db_int(story), db_int((int64_t)max));
	q.arena = arena;
	while ((rc = db_step(&q, e)) == 1) {
		struct store_report *v = arena_extend(arena, *out, *n, &room, sizeof(*v));

		if (!v) {
			db_end(&q);
			return err_nomem(e);
		}
		*out = v;
		v[(*n)++] = (struct store_report){
			.item = db_col_int(&q, 0),
			.text = db_col_int(&q, 1),
			.at = db_col_int(&q, 2),
			.source = db_col_str(&q, 3),
			.origin = db_col_str(&q, 4),
			.feed = db_col_str(&q, 5),
			.title = db_col_str(&q, 6),
		};
	}
	return rc ? rc : db_lost(&q, e);
}

/* --- its alerts --- */

int store_story_first_alert(struct store *s, int64_t story, struct str watch, struct arena *arena,
	struct str *id, struct err *e)
{
	struct db_stmt q;
	int rc;

	*id = STR_NONE;
	db_start(&q, s, SQL_STORY_FIRST_ALERT, db_int(story), db_str(watch));
	q.arena = arena;
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	*id = db_col_str(&q, 0);
	rc = db_lost(&q, e);
	db_end(&q);
	return rc;
}

int store_story_alerts(struct store *s, int64_t text, struct str watch,
	struct store_story_alert v[STORE_STORY_ALERTS_MAX], size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_STORY_ALERTS, db_int(text), db_str(watch));
	while ((rc = db_step(&q, e)) == 1)
		v[(*n)++] = (struct store_story_alert){
			db_col_int(&q, 0), (enum alert_priority)db_col_int(&q, 1)};
	return rc;
}

/* Sets *out to the number that a statement counts; NULL: 0. */
static int stories_count_one(struct db_stmt *q, int64_t *out, struct err *e)
{
	int rc = db_first(q, out, e);

	if (*out == STAMP_NONE)
		*out = 0;
	return rc;
}

int store_story_told(struct store *s, int64_t alert, int64_t *outlets, struct err *e)
{
	struct db_stmt q;

	*outlets = 0;
	db_start(&q, s, SQL_STORY_TOLD, db_int(alert));
	return stories_count_one(&q, outlets, e);
}

int store_story_grown(struct store *s, int64_t story, struct str notify, int64_t *n, struct err *e)
{
	struct db_stmt q;

	*n = 0;
	db_start(&q, s, SQL_STORY_GROWN, db_int(story), db_str(notify));
	return stories_count_one(&q, n, e);
}

int store_alert_grow(struct store *s, int64_t row, const struct alert *a, struct err *e)
{
	struct buf detail;
	int rc = 0;

	buf_init(&detail, STORIES_DETAIL_MAX);
	if (alert_detail_write(a, &detail) != 0)
		rc = err_nomem(e);
	else
		rc = db_run(s, SQL_ALERT_GROW, e, db_str(buf_str(&detail)), db_int(row));
	buf_release(&detail);
	return rc;
}

/* --- all items --- */

int store_story_first(struct store *s, int64_t since, int64_t *first, struct err *e)
{
	return db_first_since(s, since, first, e);
}

int store_story_items(
	struct store *s, int64_t first, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct db_stmt q;
	int rc;

	*n = 0;
	db_start(&q, s, SQL_ITEMS_ROWS, db_int(first), db_int((int64_t)max));
	while ((rc = db_step(&q, e)) == 1)
		ids[(*n)++] = db_col_int(&q, 0);
	return rc;
}
