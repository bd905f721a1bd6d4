/* SPDX-License-Identifier: MIT */
#include "item_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "feed/date.h"
#include "feed/link.h"
#include "feed/parse.h"
#include "query/query.h"
#include "report.h"

#define ITEM_BYTES ((size_t)64 << 20)
#define LINE_BYTES ((size_t)64 << 20)
#define CHUNK	   16384

struct item_file {
	const char *file;
	int from;
	struct item_reader *reader;
	struct arena *arena; /* of the current item */
	size_t line_number;
	struct buf line;   /* the current one, with its line break */
	bool cut;	   /* line has its first LINE_BYTES only; the rest is not read yet */
	char chunk[CHUNK]; /* of the file; bytes before `at` are consumed */
	size_t at, n;
	int error; /* errno of reading; 0: none */
};

static int reader_report(struct item_file *r, const char *text)
{
	progress_clear(r->reader->progress);
	if (r->line_number)
		report_error("%s:%zu: %s", r->file, r->line_number, text);
	else
		report_error("%s: %s", r->file, text);
	r->reader->bad++;
	return 0;
}

static int reader_pass(
	struct item_file *r, struct str id, struct str source, const struct watch_view *v)
{
	struct item_reader_item item = {.file = r->file, .id = id, .source = source, .view = *v};

	r->reader->items++;
	r->reader->bytes += v->title.n + v->body.n;
	progress_update(r->reader->progress, r->reader->items, r->reader->read, r->reader->size);
	return r->reader->fn(r->reader->ctx, &item);
}

/* --- bytes --- */

/* Reads what is available: lines from a pipe are passed on at once. */
static bool reader_fill(struct item_file *r)
{
	ssize_t n;

	do
		n = read(r->from, r->chunk, sizeof(r->chunk));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		r->error = errno;
	r->at = 0;
	r->n = n > 0 ? (size_t)n : 0;
	r->reader->read += r->n;
	return r->n > 0;
}

static bool reader_has_bytes(struct item_file *r)
{
	return r->at < r->n || reader_fill(r);
}

/* False at the end of the file. */
static bool reader_next_line(struct item_file *r)
{
	buf_clear(&r->line);
	r->cut = false;
	while (reader_has_bytes(r)) {
		const char *start = r->chunk + r->at;
		const char *end = memchr(start, '\n', r->n - r->at);
		size_t n = end ? (size_t)(end + 1 - start) : r->n - r->at;

		buf_add(&r->line, start, n);
		r->cut = buf_failed(&r->line);
		if (r->cut)
			return true;
		r->at += n;
		if (end)
			return true;
	}
	return r->line.len > 0;
}

static void reader_skip_line(struct item_file *r)
{
	const char *end = NULL;

	while (!end && reader_has_bytes(r)) {
		const char *start = r->chunk + r->at;

		end = memchr(start, '\n', r->n - r->at);
		r->at = end ? (size_t)(end + 1 - r->chunk) : r->n;
	}
}

/* Appends the rest of the file to the first line, up to LINE_BYTES; see buf_failed(). */
static void reader_read_rest(struct item_file *r)
{
	for (; !buf_failed(&r->line) && reader_has_bytes(r); r->at = r->n)
		buf_add(&r->line, r->chunk + r->at, r->n - r->at);
}

/* --- JSON lines --- */

static struct str reader_json_text(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
				 : STR_NONE;
}

static uint32_t reader_json_count(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n < 0 ? 0 : n > QUERY_SOURCES_MAX ? QUERY_SOURCES_MAX : (uint32_t)n;
}

/* The value is a list of texts, or one text. */
static const struct str *reader_json_list(
	struct item_file *r, const json_t *o, const char *key, size_t *n)
{
	const json_t *v = json_object_get(o, key);
	size_t most = json_is_array(v) ? json_array_size(v) : 1;
	struct str *list = arena_array(r->arena, most ? most : 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < most; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;

		if (json_is_string(one))
			list[(*n)++] = str_slice(json_string_value(one), json_string_length(one));
	}
	return list;
}

static struct str reader_site(struct item_file *r, struct str link)
{
	char host[FEED_HOST_MAX];

	if (!str_present(link) || !feed_link_domain(link, host))
		return STR_NONE;
	return arena_str(r->arena, str_of(host));
}

