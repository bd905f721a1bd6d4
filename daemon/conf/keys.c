/* SPDX-License-Identifier: MIT */
/* Reads the keys of one block, by its table. */
#include "draft.h"

#include "alias.h"

const struct conf_node *conf_draft_key(const struct conf_node *block, const char *key)
{
	for (const struct conf_node *n = block->first; n; n = n->next)
		if (!n->block && str_is(n->word, key))
			return n;
	return NULL;
}

const char *conf_draft_suggest(struct conf_draft *d, const struct nearest *near)
{
	const char *text = NULL;

	if (near->best.p)
		text = arena_printf(
			d->scratch, "; did you mean %s?", conf_show(d->diags, near->best));
	return text ? text : "";
}

/* The tables in which a key of a block is searched. */
struct keys_scope {
	const struct conf_draft *d;
	enum conf_kind kind;
	const struct conf_notify_type *type; /* NULL: any, or no notify block */
};

/* The table i of the scope, or NULL past the last. */
static const struct conf_key_row *keys_table(const struct keys_scope *s, size_t i)
{
	const struct conf_notify_type *type = s->type;

	if (i == 0)
		return conf_kinds[s->kind].keys;
	if (s->kind != CONF_KIND_NOTIFY || (type && i > 1))
		return NULL;
	type = type ? type : s->d->env->notify_types(i - 1);
	return type ? type->keys : NULL;
}

static bool keys_has(void *scope, struct str key)
{
	const struct conf_key_row *rows;

	for (size_t i = 0; (rows = keys_table(scope, i)); i++)
		if (conf_schema_find_key(rows, key))
			return true;
	return false;
}

/* Returns the key that was probably meant, or an absent string. *spelling: it looks like it. */
static struct str keys_guess(struct keys_scope *s, struct str word, bool *spelling)
{
	const struct conf_key_row *rows;
	struct str credential =
		str_of(arena_printf(s->d->scratch, "%.*s-credential", STR_ARG(word)));
	const char *ours;
	struct nearest near;

	*spelling = false;
	if (credential.p && keys_has(s, credential))
		return credential;
	ours = conf_alias_key(word, keys_has, s);
	if (ours)
		return str_of(ours);
	nearest_init(&near, word);
	for (size_t i = 0; (rows = keys_table(s, i)); i++)
		for (; rows->key; rows++)
			nearest_try(&near, str_of(rows->key));
	*spelling = near.best.p != NULL;
	return near.best;
}

/* "keys of watch are title, query and so on": NULL without memory. */
static const char *keys_list(struct keys_scope *s)
{
	const struct conf_key_row *rows;
	const char *text;
	struct buf b;

	if (s->kind == CONF_KIND_NOTIFY && !s->type)
		return "its other keys depend on the type: write type = … first";
	buf_init(&b, 4096);
	buf_printf(&b, "keys of %s%s%s:", conf_kinds[s->kind].name, s->type ? " of type " : "",
		s->type ? s->type->name : "");
	for (size_t i = 0; (rows = keys_table(s, i)); i++)
		for (; rows->key; rows++)
			buf_printf(&b, "%s %s", b.data[b.len - 1] == ':' ? "" : ",", rows->key);
	text = arena_strdup(s->d->scratch, buf_z(&b));
	buf_release(&b);
	return text;
}

void conf_draft_report_unknown_key(struct conf_draft *d, enum conf_kind kind,
	const struct conf_notify_type *type, const struct conf_node *key)
{
	static const char *const switches[] = {
		"enabled", "enable", "disabled", "disable", "active"};
	struct keys_scope scope = {d, kind, type};
	bool spelling;
	struct str guess = keys_guess(&scope, key->word, &spelling);
	/* The line of a secret is not shown: it would be in the log. */
	bool secret = guess.p && str_ends(guess, STR("-credential"));
	const struct conf_span span = {key->at, 0, secret ? 0 : key->at.file->text.n};
	const char *help = NULL, *text;

	if (secret)
		help = arena_printf(d->scratch,
			"put the secret into the file credentials/NAME, and write %.*s = NAME",
			STR_ARG(guess));
	else if (!spelling)
		help = keys_list(&scope);
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (str_eq_nocase(key->word, str_of(switches[i])))
			help = "to switch a block off put # before each of its lines";
	if (guess.p)
		key->parent->misspelt = true;
	text = arena_printf(d->scratch, "%s is no key of %s%s%s%s", conf_show(d->diags, key->word),
		conf_kinds[kind].name, guess.p ? "; did you mean " : "",
		guess.p ? conf_show(d->diags, guess) : "", guess.p ? "?" : "");
	conf_diag_within(d->diags, false, &span, help, text ? text : "out of memory");
}

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

/* Did a key that is not known probably mean this one? Then it is not reported as missing. */
static bool keys_was_meant(
	const struct conf_keys *k, struct conf_draft *d, const struct conf_node *block, size_t i)
{
	const struct conf_kind_row *kind = conf_schema_find_kind(block->word);
	struct keys_scope scope = {
		d, kind ? (enum conf_kind)(kind - conf_kinds) : CONF_KIND_POLL, NULL};
	bool spelling;

	for (const struct conf_node *n = block->first; kind && n; n = n->next)
		if (!n->block && !keys_has(&scope, n->word) &&
			str_is(keys_guess(&scope, n->word, &spelling), k->rows[i].key))
			return true;
	return false;
}

void conf_keys_require(
	const struct conf_keys *k, struct conf_draft *d, const struct conf_node *block)
{
	for (size_t i = 0; k->rows[i].key; i++)
		if (k->rows[i].required && !k->at[i] &&
			!(block->misspelt && keys_was_meant(k, d, block, i)))
			conf_error(d->diags, block->at,
				arena_printf(d->scratch, "%s: %s", k->rows[i].key, k->rows[i].help),
				"%s needs the key %s", conf_show_block(d->diags, block),
				k->rows[i].key);
}

void conf_draft_refuse_block(
	struct conf_draft *d, const struct conf_node *inner, const struct conf_node *block)
{
	if (inner->word.n)
		conf_error(d->diags, inner->at,
			arena_printf(d->scratch, "close %s with } before it",
				conf_show_block(d->diags, block)),
			"a block %s cannot stand in a block %s", conf_show(d->diags, inner->word),
			conf_show(d->diags, block->word));
}

const char *conf_draft_name(struct conf_draft *d, const struct conf_node *block)
{
	struct str kept = arena_str(d->arena, block->name);

	d->nomem |= !kept.p;
	return kept.p;
}
