/* SPDX-License-Identifier: MIT */
#include "alert/alert.h"

#include "base/clock.h"
#include "base/digest.h"
#include "watch/view.h"

#define ID_BYTES	 16
#define SHORT_FORM_BYTES ((size_t)150) /* keys and punctuation in JSON */

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

static void alert_put_hash(const char *prefix, const struct str *v, size_t n, struct buf *out)
{
	struct digest *d = digest_new();
	uint8_t hash[SHA256_SIZE];

	if (!d) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		digest_part(d, v[i]);
	digest_final(d, hash);
	buf_addz(out, prefix);
	digest_base32(out, hash, ID_BYTES);
}

void alert_put_id(struct str watch, struct str feed, const uint8_t key[16], struct buf *out)
{
	const struct str parts[] = {watch, feed, str_slice((const char *)key, 16)};

	alert_put_hash("al_", parts, 3, out);
}

void alert_put_digest_id(struct str first, struct str receiver, size_t n, struct buf *out)
{
	const struct str parts[] = {first, receiver, str_slice((const char *)&n, sizeof(n))};

	/* What is for all is known by its first alert. */
	alert_put_hash("dg_", parts, str_present(receiver) ? 3 : 1, out);
}

void alert_put_about_id(struct str of, enum alert_kind kind, struct buf *out)
{
	struct str parts[] = {of, kind == ALERT_CORRECTED ? STR("corrected") : STR("withdrawn")};

	alert_put_hash("al_", parts, 2, out);
}

void alert_put_raised_id(struct str of, enum alert_priority priority, struct buf *out)
{
	struct str parts[] = {of, str_of(alert_priority_words[priority])};

	alert_put_hash("al_", parts, 2, out);
}

bool alert_is_raised(const struct alert *a)
{
	return a->kind == ALERT_UPDATED && a->n_changes == 1 &&
	       a->changes[0].part == ALERT_PRIORITY;
}

void alert_put_ack_id(struct str of, struct buf *out)
{
	alert_put_hash("ak_", &of, 1, out);
}

void alert_put_story_id(struct str of, size_t outlets, struct buf *out)
{
	const struct str parts[] = {of, str_slice((const char *)&outlets, sizeof(outlets))};

	alert_put_hash("st_", parts, 2, out);
}

void alert_put_trouble_id(const struct str *parts, size_t n, struct buf *out)
{
	alert_put_hash("tr_", parts, n, out);
}

void alert_put_report_id(const struct str *parts, size_t n, struct buf *out)
{
	alert_put_hash("rp_", parts, n, out);
}

bool alert_is_notice(const struct alert *a)
{
	return alert_is_trouble(a) || a->kind == ALERT_REPORT;
}

bool alert_is_trouble(const struct alert *a)
{
	return a->kind == ALERT_TROUBLE_BEGAN || a->kind == ALERT_TROUBLE_ENDED;
}

void alert_put_watches(const struct alert *a, struct buf *out)
{
	buf_adds(out, a->watch_title);
	for (size_t i = 0; i < a->n_also; i++) {
		buf_addz(out, ", ");
		buf_adds(out, a->also[i].watch_title);
	}
}

void alert_put_ids(const struct alert *a, struct buf *out)
{
	buf_adds(out, a->id);
	for (size_t i = 0; i < a->n_also; i++) {
		buf_addz(out, ", ");
		buf_adds(out, a->also[i].id);
	}
}

static size_t alert_story_bytes(const struct alert_story *s)
{
	size_t n = s ? SHORT_FORM_BYTES + s->id.n + s->via.n : 0;

	for (size_t i = 0; s && i < s->n_also; i++)
		n += s->also[i].n + 3;
	return n;
}

size_t alert_digest_bytes(const struct alert *a)
{
	return SHORT_FORM_BYTES + alert_story_bytes(a->story) + a->id.n + a->watch.n +
	       a->watch_title.n + a->title.n + a->link.n + a->feed.n + a->feed_title.n;
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
