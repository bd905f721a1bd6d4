/* SPDX-License-Identifier: MIT */
#include "fulltext.h"

#include "store/archive.h"

/* Bytes of tokens per column of an item; longer items are always candidates of a search. */
#define TOKENS_MAX  ((size_t)24 * 1024 * 1024)
#define ITEM_MAX    ((size_t)160 * 1024 * 1024)
/*
 * One batch takes about 20 ms, which may delay a poll. Each is a segment of FTS5; the larger they
 * are, and the more of them are merged at once, the less is written over again.
 */
#define BATCH_ITEMS 200
#define BATCH_BYTES ((size_t)256 * 1024)
#define MERGE_PAGES 256
#define MERGE_PARTS 8	/* segments of one level that are merged; FTS5's default is 4 */
#define PARTS_MAX   200 /* segments of one level before FTS5 merges them all at once */
/*
 * No normal form contains a no-break space. In a token it replaces a space (some ligatures are
 * several words); as a token of its own it marks an item that was too long to be indexed entirely.
 */
#define SPACE	    STR("\xc2\xa0")

/* Appends a normal form as one token. */
static void words_put_token(struct buf *out, struct str form)
{
	if (form.n > WORDS_FORM_MAX)
		form.n = WORDS_FORM_MAX;
	if (!memchr(form.p, ' ', form.n)) {
		buf_adds(out, form);
		return;
	}
	for (size_t i = 0; i < form.n; i++) {
		if (form.p[i] == ' ')
			buf_adds(out, SPACE);
		else
			buf_addc(out, form.p[i]);
	}
}

void words_put_query(struct buf *out, struct str form, bool prefix)
{
	struct buf token;

	buf_init(&token, 4 * WORDS_FORM_MAX);
	words_put_token(&token, form);
	buf_addz(out, out->len ? "\"" : "(\"");
	for (size_t i = 0; i < token.len; i++) {
		buf_addc(out, token.data[i]);
		if (token.data[i] == '"')
			buf_addc(out, '"');
	}
	buf_addz(out, prefix ? "\"*" : "\"");
	out->failed |= buf_failed(&token);
	buf_release(&token);
}

void words_end_query(struct buf *out)
{
	buf_addz(out, ") OR \"");
	buf_adds(out, SPACE);
	buf_addc(out, '"');
}

int words_state_get(struct store *s, struct words_state *out, struct err *e)
{
	struct db_stmt q;
	int rc;

	*out = (struct words_state){.outdated = true};
	db_start(&q, s, SQL_ARCHIVE_STATE);
	rc = db_step(&q, e);
	if (rc <= 0)
		return rc;
	out->mark = db_col_int(&q, 0);
	out->outdated = db_col_int(&q, 1) != text_words_version();
	out->last = db_col_int(&q, 2);
	db_end(&q);
	if (out->outdated)
		out->mark = 0;
	return 0;
}

/* --- an item's tokens --- */

struct words_writer {
	struct store *store;
	struct text_words words;
	struct arena *arena;
	struct buf title, body;
	size_t bytes, items; /* of text and items processed so far */
};

static int writer_init(struct words_writer *w, struct store *s, struct err *e)
{
	*w = (struct words_writer){.store = s, .arena = arena_new(ITEM_MAX)};
	text_words_init(&w->words);
	buf_init(&w->title, TOKENS_MAX + 16);
	buf_init(&w->body, TOKENS_MAX + 16);
	return w->arena ? 0 : err_nomem(e);
}

static void writer_release(struct words_writer *w)
{
	text_words_release(&w->words);
	buf_release(&w->title);
	buf_release(&w->body);
	arena_free(w->arena);
}

static int words_put_text(struct words_writer *w, struct str text, struct buf *out, struct err *e)
{
	int rc = text_words_split(&w->words, text, e);

	buf_clear(out);
	for (size_t i = 0; !rc && i < w->words.count; i++) {
		if (out->len > TOKENS_MAX - 4 * WORDS_FORM_MAX) {
			buf_adds(out, SPACE);
			break;
		}
		words_put_token(out, text_words_form(&w->words, i));
		buf_addc(out, ' ');
	}
	w->bytes += text.n;
	return rc ? rc : buf_failed(out) ? err_nomem(e) : 0;
}

/* q has a row of id, title, summary, content. */
static int words_read_item(struct words_writer *w, struct db_stmt *q, struct err *e)
{
	const struct feed_item item = {.title = db_col_view(q, 1),
		.summary = db_col_view(q, 2),
		.content = db_col_view(q, 3)};
	struct str body;
	int rc;

	arena_clear(w->arena);
	rc = feed_item_body(&item, w->arena, &body);
	if (rc)
		return err_set(e, (enum err_class) - rc, "an item is too large to be indexed");
	rc = words_put_text(w, item.title, &w->title, e);
	return rc ? rc : words_put_text(w, body, &w->body, e);
}

static int words_write_item(struct words_writer *w, enum store_sql how, int64_t item, struct err *e)
{
	return db_run(w->store, how, e, db_int(item), db_str(buf_str(&w->title)),
		db_str(buf_str(&w->body)));
}

