/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "text/cut.h"

#define TERMS_MAX      12
#define SOURCE_MAX     ((size_t)200) /* bytes */
#define STORY_LINE_MAX ((size_t)16 * 1024)

void sink_text_put(struct buf *out, struct str s)
{
	utf8_escape(out, s, s.n, false);
}

const char *sink_text_mention(const struct conf_notify *n, const struct alert *a)
{
	switch (a->kind) {
	case ALERT_TROUBLE_ENDED:
	case ALERT_REPORT:
	case ALERT_STORY:
	case ALERT_ACKNOWLEDGED: return NULL;
	case ALERT_CORRECTED:
	case ALERT_WITHDRAWN:
	case ALERT_CREATED:
	case ALERT_UPDATED:
	case ALERT_DIGEST:
	case ALERT_TROUBLE_BEGAN: break;
	}
	return n->mention[a->priority];
}

/* In the largest unit that divides it: "90 s", "10 min", "2 h", "1 d". */
static void text_put_duration(int64_t ms, struct buf *out)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {{CLOCK_DAY, "d"}, {CLOCK_HOUR, "h"}, {CLOCK_MINUTE, "min"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ms % units[i].ms == 0) {
			buf_printf(out, "%lld %s", (long long)(ms / units[i].ms), units[i].name);
			return;
		}
	buf_printf(out, "%lld s", (long long)(ms / CLOCK_SECOND));
}

void sink_text_priority(const struct alert *a, struct buf *out)
{
	for (const char *p = alert_priority_words[a->priority]; *p; p++)
		buf_addc(out, ascii_upper(*p));
	if (!a->escalated)
		return;
	buf_addz(out, " (not acknowledged for ");
	text_put_duration(a->escalated, out);
	buf_addc(out, ')');
}

/* The name of the feed that people know. */
static struct str text_feed(const struct alert *a)
{
	return str_present(a->feed_title) ? a->feed_title : a->feed;
}

void sink_text_age(const struct alert *a, struct buf *out)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = {
		{365 * CLOCK_DAY, "y"}, {CLOCK_DAY, "d"}, {CLOCK_HOUR, "h"}, {CLOCK_MINUTE, "min"}};
	int64_t age;
	bool ahead;

	if (a->published == STAMP_NONE)
		return;
	age = a->created - a->published;
	ahead = age <= -CLOCK_MINUTE;
	age = ahead ? -age : age;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (age >= units[i].ms) {
			buf_printf(out, ahead ? "dated %lld %s ahead" : "%lld %s old",
				(long long)(age / units[i].ms), units[i].unit);
			return;
		}
	}
	buf_addz(out, "just published");
}

void sink_text_who(const struct alert *a, struct buf *out)
{
	size_t start = out->len;

	sink_text_put(out, text_feed(a));
	if (out->len > start && a->published != STAMP_NONE)
		buf_addz(out, ", ");
	sink_text_age(a, out);
}

void sink_text_story_line(const struct alert *a, const char *before, struct buf *out)
{
	struct buf line;

	buf_init(&line, STORY_LINE_MAX);
	alert_put_story(a->story, &line);
	if (line.len)
		buf_addz(out, before);
	sink_text_put(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
}

void sink_text_story(const struct alert *a, const char *between, struct buf *out)
{
	size_t start = out->len;

	/* The cause of a correction says it. */
	if (a->story && !(a->of && str_present(a->cause)))
		sink_text_put(out, a->story->why);
	sink_text_story_line(a, out->len > start ? between : "", out);
}

void sink_text_short_who(const struct alert *a, size_t i, struct buf *out)
{
	const struct alert *one = &a->digest->alerts[i];
	size_t start = out->len;

	buf_addz(out, " · ");
	if (str_present(a->feed) && str_eq(a->feed, one->feed))
		sink_text_age(one, out);
	else
		sink_text_who(one, out);
	if (out->len == start + strlen(" · "))
		buf_truncate(out, start);
	sink_text_story_line(one, " · ", out);
}

void sink_text_published(const struct alert *a, const struct zone *zone, struct buf *out)
{
	char stamp[STAMP_TEXT_MAX];

	if (a->published != STAMP_NONE) {
		buf_addz(out, "published ");
		buf_addz(out, zone_minute_text(zone, a->published, stamp));
	}
	if (!str_present(a->source) || str_eq_nocase(a->source, text_feed(a)))
		return;
	buf_addz(out, a->published != STAMP_NONE ? " by " : "source ");
	sink_text_put(out, text_cut(a->source, SOURCE_MAX));
}

/* Appends the terms that matched, without duplicates, in order of their first hit. */
static void text_put_terms(const struct alert *a, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < a->n_hits && shown < TERMS_MAX; i++) {
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = str_eq(a->hits[i].term, a->hits[j].term);
		if (seen)
			continue;
		buf_addz(out, shown++ ? ", " : " · matched: ");
		sink_text_put(out, a->hits[i].term);
	}
}

