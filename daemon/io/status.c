/* SPDX-License-Identifier: MIT */
#include "io/status.h"

#include "base/clock.h"

static void set_int(json_t *doc, const char *key, uint64_t v)
{
	json_object_set_new(doc, key, json_integer((json_int_t)v));
}

static void set_stamp(json_t *doc, const char *key, int64_t ms)
{
	char text[STAMP_TEXT_MAX];

	if (ms != STAMP_NONE)
		json_object_set_new(doc, key, json_string(clock_rfc3339(ms, false, text)));
}

/* The member that is an object, made where it is missing. */
static json_t *part(json_t *doc, const char *key)
{
	json_t *o = json_object_get(doc, key);

	if (!o) {
		json_object_set_new(doc, key, json_object());
		o = json_object_get(doc, key);
	}
	return o;
}

json_t *status_new(bool running)
{
	json_t *doc = json_object();

	json_object_set_new(doc, "running", json_boolean(running));
	json_object_set_new(doc, "version", json_string(NIGHTDESK_VERSION));
	return doc;
}

void status_add_store(json_t *doc, const struct store_counts *c)
{
	json_t *deliveries = part(doc, "deliveries"), *database = part(doc, "database");

	set_int(part(doc, "feeds"), "known", (uint64_t)c->feeds);
	set_int(part(doc, "feeds"), "failing", (uint64_t)c->feeds_failing);
	set_int(part(doc, "items"), "stored", (uint64_t)c->items);
	set_int(part(doc, "alerts"), "stored", (uint64_t)c->alerts);
	set_int(deliveries, "pending", (uint64_t)c->pending);
	set_int(deliveries, "delivered", (uint64_t)c->delivered);
	set_int(deliveries, "failed", (uint64_t)c->failed);
	set_int(deliveries, "dead", (uint64_t)c->dead);
	set_stamp(deliveries, "oldest_pending", c->oldest_pending);
	set_int(database, "bytes", (uint64_t)c->database_bytes);
	set_int(database, "wal_bytes", (uint64_t)c->wal_bytes);
}

void status_add_engine(json_t *doc, const struct engine_status *s, int64_t now)
{
	json_t *feeds = part(doc, "feeds"), *polls = part(doc, "polls");

	set_stamp(doc, "started", s->started);
	set_int(doc, "uptime_s", (uint64_t)(now > s->started ? (now - s->started) / 1000 : 0));
	set_int(feeds, "configured", s->feeds);
	set_int(feeds, "failing", s->feeds_failing);
	set_int(feeds, "fetching", s->fetching);
	set_int(feeds, "parsing", s->parsing);
	set_int(feeds, "ingesting", s->ingesting);
	set_int(feeds, "waiting", s->waiting);
	set_int(polls, "done", s->polls);
	set_int(polls, "unchanged", s->polls_unchanged);
	set_int(polls, "failed", s->polls_failed);
	set_stamp(polls, "last", s->last_poll);
	set_int(part(doc, "items"), "new", s->items_new);
	set_int(part(doc, "alerts"), "raised", s->alerts);
	set_int(part(doc, "deliveries"), "sending", s->sending);
	set_int(part(doc, "deliveries"), "sent", s->delivered);
	set_int(part(doc, "deliveries"), "failures", s->send_failures);
}

void status_add_loop(json_t *doc, const struct loop_stats *s)
{
	json_t *loop = part(doc, "loop");
	json_t *histogram = json_array();

	set_int(loop, "callbacks", s->calls);
	set_int(loop, "busy_us", s->total_us);
	set_int(loop, "longest_us", (uint64_t)s->longest_us);
	if (s->longest)
		json_object_set_new(loop, "longest", json_string(s->longest));
	set_int(loop, "lag_max_us", (uint64_t)s->lag_max_us);
	for (size_t i = 0; i < LOOP_BUCKETS; i++)
		json_array_append_new(histogram, json_integer((json_int_t)s->bucket[i]));
	json_object_set_new(loop, "histogram", histogram);
}

json_t *status_diags(const struct conf_diags *d, bool warnings, size_t max)
{
	json_t *list = json_array();
	struct buf b;

	buf_init(&b, (size_t)8 * 1024);
	for (size_t i = 0; i < d->n && json_array_size(list) < max; i++) {
		const struct conf_diag *v = &d->v[i];

		if (v->warning != warnings)
			continue;
		buf_clear(&b);
		if (v->place.file)
			buf_printf(&b, "%s:%u:%u: ", v->place.file, v->place.line, v->place.column);
		buf_addz(&b, v->text);
		json_array_append_new(list, json_stringn(buf_z(&b), b.len));
	}
	buf_release(&b);
	return list;
}
