/* SPDX-License-Identifier: MIT */
#include "draft.h"

#include "alias.h"
#include "conf/address.h"
#include "conf/form.h"
#include "import_name.h"
#include "query/query.h"

/* --- names --- */

bool conf_names_init(struct conf_names *names, size_t max, struct arena *arena)
{
	*names = (struct conf_names){.v = arena_array(arena, max, sizeof(*names->v))};
	return names->v && table_init(&names->table, max, arena);
}

static struct str draft_name_at(const void *names, size_t i)
{
	return ((const struct conf_names *)names)->v[i].text;
}

size_t conf_names_find(const struct conf_names *names, struct str text)
{
	return table_find_name(&names->table, text, draft_name_at, names);
}

const struct conf_node *conf_names_add(
	struct conf_names *names, struct str text, const struct conf_node *node)
{
	size_t i = conf_names_find(names, text);

	if (i != TABLE_NONE)
		return names->v[i].node;
	table_add_name(&names->table, text, names->n);
	names->v[names->n++] = (struct conf_name){text, node};
	return node;
}

/* --- unknown words --- */

static void draft_report_unknown_kind(struct conf_draft *d, const struct conf_node *block)
{
	const char *alias = conf_alias_kind(block->word);
	struct nearest near;

	/* The name of a type of receiver. */
	for (size_t i = 0; d->notify_types[i]; i++)
		if (str_eq_nocase(block->word, str_of(d->notify_types[i])))
			alias = conf_kinds[CONF_KIND_NOTIFY].name;
	nearest_init(&near, block->word);
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		nearest_try(&near, str_of(conf_kinds[k].name));
	if (alias)
		near.best = str_of(alias);
	conf_error(d->diags, block->at,
		near.best.p ? NULL
			    : "blocks are daemon, poll, budget, feed, define, watch, notify, "
			      "heartbeat, canary, corrections, story, burst and websub",
		"%s is no kind of block%s", conf_show(d->diags, block->word),
		conf_draft_suggest(d, &near));
}

/* --- one block --- */

/* Nested blocks are the caller's, if the kind may have them. */
static void draft_read_keys(
	struct conf_draft *d, enum conf_kind kind, const struct conf_node *block, void *object)
{
	struct conf_keys keys;

	conf_keys_init(&keys, d, conf_kinds[kind].keys, object);
	for (const struct conf_node *n = block->first; n; n = n->next) {
		if (n->block && kind != CONF_KIND_WATCH)
			conf_draft_refuse_block(d, n, block);
		else if (!n->block && !conf_keys_read(&keys, d, n))
			conf_draft_report_unknown_key(d, kind, NULL, n);
	}
	conf_keys_require(&keys, d, block);
}

/* The address is public, or a secret. */
static void draft_check_address(
	struct conf_draft *d, const struct conf_node *block, const char *help)
{
	bool url = conf_draft_key(block, "url") != NULL,
	     credential = conf_draft_key(block, "url-credential") != NULL;

	if (url && credential)
		conf_error(d->diags, block->at, "leave one of them",
			"%s has both url and url-credential", conf_show_block(d->diags, block));
	else if (!url && !credential && !block->misspelt)
		conf_error(d->diags, block->at, help, "%s needs the key url, or url-credential",
			conf_show_block(d->diags, block));
}

static void draft_read_address(
	struct conf_draft *d, const struct conf_node *block, struct conf_feed *f)
{
	draft_check_address(d, block, "write url = \"https://…\", the address of the feed");
	if (!f->url_credential)
		return;
	f->url = arena_printf(d->arena, CONF_CREDENTIAL_URL "%s", f->url_credential);
	d->nomem |= !f->url;
	if (f->insecure_redirect)
		conf_warn(d->diags, conf_draft_key(block, "insecure-redirect")->at, NULL,
			"insecure-redirect has no effect with url-credential");
}

static void draft_read_feed(
	struct conf_draft *d, const struct conf_node *block, struct conf_feed *f)
{
	struct conf_draft_feed draft = {0};

	draft_read_keys(d, CONF_KIND_FEED, block, &draft);
	draft.feed.name = conf_draft_name(d, block);
	draft.feed.place = conf_at_place(block->name_at);
	draft.feed.tier = (uint8_t)(draft.tier + 1);
	draft_read_address(d, block, &draft.feed);
	conf_draft_read_login(d, block, &draft);
	if (conf_draft_key(block, "fastest") && !draft.feed.learns)
		conf_warn(d->diags, conf_draft_key(block, "fastest")->at,
			"write rhythm = learn too, or remove the key",
			"fastest has no effect without rhythm");
	*f = draft.feed;
}

