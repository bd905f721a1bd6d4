/* SPDX-License-Identifier: MIT */
#include "alert/alert.h"

#include "base/clock.h"
#include "base/digest.h"
#include "watch/view.h"

#define ID_BYTES 16

const char *const alert_priority_words[] = {
	[ALERT_FLASH] = "flash",
	[ALERT_URGENT] = "urgent",
	[ALERT_NORMAL] = "normal",
	[ALERT_LOW] = "low",
	NULL,
};

enum alert_priority alert_priority_of(struct str s)
{
	for (int p = 0; alert_priority_words[p]; p++)
		if (str_is(s, alert_priority_words[p]))
			return (enum alert_priority)p;
	return ALERT_NORMAL;
}

void alert_put_id(struct str watch, struct str feed, const uint8_t key[16], struct buf *out)
{
	struct digest *d = digest_new();
	uint8_t hash[SHA256_SIZE];

	if (!d) {
		out->failed = true;
		return;
	}
	digest_part(d, watch);
	digest_part(d, feed);
	digest_part(d, str_slice((const char *)key, 16));
	digest_final(d, hash);
	buf_addz(out, "al_");
	digest_base32(out, hash, ID_BYTES);
}

void alert_snippet(
	const struct alert *a, size_t max, const struct watch_marks *marks, struct buf *out)
{
	struct watch_view v = {.title = a->title, .body = a->body};

	watch_snippet(&v, a->hits, a->n_hits, max, marks, out);
}

void alert_make_test(int64_t now, struct arena *arena, struct alert *out)
{
	static struct watch_hit hit = {.field = QUERY_TITLE, .offset = 20, .length = 4};
	const char *id = arena_printf(arena, "al_test%lld", (long long)now);

	hit.text = STR("test");
	hit.term = STR("test");
	*out = (struct alert){
		.id = str_of(id ? id : "al_test"),
		.created = now,
		.watch = STR("test"),
		.watch_title = STR("TEST"),
		.priority = ALERT_NORMAL,
		.title = STR("This is a nightdesk test message; nothing happened"),
		.body = STR("If you can read this, the way from nightdesk to here works."),
		.published = STAMP_NONE,
		.feed = STR("test"),
		.feed_title = STR("nightdesk test-notify"),
		.source = STR("nightdesk"),
		.fetched = now,
		.hits = &hit,
		.n_hits = 1,
		.test = true,
	};
}
