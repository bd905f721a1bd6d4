/* SPDX-License-Identifier: MIT */
/*
 * Each type of receiver with messages of every kind, as people read them: made with the keys in
 * tests/golden/messages/TYPE.conf, and compared with TYPE.txt there. Items come from items.xml
 * there; time and ids are fixed. Mail and JSON are decoded. UPDATE=1 rewrites the files: read the
 * difference as an editor on a phone would.
 */
#include "lib/unit.h"

#include <jansson.h>

#include "alert/json.h"
#include "base/clock.h"
#include "base/digest.h"
#include "feed/link.h"
#include "feed/parse.h"
#include "lib/message_text.h"
#include "lib/sink_fixture.h"
#include "sink/sinks.h"
#include "watch/watch.h"

#define DIR	  "tests/golden/messages/"
#define TEXT_MAX  ((size_t)4 << 20)
#define FEED	  "wire"
#define HITS_MAX  64
#define SHORT_MAX 4

struct messages {
	struct arena *arena;
	struct feed_batch *batch;
	struct watch_set *set;
	struct watch_scratch *scratch;
	struct watch_hit hits[HITS_MAX];
	size_t n_hits;
	struct alert shorts[SHORT_MAX];
	struct alert_digest digest;
};

/* --- items --- */

static struct str messages_read(const char *path, struct buf *out)
{
	char part[4096];
	size_t n;
	FILE *f = fopen(path, "rb");

	buf_init(out, TEXT_MAX);
	if (!f)
		return STR("");
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(out, part, n);
	fclose(f);
	return buf_str(out);
}

/* The default of strip-parameters. */
static const struct str messages_strip[] = {{"utm_*", sizeof("utm_*") - 1},
	{"fbclid", sizeof("fbclid") - 1}, {"gclid", sizeof("gclid") - 1}};
#define MESSAGES_STRIP 3

static void messages_parse(struct messages *m)
{
	const struct feed_parse_options o = {
		.strip_parameters = messages_strip, .n_strip_parameters = MESSAGES_STRIP};
	struct err e = {0};
	struct buf text;

	assert_int_equal(feed_parse(messages_read(DIR "items.xml", &text), &o, &m->batch, &e), 0);
	buf_release(&text);
}

static void messages_compile(struct messages *m)
{
	static const struct str query = STR("embass* OR שגרירות OR 大使館 OR สถานทูต");
	static const struct watch_def def = {
		.name = STR("embassy-relocation"), .queries = &query, .n_queries = 1};
	struct watch_builder *b = watch_builder_new();
	size_t index;

	assert_int_equal(watch_builder_add(b, &def, &index, NULL, NULL), 0);
	assert_int_equal(watch_builder_finish(b, &m->set, NULL), 0);
	m->scratch = watch_scratch_new(m->set);
	assert_non_null(m->scratch);
}

static void messages_on_match(void *ctx, const struct watch_match *found)
{
	struct messages *m = ctx;

	for (m->n_hits = 0; m->n_hits < found->n_hits && m->n_hits < HITS_MAX; m->n_hits++) {
		struct watch_hit *h = &m->hits[m->n_hits];

		*h = found->hits[m->n_hits];
		h->text = arena_str(m->arena, h->text);
		h->term = arena_str(m->arena, h->term);
	}
}

/* The alert for the item with that guid. */
static struct alert messages_alert(struct messages *m, const char *guid)
{
	const struct feed_item *item = NULL;
	struct alert a;
	struct buf id;

	for (size_t i = 0; i < m->batch->n_items; i++)
		if (str_is(m->batch->items[i].id, guid))
			item = &m->batch->items[i];
	if (!item)
		fail_msg("no item %s", guid);
	buf_init(&id, 64);
	alert_put_id(STR("embassy-relocation"), STR(FEED), item->key, &id);
	a = (struct alert){
		.id = arena_str(m->arena, buf_str(&id)),
		.created = SINK_NOW,
		.watch = STR("embassy-relocation"),
		.watch_title = STR("Embassy relocation"),
		.priority = ALERT_URGENT,
		.item_id = item->id,
		.title = item->title,
		.link = feed_link_shown(m->arena, item->link, messages_strip, MESSAGES_STRIP),
		.published = feed_item_plausible_date(item),
		.feed = STR(FEED),
		.feed_title = m->batch->feed.title,
		.source = STR("a.example"),
		.language = item->language,
		.fetched = SINK_NOW - 400,
	};
	buf_release(&id);
	assert_int_equal(feed_item_body(item, m->arena, &a.body), 0);
	struct watch_view v = {.title = a.title, .body = a.body, .published = STAMP_NONE};