static int reader_pass_object(struct item_file *r, const json_t *o)
{
	struct str id = reader_json_text(o, "id"), published = reader_json_text(o, "published");
	struct watch_view v = {
		.title = reader_json_text(o, "title"),
		.body = reader_json_text(o, "body"),
		.author = reader_json_text(o, "author"),
		.url = reader_json_text(o, "link"),
		.feed = reader_json_text(o, "feed"),
		.lang = reader_json_text(o, "language"),
		.source = reader_json_text(o, "source"),
		.tier = reader_json_text(o, "tier"),
		.sources = reader_json_count(o, "sources"),
		.published = STAMP_NONE,
		.now = clock_wall(),
	};
	bool implausible = false;
	const json_t *number = json_object_get(o, "id");

	arena_clear(r->arena);
	v.first_seen = v.now;
	v.categories = reader_json_list(r, o, "categories", &v.n_categories);
	v.groups = reader_json_list(r, o, "groups", &v.n_groups);
	v.site = reader_site(r, v.url);
	if (str_present(published))
		v.published = feed_date_parse(published, &implausible);
	if (implausible)
		v.published = STAMP_NONE;
	if (json_is_integer(number)) {
		char *text = arena_printf(r->arena, "%lld", (long long)json_integer_value(number));

		id = str_of(text);
	}
	return reader_pass(r, id, v.source, &v);
}

static int reader_pass_line(struct item_file *r)
{
	char why[sizeof(((json_error_t *)0)->text) + 64] = "not a JSON object";
	json_error_t e = {.text = ""};
	json_t *o;
	int rc;

	if (str_trim(buf_str(&r->line)).n == 0)
		return 0;
	o = json_loadb(r->line.data, r->line.len, JSON_ALLOW_NUL, &e);
	if (!json_is_object(o)) {
		if (!o)
			snprintf(why, sizeof(why), "not a JSON object: %s", e.text);
		json_decref(o);
		return reader_report(r, why);
	}
	rc = reader_pass_object(r, o);
	json_decref(o);
	return rc;
}

/* r->line is the first line. */
static int reader_read_lines(struct item_file *r)
{
	int rc;

	do {
		r->line_number++;
		if (r->cut) {
			rc = reader_report(r, "a line of more than 64 MiB");
			reader_skip_line(r);
		} else {
			rc = reader_pass_line(r);
		}
	} while (rc == 0 && reader_next_line(r));
	r->line_number = 0;
	return rc;
}

/* --- feeds --- */

/* The feed bbc-world for the file news/bbc-world.xml; NULL if it is not configured. */
static const struct conf_feed *reader_find_feed(const struct item_file *r)
{
	const char *slash = strrchr(r->file, '/'), *name = slash ? slash + 1 : r->file;
	const char *dot = strchr(name, '.');

	if (!r->reader->conf)
		return NULL;
	return conf_find_feed(
		r->reader->conf, str_slice(name, dot ? (size_t)(dot - name) : strlen(name)));
}

/* The source of the feed in the configuration, else the site of the item. */
static struct str reader_feed_source(const struct item_file *r, const struct watch_view *v)
{
	const struct conf_feed *feed = reader_find_feed(r);

	return feed ? str_of(feed->source) : v->site;
}

static int reader_pass_batch(struct item_file *r, const struct feed_batch *b)
{
	int64_t now = clock_wall();
	int rc = 0;

	for (size_t i = 0; i < b->n_items && rc == 0; i++) {
		struct watch_view v;

		arena_clear(r->arena);
		if (desk_view(reader_find_feed(r), &b->items[i], b->feed.language, now, now,
			    r->arena, &v) < 0)
			return reader_report(r, "an item is too large to be matched");
		rc = reader_pass(r, b->items[i].id, reader_feed_source(r, &v), &v);
	}
	return rc;
}

static int reader_read_feed(struct item_file *r)
{
	const struct feed_parse_options o = {.sitemaps = true};
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	int rc;

	reader_read_rest(r); /* up to a limit above that of the parser */
	if (feed_parse(buf_str(&r->line), &o, &b, &e) != 0)
		return reader_report(r, e.text);
	rc = reader_pass_batch(r, b);
	feed_batch_free(b);
	return rc;
}

/*
 * Is the first line a JSON item? A JSON feed is an object too, with a list "items". A line that is
 * truncated or not valid JSON counts as an item if it looks like one: later lines may be valid.
 */
