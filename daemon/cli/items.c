/* SPDX-License-Identifier: MIT */
#include "items.h"

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
#include "command.h"
#include "desk/desk.h"
#include "feed/date.h"
#include "feed/link.h"
#include "feed/parse.h"

#define ITEM_BYTES ((size_t)64 << 20)
#define LINE_BYTES ((size_t)64 << 20)
#define TEXT_BYTES ((size_t)64 << 20)
#define STEP	   16384

struct reading {
	const char *file;
	int from;
	const struct conf *conf;
	cli_item_fn *fn;
	void *ctx;
	struct cli_items_result *result;
	struct arena *arena; /* of one item */
	size_t line_number;
	struct buf line; /* the last one, with its end */
	bool cut;	 /* only its first LINE_BYTES: the rest was not read yet */
	char step[STEP]; /* read, and taken up to `at` */
	size_t at, n;
	int error; /* errno of reading; 0: none */
};

static int wrong(struct reading *r, const char *text)
{
	progress_clear(r->result->progress);
	if (r->line_number)
		cli_complain("%s:%zu: %s", r->file, r->line_number, text);
	else
		cli_complain("%s: %s", r->file, text);
	r->result->bad++;
	return 0;
}

static int pass(struct reading *r, struct str id, const struct watch_view *v)
{
	struct cli_item item = {.file = r->file, .id = id, .view = *v};

	r->result->items++;
	r->result->bytes += v->title.n + v->body.n;
	progress_at(r->result->progress, r->result->items, r->result->taken, r->result->size);
	return r->fn(r->ctx, &item);
}

/* --- bytes --- */

/* What is there at once: behind a pipe lines are passed as they come. */
static bool fill(struct reading *r)
{
	ssize_t n;

	do
		n = read(r->from, r->step, sizeof(r->step));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		r->error = errno;
	r->at = 0;
	r->n = n > 0 ? (size_t)n : 0;
	r->result->taken += r->n;
	return r->n > 0;
}

static bool has_bytes(struct reading *r)
{
	return r->at < r->n || fill(r);
}

/* False: there is none. */
static bool next_line(struct reading *r)
{
	buf_clear(&r->line);
	r->cut = false;
	while (has_bytes(r)) {
		const char *start = r->step + r->at;
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

static void skip_line(struct reading *r)
{
	const char *end = NULL;

	while (!end && has_bytes(r)) {
		const char *start = r->step + r->at;

		end = memchr(start, '\n', r->n - r->at);
		r->at = end ? (size_t)(end + 1 - r->step) : r->n;
	}
}

/* --- JSON lines --- */

static struct str text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
				 : STR_NONE;
}

/* A list of texts, or one text. */
static const struct str *list_of(struct reading *r, const json_t *o, const char *key, size_t *n)
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

static struct str site_of(struct reading *r, struct str link)
{
	char host[FEED_HOST_MAX];

	if (!str_present(link) || !feed_link_domain(link, host))
		return STR_NONE;
	return arena_str(r->arena, str_of(host));
}

static int pass_object(struct reading *r, const json_t *o)
{
	struct str id = text_of(o, "id"), published = text_of(o, "published");
	struct watch_view v = {
		.title = text_of(o, "title"),
		.body = text_of(o, "body"),
		.author = text_of(o, "author"),
		.url = text_of(o, "link"),
		.feed = text_of(o, "feed"),
		.lang = text_of(o, "language"),
		.published = STAMP_NONE,
		.now = clock_wall(),
	};
	bool implausible = false;
	const json_t *number = json_object_get(o, "id");

	arena_clear(r->arena);
	v.first_seen = v.now;
	v.categories = list_of(r, o, "categories", &v.n_categories);
	v.groups = list_of(r, o, "groups", &v.n_groups);
	v.site = site_of(r, v.url);
	if (str_present(published))
		v.published = feed_date_parse(published, &implausible);
	if (implausible)
		v.published = STAMP_NONE;
	if (json_is_integer(number)) {
		char *text = arena_printf(r->arena, "%lld", (long long)json_integer_value(number));

		id = str_of(text);
	}
	return pass(r, id, &v);
}

static int pass_line(struct reading *r)
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
		return wrong(r, why);
	}
	rc = pass_object(r, o);
	json_decref(o);
	return rc;
}

/* The first line was read. */
static int read_lines(struct reading *r)
{
	int rc;

	do {
		r->line_number++;
		if (r->cut) {
			rc = wrong(r, "a line of more than 64 MiB");
			skip_line(r);
		} else {
			rc = pass_line(r);
		}
	} while (rc == 0 && next_line(r));
	r->line_number = 0;
	return rc;
}

/* --- feeds --- */

