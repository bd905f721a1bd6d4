/* SPDX-License-Identifier: MIT */
#include "grammar_state.h"

#include "conf/schema.h"
#include "foreign.h"

const char *conf_show_block(struct conf_diags *d, const struct conf_node *block)
{
	const char *word = conf_show(d, block->word), *text = word;

	if (block->name.p)
		text = arena_printf(d->arena, "%s %s", word, conf_show(d, block->name));
	return text ? text : word;
}

static struct conf_node *grammar_add_node(struct grammar *r, const struct conf_token *word)
{
	struct conf_node *n = arena_zalloc(r->tree->arena, sizeof(*n));

	if (!n) {
		r->lexer.failed = true;
		return NULL;
	}
	n->at = word->at;
	n->word = word->text;
	n->parent = r->here;
	if (r->here->last)
		r->here->last->next = n;
	else
		r->here->first = n;
	r->here->last = n;
	return n;
}

/* A key outside of every block: names the blocks that have it. */
static void grammar_report_outside(struct grammar *r, const struct conf_token *word)
{
	const char *help = "a key stands in a block, such as poll { every = 5m }", *shown;
	const struct conf_kind_row *kind =
		conf_schema_find_owner(r->tree->notify_types, word->text);

	shown = conf_show(r->diags, word->text);
	if (str_is(word->text, "include"))
		help = "*.conf in feeds.d, watchlists.d and notify.d is read without it";
	else if (kind)
		help = arena_printf(r->diags->arena, "write it in its block: %s%s { %s = … }",
			kind->name, kind->named ? " NAME" : "", shown);
	conf_error(r->diags, word->at, help, "%s stands outside every block", shown);
}

static void grammar_read_key(struct grammar *r)
{
	struct conf_token word = conf_next(&r->lexer), equals = conf_next(&r->lexer);
	struct conf_node *key = grammar_add_node(r, &word);

	if (!key)
		return;
	if (r->here == &r->tree->root && !r->section)
		grammar_report_outside(r, &word);
	grammar_read_value(r, key, &equals);
}

/* --- blocks --- */

/* at: where it should have been closed, or NULL */
static void grammar_report_open_block(struct grammar *r, const struct conf_at *at)
{
	const char *block = conf_show_block(r->diags, r->here);

	if (at)
		conf_error(r->diags, *at, "close it with } before this",
			"the block %s, opened at line %u, is not closed", block, r->here->at.line);
	else
		conf_error(r->diags, r->here->at, "close it with }",
			"the block %s is not closed before the end of the file", block);
}

static void grammar_close_block(struct grammar *r)
{
	r->here = r->here->parent;
	r->depth--;
}

static struct conf_node *grammar_enter_block(struct grammar *r, const struct conf_token *word)
{
	struct conf_node *b = grammar_add_node(r, word);

	if (!b)
		return NULL;
	b->block = true;
	r->here = b;
	if (++r->depth > CONF_DEPTH_MAX) {
		conf_error(r->diags, word->at, NULL,
			"blocks are nested deeper than %d; the rest of the file was not read",
			CONF_DEPTH_MAX);
		r->stop = true;
	}
	return b;
}

/* Returns the first of several words; CONF_END if there is none. */
static struct conf_token grammar_read_name(struct grammar *r, unsigned names)
{
	struct conf_token name = {.kind = CONF_END};

	for (unsigned i = 0; i < names; i++) {
		struct conf_token t = conf_next(&r->lexer);

		if (i == 0)
			name = t;
		else
			conf_error(r->diags, t.at,
				arena_printf(r->diags->arena, "join the words: %s-%s",
					conf_show(r->diags, name.text),
					conf_show(r->diags, t.text)),
				"a name is one word");
	}
	return name;
}

static void grammar_report_unopened(struct grammar *r, struct conf_node *b)
{
	const char *block = conf_show_block(r->diags, b);

	b->unopened = true;
	conf_error(r->diags, b->at,
		arena_printf(r->diags->arena, "write %s { key = value }", block),
		"a { is missing after %s", block);
}

/* Parses word [name…] and then { or a token in its place. */
static void grammar_open_block(struct grammar *r, unsigned names)
{
	const struct conf_kind_row *kind = conf_schema_find_kind(grammar_peek(r, 0)->text);
	struct conf_token word, name;
	struct conf_node *b;

	if (kind && !kind->inside && r->here != &r->tree->root) {
		struct conf_at at = grammar_peek(r, 0)->at;

		for (; r->here != &r->tree->root; r->early++) {
			grammar_report_open_block(r, &at);
			grammar_close_block(r);
		}
	}
	word = conf_next(&r->lexer);
	name = grammar_read_name(r, names);
	b = grammar_enter_block(r, &word);
	if (!b)
		return;
	r->section = false;
	b->name = name.text;
	b->name_at = name.text.p ? name.at : word.at;
	if (grammar_next_is(r, 0, CONF_OPEN))
		conf_next(&r->lexer);
	else
		grammar_report_unopened(r, b);
}

static void grammar_read_colon_key(struct grammar *r)
{
	struct conf_token word = conf_next(&r->lexer), value = word;
	size_t n = grammar_find_colon_key(r, word.text);
	struct conf_node *key;

	conf_error(r->diags, conf_at_advance(word.at, n), "write key = value",
		"a : where a = belongs");
	word.text.n = n;
	key = grammar_add_node(r, &word);
	if (!key)
		return;
	value.from += (uint32_t)n + 1;
	value.text = str_slice(value.text.p + n + 1, value.text.n - n - 1);
	if (!value.text.n) {
		grammar_read_value(r, key, &word);
		return;
	}
	value.at = conf_at_advance(value.at, n + 1);
	grammar_add_value(r, key, &value);
	grammar_store_values(r, key);
}

