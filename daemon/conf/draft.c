/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include "conf/form.h"
#include "value.h"

static const char *draft_quote(struct conf_draft *d, struct str s)
{
	return conf_show(d->diags, s);
}

/* --- names --- */

/* The drafts of one kind of named block, and the hash table of their names. */
struct draft_table {
	const void *v;
	size_t size; /* of one draft */
	size_t *n;
	struct table *names;
	void (*finish)(struct conf_draft *d, const struct conf_node *block);
};

static const struct conf_node *draft_node_at(const struct draft_table *s, size_t i)
{
	return *(const struct conf_node *const *)((const char *)s->v + i * s->size);
}

static struct str draft_name_at(const void *table, size_t i)
{
	return draft_node_at(table, i)->name;
}

size_t conf_draft_find_feed(const struct conf_draft *d, struct str name)
{
	struct draft_table s = {.v = d->feeds, .size = sizeof(*d->feeds)};

	return table_find_name(&d->feed_names, name, draft_name_at, &s);
}

size_t conf_draft_find_notify(const struct conf_draft *d, struct str name)
{
	struct draft_table s = {.v = d->notifies, .size = sizeof(*d->notifies)};

	return table_find_name(&d->notify_names, name, draft_name_at, &s);
}

const struct conf_node *conf_draft_key(const struct conf_node *block, const char *key)
{
	for (const struct conf_node *n = block->first; n; n = n->next)
		if (!n->block && str_is(n->word, key))
			return n;
	return NULL;
}

/* --- unknown words --- */

const char *conf_draft_suggest(struct conf_draft *d, const struct nearest *near)
{
	const char *text = NULL;

	if (near->best.p)
		text = arena_printf(d->scratch, "; did you mean %s?", draft_quote(d, near->best));
	return text ? text : "";
}

void conf_keys_suggest(const struct conf_key_row *rows, struct nearest *near)
{
	for (; rows->key; rows++)
		nearest_try(near, str_of(rows->key));
}

static void draft_report_unknown_key(
	struct conf_draft *d, enum conf_kind kind, const struct conf_node *key)
{
	struct nearest near;

	nearest_init(&near, key->word);
	conf_keys_suggest(conf_schema_kind(kind)->keys, &near);
	conf_error(d->diags, key->at, NULL, "%s is no key of %s%s", draft_quote(d, key->word),
		conf_schema_kind(kind)->name, conf_draft_suggest(d, &near));
}

static void draft_report_unknown_kind(struct conf_draft *d, const struct conf_node *block)
{
	struct nearest near;

	nearest_init(&near, block->word);
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		nearest_try(&near, str_of(conf_schema_kind(k)->name));
	conf_error(d->diags, block->at,
		near.best.p ? NULL : "blocks are daemon, poll, feed, define, watch and notify",
		"%s is no kind of block%s", draft_quote(d, block->word),
		conf_draft_suggest(d, &near));
}

/* --- one block --- */

void conf_keys_init(
	struct conf_keys *k, struct conf_draft *d, const struct conf_key_row *rows, void *object)
{
	*k = (struct conf_keys){.rows = rows, .object = object};
	for (; rows->key; rows++)
		conf_value_default(&(struct conf_reading){d, rows}, object);
}

bool conf_keys_read(struct conf_keys *k, struct conf_draft *d, const struct conf_node *key)
{
	struct conf_reading r = {d, conf_schema_find_key(k->rows, key->word)};
	const struct conf_node **at;

	if (!r.row)
		return false;
	at = &k->at[r.row - k->rows];
	if (*at) {
		conf_error(d->diags, key->at, "leave one of them",
			"%s stands twice; the first is in line %u", r.row->key, (*at)->at.line);
		return true;
	}
	*at = key;
	conf_value_read(&r, key, k->object);
	return true;
}

void conf_keys_require(
	const struct conf_keys *k, struct conf_draft *d, const struct conf_node *block)
{
	for (size_t i = 0; k->rows[i].key; i++)
		if (k->rows[i].required && !k->at[i])
			conf_error(d->diags, block->at, NULL, "%s%s%s needs the key %s",
				draft_quote(d, block->word), block->name.p ? " " : "",
				block->name.p ? draft_quote(d, block->name) : "", k->rows[i].key);
}

void conf_draft_refuse_block(
	struct conf_draft *d, const struct conf_node *inner, const struct conf_node *block)
{
	if (inner->word.n)
		conf_error(d->diags, inner->at, NULL, "a block %s cannot stand in a block %s",
			draft_quote(d, inner->word), draft_quote(d, block->word));
}

/* Nested blocks are the caller's, if the kind may have them. */
static void draft_read_keys(
	struct conf_draft *d, enum conf_kind kind, const struct conf_node *block, void *object)
{
	struct conf_keys keys;

