/* SPDX-License-Identifier: MIT */
#include "conf/import.h"

#include <string.h>

#include "base/buf.h"
#include "base/table.h"
#include "base/utf8.h"
#include "conf/form.h"
#include "conf/schema.h"
#include "drop_in.h"
#include "feed/link.h"
#include "import_name.h"
#include "load.h"

#define ARENA_MAX  ((size_t)1024 * 1024 * 1024)
#define BLOCK_MAX  ((size_t)64 * 1024) /* one written file */
#define ROUNDS_MAX 20
#define DIRECTORY  "feeds.d"

/* An outline with an address. */
struct import_feed {
	const struct feed_opml_entry *entry;
	struct str url, link;	  /* as it is written; canonical, for comparison */
	const char *why;	  /* final reason why it is not written */
	struct import_feed *same; /* the next outline with this link, whose groups are added */
	struct import_feed *last; /* the last one of these */
	bool repeated;		  /* it is such an outline */
	struct str name;	  /* once it is claimed */
	unsigned last_number;	  /* of the names that begin with that of this feed */
	struct str block;
};

struct import {
	struct conf_import *out;
	const struct conf *known;
	const struct conf_env *env;
	struct arena *kept, *round; /* round: cleared before each round */
	struct import_feed *feeds;
	size_t n;
	struct str *known_links;
	/* Of known feeds, then of those of the list from known->n_feeds on. */
	struct table names, links, stems;
	struct drop_in place;
	struct buf name, block;
};

static struct str import_name_at(const void *import, size_t i)
{
	const struct import *im = import;
	size_t known = im->known->n_feeds;

	return i < known ? str_of(im->known->feeds[i].name) : im->feeds[i - known].name;
}

static struct str import_link_at(const void *import, size_t i)
{
	const struct import *im = import;
	size_t known = im->known->n_feeds;

	return i < known ? im->known_links[i] : im->feeds[i - known].link;
}

static struct str import_canonical_link(struct import *im, struct str url)
{
	struct str link = feed_link_canonical(im->kept, url, NULL, 0);

	return link.p ? link : url;
}

/* --- one block --- */

/* Percent-encodes what the configuration does not take in an address. */
static struct str import_encode_url(struct import *im, struct str url)
{
	buf_clear(&im->block);
	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.p[i];

		if (c <= ' ' || strchr("<>\"\\^`{|}\x7F", c))
			buf_printf(&im->block, "%%%02X", c);
		else
			buf_addc(&im->block, (char)c);
	}
	return arena_str(im->kept, buf_str(&im->block));
}

/* Control characters are dropped. */
static void import_add_quoted(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			continue;
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, s.p[i]);
	}
	buf_addz(out, "\"\n");
}

static size_t import_limit(const char *key)
{
	return (size_t)conf_schema_find_key(conf_kinds[CONF_KIND_FEED].keys, str_of(key))->max;
}

/* Adds the groups of one outline that are not in names yet. Returns how many are now. */
static size_t import_add_groups(
	struct import *im, const struct feed_opml_entry *e, struct str *names, size_t n)
{
	size_t max = import_limit("groups");

	for (size_t i = 0; i < e->n_groups && n < max; i++) {
		size_t k = 0;

		import_name_make_group(e->groups[i], &im->name);
		if (!conf_form_name(buf_str(&im->name)))
			continue;
		while (k < n && !str_eq(names[k], buf_str(&im->name)))
			k++;
		if (k < n)
			continue;
		names[n] = arena_str(im->round, buf_str(&im->name));
		n += str_present(names[n]);
	}
	return n;
}

static void import_put_groups(struct import *im, const struct import_feed *f)
{
	struct str *names = arena_array(im->round, import_limit("groups"), sizeof(*names));
	size_t n = 0;

	for (; names && f; f = f->same)
		n = import_add_groups(im, f->entry, names, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&im->block, "%s%s", i ? ", " : "  groups = { ", names[i].p);
	if (n)
		buf_addz(&im->block, " }\n");
}

static bool import_make_block(struct import *im, struct import_feed *f)
{
	const struct feed_opml_entry *e = f->entry;
	struct str title = utf8_cut(e->title, import_limit("title"));
	struct buf *b = &im->block;

	buf_clear(b);
	buf_printf(b, "feed %s {\n  url    = ", f->name.p);
	import_add_quoted(b, f->url);
	if (e->sitemap)
		buf_addz(b, "  type   = \"sitemap\"\n");
	if (title.n) {
		buf_addz(b, "  title  = ");
		import_add_quoted(b, title);
	}
	import_put_groups(im, f);
	if (e->language.n && conf_form_lang(e->language)) {
		buf_addz(b, "  lang   = ");
		import_add_quoted(b, e->language);
	}
	buf_addz(b, "}\n");
	f->block = arena_str(im->round, buf_str(b));
	return !buf_failed(b) && f->block.p;
}