	m->n_hits = 0;
	assert_int_equal(watch_set_match(m->set, m->scratch, &v, messages_on_match, m, NULL), 0);
	if (!m->n_hits)
		fail_msg("%s does not match", guid);
	a.hits = m->hits;
	a.n_hits = m->n_hits;
	return a;
}

/* --- variations of the alert --- */

static void messages_set_low(struct messages *m, struct alert *a)
{
	(void)m;
	a->priority = ALERT_LOW;
}

static void messages_set_flash(struct messages *m, struct alert *a)
{
	(void)m;
	a->priority = ALERT_FLASH;
}

static void messages_set_several(struct messages *m, struct alert *a)
{
	static const struct alert_also also[] = {
		{STR("al_22222222222222222222222222"), STR("lyvania"), STR("Lyvania"),
			ALERT_NORMAL},
		{STR("al_33333333333333333333333333"), STR("ministries"),
			STR("Ministries & <staff>"), ALERT_LOW}};

	(void)m;
	a->also = also;
	a->n_also = 2;
}

static void messages_set_edit(struct messages *m, struct alert *a)
{
	static const struct str title[] = {STR("Embassy moves on Monday"),
		STR("Embassy moves on Tuesday")},
				text[] = {STR("… moves to Lyvania on Monday."),
					STR("… moves to Lyvania on Tuesday.")},
				tags[] = {STR("Politics"), STR("Travel"), STR("World")};
	static const struct alert_change changes[] = {{ALERT_TITLE, &title[0], &title[1], 1, 1},
		{ALERT_TEXT, &text[0], &text[1], 1, 1}, {ALERT_CATEGORIES, tags, tags + 1, 2, 2}};

	(void)m;
	a->kind = ALERT_UPDATED;
	a->changes = changes;
	a->n_changes = 3;
}