	conf_keys_init(&keys, d, conf_schema_kind(kind)->keys, object);
	for (const struct conf_node *n = block->first; n; n = n->next) {
		if (n->block && kind != CONF_KIND_WATCH)
			conf_draft_refuse_block(d, n, block);
		else if (!n->block && !conf_keys_read(&keys, d, n))
			draft_report_unknown_key(d, kind, n);
	}
	conf_keys_require(&keys, d, block);
}

static const char *draft_keep_name(struct conf_draft *d, const struct conf_node *block)
{
	struct str kept = arena_str(d->arena, block->name);

	d->nomem |= !kept.p;
	return kept.p;
}

static void draft_read_feed(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_feed *f = &d->feeds[d->n_feeds++];

	draft_read_keys(d, CONF_KIND_FEED, block, f);
	f->node = block;
	f->feed.name = draft_keep_name(d, block);
	f->feed.place = conf_at_place(block->name_at);
	if (!f->feed.user != !f->feed.password_credential)
		conf_error(d->diags, block->at, NULL,
			"feed %s: user and password-credential go together",
			draft_quote(d, block->name));
}

static void draft_read_define(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_define *f = &d->defines[d->n_defines++];

	draft_read_keys(d, CONF_KIND_DEFINE, block, f);
	f->node = block;
	f->name = block->name;
}

static bool draft_read_test(
	struct conf_draft *d, const struct conf_node *block, struct conf_test *out)
{
	struct conf_draft_test t = {0};
	const char *text;

	if (block->name.p)
		conf_error(d->diags, block->name_at, "write test { … }", "a test has no name");
	draft_read_keys(d, CONF_KIND_TEST, block, &t);
	if (!t.match == !t.no_match) {
		conf_error(d->diags, block->at, NULL, "a test has either match or no-match");
		return false;
	}
	text = t.match ? t.match : t.no_match;
	if (t.title && t.body)
		conf_error(d->diags, block->at,
			"give title and the text, or body and the title as text",
			"a test with title and body has no place for the text of %s",
			t.match ? "match" : "no-match");
	*out = (struct conf_test){t.match != NULL, t.body ? text : t.title, t.body ? t.body : text,
		t.lang, conf_at_place(block->at)};
	return true;
}

static void draft_read_tests(
	struct conf_draft *d, const struct conf_node *block, struct conf_watch *w)
{
	size_t n = 0;

	for (const struct conf_node *t = block->first; t; t = t->next)
		n += t->block && str_is(t->word, "test");
	w->tests = arena_array(d->arena, n, sizeof(*w->tests));
	d->nomem |= !w->tests;
	for (const struct conf_node *t = block->first; t; t = t->next) {
		if (!t->block || !t->word.n)
			continue;
		if (!str_is(t->word, "test"))
			conf_error(d->diags, t->at, NULL, "a block %s cannot stand in a watch",
				draft_quote(d, t->word));
		else if (w->tests && draft_read_test(d, t, &w->tests[w->n_tests]))
			w->n_tests++;
	}
}

static void draft_read_watch(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_watch *w = &d->watches[d->n_watches++];

	draft_read_keys(d, CONF_KIND_WATCH, block, w);
	w->node = block;
	w->watch.name = draft_keep_name(d, block);
	if (!w->watch.title)
		w->watch.title = w->watch.name;
	w->watch.place = conf_at_place(block->name_at);
	draft_read_tests(d, block, &w->watch);
}

/* --- all blocks --- */

static void draft_report_duplicate(
	struct conf_draft *d, const struct conf_node *block, const struct conf_node *first)
{
	conf_error(d->diags, block->name_at, "rename or delete one of them",
		"%s%s%s stands twice; the first is at %s:%u:%u", draft_quote(d, block->word),
		block->name.p ? " " : "", block->name.p ? draft_quote(d, block->name) : "",
		draft_quote(d, str_of(first->name_at.file->name)), first->name_at.line,
		first->name_at.column);
}

static void draft_read_single(
	struct conf_draft *d, enum conf_kind kind, const struct conf_node *block)
{
	const struct conf_node **first = kind == CONF_KIND_DAEMON ? &d->daemon_node : &d->poll_node;

	if (block->name.p)
		conf_error(d->diags, block->name_at, NULL, "%s has no name",
			draft_quote(d, block->word));
	if (*first) {
		draft_report_duplicate(d, block, *first);
		return;
	}
	*first = block;
	draft_read_keys(
		d, kind, block, kind == CONF_KIND_DAEMON ? (void *)&d->daemon : (void *)&d->poll);
}