static bool reader_is_item(const struct item_file *r)
{
	struct str line = str_trim(buf_str(&r->line));
	json_error_t e;
	json_t *o;
	bool item;

	if (line.n == 0 || line.p[0] != '{')
		return false;
	o = json_loadb(line.p, line.n, JSON_ALLOW_NUL, &e);
	if (o)
		item = json_is_object(o) && !json_object_get(o, "items");
	else
		item = line.n > 1 && (r->cut || str_ends(line, STR("}"))) &&
		       !memmem(line.p, line.n, "\"items\"", 7);
	json_decref(o);
	return item;
}

/* --- texts --- */

/* By the name, or a first line of plain words without tags. */
static bool reader_is_text(const char *file, struct str line)
{
	struct str name = str_of(file), start = str_trim(line);

	if (str_ends(name, STR(".txt")))
		return true;
	if (str_starts(start, STR("\xef\xbb\xbf")))
		start = str_slice(start.p + 3, start.n - 3);
	return start.n > 0 && start.p[0] != '{' && start.p[0] != '[' &&
	       !memchr(start.p, '<', start.n) && !memchr(start.p, 0, start.n) && utf8_valid(start);
}

/* The first line is the title if a blank line and more text follow it. */
static void reader_split_text(struct str text, struct watch_view *v)
{
	const char *end = memchr(text.p, '\n', text.n);
	struct str below = end ? str_slice(end + 1, text.n - (size_t)(end + 1 - text.p)) : STR_NONE;
	const char *next = below.n ? memchr(below.p, '\n', below.n) : NULL;

	v->body = text;
	if (!next || str_trim(str_slice(below.p, (size_t)(next - below.p))).n > 0)
		return;
	v->title = str_trim(str_slice(text.p, (size_t)(end - text.p)));
	v->body = str_trim(below);
}

static int reader_pass_text(struct item_file *r, struct str text)
{
	const struct conf_feed *feed = reader_find_feed(r);
	struct watch_view v = {.published = STAMP_NONE, .now = clock_wall()};

	v.first_seen = v.now;
	if (feed) {
		v.feed = str_of(feed->name);
		v.source = str_of(feed->source);
		v.tier = conf_feed_tier(feed);
		v.groups = feed->groups.v;
		v.n_groups = feed->groups.n;
		v.lang = str_of(feed->lang);
	}
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text.p + 3, text.n - 3);
	text = str_trim(text);
	if (text.n == 0)
		return 0;
	if (!utf8_valid(text))
		return reader_report(r, "a text must be UTF-8");
	reader_split_text(text, &v);
	return reader_pass(r, str_of(r->file), reader_feed_source(r, &v), &v);
}

static int reader_read_text(struct item_file *r)
{
	reader_read_rest(r);
	if (buf_failed(&r->line))
		return reader_report(r, "a text of more than 64 MiB");
	return reader_pass_text(r, buf_str(&r->line));
}

static int reader_read_open(struct item_file *r)
{
	int rc = 0;

	if (reader_next_line(r)) { /* otherwise the file is empty */
		if (reader_is_text(r->file, buf_str(&r->line)))
			rc = reader_read_text(r);
		else
			rc = reader_is_item(r) ? reader_read_lines(r) : reader_read_feed(r);
	}
	if (r->error && rc == 0)
		rc = reader_report(r, strerror(r->error));
	return rc;
}

int item_reader_read(struct item_reader *reader, const char *file)
{
	bool is_stdin = strcmp(file, "-") == 0;
	struct item_file r = {
		.file = file,
		.from = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC),
		.reader = reader,
		.arena = arena_new(ITEM_BYTES),
	};
	int rc = 0;

	buf_init(&r.line, LINE_BYTES);
	reader->files++;
	if (r.from < 0) {
		progress_clear(reader->progress);
		report_file(file, errno);
		reader->bad++;
	} else if (!r.arena) {
		reader_report(&r, "out of memory");
	} else {
		rc = reader_read_open(&r);
	}
	buf_release(&r.line);
	arena_free(r.arena);
	if (r.from >= 0 && !is_stdin)
		close(r.from);
	return rc;
}

uint64_t item_reader_size(char *const *files, size_t n)
{
	uint64_t size = 0;
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		if (stat(files[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		size += (uint64_t)st.st_size;
	}
	return size;
}
