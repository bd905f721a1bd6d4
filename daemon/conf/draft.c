/* SPDX-License-Identifier: MIT */
#include "conf/draft.h"

#include "conf/form.h"
#include "base/nearest.h"
#include "conf/schema.h"
#include "conf/value.h"

#define KEYS_MAX 64 /* of one kind of block */

/* Which key of the block stood where, by number of its row. */
struct seen {
	const struct conf_node *at[KEYS_MAX];
};

static const char *show(struct conf_draft *d, struct str s)
{
	return conf_show(d->diags, s);
}

/* --- names --- */

/* One kind of named block: where its drafts are, and what is known of their names. */
struct shelf {
	const void *v;
	size_t size; /* of one draft */
	size_t *n;
	struct conf_names *names;
	void (*finish)(struct conf_draft *d, const struct conf_node *block);
};

static const struct conf_node *node_at(const struct shelf *s, size_t i)
{
	return *(const struct conf_node *const *)((const char *)s->v + i * s->size);
}

static struct str name_at(const void *shelf, size_t i)
{
	return node_at(shelf, i)->name;
}

size_t conf_draft_find_feed(const struct conf_draft *d, struct str name)
{
	struct shelf s = {.v = d->feeds, .size = sizeof(*d->feeds)};

	return conf_names_find(&d->feed_names, name, name_at, &s);
}

size_t conf_draft_find_notify(const struct conf_draft *d, struct str name)
{
	struct shelf s = {.v = d->notifies, .size = sizeof(*d->notifies)};

	return conf_names_find(&d->notify_names, name, name_at, &s);
}

const struct conf_node *conf_draft_key(const struct conf_node *block, const char *key)
{
	for (const struct conf_node *n = block->first; n; n = n->next)
		if (!n->block && str_is(n->word, key))
			return n;
	return NULL;
}

/* --- what is not known --- */

static void tell_unknown_key(struct conf_draft *d, enum conf_kind kind, const struct conf_node *key)
{
	const struct conf_key_row *row;
	struct nearest near;

	nearest_init(&near, key->word);
	for (size_t i = 0; (row = conf_schema_key(kind, i)); i++)
		nearest_try(&near, str_of(row->key));
	conf_error(d->diags, key->at, NULL, "%s is no key of %s%s%.*s%s", show(d, key->word),
		conf_schema_kind(kind)->name, near.best.p ? "; did you mean " : "",
		STR_ARG(near.best), near.best.p ? "?" : "");
}

static void tell_unknown_kind(struct conf_draft *d, const struct conf_node *block)
{
	struct nearest near;

	nearest_init(&near, block->word);
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		nearest_try(&near, str_of(conf_schema_kind(k)->name));
	conf_error(d->diags, block->at,
		near.best.p ? NULL : "blocks are daemon, poll, feed, define, watch and notify",
		"%s is no kind of block%s%.*s%s", show(d, block->word),
		near.best.p ? "; did you mean " : "", STR_ARG(near.best), near.best.p ? "?" : "");
}

/* --- one block --- */

static void read_key(struct conf_draft *d, enum conf_kind kind, const struct conf_node *key,
	struct seen *seen, void *object)
{
	struct conf_reading r = {d, conf_schema_find_key(kind, key->word)};
	const struct conf_node **at;

	if (!r.row) {
		tell_unknown_key(d, kind, key);
		return;
	}
	at = &seen->at[r.row - conf_schema_key(kind, 0)];
	if (*at) {
		conf_error(d->diags, key->at, "leave one of them",
			"%s stands twice; the first is in line %u", r.row->key, (*at)->at.line);
		return;
	}
	*at = key;
	conf_value_read(&r, key, object);
}

/* Nested blocks are left to the caller, where the kind can have some. */
static void read_keys(struct conf_draft *d, enum conf_kind kind, const struct conf_node *block,
	struct seen *seen, void *object)
{
	const struct conf_key_row *row;

	*seen = (struct seen){{NULL}};
	for (size_t i = 0; (row = conf_schema_key(kind, i)); i++)
		conf_value_default(&(struct conf_reading){d, row}, object);
	for (const struct conf_node *n = block->first; n; n = n->next) {
		if (!n->block)
			read_key(d, kind, n, seen, object);
		else if (n->word.p && n->word.n && kind != CONF_KIND_WATCH)
			conf_error(d->diags, n->at, NULL, "a block %s cannot stand in a block %s",
				show(d, n->word), conf_schema_kind(kind)->name);
	}
	for (size_t i = 0; (row = conf_schema_key(kind, i)); i++)
		if (row->required && !seen->at[i])
			conf_error(d->diags, block->at, NULL, "%s%s%s needs the key %s",
				conf_schema_kind(kind)->name, block->name.p ? " " : "",
				block->name.p ? show(d, block->name) : "", row->key);
}