static struct draft_table draft_table_of(struct conf_draft *d, enum conf_kind kind)
{
	switch (kind) {
	case CONF_KIND_FEED:
		return (struct draft_table){
			d->feeds, sizeof(*d->feeds), &d->n_feeds, &d->feed_names, draft_read_feed};
	case CONF_KIND_DEFINE:
		return (struct draft_table){d->defines, sizeof(*d->defines), &d->n_defines,
			&d->define_names, draft_read_define};
	case CONF_KIND_WATCH:
		return (struct draft_table){d->watches, sizeof(*d->watches), &d->n_watches,
			&d->watch_names, draft_read_watch};
	case CONF_KIND_DAEMON:
	case CONF_KIND_POLL:
	case CONF_KIND_TEST:
	case CONF_KIND_NOTIFY: break;
	}
	return (struct draft_table){d->notifies, sizeof(*d->notifies), &d->n_notifies,
		&d->notify_names, conf_draft_read_notify};
}

static void draft_read_named(
	struct conf_draft *d, enum conf_kind kind, const struct conf_node *block)
{
	struct draft_table k = draft_table_of(d, kind);
	size_t first;

	if (!block->name.p) {
		conf_error(d->diags, block->at, NULL, "a %s needs a name: %s NAME { … }",
			conf_schema_kind(kind)->name, conf_schema_kind(kind)->name);
		return;
	}
	if (!conf_form_name(block->name)) {
		conf_error(d->diags, block->name_at,
			"a name has letters, digits, - _ and . inside it", "%s is no name",
			draft_quote(d, block->name));
		return;
	}
	first = table_find_name(k.names, block->name, draft_name_at, &k);
	if (first != TABLE_NONE) {
		draft_report_duplicate(d, block, draft_node_at(&k, first));
		return;
	}
	table_add_name(k.names, block->name, *k.n);
	k.finish(d, block);
}

static void draft_read_block(struct conf_draft *d, const struct conf_node *block)
{
	enum conf_kind kind;

	if (!block->word.n)
		return;
	if (!conf_schema_find_kind(block->word, &kind)) {
		draft_report_unknown_kind(d, block);
		return;
	}
	switch (kind) {
	case CONF_KIND_DAEMON:
	case CONF_KIND_POLL: draft_read_single(d, kind, block); break;
	case CONF_KIND_FEED:
	case CONF_KIND_DEFINE:
	case CONF_KIND_WATCH:
	case CONF_KIND_NOTIFY: draft_read_named(d, kind, block); break;
	case CONF_KIND_TEST:
		conf_error(
			d->diags, block->at, NULL, "a test stands inside the watch that it tests");
		break;
	}
}

static bool draft_allocate(struct conf_draft *d, const size_t count[CONF_KINDS])
{
	d->feeds = arena_array(d->scratch, count[CONF_KIND_FEED], sizeof(*d->feeds));
	d->defines = arena_array(d->scratch, count[CONF_KIND_DEFINE], sizeof(*d->defines));
	d->watches = arena_array(d->scratch, count[CONF_KIND_WATCH], sizeof(*d->watches));
	d->notifies = arena_array(d->scratch, count[CONF_KIND_NOTIFY], sizeof(*d->notifies));
	return d->feeds && d->defines && d->watches && d->notifies &&
	       table_init(&d->feed_names, count[CONF_KIND_FEED], d->scratch) &&
	       table_init(&d->define_names, count[CONF_KIND_DEFINE], d->scratch) &&
	       table_init(&d->watch_names, count[CONF_KIND_WATCH], d->scratch) &&
	       table_init(&d->notify_names, count[CONF_KIND_NOTIFY], d->scratch);
}

/* Collects their names, for messages. */
static bool draft_list_notify_types(struct conf_draft *d)
{
	conf_notify_types_fn *types = d->env->notify_types;
	const char **names;
	size_t n = 0;

	while (types && types(n))
		n++;
	d->notify_types = names = arena_array(d->scratch, n + 1, sizeof(*names));
	for (size_t i = 0; names && i < n; i++)
		names[i] = types(i)->name;
	return names != NULL;
}

int conf_draft_read(struct conf_draft *d, const struct conf_tree *tree)
{
	size_t count[CONF_KINDS] = {0};
	struct conf_keys keys;
	enum conf_kind kind;

	for (const struct conf_node *n = tree->root.first; n; n = n->next)
		if (n->block && conf_schema_find_kind(n->word, &kind))
			count[kind]++;
	if (!draft_allocate(d, count) || !draft_list_notify_types(d))
		return -ERR_NOMEM;
	conf_keys_init(&keys, d, conf_schema_kind(CONF_KIND_DAEMON)->keys, &d->daemon);
	conf_keys_init(&keys, d, conf_schema_kind(CONF_KIND_POLL)->keys, &d->poll);
	for (const struct conf_node *n = tree->root.first; n; n = n->next)
		if (n->block)
			draft_read_block(d, n);
	return d->nomem ? -ERR_NOMEM : 0;
}