static void draft_read_budget(
	struct conf_draft *d, const struct conf_node *block, struct conf_budget *b)
{
	draft_read_keys(d, CONF_KIND_BUDGET, block, b);
	b->name = conf_draft_name(d, block);
	b->place = conf_at_place(block->name_at);
}

static void draft_read_heartbeat(struct conf_draft *d, const struct conf_node *block)
{
	draft_read_keys(d, CONF_KIND_HEARTBEAT, block, &d->heartbeat);
	draft_check_address(
		d, block, "write url = \"https://…\", the address that the monitor gave");
}

static bool draft_is_local(const char *listen)
{
	struct str host;
	unsigned port;
	uint8_t a[16];

	if (str_starts(str_of(listen), STR("unix:")))
		return true;
	return !conf_form_listen(str_of(listen), &host, &port) || str_is(host, "::1") ||
	       (address_of_host(host, a) == 0 && a[12] == 127);
}

/* What is read there is for everybody who reaches the address. */
static void draft_read_daemon(struct conf_draft *d, const struct conf_node *block)
{
	const struct conf_node *key;

	draft_read_keys(d, CONF_KIND_DAEMON, block, &d->daemon);
	if (d->daemon.status && !*d->daemon.status)
		d->daemon.status = NULL;
	if (!d->daemon.status || d->daemon.status_open || draft_is_local(d->daemon.status))
		return;
	key = conf_draft_key(block, "status");
	if (key)
		conf_error(d->diags, key->at,
			"listen on 127.0.0.1 behind a proxy with a login; or write status-open = "
			"\"yes\"",
			"everybody who reaches this address could read it");
}

/* Hubs append a path to it, so it has neither query nor fragment. */
static void draft_read_websub(struct conf_draft *d, const struct conf_node *block)
{
	struct conf_websub *w = &d->websub;
	const struct conf_node *key;
	size_t n;

	draft_read_keys(d, CONF_KIND_WEBSUB, block, w);
	if (!w->public_url)
		return;
	key = conf_draft_key(block, "public-url");
	n = strlen(w->public_url);
	if (strpbrk(w->public_url, "?#"))
		conf_error(d->diags, key->at,
			"write scheme, host and path: https://desk.example/hub/",
			"public-url has neither ? nor #");
	else if (!str_starts(str_of(w->public_url), STR("https:")))
		conf_warn(d->diags, key->at, "let a proxy listen with TLS",
			"anybody on the way to public-url can read what hubs send there");
	if (w->public_url[n - 1] != '/')
		w->public_url = arena_printf(d->arena, "%s/", w->public_url);
	d->nomem |= !w->public_url;
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
	*out = (struct conf_test){.match = t.match != NULL,
		.title = t.body ? text : t.title,
		.body = t.body ? t.body : text,
		.lang = t.lang,
		.source = t.source,
		.tier = t.tier < 0 ? NULL : query_tiers[t.tier],
		.sources = t.sources,
		.place = conf_at_place(block->at)};
	return true;
}

static void draft_read_escalation(
	struct conf_draft *d, const struct conf_node *block, struct conf_watch *w)
{
	struct conf_escalation *step = &w->escalations[w->n_escalations];

	if (block->name.p)
		conf_error(d->diags, block->name_at, "write escalate { … }",
			"an escalate has no name");
	draft_read_keys(d, CONF_KIND_ESCALATE, block, step);
	if (w->n_escalations == CONF_ESCALATIONS_MAX)
		conf_error(d->diags, block->at, NULL, "a watch has at most %d blocks escalate",
			CONF_ESCALATIONS_MAX);
	else if (step->after && w->n_escalations && step->after <= step[-1].after)
		conf_error(d->diags, conf_draft_key(block, "after")->at,
			"write the blocks in the order of their times, each counted from the alert",
			"after is not longer than in the block escalate before");
	w->n_escalations++;
}

static void draft_read_raise(
	struct conf_draft *d, const struct conf_node *block, struct conf_draft_watch *w)
{
	struct conf_draft_raise *raise = &w->raises[w->watch.n_raises];
	struct conf_raise *out = &w->watch.raises[w->watch.n_raises++];