static const struct conf_node *key_at(const struct seen *seen, enum conf_kind kind, const char *key)
{
	return seen->at[conf_schema_find_key(kind, str_of(key)) - conf_schema_key(kind, 0)];
}

static const char *keep_name(struct conf_draft *d, const struct conf_node *block)
{
	struct str kept = arena_str(d->arena, block->name);

	d->nomem |= !kept.p;
	return kept.p;
}

static void finish_feed(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_feed *f = &d->feeds[d->n_feeds++];
	struct seen seen;

	read_keys(d, CONF_KIND_FEED, block, &seen, f);
	f->node = block;
	f->feed.name = keep_name(d, block);
	f->feed.place = conf_at_place(block->name_at);
	if (!f->feed.user != !f->feed.password_credential)
		conf_error(d->diags, block->at, NULL,
			"feed %s: user and password-credential go together", show(d, block->name));
}

static void finish_define(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_define *f = &d->defines[d->n_defines++];
	struct seen seen;

	read_keys(d, CONF_KIND_DEFINE, block, &seen, f);
	f->node = block;
	f->name = block->name;
}

static bool finish_test(struct conf_draft *d, const struct conf_node *block, struct conf_test *out)
{
	struct conf_draft_test t = {0};
	struct seen seen;
	const char *text;

	if (block->name.p)
		conf_error(d->diags, block->name_at, "write test { … }", "a test has no name");
	read_keys(d, CONF_KIND_TEST, block, &seen, &t);
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

static void finish_tests(struct conf_draft *d, const struct conf_node *block, struct conf_watch *w)
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
				show(d, t->word));
		else if (w->tests && finish_test(d, t, &w->tests[w->n_tests]))
			w->n_tests++;
	}
}

static void finish_watch(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_watch *w = &d->watches[d->n_watches++];
	struct seen seen;

	read_keys(d, CONF_KIND_WATCH, block, &seen, w);
	w->node = block;
	w->watch.name = keep_name(d, block);
	if (!w->watch.title)
		w->watch.title = w->watch.name;
	w->watch.place = conf_at_place(block->name_at);
	finish_tests(d, block, &w->watch);
}

/* --- notify: keys that depend on the type --- */

static void list_sinks(struct buf *out, unsigned sinks)
{
	bool first = true;

	for (enum conf_sink s = CONF_WEBHOOK; s <= CONF_STDOUT; s++) {
		if (!(sinks & 1u << s))
			continue;
		buf_printf(out, "%s%s", first ? "" : " and ", conf_sink_name(s));
		first = false;
	}
}

static void check_owned(struct conf_draft *d, const struct seen *seen, enum conf_sink type)
{
	const struct conf_key_row *row;

	for (size_t i = 0; (row = conf_schema_key(CONF_KIND_NOTIFY, i)); i++) {
		struct buf owners;

		if (!seen->at[i] || !row->sinks || (row->sinks & 1u << type))
			continue;
		buf_init(&owners, 200);
		list_sinks(&owners, row->sinks);
		conf_error(d->diags, seen->at[i]->at, NULL,
			"type %s has no key %s; it belongs to %s", conf_sink_name(type), row->key,
			buf_z(&owners));
		buf_release(&owners);
	}
}

static void need(struct conf_draft *d, const struct conf_node *block, const char *what)
{
	conf_error(d->diags, block->at, NULL, "notify %s needs %s", show(d, block->name), what);
}

static void check_http(struct conf_draft *d, const struct conf_node *block, const struct seen *seen)
{
	bool url = key_at(seen, CONF_KIND_NOTIFY, "url"),
	     credential = key_at(seen, CONF_KIND_NOTIFY, "url-credential");

	if (url && credential)
		conf_error(d->diags, block->at, "leave one of them",
			"notify %s has both url and url-credential", show(d, block->name));
	else if (!url && !credential)
		need(d, block, "url or url-credential");
}