void sink_text_why(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_init(&line, 4096 + a->n_also * 1024);
	alert_put_watches(a, &line);
	sink_text_put(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
	text_put_terms(a, out);
}

void sink_text_lines(struct str text, const char *between,
	void (*put)(struct buf *out, struct str line), struct buf *out)
{
	size_t from = 0;

	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != '\n')
			continue;
		if (i > from && from > 0)
			buf_addz(out, between);
		if (i > from)
			put(out, str_slice(text.p + from, i - from));
		from = i + 1;
	}
}

static bool text_has_string(const struct str *v, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i], s))
			return true;
	return false;
}

/* Appends the values that the other side does not have. */
static void text_put_values(
	const struct str *v, size_t n, const struct str *other, size_t n_other, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < n; i++) {
		if (text_has_string(other, n_other, v[i]))
			continue;
		if (shown++)
			buf_addz(out, ", ");
		sink_text_lines(v[i], " ", sink_text_put, out);
	}
	if (!shown)
		buf_addz(out, "(none)");
}

void sink_text_change(const struct alert_change *c, struct buf *out)
{
	buf_printf(out, "%s: ", alert_part_words[c->part]);
	text_put_values(c->was, c->n_was, c->is, c->n_is, out);
	buf_addz(out, " → ");
	text_put_values(c->is, c->n_is, c->was, c->n_was, out);
}

bool sink_text_new_watch(const struct alert *a, size_t i)
{
	const struct alert *v = a->digest->alerts;

	return a->watch.n == 0 && (i == 0 || !str_eq(v[i].watch, v[i - 1].watch));
}

/* "URGENT  Embassy relocation" */
static void text_put_watch(const struct alert *a, const char *before, struct buf *out)
{
	buf_addz(out, before);
	sink_text_priority(a, out);
	buf_addz(out, "  ");
	sink_text_put(out, a->watch_title);
	buf_addc(out, '\n');
}

/* The alerts of a digest, each with its link, by watch. */
static void text_put_digest(const struct alert *a, struct buf *out)
{
	const struct alert_digest *d = a->digest;

	sink_text_put(out, str_of(alert_why_texts[d->why]));
	buf_addz(out, "\n\n");
	for (size_t i = 0; i < d->n; i++) {
		if (sink_text_new_watch(a, i))
			text_put_watch(&d->alerts[i], i ? "\n" : "", out);
		buf_addz(out, "- ");
		sink_text_put(out, d->alerts[i].title);
		sink_text_short_who(a, i, out);
		buf_addc(out, '\n');
		if (str_present(d->alerts[i].link)) {
			buf_addz(out, "  ");
			sink_text_put(out, d->alerts[i].link);
			buf_addc(out, '\n');
		}
	}
	if (d->left_out)
		buf_printf(out, "and %zu more: nightdesk alerts list\n", d->left_out);
}

bool sink_text_has_passage(const struct alert *a)
{
	struct buf line;
	bool more;

	if (!str_present(a->body) || str_present(a->title))
		return str_present(a->body);
	buf_init(&line, 4096);
	alert_headline_short(a, &line);
	more = a->body.n > line.len;
	buf_release(&line);
	return more;
}

void sink_text_passage(const struct alert *a, const struct watch_marks *marks, struct buf *out)
{
	struct alert untitled = *a;

	untitled.title = STR_NONE;
	alert_snippet(&untitled, ALERT_SNIPPET_MAX, marks, out);
}

const char *sink_text_subject_word(const struct alert *a)
{
	switch (a->kind) {
	case ALERT_CREATED:
	case ALERT_DIGEST:
	case ALERT_REPORT: break;
	case ALERT_UPDATED: return alert_is_raised(a) ? "Raised: " : "Edited: ";
	case ALERT_TROUBLE_BEGAN: return "Trouble: ";
	case ALERT_TROUBLE_ENDED: return "Over: ";
	case ALERT_STORY: return "Also reported: ";
	case ALERT_CORRECTED:
	case ALERT_WITHDRAWN:
	case ALERT_ACKNOWLEDGED: return alert_headline_mark(a);
	}
	return "";
}

static bool text_has_title_change(const struct alert *a)
{
	for (size_t i = 0; i < a->n_changes; i++)
		if (a->changes[i].part == ALERT_TITLE)
			return true;
	return false;
}

void sink_text_cause(const struct alert *a, struct buf *out)
{
	if (a->kind == ALERT_ACKNOWLEDGED) {
		buf_addz(out, str_present(a->by) ? "acknowledged by " : "acknowledged");
		sink_text_put(out, a->by);
	}
	if (!a->of || !str_present(a->cause))
		return;
	sink_text_put(out, a->cause);
	if (str_present(a->of->title) && !str_eq(a->of->title, a->title) &&
		!text_has_title_change(a)) {
		buf_addz(out, "; the alert was: ");
		sink_text_put(out, text_cut(a->of->title, ALERT_DIGEST_TITLE_MAX));
	}
}

