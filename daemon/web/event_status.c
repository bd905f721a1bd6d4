/* SPDX-License-Identifier: MIT */
#include "event_status.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"

/* Counts of feeds by their health; what the document has besides changes with every poll. */
static const char *const status_feeds[] = {
	"configured", "fresh", "late", "failing", "silent", "stale", "unread"};

static json_t *status_pick_feeds(const json_t *all)
{
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof(status_feeds) / sizeof(*status_feeds); i++)
		json_object_set(o, status_feeds[i], json_object_get(all, status_feeds[i]));
	return o;
}

json_t *event_status_make(const struct admin *a)
{
	json_t *all = admin_status(a), *o = json_object();

	json_object_set(o, "ok", json_object_get(all, "ok"));
	json_object_set_new(o, "feeds", status_pick_feeds(json_object_get(all, "feeds")));
	json_object_set(o, "troubles", json_object_get(all, "troubles"));
	json_decref(all);
	return o;
}

uint64_t event_status_hash(const json_t *status)
{
	char *text = json_dumps(status, JSON_COMPACT);
	uint64_t hash = digest_fast64(str_of(text), 0);

	free(text);
	return hash;
}

void event_status_stamp(json_t *status, int64_t now)
{
	char text[STAMP_TEXT_MAX];

	json_object_set_new(status, "time", json_string(clock_rfc3339(now, false, text)));
}
