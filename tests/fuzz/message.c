/* SPDX-License-Identifier: MIT */
/*
 * Messages of every type of receiver about an alert with any text: of the right form, within the
 * limit of the type, and nothing of the text is more than text. The first byte chooses the kind of
 * alert; the rest are its texts, separated by NUL bytes; the last is what the service called an
 * earlier message, if it is about one.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "conf/conf.h"
#include "lib/always.h"
#include "sink/sink.h"

#define NOW	((int64_t)1644862800000)
#define PER_ALL 32 /* receivers */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One receiver of each type, as for the golden messages, and some in the operator's words. */
static struct conf *message_load(void)
{
	static const struct conf_env env = {.timezone = "UTC", .notify_types = sink_conf_type};
	char dir[] = "/tmp/nightdesk-fuzz.XXXXXX", path[128], keys[2000];
	struct conf_diags diags;
	struct conf *conf = NULL;
	FILE *out;

	ALWAYS(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/nightdesk.conf", dir);
	out = fopen(path, "w");
	ALWAYS(out && chmod(path, 0644) == 0);
	fputs("feed f { url = http://a.example/ }\nwatch w { query = 'x' notify = stdout }\n", out);
	fputs("notify own-json { type = webhook url = http://a.example/ body = "
	      "'{\"a\": \"{title}{text}\", \"b\": [\"{link}\", \"{author}{feed}\"]}' }\n"
	      "notify own-mail { type = smtp server = smtp://a.example from = a@a.example "
	      "to = b@a.example template = '{title} {text} {link}' }\n"
	      "notify own-log { type = syslog server = tls://a.example template = '{title} {text}' "
	      "}\n"
	      "notify own-text { type = stdout template = '{title} {text} {link}' }\n",
		out);
	for (size_t i = 0; sinks[i]; i++) {
		FILE *in;
		size_t n;

		snprintf(keys, sizeof(keys), "tests/golden/messages/%s.conf", sinks[i]->conf.name);
		in = fopen(keys, "r");
		ALWAYS(in);
		n = fread(keys, 1, sizeof(keys) - 1, in);
		keys[n] = '\0';
		fclose(in);
		fprintf(out, "notify %s { type = %s %s }\n", sinks[i]->conf.name,
			sinks[i]->conf.name, keys);
	}
	ALWAYS(fclose(out) == 0);
	conf_load(dir, &env, &conf, &diags);
	ALWAYS(conf);
	conf_diags_release(&diags);
	unlink(path);
	rmdir(dir);
	return conf;
}

/* --- the alert --- */

static struct str message_next(struct str *rest)
{
	const char *end = rest->n ? memchr(rest->p, '\0', rest->n) : NULL;
	size_t n = end ? (size_t)(end - rest->p) : rest->n;
	struct str s = n ? str_slice(rest->p, n) : STR_NONE;

	n += end != NULL;
	*rest = str_slice(rest->p + n, rest->n - n);
	return s;
}

struct message {
	struct watch_hit hits[2];
	struct alert_change change;
	struct alert_digest digest;
	struct alert shorts[2];
	struct alert_trouble trouble;
	struct alert_trouble_part part;
	struct alert_earlier of;
};

static void message_set_kind(struct message *m, struct alert *a)
{
	m->change = (struct alert_change){ALERT_TITLE, &a->author, &a->title, 1, 1};
	m->of = (struct alert_earlier){STR("al_of"), a->title, NOW};
	m->part = (struct alert_trouble_part){a->title, a->author, NOW};
	m->trouble = (struct alert_trouble){STR("feed-failing"), a->body, false, &m->part, 1, 0};
	m->shorts[0] = m->shorts[1] = *a;
	m->shorts[0].title = m->shorts[1].title = str_present(a->title) ? a->title : STR("t");
	m->digest = (struct alert_digest){ALERT_WHY_QUIET, m->shorts, 2, 1};
	if (a->kind == ALERT_UPDATED || a->kind == ALERT_CORRECTED) {
		a->changes = &m->change;
		a->n_changes = 1;
	}
	if (a->kind == ALERT_CORRECTED || a->kind == ALERT_WITHDRAWN ||
		a->kind == ALERT_ACKNOWLEDGED) {
		a->of = &m->of;
		a->cause = a->by = a->author;
	}
	if (a->kind == ALERT_DIGEST)
		a->digest = &m->digest;
	if (alert_is_trouble(a))
		a->trouble = &m->trouble;
	if (a->kind == ALERT_REPORT)
		a->report = STR("{}");
	if (a->kind == ALERT_DIGEST || alert_is_notice(a))
		a->n_hits = 0;
}

static struct alert message_alert(struct message *m, struct str text)
{
	struct alert a = {
		.kind = (enum alert_kind)(text.n ? (unsigned char)text.p[0] % 9 : 0),
		.id = STR("al_abcdefghijklmnopqrstuvwxyz"),
		.created = NOW,
		.watch = STR("w"),
		.priority = ALERT_URGENT,
		.published = NOW - 95000,
		.feed = STR("wire"),
		.fetched = NOW - 400,
		.hits = m->hits,
		.n_hits = 2,
	};

