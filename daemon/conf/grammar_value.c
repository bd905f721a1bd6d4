/* SPDX-License-Identifier: MIT */
/* Parses the values of a key. */
#include "grammar_state.h"

#include "base/array.h"
#include "conf/schema.h"

bool grammar_begins_statement(struct grammar *r)
{
	if (!grammar_next_is(r, 0, CONF_WORD))
		return false;
	if (grammar_next_is(r, 1, CONF_EQUALS))
		return true;
	return conf_schema_find_kind(grammar_peek(r, 0)->text) &&
	       (grammar_next_is(r, 1, CONF_OPEN) ||
		       (grammar_next_is_text(r, 1) && grammar_next_is(r, 2, CONF_OPEN)));
}

size_t grammar_find_colon_key(struct grammar *r, struct str word)
{
	const char *colon = word.n ? memchr(word.p, ':', word.n) : NULL;
	struct str key = str_slice(word.p, colon ? (size_t)(colon - word.p) : 0);

	return colon && conf_schema_is_key(r->tree->notify_types, key) ? key.n : 0;
}

void grammar_add_value(struct grammar *r, struct conf_node *key, const struct conf_token *t)
{
	if (!array_room(&r->spare, key->n_values, &r->cap, 1, sizeof(*r->spare))) {
		r->lexer.failed = true;
		return;
	}
	r->spare[key->n_values++] = (struct conf_value){t->at, t->quote, t->from, t->to, t->text};
}

void grammar_store_values(struct grammar *r, struct conf_node *key)
{
	key->values = arena_array(r->tree->arena, key->n_values, sizeof(*key->values));
	if (!key->values)
		r->lexer.failed = true;
	else if (key->n_values)
		memcpy(key->values, r->spare, key->n_values * sizeof(*key->values));
}

static void grammar_report_open_list(struct grammar *r, struct conf_at open)
{
	conf_error(r->diags, open, "write } behind its last value", "this list is never closed");
}

static void grammar_read_list(struct grammar *r, struct conf_node *key)
{
	struct conf_at open = conf_next(&r->lexer).at;
	bool comma = true; /* a value may be next */

	key->list = true;
	for (;;) {
		struct conf_token t;

		if (grammar_next_is(r, 0, CONF_END) || grammar_begins_statement(r)) {
			grammar_report_open_list(r, open);
			return;
		}
		t = conf_next(&r->lexer);
		switch (t.kind) {
		case CONF_CLOSE: return;
		case CONF_COMMA:
			if (comma)
				conf_error(r->diags, t.at, "delete it",
					"a comma without a value before it");
			comma = true;
			break;
		case CONF_WORD:
		case CONF_STRING:
			if (!comma)
				conf_error(r->diags, t.at, "write { a, b }",
					"a comma is missing between two values of this list");
			grammar_add_value(r, key, &t);
			comma = false;
			break;
		case CONF_OPEN:
		case CONF_EQUALS:
			conf_error(r->diags, t.at, "put a value with { } = in it into \"…\"",
				"%s cannot stand in a list", t.kind == CONF_OPEN ? "{" : "=");
			break;
		case CONF_END: return;
		}
	}
}

/*
 * Error recovery for unquoted values (title = BBC World, url = http://a/?x=1): skips the rest of
 * the value. Quoted words are kept as values; without any the value is empty and not reported
 * again.
 */
static void grammar_read_rest_of_value(
	struct grammar *r, struct conf_node *key, struct conf_token t)
{
	struct conf_at at = grammar_peek(r, 0)->at;
	bool equals = grammar_next_is(r, 0, CONF_EQUALS),
	     quoted = t.quote || grammar_peek(r, 0)->quote;

	conf_error(r->diags, equals || quoted ? at : t.at,
		quoted ? "a list of values stands in braces: { a, b }" : "put the value in \"…\"",
		equals	 ? "a = in a value that is not quoted"
		: quoted ? "two values after one key"
			 : "a value of several words that is not quoted");
	while ((grammar_next_is_text(r, 0) || grammar_next_is(r, 0, CONF_EQUALS)) &&
		grammar_on_same_line(r, &t, 0)) {
		if (!equals && (grammar_begins_statement(r) || grammar_begins_colon_key(r)))
			break;
		t = conf_next(&r->lexer);
		if (quoted && t.kind != CONF_EQUALS)
			grammar_add_value(r, key, &t);
	}
	if (quoted)
		key->list = true;
	else
		key->n_values = 0;
}

static void grammar_read_unbraced_list(struct grammar *r, struct conf_node *key)
{
	conf_error(r->diags, grammar_peek(r, 0)->at,
		"delete it, or write the list in braces: { a, b }", "a comma outside a list");
	while (grammar_next_is(r, 0, CONF_COMMA)) {
		struct conf_token comma = conf_next(&r->lexer), t;

		if (!grammar_next_is_text(r, 0) || grammar_begins_statement(r) ||
			grammar_begins_colon_key(r) || !grammar_on_same_line(r, &comma, 0))
			return;
		t = conf_next(&r->lexer);
		grammar_add_value(r, key, &t);
	}
}

static void grammar_drop_semicolon(struct grammar *r, struct conf_token *t)
{
	conf_error(r->diags, conf_at_advance(t->at, t->to - t->from - 1), "delete it",
		"a semicolon at the end of a value");
	t->to--;
	t->text = arena_str(r->tree->arena, str_slice(t->text.p, t->text.n - 1));
	if (!t->text.p) {
		t->text = STR("");
		r->lexer.failed = true;
	}
}

void grammar_read_value(struct grammar *r, struct conf_node *key, const struct conf_token *before)
{
	struct conf_token t;

	if (grammar_next_is(r, 0, CONF_OPEN)) {
		grammar_read_list(r, key);
		t = *before;
	} else if (grammar_next_is_text(r, 0) &&
		   (grammar_on_same_line(r, before, 0) || !grammar_begins_statement(r))) {
		t = conf_next(&r->lexer);
		if (!t.quote && str_ends(t.text, STR(";")))
			grammar_drop_semicolon(r, &t);
		grammar_add_value(r, key, &t);
		if ((grammar_next_is_text(r, 0) || grammar_next_is(r, 0, CONF_EQUALS)) &&
			grammar_on_same_line(r, &t, 0) && !grammar_begins_statement(r) &&
			!grammar_begins_colon_key(r))
			grammar_read_rest_of_value(r, key, t);
	} else {
		conf_error(
			r->diags, key->at, NULL, "%s has no value", conf_show(r->diags, key->word));
	}
	if (grammar_next_is(r, 0, CONF_COMMA))
		grammar_read_unbraced_list(r, key);
	grammar_store_values(r, key);
}