static const struct alert_earlier messages_earlier = {STR("al_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
	STR("3 hurt as <embassy> moves"), SINK_NOW - 7 * CLOCK_MINUTE};

static void messages_set_corrected(struct messages *m, struct alert *a)
{
	static const struct str title[] = {
		STR("3 hurt as <embassy> moves"), STR("CORRECTED-30 hurt as <embassy> moves")};
	static const struct alert_change changes[] = {{ALERT_TITLE, &title[0], &title[1], 1, 1}};

	(void)m;
	a->kind = ALERT_CORRECTED;
	a->id = STR("al_bbbbbbbbbbbbbbbbbbbbbbbbbb");
	a->title = title[1];
	a->of = &messages_earlier;
	a->cause = STR("its title now begins with \"CORRECTED\"");
	a->changes = changes;
	a->n_changes = 1;
	a->n_hits = 0;
}

static void messages_set_withdrawn(struct messages *m, struct alert *a)
{
	(void)m;
	a->kind = ALERT_WITHDRAWN;
	a->id = STR("al_cccccccccccccccccccccccccc");
	a->title = messages_earlier.title;
	a->of = &messages_earlier;
	a->cause = STR("its feed lists it as deleted by Slot <editor>: *Source* unreliable");
	a->body = STR_NONE;
	a->n_hits = 0;
}

static void messages_set_acknowledged(struct messages *m, struct alert *a)
{
	(void)m;
	a->kind = ALERT_ACKNOWLEDGED;
	a->id = STR("ak_dddddddddddddddddddddddddd");
	a->title = messages_earlier.title;
	a->of = &messages_earlier;
	a->by = STR("Anna <b>B.</b> *of* the @desk");
}

static void messages_set_escalated(struct messages *m, struct alert *a)
{
	(void)m;
	a->escalated = 10 * CLOCK_MINUTE;
}

/* A digest as desk/gather.c makes it of these items. */
static void messages_set_digest(struct messages *m, struct alert *a)
{
	static const char *const guids[SHORT_MAX] = {
		"flash", "right-to-left", "long-title", "no-link"};
	struct buf line;

	for (size_t i = 0; i < SHORT_MAX; i++) {
		m->shorts[i] = messages_alert(m, guids[i]);
		buf_init(&line, 1024);
		alert_headline(&m->shorts[i], ALERT_DIGEST_TITLE_MAX, &line);
		m->shorts[i].title = arena_str(m->arena, buf_str(&line));
		buf_release(&line);
	}
	m->digest = (struct alert_digest){ALERT_WHY_QUIET, m->shorts, SHORT_MAX, 14};
	*a = m->shorts[0];
	a->kind = ALERT_DIGEST;
	a->id = STR("dg_abcdefghijklmnopqrstuvwxyz");
	a->title = STR("18 alerts in quiet hours");
	a->body = a->link = a->source = STR_NONE;
	a->published = STAMP_NONE;
	a->n_hits = 0;
	a->digest = &m->digest;
}

static void messages_set_digests(struct messages *m, struct alert *a)
{
	messages_set_digest(m, a);
	for (size_t i = 2; i < SHORT_MAX; i++) {
		m->shorts[i].watch = STR("lyvania");
		m->shorts[i].watch_title = STR("Lyvania & <neighbours>");
		m->shorts[i].priority = ALERT_LOW;
	}
	m->digest.left_out = 0;
	m->digest.why = ALERT_WHY_DIGEST;
	a->title = STR("4 alerts");
	a->watch = STR("");
	a->watch_title = STR("2 watches");
	a->feed = a->feed_title = STR_NONE;
}

static struct alert messages_notice(enum alert_kind kind, const char *id, enum alert_priority p)
{
	return (struct alert){
		.kind = kind,
		.id = str_of(id),
		.created = SINK_NOW,
		.watch = STR("nightdesk"),
		.watch_title = STR("nightdesk"),
		.priority = p,
		.published = STAMP_NONE,
		.feed = STR("nightdesk"),
		.feed_title = STR("nightdesk on box"),
		.fetched = STAMP_NONE,
	};
}

static void messages_set_trouble(struct messages *m, struct alert *a)
{
	static const struct alert_trouble_part parts[] = {
		{STR("ops"), STR("HTTP 500: <html>"), SINK_NOW - 5 * CLOCK_MINUTE},
		{STR("desk"), STR_NONE, SINK_NOW - CLOCK_HOUR}};
	static const struct alert_trouble trouble = {
		STR("receiver-failing"), STR("look at the receiver"), true, parts, 2, 0};

	(void)m;
	*a = messages_notice(ALERT_TROUBLE_BEGAN, "tr_abcdefghijklmnopqrstuvwxyz", ALERT_URGENT);
	a->title = STR("2 receivers do not accept messages");
	a->body = STR("ops, since 2022-02-14 18:15 UTC: HTTP 500: <html>\n"
		      "desk, since 2022-02-14 17:20 UTC\nWhat to do: look at the receiver.\n");
	a->trouble = &trouble;
}

static void messages_set_report(struct messages *m, struct alert *a)
{
	(void)m;
	*a = messages_notice(ALERT_REPORT, "rp_abcdefghijklmnopqrstuvwxyz", ALERT_NORMAL);
	a->feed_title = STR("nightdesk");
	a->title = STR("Report: 12 alerts, 41 of 42 feeds read");
	a->body = STR("From 2022-02-13 18:20 UTC to 2022-02-14 18:20 UTC\n"
		      "Embassy relocation: 11\nLyvania & <neighbours>: 1\n"
		      "Feeds that fail: wire\nFeeds that are silent: gazette, herald\n");
	a->report = STR("{\"from\":\"2022-02-13T18:20:35Z\",\"to\":\"2022-02-14T18:20:35Z\","
			"\"alerts\":12,\"receivers\":[]}");
}

/* guid: of the item, NULL if change makes the whole alert; change: NULL for the item as it is. */
static const struct messages_row {
	const char *name, *guid;
	void (*change)(struct messages *m, struct alert *a);
} messages_rows[] = {
	{"right-to-left", "right-to-left", NULL},
	{"cjk", "cjk", NULL},
	{"zwj-emoji", "zwj-emoji", NULL},
	{"long-title", "long-title", NULL},
	{"no-title", "no-title", NULL},
	{"short-post", "short-post", NULL},
	{"no-link", "no-link", NULL},
	{"no-body", "no-body", NULL},
	{"low", "low", messages_set_low},
	{"flash", "flash", messages_set_flash},
	{"digest", NULL, messages_set_digest},
	{"digest-of-several-watches", NULL, messages_set_digests},
	{"edit", "edit", messages_set_edit},
	{"trouble", NULL, messages_set_trouble},
	{"report", NULL, messages_set_report},
	{"several-watches", "several-watches", messages_set_several},
	{"hostile", "hostile", NULL},
	{"mentions", "mentions", NULL},
	{"long-word", "long-word", NULL},
	{"combining", "combining", NULL},
	{"list", "list", NULL},
	{"tracking", "tracking", NULL},
	{"thai", "thai", NULL},
	{"mixed-direction", "mixed-direction", NULL},
	{"very-old", "very-old", NULL},
	{"future-date", "future-date", NULL},
	{"corrected", "edit", messages_set_corrected},
	{"withdrawn", "flash", messages_set_withdrawn},
	{"acknowledged", "flash", messages_set_acknowledged},
	{"escalated", "flash", messages_set_escalated},
};

/* --- receivers --- */

typedef void messages_put_fn(const struct sink_request *r, const struct alert *a, struct buf *out);

/* How the requests of a type are decoded for people. */
static messages_put_fn *messages_put_of(const struct sink_type *type, const struct sink_request *r)
{
	static const struct {
		const char *type;
		messages_put_fn *put;
	} rows[] = {{"webhook", message_text_put_json}, {"journal", message_text_put_journal}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].type, type->conf.name) == 0)
			return rows[i].put;
	if (r->transport == SINK_SMTP)
		return message_text_put_mail;
	return r->transport == SINK_HTTP ? message_text_put_chat : message_text_put_bytes;
}

