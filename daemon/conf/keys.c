/* SPDX-License-Identifier: MIT */
/* Reads the keys of one block, by its table. */
#include "draft.h"

const char *conf_draft_suggest(struct conf_draft *d, const struct nearest *near)
{
	const char *text = NULL;

	if (near->best.p)
		text = arena_printf(
			d->scratch, "; did you mean %s?", conf_show(d->diags, near->best));
	return text ? text : "";
}

static void keys_suggest(const struct conf_key_row *rows, struct nearest *near)
{
	for (; rows->key; rows++)
		nearest_try(near, str_of(rows->key));
}

void conf_draft_report_unknown_key(struct conf_draft *d, enum conf_kind kind,
	const struct conf_notify_type *type, const struct conf_node *key)
{
	const struct conf_notify_type *t;
	struct nearest near;

	nearest_init(&near, key->word);
	keys_suggest(conf_kinds[kind].keys, &near);
	for (size_t i = 0; kind == CONF_KIND_NOTIFY && (t = d->env->notify_types(i)); i++)
		if (!type || t == type)
			keys_suggest(t->keys, &near);
	conf_error(d->diags, key->at, NULL, "%s is no key of %s%s", conf_show(d->diags, key->word),
		conf_kinds[kind].name, conf_draft_suggest(d, &near));
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

void conf_keys_require(
	const struct conf_keys *k, struct conf_draft *d, const struct conf_node *block)
{
	for (size_t i = 0; k->rows[i].key; i++)
		if (k->rows[i].required && !k->at[i])
			conf_error(d->diags, block->at, NULL, "%s needs the key %s",
				conf_show_block(d->diags, block), k->rows[i].key);
}

void conf_draft_refuse_block(
	struct conf_draft *d, const struct conf_node *inner, const struct conf_node *block)
{
	if (inner->word.n)
		conf_error(d->diags, inner->at, NULL, "a block %s cannot stand in a block %s",
			conf_show(d->diags, inner->word), conf_show(d->diags, block->word));
}

const char *conf_draft_name(struct conf_draft *d, const struct conf_node *block)
{
	struct str kept = arena_str(d->arena, block->name);

	d->nomem |= !kept.p;
	return kept.p;
}