/* A word that is not followed by = or {. */
static void grammar_read_stray_word(struct grammar *r)
{
	struct conf_token word = *grammar_peek(r, 0);
	struct conf_node *key;

	if (grammar_find_colon_key(r, word.text)) {
		grammar_read_colon_key(r);
		return;
	}
	if (conf_schema_find_kind(word.text) &&
		!conf_schema_is_key(r->tree->notify_types, word.text)) {
		grammar_open_block(
			r, grammar_next_is_text(r, 1) && grammar_on_same_line(r, &word, 1) ? 1 : 0);
		return;
	}
	conf_next(&r->lexer);
	if (grammar_next_is_text(r, 0) && grammar_on_same_line(r, &word, 0) &&
		!grammar_begins_statement(r) && r->here != &r->tree->root) {
		conf_error(r->diags, word.at, "write key = value", "a = is missing after %s",
			conf_show(r->diags, word.text));
		key = grammar_add_node(r, &word);
		if (key)
			grammar_read_value(r, key, &word);
		return;
	}
	if (conf_foreign_section(&r->lexer, &word)) {
		r->section = true;
		while (!grammar_next_is(r, 0, CONF_END) && grammar_on_same_line(r, &word, 0))
			word = conf_next(&r->lexer);
		return;
	}
	if (!r->section || r->here != &r->tree->root)
		conf_error(r->diags, word.at,
			str_is(word.text, "include")
				? "*.conf in feeds.d, watchlists.d and notify.d is read without it"
				: "a key is followed by = and a value, a block by {",
			"%s means nothing here", conf_show(r->diags, word.text));
	while (grammar_next_is_text(r, 0) && grammar_on_same_line(r, &word, 0) &&
		!grammar_begins_statement(r))
		word = conf_next(&r->lexer);
}

/* Reports and removes the = of feed = a {, feed a = { and poll = {. */
static void grammar_drop_equals(struct grammar *r)
{
	const struct conf_kind_row *kind = conf_schema_find_kind(grammar_peek(r, 0)->text);
	bool named = grammar_next_is_text(r, 1);
	unsigned i = named ? 2 : 1;

	if (!kind || (kind->inside != NULL) != (r->here != &r->tree->root))
		return;
	if (!grammar_next_is(r, i, CONF_EQUALS))
		return;
	if (!(grammar_next_is(r, i + 1, CONF_OPEN) ||
		    (!named && grammar_next_is_text(r, 2) && grammar_next_is(r, 3, CONF_OPEN))))
		return;
	conf_error(r->diags, grammar_peek(r, i)->at,
		arena_printf(r->diags->arena, "write %s%s { … }", kind->name,
			kind->named ? " NAME" : ""),
		"a = in the head of a block");
	conf_drop(&r->lexer, i);
}

static void grammar_read_statement(struct grammar *r)
{
	struct conf_token word;

	grammar_drop_equals(r);
	word = *grammar_peek(r, 0);

	if (grammar_next_is(r, 1, CONF_EQUALS))
		grammar_read_key(r);
	else if (grammar_next_is(r, 1, CONF_OPEN))
		grammar_open_block(r, 0);
	else if (grammar_next_is_text(r, 1) && grammar_on_same_line(r, &word, 1) &&
		 grammar_next_is(r, 2, CONF_OPEN))
		grammar_open_block(r, 1);
	else if (grammar_next_is_text(r, 1) && grammar_next_is_text(r, 2) &&
		 grammar_on_same_line(r, &word, 2) && grammar_next_is(r, 3, CONF_OPEN))
		grammar_open_block(r, 2);
	else
		grammar_read_stray_word(r);
}

static void grammar_read_other(struct grammar *r)
{
	struct conf_token t = conf_next(&r->lexer);

	switch (t.kind) {
	case CONF_CLOSE:
		if (r->here != &r->tree->root)
			grammar_close_block(r);
		else if (r->early)
			r->early--;
		else
			conf_error(r->diags, t.at,
				"delete it, or look for a { that is missing above",
				"a } that closes nothing");
		break;
	case CONF_OPEN: /* Its contents are not parsed, but its closing } is found. */
		conf_error(r->diags, t.at, "write kind name {, such as feed bbc-world {",
			"a { without a kind of block before it");
		grammar_enter_block(r, &t);
		break;
	case CONF_EQUALS:
		conf_error(r->diags, t.at, "write key = value", "a = without a key before it");
		break;
	case CONF_COMMA: conf_error(r->diags, t.at, "delete it", "a comma outside a list"); break;
	case CONF_STRING:
		conf_error(r->diags, t.at, "write key = value", "a text without a key before it");
		break;
	case CONF_WORD:
	case CONF_END: break;
	}
}

int conf_tree_read(struct conf_tree *t, const struct conf_source *file, struct conf_diags *diags)
{
	struct grammar r = {.tree = t,
		.here = &t->root,
		.diags = diags,
		.lexer = {.file = file,
			.arena = t->arena,
			.diags = diags,
			.notify_types = t->notify_types,
			.at = {file, 0, 1, 1}}};

	r.stop = conf_foreign_file(file, diags);
	while (!r.stop && !r.lexer.failed && !grammar_next_is(&r, 0, CONF_END)) {
		if (grammar_next_is(&r, 0, CONF_WORD))
			grammar_read_statement(&r);
		else
			grammar_read_other(&r);
	}
	while (!r.stop && r.here != &t->root) {
		if (!r.here->unopened)
			grammar_report_open_block(&r, NULL);
		grammar_close_block(&r);
	}
	free(r.spare);
	return r.lexer.failed ? -ERR_NOMEM : 0;
}