static void text_put_match(const struct alert *a, struct buf *out)
{
	static const struct watch_marks marks = {"[[", "]]", sink_text_put, "\n"};
	size_t start = out->len;

	sink_text_cause(a, out);
	if (out->len > start)
		buf_addc(out, '\n');
	for (size_t i = 0; i < a->n_changes; i++) {
		sink_text_change(&a->changes[i], out);
		buf_addc(out, '\n');
	}
	if (sink_text_has_passage(a)) {
		sink_text_passage(a, &marks, out);
		buf_addc(out, '\n');
	}
	start = out->len;
	sink_text_story(a, "\n", out);
	if (out->len > start)
		buf_addc(out, '\n');
}

void sink_text_content(const struct alert *a, struct buf *out)
{
	if (a->kind == ALERT_DIGEST) {
		text_put_digest(a, out);
	} else if (alert_is_notice(a)) {
		sink_text_lines(a->body, "\n", sink_text_put, out);
		buf_addc(out, '\n');
	} else {
		text_put_match(a, out);
	}
}

const char *sink_text_kind(const struct alert *a)
{
	switch (a->kind) {
	case ALERT_CREATED:
	case ALERT_REPORT: break; /* its title says it */
	case ALERT_UPDATED: return alert_is_raised(a) ? " · raised" : " · edited";
	case ALERT_DIGEST: return " · digest";
	case ALERT_TROUBLE_BEGAN: return " · trouble";
	case ALERT_TROUBLE_ENDED: return " · trouble over";
	case ALERT_CORRECTED: return " · CORRECTED";
	case ALERT_WITHDRAWN: return " · WITHDRAWN";
	case ALERT_ACKNOWLEDGED: return " · acknowledged";
	case ALERT_STORY: return " · also reported";
	}
	return "";
}

void sink_text_last(const struct alert *a, const struct zone *zone, struct buf *out)
{
	size_t start = out->len;

	sink_text_published(a, zone, out);
	buf_printf(out, "%s%s ", out->len > start ? " · " : "",
		alert_is_notice(a) ? "notice" : "alert");
	alert_put_ids(a, out);
	buf_addc(out, '\n');
}

/* "URGENT · edited  Norland moves its embassy · The Wire, 2 min old" */
static void text_put_first_line(const struct alert *a, struct buf *out)
{
	struct buf line;

	sink_text_priority(a, out);
	buf_addz(out, sink_text_kind(a));
	buf_addz(out, "  ");
	buf_init(&line, 4096);
	alert_headline_short(a, &line);
	sink_text_put(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_clear(&line);
	sink_text_who(a, &line);
	if (line.len)
		buf_addz(out, " · ");
	buf_adds(out, buf_str(&line));
	buf_pass_lack(out, &line);
	buf_release(&line);
	buf_addc(out, '\n');
}

void sink_text_plain(const struct alert *a, const struct zone *zone, struct buf *out)
{
	text_put_first_line(a, out);
	sink_text_content(a, out);
	if (str_present(a->link)) {
		sink_text_put(out, a->link);
		buf_addc(out, '\n');
	}
	if (!alert_is_notice(a) && str_present(a->watch_title)) {
		sink_text_why(a, out);
		buf_addc(out, '\n');
	}
	sink_text_last(a, zone, out);
}

int sink_document(
	const struct notice *m, size_t max, struct arena *arena, struct str *out, struct err *e)
{
	struct buf document;

	*out = m->document;
	if (!str_present(m->document)) {
		buf_init(&document, max);
		if (alert_json_write(m->alerts, &document) != 0) {
			buf_release(&document);
			return err_nomem(e);
		}
		return sink_text_keep(&document, arena, out, e);
	}
	if (out->n > max)
		return err_set(e, ERR_LIMIT, "the message has more than %zu bytes", max);
	return 0;
}

int sink_document_line(const struct notice *m, struct arena *arena, struct str *out, struct err *e)
{
	struct str document;
	struct buf line;
	int rc = sink_document(m, ALERT_JSON_MAX, arena, &document, e);

	if (rc)
		return rc;
	buf_init(&line, SINK_LINE_MAX);
	buf_adds(&line, document);
	buf_addc(&line, '\n');
	return sink_text_keep(&line, arena, out, e);
}

int sink_text_keep(struct buf *b, struct arena *arena, struct str *out, struct err *e)
{
	bool failed = buf_failed(b);

	if (!failed) {
		*out = arena_str(arena, buf_str(b));
		failed = !out->p;
	}
	buf_release(b);
	return failed ? err_nomem(e) : 0;
}