static void check_server(struct conf_draft *d, const struct conf_notify *n, const struct seen *seen,
	const char *const *schemes, const char *help)
{
	const struct conf_node *at = key_at(seen, CONF_KIND_NOTIFY, "server");

	if (at && at->n_values == 1 && n->server && !conf_form_server(str_of(n->server), schemes))
		conf_error(d->diags, at->values[0].at, help, "server: %s is no server for type %s",
			show(d, str_of(n->server)), conf_sink_name(n->type));
}

static void check_smtp(struct conf_draft *d, struct conf_draft_notify *f, const struct seen *seen)
{
	static const char *const schemes[] = {"smtp://", "smtps://", NULL};
	struct conf_notify *n = &f->notify;

	if (!key_at(seen, CONF_KIND_NOTIFY, "server"))
		need(d, f->node, "server, such as \"smtp://mail.example.org:587\"");
	if (!key_at(seen, CONF_KIND_NOTIFY, "from"))
		need(d, f->node, "from");
	if (!key_at(seen, CONF_KIND_NOTIFY, "to"))
		need(d, f->node, "to");
	if (!n->user != !n->password_credential)
		need(d, f->node, "user and password-credential, both or neither");
	check_server(d, n, seen, schemes, "write smtp://host:587 or smtps://host:465");
	if (f->starttls < 0)
		f->starttls = n->user ? 1 : 0;
	n->starttls_required = f->starttls == 1;
	n->starttls_off = f->starttls == 2;
	if (n->starttls_off && n->user && n->server &&
		str_starts(str_of(n->server), STR("smtp://")))
		conf_error(d->diags, key_at(seen, CONF_KIND_NOTIFY, "starttls")->at,
			"leave starttls out, or use smtps://",
			"the password would go over the network unencrypted");
}

static void check_syslog(struct conf_draft *d, struct conf_draft_notify *f, const struct seen *seen)
{
	static const char *const schemes[] = {"udp://", "tcp://", "tls://", NULL};
	static const char *const help =
		"write local, a socket's path, udp://host:514, tcp://host:601 or tls://host:6514";
	const struct conf_key_row *row = conf_schema_find_key(CONF_KIND_NOTIFY, STR("facility"));

	f->notify.facility = row->words[f->facility];
	if (!f->notify.server)
		f->notify.server = "local";
	else if (!str_is(str_of(f->notify.server), "local") && f->notify.server[0] != '/')
		check_server(d, &f->notify, seen, schemes, help);
}

static void finish_notify(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_draft_notify *f = &d->notifies[d->n_notifies++];
	struct seen seen;

	f->type = f->starttls = -1;
	f->node = block;
	read_keys(d, CONF_KIND_NOTIFY, block, &seen, f);
	f->notify.name = keep_name(d, block);
	f->notify.place = conf_at_place(block->name_at);
	if (f->type < 0)
		return;
	f->notify.type = (enum conf_sink)f->type;
	check_owned(d, &seen, f->notify.type);
	switch (f->notify.type) {
	case CONF_WEBHOOK:
	case CONF_SLACK: check_http(d, block, &seen); break;
	case CONF_SMTP: check_smtp(d, f, &seen); break;
	case CONF_SYSLOG: check_syslog(d, f, &seen); break;
	case CONF_STDOUT: break;
	}
}

/* --- all of them --- */

static void tell_twice(
	struct conf_draft *d, const struct conf_node *block, const struct conf_node *first)
{
	conf_error(d->diags, block->name_at, "rename or delete one of them",
		"%s%s%s stands twice; the first is at %s:%u:%u", show(d, block->word),
		block->name.p ? " " : "", block->name.p ? show(d, block->name) : "",
		show(d, str_of(first->name_at.file->name)), first->name_at.line,
		first->name_at.column);
}

static void read_single(struct conf_draft *d, enum conf_kind kind, const struct conf_node *block)
{
	const struct conf_node **first = kind == CONF_KIND_DAEMON ? &d->daemon_node : &d->poll_node;
	struct seen seen;

	if (block->name.p)
		conf_error(d->diags, block->name_at, NULL, "%s has no name", show(d, block->word));
	if (*first) {
		tell_twice(d, block, *first);
		return;
	}
	*first = block;
	read_keys(d, kind, block, &seen,
		kind == CONF_KIND_DAEMON ? (void *)&d->daemon : (void *)&d->poll);
}