	if (text.n)
		text = str_slice(text.p + 1, text.n - 1);
	a.title = message_next(&text);
	a.body = utf8_cut(message_next(&text), ALERT_BODY_MAX);
	a.link = message_next(&text);
	a.author = message_next(&text);
	a.feed_title = message_next(&text);
	a.watch_title = message_next(&text);
	a.source = message_next(&text);
	a.item_id = message_next(&text);
	if (!str_present(a.watch_title))
		a.watch_title = STR("W");
	m->hits[0] = (struct watch_hit){QUERY_TITLE, 0, utf8_cut(a.title, 9).n,
		utf8_cut(a.title, 9), utf8_cut(a.title, 20)};
	m->hits[1] = (struct watch_hit){
		QUERY_BODY, 0, utf8_cut(a.body, 30).n, utf8_cut(a.body, 30), STR("b*")};
	return a;
}

/* --- what must be true of a request --- */

/* Nothing but text; of control characters, those in `but`. */
static void message_is_text(struct str s, const char *but)
{
	ALWAYS(utf8_valid(s));
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		ALWAYS((c >= 0x20 && c != 0x7f) || (c && strchr(but, c)));
	}
}

static void message_is_json(struct str s)
{
	json_t *root = json_loadb(s.p, s.n, JSON_ALLOW_NUL, NULL);

	ALWAYS(root);
	json_decref(root);
}

static void message_check_mail(struct str mail)
{
	static const char *const names[] = {"From: ", "To: ", "Subject: ", "Date: ", "Message-ID: ",
		"In-Reply-To: ", "References: ", "Importance: ", "List-Id: ", "X-Nightdesk-Watch: ",
		"X-Nightdesk-Priority: ", "Auto-Submitted: ", "MIME-Version: ", "Content-Type: ",
		" "};
	bool head = true;

	for (size_t at = 0; at < mail.n;) {
		const char *end = memchr(mail.p + at, '\n', mail.n - at);
		struct str line = str_slice(mail.p + at, end ? (size_t)(end - mail.p) - at : 0);
		bool known = false;

		ALWAYS(end && line.n > 0 && line.n <= 77 && line.p[line.n - 1] == '\r');
		line.n--;
		ALWAYS(line.n == 0 || line.p[0] != '.');
		for (size_t i = 0; i < line.n; i++)
			ALWAYS(line.p[i] >= ' ' && line.p[i] < 0x7f);
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			known = known || str_starts(line, str_of(names[k]));
		ALWAYS(!head || known || line.n == 0);
		head = head && line.n > 0;
		at += line.n + 2;
	}
}

static void message_check_http(const struct sink_request *r)
{
	bool json = false;

	message_is_text(r->url, "");
	for (size_t i = 0; i < r->n_headers; i++) {
		message_is_text(r->headers[i], "");
		json = json || str_starts(r->headers[i], STR("Content-Type: application/json"));
	}
	ALWAYS(utf8_valid(r->body));
	if (json)
		message_is_json(r->body);
}

static void message_check(const struct conf_notify *n, const struct sink_request *r)
{
	struct str body = r->body;

	ALWAYS(body.n <= sink_type_of(n)->max_bytes);
	switch (r->transport) {
	case SINK_HTTP: message_check_http(r); break;
	case SINK_SMTP: message_check_mail(body); break;
	case SINK_SOCKET:
		if (!r->memfd) /* the journal's form has bytes */
			message_is_text(body, "");
		break;
	case SINK_STDOUT: message_is_text(body, "\n"); break;
	case SINK_FILE:
	case SINK_EXEC:
		ALWAYS(body.n && memchr(body.p, '\n', body.n) == body.p + body.n - 1);
		message_is_json(body);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sink_secrets secrets = {
		{{"url", STR("https://hooks.example/x")}, {"token", STR("123:token")},
			{"key", STR("0123456789abcdef0123456789abcdef")}},
		3};
	static struct conf *conf;
	struct arena *arena = arena_new((size_t)64 << 20);
	struct message m;
	struct alert a;
	struct buf text;

	if (!conf)
		conf = message_load();
	buf_init(&text, 4 * size + 16);
	utf8_append_valid(&text, str_slice((const char *)data, size));
	a = message_alert(&m, buf_str(&text));
	message_set_kind(&m, &a);
	for (size_t i = 0; i < conf->n_notifies; i++) {
		const struct sink_context ctx = {.notify = &conf->notifies[i],
			.secrets = &secrets,
			.now = NOW,
			.hostname = "box",
			.pid = 42};
		struct notice notice = notice_of_alert(&a);
		struct sink_request r = {.needless = false};
		struct err e = {0};

		if (a.of)
			notice.receipt = a.item_id;
		ALWAYS(sink_render(&ctx, &notice, arena, &r, &e) == 0);
		if (!r.needless)
			message_check(ctx.notify, &r);
	}
	buf_release(&text);
	arena_free(arena);
	return 0;
}
