/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "log_output.h"

#define VALUE_MAX 1024
#define LINE_MAX_ ((size_t)32 * 1024)

static const char level_names[][8] = {"error", "warn", "notice", "info", "debug"};
static const char journal_levels[] = {'3', '4', '5', '6', '7'};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct log_options options = {.level = LOG_LEVEL_INFO};
static atomic_int threshold = LOG_LEVEL_INFO;
static log_sink_fn *capture;
static void *capture_ctx;

void log_configure(const struct log_options *o)
{
	pthread_mutex_lock(&lock);
	options = *o;
	threshold = (int)o->level;
	pthread_mutex_unlock(&lock);
}

void log_capture(log_sink_fn *fn, void *ctx)
{
	pthread_mutex_lock(&lock);
	capture = fn;
	capture_ctx = ctx;
	pthread_mutex_unlock(&lock);
}

/* Scheme and host alone: path and query of a webhook may be secret. */
static struct str log_shorten_url(struct str url)
{
	ptrdiff_t scheme = str_find(url, STR("://"));
	size_t from, to;
	size_t host;

	if (scheme < 0)
		return STR("(url)");
	from = host = (size_t)scheme + 3;
	for (to = from; to < url.n && url.p[to] != '/' && url.p[to] != '?' && url.p[to] != '#';
		to++)
		if (url.p[to] == '@')
			host = to + 1;
	if (host != from)
		return str_slice(url.p + host, to - host);
	return str_slice(url.p, to);
}

static bool log_is_plain(struct str s)
{
	if (s.n == 0 || s.n > VALUE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\' ||
			s.p[i] == '=')
			return false;
	return true;
}

static void log_add_text(struct buf *b, struct str s)
{
	if (log_is_plain(s))
		buf_adds(b, s);
	else
		utf8_escape(b, s, VALUE_MAX, true);
}

/* RFC 8259 §7. utf8_escape() does not write JSON escapes: its output is quoted afterwards. */
static void log_add_json(struct buf *b, struct str s)
{
	struct buf clean;

	buf_init(&clean, LINE_MAX_);
	utf8_escape(&clean, s, VALUE_MAX, false);
	buf_addc(b, '"');
	for (size_t i = 0; i < clean.len; i++) {
		if (clean.data[i] == '"' || clean.data[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, clean.data[i]);
	}
	buf_addc(b, '"');
	buf_release(&clean);
}

static void log_add_pair(struct buf *b, bool json, const char *key, struct str value)
{
	if (json) {
		buf_printf(b, ",\"%s\":", key);
		log_add_json(b, value);
	} else {
		buf_printf(b, " %s=", key);
		log_add_text(b, value);
	}
}

static void log_add_field(struct buf *b, bool json, const struct log_field *f)
{
	switch (f->kind) {
	case LOG_KIND_STR: log_add_pair(b, json, f->key, f->s); break;
	case LOG_KIND_URL: log_add_pair(b, json, f->key, log_shorten_url(f->s)); break;
	case LOG_KIND_INT:
		buf_printf(b, json ? ",\"%s\":%lld" : " %s=%lld", f->key, (long long)f->i);
		break;
	case LOG_KIND_ERR:
		log_add_pair(b, json, "class", str_of(err_class_name(f->e->cls)));
		log_add_pair(b, json, f->key, str_of(f->e->text));
		break;
	case LOG_KIND_END: break;
	}
}

static void log_compose_line(
	struct buf *b, enum log_level level, const char *event, const struct log_field *fields)
{
	char stamp[STAMP_TEXT_MAX];
	bool json = options.json;

	clock_rfc3339(clock_wall(), true, stamp);
	if (json)
		buf_printf(b, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", stamp,
			level_names[level], event);
	else if (options.journal)
		buf_printf(b, "event=%s", event); /* the journal adds time and level */
	else
		buf_printf(b, "%s %s event=%s", stamp, level_names[level], event);
	for (; fields->kind != LOG_KIND_END; fields++)
		log_add_field(b, json, fields);
	if (json)
		buf_addc(b, '}');
}

static void log_report_lost(uint64_t lines)
{
	log_warn("log-lines-lost", LOG_I("lines", lines),
		LOG_S("reason", "standard error was not read"));
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	struct buf b;

	if ((int)level > threshold)
		return;
	buf_init(&b, LINE_MAX_);
	pthread_mutex_lock(&lock);
	if (options.journal && !options.json && !capture)
		buf_printf(&b, "<%c>", journal_levels[level]);
	log_compose_line(&b, level, event, fields);
	if (capture) {
		capture(capture_ctx, level, buf_z(&b));
	} else {
		buf_addc(&b, '\n');
		log_output_add(buf_str(&b), log_report_lost);
	}
	pthread_mutex_unlock(&lock);
	buf_release(&b);
}

void log_print(struct str text)
{
	for (size_t n; text.n; text = str_slice(text.p + n, text.n - n)) {
		const char *end = memchr(text.p, '\n', text.n);

		n = end ? (size_t)(end - text.p) + 1 : text.n;
		log_output_add(str_slice(text.p, n), log_report_lost);
	}
}