	if (block->name.p)
		conf_error(d->diags, block->name_at, "write raise { … }", "a raise has no name");
	draft_read_keys(d, CONF_KIND_RAISE, block, raise);
	*out = (struct conf_raise){
		.to = w->watch.priority,
		.place = conf_at_place(block->at),
	};
	if (raise->to >= 0)
		out->to = (enum alert_priority)raise->to;
	if (w->watch.n_raises == CONF_RAISES_MAX + 1)
		conf_error(d->diags, block->at, NULL, "a watch has at most %d blocks raise",
			CONF_RAISES_MAX);
	else if (raise->to >= 0 && out->to >= w->watch.priority)
		conf_warn(d->diags, conf_draft_key(block, "to")->at,
			"write a priority above that of the watch, or remove the block",
			"raise has no effect: the priority of the watch is %s",
			alert_priority_words[w->watch.priority]);
}

static size_t draft_count_blocks(const struct conf_node *block, const char *kind)
{
	size_t n = 0;

	for (const struct conf_node *b = block->first; b; b = b->next)
		n += b->block && str_is(b->word, kind);
	return n;
}

static void draft_read_inner(
	struct conf_draft *d, const struct conf_node *block, struct conf_draft_watch *draft)
{
	struct conf_watch *w = &draft->watch;
	size_t raises = draft_count_blocks(block, "raise");

	w->raises = arena_array(d->arena, raises, sizeof(*w->raises));
	draft->raises = arena_array(d->scratch, raises, sizeof(*draft->raises));
	w->tests = arena_array(d->arena, draft_count_blocks(block, "test"), sizeof(*w->tests));
	w->escalations = arena_array(
		d->arena, draft_count_blocks(block, "escalate"), sizeof(*w->escalations));
	if (!w->tests || !w->escalations || !w->raises || !draft->raises) {
		d->nomem = true;
		return;
	}
	for (const struct conf_node *b = block->first; b; b = b->next) {
		if (!b->block || !b->word.n)
			continue;
		if (str_is(b->word, "test"))
			w->n_tests += draft_read_test(d, b, &w->tests[w->n_tests]);
		else if (str_is(b->word, "escalate"))
			draft_read_escalation(d, b, w);
		else if (str_is(b->word, "raise"))
			draft_read_raise(d, b, draft);
		else
			conf_error(d->diags, b->at, NULL, "a block %s cannot stand in a watch",
				conf_show(d->diags, b->word));
	}
}

static void draft_read_watch(
	struct conf_draft *d, const struct conf_node *block, struct conf_draft_watch *w)
{
	draft_read_keys(d, CONF_KIND_WATCH, block, w);
	w->watch.name = conf_draft_name(d, block);
	if (!w->watch.title)
		w->watch.title = w->watch.name;
	w->watch.place = conf_at_place(block->name_at);
	draft_read_inner(d, block, w);
}

/* --- all blocks --- */

static void draft_report_duplicate(
	struct conf_draft *d, const struct conf_node *block, const struct conf_node *first)
{
	conf_error(d->diags, block->name_at, "rename or delete one of them",
		"%s stands twice; the first is at %s:%u:%u", conf_show_block(d->diags, block),
		conf_show(d->diags, str_of(first->name_at.file->name)), first->name_at.line,
		first->name_at.column);
}

static void draft_report_name(struct conf_draft *d, const struct conf_node *block)
{
	struct buf better;

	buf_init(&better, 4096);
	import_name_make_group(block->name, &better);
	conf_error(d->diags, block->name_at,
		arena_printf(d->scratch,
			"write %s %s { … }: a name has letters, digits, - _ and . inside it",
			conf_show(d->diags, block->word), better.len ? buf_z(&better) : "NAME"),
		"%s is no name", conf_show(d->diags, block->name));
	buf_release(&better);
}

/* Reports a block in the wrong place, or with a wrong name. */
static bool draft_check_block(
	struct conf_draft *d, enum conf_kind kind, const struct conf_node *block)
{
	const struct conf_kind_row *row = &conf_kinds[kind];
	const struct conf_node *first;

	if (row->inside) {
		conf_error(d->diags, block->at,
			arena_printf(d->scratch, "move it before the } of its %s", row->inside),
			"a block %s stands inside its %s", row->name, row->inside);
		return false;
	}
	if (row->named && !block->name.p) {
		conf_error(d->diags, block->at, NULL, "a %s needs a name: %s NAME { … }", row->name,
			row->name);
		return false;
	}
	if (row->named && !conf_form_name(block->name)) {
		draft_report_name(d, block);
		return false;
	}
	if (!row->named && block->name.p)
		conf_error(d->diags, block->name_at,
			arena_printf(d->scratch, "write %s { … }", row->name), "%s has no name",
			conf_show(d->diags, block->word));
	first = conf_names_add(&d->blocks[kind], row->named ? block->name : STR(""), block);
	if (first != block)
		draft_report_duplicate(d, block, first);
	return first == block;
}