/* Inserts the text that statement `from` returns for the item into the index, or removes it. */
static int words_pass_item(struct words_writer *w, enum store_sql from, enum store_sql how,
	int64_t item, bool *found, struct err *e)
{
	struct db_stmt q;
	int rc;

	db_start(&q, w->store, from, db_int(item));
	rc = db_step(&q, e);
	*found = rc == 1;
	if (rc <= 0)
		return rc;
	rc = words_read_item(w, &q, e);
	db_end(&q);
	return rc ? rc : words_write_item(w, how, item, e);
}

/* --- removal --- */

int words_forget(struct store *s, int64_t item, struct err *e)
{
	struct words_state state;
	struct words_writer w;
	bool found;
	int rc = words_state_get(s, &state, e);

	if (rc || item > state.mark)
		return rc;
	rc = writer_init(&w, s, e);
	if (!rc)
		rc = words_pass_item(&w, SQL_STALE_GET, SQL_WORDS_REMOVE, item, &found, e);
	if (!rc && found)
		rc = db_run(s, SQL_STALE_DROP, e, db_int(item));
	else if (!rc)
		rc = words_pass_item(&w, SQL_ITEMS_TEXT_OF, SQL_WORDS_REMOVE, item, &found, e);
	writer_release(&w);
	return rc;
}

/* --- indexing --- */

/* Disables automatic merges: words_index_batch merges a few segments after each batch instead. */
static int words_reset(struct store *s, struct err *e)
{
	int rc = db_run(s, SQL_WORDS_CLEAR, e);

	if (!rc)
		rc = db_run(s, SQL_WORDS_SET, e, db_str(STR("automerge")), db_int(0));
	if (!rc)
		rc = db_run(s, SQL_WORDS_SET, e, db_str(STR("crisismerge")), db_int(PARTS_MAX));
	if (!rc)
		rc = db_run(s, SQL_WORDS_SET, e, db_str(STR("usermerge")), db_int(MERGE_PARTS));
	if (!rc)
		rc = db_run(s, SQL_STALE_CLEAR, e);
	return rc ? rc : db_run(s, SQL_ARCHIVE_RESET, e, db_int(text_words_version()));
}

static bool writer_is_full(const struct words_writer *w)
{
	return w->items >= BATCH_ITEMS || w->bytes >= BATCH_BYTES;
}

static int words_next_stale(struct store *s, int64_t *item, struct err *e)
{
	struct db_stmt q;

	*item = 0;
	db_start(&q, s, SQL_STALE_NEXT);
	return db_first(&q, item, e);
}

/* Indexes edited items again. */
static int words_update_stale(struct words_writer *w, struct err *e)
{
	int64_t item;
	bool found;
	int rc = words_next_stale(w->store, &item, e);

	while (!rc && item && !writer_is_full(w)) {
		rc = words_pass_item(w, SQL_STALE_GET, SQL_WORDS_REMOVE, item, &found, e);
		if (!rc)
			rc = words_pass_item(w, SQL_ITEMS_TEXT_OF, SQL_WORDS_ADD, item, &found, e);
		if (!rc)
			rc = db_run(w->store, SQL_STALE_DROP, e, db_int(item));
		w->items++;
		if (!rc)
			rc = words_next_stale(w->store, &item, e);
	}
	return rc;
}

static int words_add_new(struct words_writer *w, int64_t mark, struct err *e)
{
	struct db_stmt q;
	int64_t last = mark;
	int rc = 0;

	db_start(&q, w->store, SQL_ITEMS_NEXT, db_int(mark));
	while (!writer_is_full(w) && (rc = db_step(&q, e)) == 1) {
		last = db_col_int(&q, 0);
		rc = words_read_item(w, &q, e);
		if (!rc)
			rc = words_write_item(w, SQL_WORDS_ADD, last, e);
		if (rc)
			break;
		w->items++;
	}
	db_end(&q);
	if (rc < 0 || last == mark)
		return rc;
	return db_run(w->store, SQL_ARCHIVE_MARK, e, db_int(last));
}

static int words_index_batch(
	struct store *s, const struct words_state *state, bool *more, struct err *e)
{
	struct words_writer w;
	int rc = writer_init(&w, s, e);

	if (!rc && state->outdated)
		rc = words_reset(s, e);
	if (!rc)
		rc = words_update_stale(&w, e);
	if (!rc)
		rc = words_add_new(&w, state->mark, e);
	if (!rc)
		rc = db_run(s, SQL_WORDS_MERGE, e, db_int(MERGE_PAGES));
	*more = writer_is_full(&w);
	writer_release(&w);
	return rc;
}

int archive_index(struct store *s, bool *more, struct err *e)
{
	struct words_state state;
	int64_t stale = 0;
	int rc = words_state_get(s, &state, e);

	*more = false;
	if (!rc)
		rc = words_next_stale(s, &stale, e);
	if (rc || (!state.outdated && state.mark >= state.last && !stale))
		return rc;
	rc = store_begin_relaxed(s, e);
	if (rc)
		return rc;
	return store_end(s, words_index_batch(s, &state, more, e), e);
}
