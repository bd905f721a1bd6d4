/* SPDX-License-Identifier: MIT */
#include "cli/items.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "desk/desk.h"
#include "feed/date.h"
#include "feed/link.h"
#include "feed/parse.h"

#define ITEM_BYTES ((size_t)64 << 20)
#define LINE_BYTES ((size_t)64 << 20)
#define TEXT_BYTES ((size_t)64 << 20)

struct reading {
	const char *file;
	FILE *from;
	const struct conf *conf;
	cli_item_fn *fn;
	void *ctx;
	struct cli_items_result *result;
	struct arena *arena; /* of one item */
	char *line;	     /* getline's */
	size_t line_room;
	size_t line_number;
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

static int pass_line(struct reading *r, size_t n)
{
	json_error_t e;
	json_t *o;
	int rc;

	if (str_trim(str_slice(r->line, n)).n == 0)
		return 0;
	o = json_loadb(r->line, n, 0, &e);
	if (!json_is_object(o)) {
		json_decref(o);
		return wrong(r, "not a JSON object; every line must be one item");
	}
	rc = pass_object(r, o);
	json_decref(o);
	return rc;
}

static int read_lines(struct reading *r, size_t first)
{
	int rc;
	ssize_t n;

	r->result->taken += first;
	rc = pass_line(r, first);

	while (rc == 0 && (n = getline(&r->line, &r->line_room, r->from)) >= 0) {
		r->line_number++;
		r->result->taken += (uint64_t)n;
		rc = (size_t)n > LINE_BYTES ? wrong(r, "a line of more than 64 MiB")
					    : pass_line(r, (size_t)n);
	}
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

static int read_feed(struct reading *r, size_t first)
{
	struct feed_parse_options o = {.headers_only = false};
	struct feed_parser *p = feed_parser_new(&o);
	struct feed_batch *b = NULL;
	struct err e = {.cls = ERR_NONE};
	char step[4096];
	size_t n;
	int rc = 0;

	r->line_number = 0;
	if (!p)
		return wrong(r, "out of memory");
	r->result->taken += first;
	if (feed_parser_push(p, r->line, first, &e) == 0)
		while ((n = fread(step, 1, sizeof(step), r->from)) > 0) {
			r->result->taken += n;
			if (feed_parser_push(p, step, n, &e))
				break;
		}
	if (feed_parser_finish(p, &b, &e) == 0)
		rc = pass_batch(r, b);
	else
		wrong(r, e.text);
	feed_batch_free(b);
	feed_parser_free(p);
	return rc;
}

/* Does the first line hold an item? A JSON feed is an object too, with a list of items. */
static bool is_item(const char *line, size_t n)
{
	size_t i = 0;
	json_error_t e;
	json_t *o;
	bool item;

	while (i < n && strchr(" \t\r\n", line[i]))
		i++;
	if (i == n || line[i] != '{')
		return false;
	o = json_loadb(line, n, 0, &e);
	item = json_is_object(o) && !json_object_get(o, "items");
	json_decref(o);
	return item;
}

/* --- texts --- */

/* By its name, or by a first line of plain words; an HTTP fault page in front of a feed has tags.
 */
static bool is_text(const char *file, const char *line, size_t n)
{
	struct str name = str_of(file), start = str_trim(str_slice(line, n));

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

static int read_text(struct reading *r, size_t first)
{
	struct buf text;
	char step[4096];
	size_t n;
	int rc;

	r->line_number = 0;
	buf_init(&text, TEXT_BYTES);
	buf_add(&text, r->line, first);
	while (!buf_failed(&text) && (n = fread(step, 1, sizeof(step), r->from)) > 0)
		buf_add(&text, step, n);
	r->result->taken += text.len;
	if (buf_failed(&text))
		rc = wrong(r, "a text of more than 64 MiB");
	else
		rc = pass_text(r, buf_str(&text));
	buf_release(&text);
	return rc;
}

static int read_open(struct reading *r)
{
	ssize_t n = getline(&r->line, &r->line_room, r->from);

	if (n < 0 && ferror(r->from))
		return wrong(r, strerror(errno));
	if (n < 0)
		return 0; /* empty */
	r->line_number = 1;
	if (is_text(r->file, r->line, (size_t)n))
		return read_text(r, (size_t)n);
	return is_item(r->line, (size_t)n) ? read_lines(r, (size_t)n) : read_feed(r, (size_t)n);
}

int cli_items_read(const char *file, const struct conf *conf, cli_item_fn *fn, void *ctx,
	struct cli_items_result *result)
{
	struct reading r = {
		.file = file,
		.from = strcmp(file, "-") == 0 ? stdin : fopen(file, "rbe"),
		.conf = conf,
		.fn = fn,
		.ctx = ctx,
		.result = result,
		.arena = arena_new(ITEM_BYTES),
	};
	int rc = 0;

	result->files++;
	if (!r.from)
		wrong(&r, strerror(errno));
	else if (!r.arena)
		wrong(&r, "out of memory");
	else
		rc = read_open(&r);
	free(r.line);
	arena_free(r.arena);
	if (r.from && r.from != stdin)
		fclose(r.from);
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