/* --- names --- */

/* Whether neither a feed nor a file has the name in im->name. */
static bool import_name_is_free(struct import *im)
{
	char file[IMPORT_NAME_MAX + 32];

	snprintf(file, sizeof(file), "%s.conf", buf_z(&im->name));
	return table_find_name(&im->names, buf_str(&im->name), import_name_at, im) == TABLE_NONE &&
	       !drop_in_exists(&im->place, file);
}

/* Sets the name of f: that of its title, with a number if it is taken. */
static bool import_claim_name(struct import *im, struct import_feed *f)
{
	size_t at = im->known->n_feeds + (size_t)(f - im->feeds), stem, first;
	unsigned number = 1;

	import_name_make(f->entry->title, f->url, &im->name);
	stem = im->name.len;
	first = table_find_name(&im->stems, buf_str(&im->name), import_name_at, im);
	if (first != TABLE_NONE)
		number = im->feeds[first - im->known->n_feeds].last_number + 1;
	for (;; number++) {
		buf_truncate(&im->name, stem);
		if (number > 1)
			buf_printf(&im->name, "-%u", number);
		if (import_name_is_free(im))
			break;
	}
	f->name = arena_str(im->round, buf_str(&im->name));
	f->last_number = number;
	if (first != TABLE_NONE)
		im->feeds[first - im->known->n_feeds].last_number = number;
	else if (number == 1)
		table_add_name(&im->stems, f->name, at);
	return f->name.p && table_add_name(&im->names, f->name, at);
}

/* --- rounds --- */

/* Takes what the list has, without the feeds that no round can add. */
static bool import_take_list(struct import *im, const struct feed_opml *list)
{
	size_t known = im->known->n_feeds;

	im->feeds = arena_array(im->kept, list->n_entries, sizeof(*im->feeds));
	im->known_links = arena_array(im->kept, known, sizeof(*im->known_links));
	if (!im->feeds || !im->known_links || !table_init(&im->links, known + 1, im->kept))
		return false;
	for (size_t i = 0; i < known; i++) {
		im->known_links[i] = import_canonical_link(im, str_of(im->known->feeds[i].url));
		table_add_name(&im->links, im->known_links[i], i);
	}
	for (size_t i = 0; i < list->n_entries; i++) {
		struct import_feed *f = &im->feeds[im->n++];
		size_t at;

		f->entry = &list->entries[i];
		f->url = import_encode_url(im, f->entry->url);
		f->link = import_canonical_link(im, f->url);
		if (!f->url.p)
			return false;
		at = table_find_name(&im->links, f->link, import_link_at, im);
		if (conf_form_url(f->url) == CONF_URL_PASSWORD)
			f->why = "its address holds a password; write the feed by hand, with user "
				 "and password-credential";
		else if (at != TABLE_NONE)
			f->why = arena_printf(
				im->kept, "it is there already, as %s", im->known->feeds[at].name);
	}
	return true;
}

/* Joins the outlines of one link, except for those that are refused. */
static void import_join(struct import *im)
{
	size_t known = im->known->n_feeds;

	for (size_t i = 0; i < im->n; i++) {
		struct import_feed *f = &im->feeds[i];
		size_t at = table_find_name(&im->links, f->link, import_link_at, im);

		f->same = NULL;
		f->last = f;
		f->repeated = at != TABLE_NONE;
		if (f->why)
			continue;
		if (f->repeated) {
			struct import_feed *first = &im->feeds[at - known];

			first->last->same = f;
			first->last = f;
		} else {
			table_add_name(&im->links, f->link, known + i);
		}
	}
}

/* Names and blocks for the feeds that are not refused. */
static bool import_make_blocks(struct import *im)
{
	size_t known = im->known->n_feeds, all = known + im->n + 1;

	arena_clear(im->round);
	if (!table_init(&im->names, all, im->round) || !table_init(&im->links, all, im->round) ||
		!table_init(&im->stems, all, im->round))
		return false;
	for (size_t i = 0; i < known; i++)
		table_add_name(&im->names, str_of(im->known->feeds[i].name), i);
	import_join(im);
	for (size_t i = 0; i < im->n; i++) {
		struct import_feed *f = &im->feeds[i];

		if (!f->why && !f->repeated &&
			(!import_claim_name(im, f) || !import_make_block(im, f)))
			return false;
	}
	return true;
}