/* news/bbc-world.xml as the feed bbc-world, where there is one. */
static const struct conf_feed *feed_of(const struct reading *r)
{
	const char *slash = strrchr(r->file, '/'), *name = slash ? slash + 1 : r->file;
	const char *dot = strchr(name, '.');

	if (!r->conf)
		return NULL;
	return conf_find_feed(r->conf, str_slice(name, dot ? (size_t)(dot - name) : strlen(name)));
}

static int pass_batch(struct reading *r, const struct feed_batch *b)
{
	int64_t now = clock_wall();
	int rc = 0;

	for (size_t i = 0; i < b->n_items && rc == 0; i++) {
		struct watch_view v;

		arena_clear(r->arena);
		if (desk_view(feed_of(r), &b->items[i], b->feed.language, now, now, r->arena, &v) <
			0)
			return wrong(r, "an item is too large to be matched");
		rc = pass(r, b->items[i].id, &v);
	}
	return rc;
}

static int read_feed(struct reading *r)
{
	struct feed_parse_options o = {.headers_only = false};
	struct feed_parser *p = feed_parser_new(&o);
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	int rc;

	if (!p)
		return wrong(r, "out of memory");
	rc = feed_parser_push(p, r->line.data, r->line.len, &e);
	for (; rc == 0 && has_bytes(r); r->at = r->n)
		rc = feed_parser_push(p, r->step + r->at, r->n - r->at, &e);
	if (feed_parser_finish(p, &b, &e) == 0)
		rc = pass_batch(r, b);
	else
		rc = wrong(r, e.text);
	feed_batch_free(b);
	feed_parser_free(p);
	return rc;
}

/*
 * Does the first line hold an item? A JSON feed is an object too, with a list of items. A line that
 * is not JSON, or too long, is an item's if it could be one: the lines behind it may be fine.
 */
static bool is_item(const struct reading *r)
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

/* By its name, or by a first line of plain words; an HTTP fault page in front of a feed has tags.
 */
static bool is_text(const char *file, struct str line)
{
	struct str name = str_of(file), start = str_trim(line);

	if (str_ends(name, STR(".txt")))
		return true;
	if (str_starts(start, STR("\xef\xbb\xbf")))
		start = str_slice(start.p + 3, start.n - 3);
	return start.n > 0 && start.p[0] != '{' && start.p[0] != '[' &&
	       !memchr(start.p, '<', start.n) && !memchr(start.p, 0, start.n) && utf8_valid(start);
}

/* The first line is the title when a blank line follows it, and something else behind that. */
static void split_text(struct str text, struct watch_view *v)
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

static int pass_text(struct reading *r, struct str text)
{
	const struct conf_feed *feed = feed_of(r);
	struct watch_view v = {.published = STAMP_NONE, .now = clock_wall()};

	v.first_seen = v.now;
	if (feed) {
		v.feed = str_of(feed->name);
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
		return wrong(r, "a text must be UTF-8");
	split_text(text, &v);
	return pass(r, str_of(r->file), &v);
}

static int read_text(struct reading *r)
{
	struct buf text;
	int rc;

	buf_init(&text, TEXT_BYTES);
	buf_adds(&text, buf_str(&r->line));
	for (; !buf_failed(&text) && has_bytes(r); r->at = r->n)
		buf_add(&text, r->step + r->at, r->n - r->at);
	if (buf_failed(&text))
		rc = wrong(r, "a text of more than 64 MiB");
	else
		rc = pass_text(r, buf_str(&text));
	buf_release(&text);
	return rc;
}

static int read_open(struct reading *r)
{
	int rc = 0;

	if (next_line(r)) { /* else it is empty */
		if (is_text(r->file, buf_str(&r->line)))
			rc = read_text(r);
		else
			rc = is_item(r) ? read_lines(r) : read_feed(r);
	}
	if (r->error && rc == 0)
		rc = wrong(r, strerror(r->error));
	return rc;
}

int cli_items_read(const char *file, const struct conf *conf, cli_item_fn *fn, void *ctx,
	struct cli_items_result *result)
{
	bool is_stdin = strcmp(file, "-") == 0;
	struct reading r = {
		.file = file,
		.from = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC),
		.conf = conf,
		.fn = fn,
		.ctx = ctx,
		.result = result,
		.arena = arena_new(ITEM_BYTES),
	};
	int rc = 0;

	buf_init(&r.line, LINE_BYTES);
	result->files++;
	if (r.from < 0)
		wrong(&r, strerror(errno));
	else if (!r.arena)
		wrong(&r, "out of memory");
	else
		rc = read_open(&r);
	buf_release(&r.line);
	arena_free(r.arena);
	if (r.from >= 0 && !is_stdin)
		close(r.from);
	return rc;
}

uint64_t cli_items_size(char *const *files, size_t n)
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
