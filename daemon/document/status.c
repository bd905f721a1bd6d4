/* SPDX-License-Identifier: MIT */
#include "document/status.h"

#include <string.h>

#include "alert/detail.h"
#include "trouble/notice.h"

#include "value.h"

#define ARENA_MAX ((size_t)64 * 1024)

/* {"bounds": [upper bounds], "counts": [one more: what is above them], "sum": of all} */
static json_t *status_histogram(const struct metrics_row *row, const uint64_t *buckets)
{
	const int64_t *bounds = metrics_bounds(row);
	json_t *o = json_object(), *limits = json_array(), *counts = json_array();

	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		if (bounds[i] != INT64_MAX)
			json_array_append_new(limits, json_integer(bounds[i]));
		json_array_append_new(counts, json_integer((json_int_t)buckets[i]));
	}
	json_object_set_new(o, "bounds", limits);
	json_object_set_new(o, "counts", counts);
	json_object_set_new(o, "sum", json_integer((json_int_t)buckets[METRICS_SUM]));
	return o;
}

/* NULL where the metric is absent. Without a running daemon nothing counts. */
static json_t *status_metric(const struct metrics *m, const struct metrics_row *row, bool running)
{
	const void *member = metrics_member(m, row);
	int64_t value;
	const char *text;

	switch (row->kind) {
	case METRICS_COUNTER: return running ? json_integer(*(const int64_t *)member) : NULL;
	case METRICS_GAUGE:
		value = *(const int64_t *)member;
		return value == METRICS_ABSENT ? NULL : json_integer(value);
	case METRICS_STAMP: return document_stamp(*(const int64_t *)member);
	case METRICS_TEXT:
		text = *(const char *const *)member;
		return text ? json_string(text) : NULL;
	case METRICS_HISTOGRAM: return running ? status_histogram(row, member) : NULL;
	}
	return NULL;
}

/* Sets the value at "part.key", or "key", of the document. */
static void status_set(json_t *doc, const char *path, json_t *value)
{
	const char *dot = strchr(path, '.');
	json_t *part;
	char name[32];

	if (!dot) {
		json_object_set_new(doc, path, value);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
	part = json_object_get(doc, name);
	if (!part) {
		part = json_object();
		json_object_set_new(doc, name, part);
	}
	json_object_set_new(part, dot + 1, value);
}

/* One object for each kind, with its first troubles; the form is that of a notice. */
static json_t *status_kind(const struct document_status *s, enum trouble_kind kind)
{
	struct trouble v[TROUBLE_NAMED_MAX];
	struct trouble_notice notice = {
		.kind = kind, .v = v, .n = troubles_count(s->troubles, kind)};
	struct arena *arena = arena_new(ARENA_MAX);
	struct alert a;
	json_t *o = NULL;

	troubles_list(s->troubles, kind, v, TROUBLE_NAMED_MAX);
	if (arena && trouble_notice_make(&notice, arena, &a) == 0)
		o = alert_detail_make(&a);
	if (o) {
		document_set_text(o, "title", a.title);
		json_object_set_new(o, "person",
			json_boolean(troubles_need_person(s->troubles, kind, s->conf)));
	}
	arena_free(arena);
	return o;
}

static json_t *status_troubles(const struct document_status *s)
{
	json_t *list = json_array();

	for (int k = 0; k < TROUBLE_KINDS; k++)
		if (troubles_count(s->troubles, (enum trouble_kind)k) > 0)
			json_array_append_new(list, status_kind(s, (enum trouble_kind)k));
	return list;
}

json_t *document_status(const struct document_status *s)
{
	json_t *doc = json_object(), *configuration;

	json_object_set_new(doc, "running", json_boolean(s->running));
	json_object_set_new(doc, "version", json_string(NIGHTDESK_VERSION));
	if (s->running)
		json_object_set_new(doc, "pid", json_integer(s->pid));
	for (size_t i = 0; i < metrics_row_count; i++) {
		const struct metrics_row *row = &metrics_rows[i];
		json_t *value = status_metric(s->metrics, row, s->running);

		if (value)
			status_set(doc, row->json, value);
	}
	if (!s->running)
		return doc;
	configuration = json_object();
	document_set_text(configuration, "dir", str_of(s->dir));
	document_set_stamp(configuration, "loaded", s->loaded);
	if (s->refused)
		json_object_set(configuration, "refused", s->refused);
	json_object_set_new(doc, "configuration", configuration);
	json_object_set_new(doc, "ok",
		json_boolean(!troubles_need_person(s->troubles, TROUBLE_KINDS, s->conf)));
	json_object_set_new(doc, "troubles", status_troubles(s));
	return doc;
}