static void messages_render(const struct sink_type *type, struct messages *m, struct buf *out)
{
	struct sink_fixture *f;

	sink_fixture_open((void **)&f);
	sink_fixture_configure_type(f, type);
	for (size_t i = 0; i < sizeof(messages_rows) / sizeof(messages_rows[0]); i++) {
		const struct messages_row *row = &messages_rows[i];

		f->alert = row->guid ? messages_alert(m, row->guid) : (struct alert){0};
		if (row->change)
			row->change(m, &f->alert);
		assert_int_equal(sink_fixture_render(f), 0);
		buf_printf(out, "==== %s ====\n", row->name);
		messages_put_of(type, &f->request)(&f->request, &f->alert, out);
		buf_addc(out, '\n');
	}
	sink_fixture_close((void **)&f);
}

/* Reports the first line that differs. */
static void messages_compare(const char *path, struct str have, struct str want)
{
	size_t at = 0, line = 0;
	struct str shown;

	while (at < have.n && at < want.n && have.p[at] == want.p[at])
		at++;
	if (at == have.n && at == want.n)
		return;
	line = at;
	while (line > 0 && have.p[line - 1] != '\n')
		line--;
	shown = str_slice(have.p + line, strcspn(have.p + line, "\n"));
	fail_msg("%s differs at byte %zu: %.*s (UPDATE=1 rewrites it)", path, at, STR_ARG(shown));
}

static void messages_read_well(void **state)
{
	const struct sink_type *type = *state;
	struct messages *m = calloc(1, sizeof(*m));
	struct buf have, want;
	char path[100];

	assert_non_null(m);
	m->arena = arena_new(TEXT_MAX);
	messages_parse(m);
	messages_compile(m);
	buf_init(&have, TEXT_MAX);
	messages_render(type, m, &have);
	assert_false(buf_failed(&have));
	snprintf(path, sizeof(path), DIR "%s.txt", type->conf.name);
	if (getenv("UPDATE")) {
		FILE *f = fopen(path, "wb");

		assert_non_null(f);
		fwrite(buf_z(&have), 1, have.len, f);
		assert_int_equal(fclose(f), 0);
	}
	buf_z(&have);
	messages_compare(path, buf_str(&have), messages_read(path, &want));
	buf_release(&have);
	buf_release(&want);
	watch_scratch_free(m->scratch);
	watch_set_free(m->set);
	feed_batch_free(m->batch);
	arena_free(m->arena);
	free(m);
}

int main(void)
{
	struct CMUnitTest tests[64] = {{0}};
	size_t n = 0;

	for (; sinks[n]; n++)
		tests[n] = (struct CMUnitTest){sinks[n]->conf.name, messages_read_well, NULL, NULL,
			(void *)(uintptr_t)sinks[n]};
	return _cmocka_run_group_tests("sink messages", tests, n, NULL, NULL);
}