/* Loads the blocks and refuses those with an error; *refused is their number. */
static int import_check_blocks(struct import *im, size_t *refused, struct err *e)
{
	struct conf_added *added = arena_array(im->round, im->n, sizeof(*added));
	size_t n = 0;
	int rc;

	*refused = 0;
	if (!added)
		return err_nomem(e);
	for (size_t i = 0; i < im->n; i++) {
		const struct import_feed *f = &im->feeds[i];

		if (f->why || f->repeated)
			continue;
		added[n].name = arena_printf(im->round, DIRECTORY "/%s.conf", f->name.p);
		added[n].text = f->block;
		if (!added[n++].name)
			return err_nomem(e);
	}
	rc = conf_load_added(im->known->dir, im->env, added, n, im->kept, e);
	n = 0;
	for (size_t i = 0; i < im->n && !rc; i++) {
		struct import_feed *f = &im->feeds[i];

		if (f->why || f->repeated)
			continue;
		f->why = added[n++].error;
		*refused += f->why != NULL;
	}
	return rc;
}

/*
 * Refuses what the loader refuses. That is repeated, as an outline that was left out must not hide
 * another one with the same link.
 */
static int import_choose(struct import *im, struct err *e)
{
	for (unsigned round = 0; round < ROUNDS_MAX; round++) {
		size_t refused = 0;
		int rc = import_make_blocks(im) ? import_check_blocks(im, &refused, e)
						: err_nomem(e);

		if (rc || !refused)
			return rc;
	}
	return err_set(e, ERR_LIMIT, "too many feeds of the list have errors");
}

/* Stops at the first error: the rest is not reported. */
static int import_write(struct import *im, struct err *e)
{
	for (size_t i = 0; i < im->n; i++) {
		struct import_feed *f = &im->feeds[i];
		char file[IMPORT_NAME_MAX + 32];
		int rc = 0;

		snprintf(file, sizeof(file), "%s.conf", f->name.p ? f->name.p : "");
		if (!f->why && !f->repeated)
			rc = drop_in_write(&im->place, file, f->block, e);
		if (rc) {
			im->n = i;
			return rc;
		}
	}
	return 0;
}

/* --- result --- */

static void import_report_feed(
	struct import *im, const struct import_feed *f, struct conf_import_row *row)
{
	*row = (struct conf_import_row){
		.line = f->entry->line, .title = f->entry->title, .url = f->entry->url};
	if (f->why)
		row->why = f->why;
	else if (f->repeated)
		row->why = "it is in the list before; its groups were added there";
	else
		row->name = arena_strdup(im->kept, f->name.p);
	im->out->n_written += row->name != NULL;
}

/* Rows for what was written and left out. Both lists are in the order of the file. */
static bool import_report(struct import *im, const struct feed_opml *list)
{
	struct conf_import *out = im->out;
	size_t i = 0, k = 0;

	out->rows = arena_array(im->kept, im->n + list->n_skipped, sizeof(*out->rows));
	while (out->rows && (i < im->n || k < list->n_skipped)) {
		struct conf_import_row *row = &out->rows[out->n_rows];
		const struct feed_opml_skipped *s = &list->skipped[k];

		if (k == list->n_skipped || (i < im->n && im->feeds[i].entry->line <= s->line)) {
			import_report_feed(im, &im->feeds[i++], row);
		} else {
			*row = (struct conf_import_row){
				.line = s->line, .title = s->what, .why = s->why};
			k++;
		}
		out->n_rows++;
	}
	return out->rows != NULL;
}

static int import_run(struct import *im, const struct feed_opml *list, bool dry_run, struct err *e)
{
	int rc = drop_in_open(&im->place, im->known->dir, DIRECTORY, dry_run, e);

	if (rc == 0 && !import_take_list(im, list))
		rc = err_nomem(e);
	if (rc == 0)
		rc = import_choose(im, e);
	if (rc)
		return rc;
	rc = import_write(im, e);
	return import_report(im, list) ? rc : err_nomem(e);
}

int conf_import(const struct conf *known, const struct conf_env *env, const struct feed_opml *list,
	bool dry_run, struct conf_import **out, struct err *e)
{
	struct import im = {.known = known,
		.env = env,
		.kept = arena_new(ARENA_MAX),
		.round = arena_new(ARENA_MAX),
		.place = {.dir = -1}};
	int rc;

	buf_init(&im.name, 4 * IMPORT_NAME_MAX);
	buf_init(&im.block, BLOCK_MAX);
	im.out = im.kept ? arena_zalloc(im.kept, sizeof(*im.out)) : NULL;
	rc = im.out && im.round ? import_run(&im, list, dry_run, e) : err_nomem(e);
	drop_in_close(&im.place);
	buf_release(&im.name);
	buf_release(&im.block);
	arena_free(im.round);
	*out = im.out && im.out->rows ? im.out : NULL;
	if (*out)
		im.out->arena = im.kept;
	else
		arena_free(im.kept);
	return rc;
}

void conf_import_free(struct conf_import *im)
{
	if (im)
		arena_free(im->arena);
}