static struct shelf shelf_of(struct conf_draft *d, enum conf_kind kind)
{
	switch (kind) {
	case CONF_KIND_FEED:
		return (struct shelf){
			d->feeds, sizeof(*d->feeds), &d->n_feeds, &d->feed_names, finish_feed};
	case CONF_KIND_DEFINE:
		return (struct shelf){d->defines, sizeof(*d->defines), &d->n_defines,
			&d->define_names, finish_define};
	case CONF_KIND_WATCH:
		return (struct shelf){d->watches, sizeof(*d->watches), &d->n_watches,
			&d->watch_names, finish_watch};
	case CONF_KIND_DAEMON:
	case CONF_KIND_POLL:
	case CONF_KIND_TEST:
	case CONF_KIND_NOTIFY: break;
	}
	return (struct shelf){
		d->notifies, sizeof(*d->notifies), &d->n_notifies, &d->notify_names, finish_notify};
}

static void read_named(struct conf_draft *d, enum conf_kind kind, const struct conf_node *block)
{
	struct shelf k = shelf_of(d, kind);
	size_t first;

	if (!block->name.p) {
		conf_error(d->diags, block->at, NULL, "a %s needs a name: %s NAME { … }",
			conf_schema_kind(kind)->name, conf_schema_kind(kind)->name);
		return;
	}
	if (!conf_form_name(block->name)) {
		conf_error(d->diags, block->name_at,
			"a name has letters, digits, - _ and . inside it", "%s is no name",
			show(d, block->name));
		return;
	}
	first = conf_names_find(k.names, block->name, name_at, &k);
	if (first != CONF_NO_NAME) {
		tell_twice(d, block, node_at(&k, first));
		return;
	}
	conf_names_add(k.names, block->name, *k.n);
	k.finish(d, block);
}

static void read_block(struct conf_draft *d, const struct conf_node *block)
{
	enum conf_kind kind;

	if (!block->word.n)
		return;
	if (!conf_schema_find_kind(block->word, &kind)) {
		tell_unknown_kind(d, block);
		return;
	}
	switch (kind) {
	case CONF_KIND_DAEMON:
	case CONF_KIND_POLL: read_single(d, kind, block); break;
	case CONF_KIND_FEED:
	case CONF_KIND_DEFINE:
	case CONF_KIND_WATCH:
	case CONF_KIND_NOTIFY: read_named(d, kind, block); break;
	case CONF_KIND_TEST:
		conf_error(
			d->diags, block->at, NULL, "a test stands inside the watch that it tests");
		break;
	}
}

static bool make_room(struct conf_draft *d, const size_t count[CONF_KINDS])
{
	d->feeds = arena_array(d->scratch, count[CONF_KIND_FEED], sizeof(*d->feeds));
	d->defines = arena_array(d->scratch, count[CONF_KIND_DEFINE], sizeof(*d->defines));
	d->watches = arena_array(d->scratch, count[CONF_KIND_WATCH], sizeof(*d->watches));
	d->notifies = arena_array(d->scratch, count[CONF_KIND_NOTIFY], sizeof(*d->notifies));
	return d->feeds && d->defines && d->watches && d->notifies &&
	       conf_names_init(&d->feed_names, count[CONF_KIND_FEED], d->scratch) &&
	       conf_names_init(&d->define_names, count[CONF_KIND_DEFINE], d->scratch) &&
	       conf_names_init(&d->watch_names, count[CONF_KIND_WATCH], d->scratch) &&
	       conf_names_init(&d->notify_names, count[CONF_KIND_NOTIFY], d->scratch);
}

static void set_defaults(struct conf_draft *d, enum conf_kind kind, void *object)
{
	const struct conf_key_row *row;

	for (size_t i = 0; (row = conf_schema_key(kind, i)); i++)
		conf_value_default(&(struct conf_reading){d, row}, object);
}

int conf_draft_read(struct conf_draft *d, const struct conf_tree *tree)
{
	size_t count[CONF_KINDS] = {0};
	enum conf_kind kind;

	for (const struct conf_node *n = tree->root.first; n; n = n->next)
		if (n->block && conf_schema_find_kind(n->word, &kind))
			count[kind]++;
	if (!make_room(d, count))
		return -ERR_NOMEM;
	set_defaults(d, CONF_KIND_DAEMON, &d->daemon);
	set_defaults(d, CONF_KIND_POLL, &d->poll);
	for (const struct conf_node *n = tree->root.first; n; n = n->next)
		if (n->block)
			read_block(d, n);
	return d->nomem ? -ERR_NOMEM : 0;
}