static void draft_read_block(struct conf_draft *d, const struct conf_node *block)
{
	const struct conf_kind_row *row = conf_schema_find_kind(block->word);
	enum conf_kind kind = row ? (enum conf_kind)(row - conf_kinds) : CONF_KIND_TEST;
	size_t i;

	if (!row && block->word.n)
		draft_report_unknown_kind(d, block);
	if (!row || !draft_check_block(d, kind, block))
		return;
	i = d->blocks[kind].n - 1;
	switch (kind) {
	case CONF_KIND_DAEMON: draft_read_daemon(d, block); break;
	case CONF_KIND_POLL: draft_read_keys(d, kind, block, &d->poll); break;
	case CONF_KIND_FEED: draft_read_feed(d, block, &d->feeds[i]); break;
	case CONF_KIND_DEFINE: draft_read_keys(d, kind, block, &d->defines[i]); break;
	case CONF_KIND_WATCH: draft_read_watch(d, block, &d->watches[i]); break;
	case CONF_KIND_NOTIFY: conf_draft_read_notify(d, block, &d->notifies[i]); break;
	case CONF_KIND_HEARTBEAT: draft_read_heartbeat(d, block); break;
	case CONF_KIND_CANARY: draft_read_keys(d, kind, block, &d->canary); break;
	case CONF_KIND_BURST: draft_read_keys(d, kind, block, &d->burst); break;
	case CONF_KIND_CORRECTIONS: draft_read_keys(d, kind, block, &d->corrections); break;
	case CONF_KIND_STORY: draft_read_keys(d, kind, block, &d->story); break;
	case CONF_KIND_WEBSUB: draft_read_websub(d, block); break;
	case CONF_KIND_BUDGET: draft_read_budget(d, block, &d->budgets[i]); break;
	case CONF_KIND_TEST:
	case CONF_KIND_ESCALATE:
	case CONF_KIND_RAISE:
	case CONF_KIND_MENTION: break;
	}
}

static bool draft_allocate(struct conf_draft *d, const size_t count[CONF_KINDS])
{
	d->feeds = arena_array(d->arena, count[CONF_KIND_FEED], sizeof(*d->feeds));
	d->budgets = arena_array(d->arena, count[CONF_KIND_BUDGET], sizeof(*d->budgets));
	d->defines = arena_array(d->scratch, count[CONF_KIND_DEFINE], sizeof(*d->defines));
	d->watches = arena_array(d->scratch, count[CONF_KIND_WATCH], sizeof(*d->watches));
	d->notifies = arena_array(d->arena, count[CONF_KIND_NOTIFY], sizeof(*d->notifies));
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		if (!conf_names_init(&d->blocks[k], count[k], d->scratch))
			return false;
	return d->feeds && d->budgets && d->defines && d->watches && d->notifies;
}

/* Collects their names, for messages. */
static bool draft_list_notify_types(struct conf_draft *d)
{
	conf_notify_types_fn *types = d->env->notify_types;
	const char **names;
	size_t n = 0;

	while (types(n))
		n++;
	d->notify_types = names = arena_array(d->scratch, n + 1, sizeof(*names));
	for (size_t i = 0; names && i < n; i++)
		names[i] = types(i)->name;
	return names != NULL;
}

int conf_draft_read(struct conf_draft *d, const struct conf_tree *tree)
{
	size_t count[CONF_KINDS] = {0};
	const struct conf_kind_row *row;
	struct conf_keys keys;

	for (const struct conf_node *n = tree->root.first; n; n = n->next)
		if (n->block && (row = conf_schema_find_kind(n->word)))
			count[row - conf_kinds]++;
	if (!draft_allocate(d, count) || !draft_list_notify_types(d))
		return -ERR_NOMEM;
	conf_keys_init(&keys, d, conf_kinds[CONF_KIND_DAEMON].keys, &d->daemon);
	conf_keys_init(&keys, d, conf_kinds[CONF_KIND_POLL].keys, &d->poll);
	conf_keys_init(&keys, d, conf_kinds[CONF_KIND_STORY].keys, &d->story);
	for (const struct conf_node *n = tree->root.first; n; n = n->next)
		if (n->block)
			draft_read_block(d, n);
	return d->nomem ? -ERR_NOMEM : 0;
}
