/* SPDX-License-Identifier: MIT */
/* Reads notify blocks: the key type, and the keys of the receiver type. */
#include "conf/schema.h"
#include "base/clock.h"
#include "conf/form.h"
#include "draft.h"

#define OWNERS_MAX   3 /* types that are named as those that have a key */
#define EXPIRE_CHAT  (6 * CLOCK_HOUR)
#define EXPIRE_OTHER (3 * CLOCK_DAY)

/* One notify block while it is read. */
struct conf_check {
	struct conf_draft *d;
	const struct conf_node *block;
	const struct conf_notify_type *type; /* NULL: unknown */
	struct conf_keys own;		     /* of the type */
	const struct conf_node *mention;     /* the block in this one; NULL: none */
	struct conf_keys mentions;
};

/*
 * Of a block of unknown type: validates the value by the first type that has the key, so that one
 * run of check finds all errors.
 */
static void notify_check_value(
	struct conf_check *c, const struct conf_notify_type *owner, const struct conf_node *key)
{
	const struct conf_reading r = {c->d, conf_schema_find_key(owner->keys, key->word)};
	void *settings = arena_zalloc(c->d->scratch, owner->settings_size);

	if (settings)
		conf_value_read(&r, key, settings);
	else
		c->d->nomem = true;
}

static void notify_read_foreign(struct conf_check *c, const struct conf_node *key)
{
	const struct conf_notify_type *type, *first = NULL;
	struct buf owners;
	size_t n = 0;

	buf_init(&owners, 4096);
	for (size_t i = 0; (type = c->d->env->notify_types(i)); i++) {
		if (!conf_schema_find_key(type->keys, key->word))
			continue;
		buf_printf(&owners, "%s%s", first ? " and " : "", type->name);
		first = first ? first : type;
		n++;
	}
	if (n > OWNERS_MAX) {
		buf_clear(&owners);
		buf_addz(&owners, "many others");
	}
	if (!first)
		conf_draft_report_unknown_key(c->d, CONF_KIND_NOTIFY, c->type, key);
	else if (c->type)
		conf_error(c->d->diags, key->at, NULL, "type %s has no key %s; it belongs to %s",
			c->type->name, conf_show(c->d->diags, key->word), buf_z(&owners));
	else
		notify_check_value(c, first, key);
	buf_release(&owners);
}

/* --- whom it mentions --- */

static void notify_read_mention(
	struct conf_check *c, const struct conf_node *block, struct conf_notify *n)
{
	if (c->mention) {
		conf_error(c->d->diags, block->at, "leave one of them",
			"mention stands twice; the first is in line %u", c->mention->at.line);
		return;
	}
	c->mention = block;
	if (block->name.p)
		conf_error(c->d->diags, block->name_at, "write mention { … }",
			"a mention has no name");
	conf_keys_init(&c->mentions, c->d, conf_kinds[CONF_KIND_MENTION].keys, n);
	for (const struct conf_node *k = block->first; k; k = k->next) {
		if (k->block)
			conf_draft_refuse_block(c->d, k, block);
		else if (!conf_keys_read(&c->mentions, c->d, k))
			conf_draft_report_unknown_key(c->d, CONF_KIND_MENTION, NULL, k);
	}
}

static void notify_check_mention(const struct conf_check *c)
{
	if (c->mention && !c->type->mention)
		conf_error(c->d->diags, c->mention->at, "remove the block",
			"messages of type %s ring nobody", c->type->name);
}

/* --- the block --- */

/* Also of a message in UTC: the hours at which it is sent. */
static bool notify_has_hours(const struct conf_notify *n)
{
	return n->quiet.given || n->digest.daily.given || n->report.given;
}

static void notify_check_zone(
	const struct conf_check *c, const struct conf_keys *common, const struct conf_notify *n)
{
	const struct conf_key_row *row = conf_schema_find_key(common->rows, STR("timezone"));

	if (n->timezone && c->type->utc && !notify_has_hours(n))
		conf_warn(c->d->diags, common->at[row - common->rows]->at, "remove the key",
			"timezone: messages of type %s are for programs and have UTC",
			c->type->name);
}

void conf_draft_read_notify(
	struct conf_draft *d, const struct conf_node *block, struct conf_notify *n)
{
	struct conf_check c = {.d = d, .block = block};
	struct conf_keys common;
	void *settings;

	n->name = conf_draft_name(d, block);
	n->place = conf_at_place(block->name_at);
	conf_keys_init(&common, d, conf_kinds[CONF_KIND_NOTIFY].keys, n);
	for (const struct conf_node *k = block->first; k; k = k->next) {
		if (k->block && str_is(k->word, conf_kinds[CONF_KIND_MENTION].name))
			notify_read_mention(&c, k, n);
		else if (k->block)
			conf_draft_refuse_block(d, k, block);
		else
			conf_keys_read(&common, d, k);
	}
	conf_keys_require(&common, d, block);
	c.type = n->type;
	settings = arena_zalloc(d->arena, c.type ? c.type->settings_size : 0);
	n->settings = settings;
	d->nomem |= !settings;
	if (!settings)
		return;
	if (c.type)
		conf_keys_init(&c.own, d, c.type->keys, settings);
	for (const struct conf_node *k = block->first; k; k = k->next)
		if (!k->block && !conf_schema_find_key(common.rows, k->word) &&
			!(c.type && conf_keys_read(&c.own, d, k)))
			notify_read_foreign(&c, k);
	if (!c.type)
		return;
	conf_keys_require(&c.own, d, block);
	if (!n->expire.after)
		n->expire.after = c.type->chat ? EXPIRE_CHAT : EXPIRE_OTHER;
	notify_check_zone(&c, &common, n);
	notify_check_mention(&c);
	conf_draft_check_hours(d, &common, n);
	if (c.type->check && !block->misspelt)
		c.type->check(&c, settings);
}

/* --- for the check of a receiver type --- */

static const struct conf_node *notify_key_at(const struct conf_check *c, const char *key)
{
	const struct conf_key_row *row = conf_schema_find_key(c->own.rows, str_of(key));

	return row ? c->own.at[row - c->own.rows] : NULL;
}

bool conf_check_given(const struct conf_check *c, const char *key)
{
	return notify_key_at(c, key) != NULL;
}

const char *conf_check_mention(const struct conf_check *c, enum alert_priority p)
{
	const struct conf_notify *n = c->mentions.object;

	return n ? n->mention[p] : NULL;
}

void conf_check_error_mention(
	struct conf_check *c, enum alert_priority p, const char *help, const char *text)
{
	const struct conf_node *at = c->mentions.at[p];

	conf_error(c->d->diags, at ? at->at : c->block->at, help, "%s", text);
}

void conf_check_error(struct conf_check *c, const char *help, const char *text)
{
	conf_error(c->d->diags, c->block->at, help, "notify %s %s",
		conf_show(c->d->diags, c->block->name), text);
}

void conf_check_error_at(struct conf_check *c, const char *key, const char *help, const char *text)
{
	const struct conf_node *at = notify_key_at(c, key);

	conf_error(c->d->diags, at ? at->at : c->block->at, help, "%s", text);
}

void conf_check_server(struct conf_check *c, const char *key, const char *value,
	const char *const *schemes, const char *help)
{
	const struct conf_node *at = notify_key_at(c, key);
	struct str host;
	unsigned port;

	if (at && at->n_values == 1 && value &&
		conf_form_server(str_of(value), schemes, &host, &port) < 0)
		conf_error(c->d->diags, at->values[0].at, help, "%s: %s is no server for type %s",
			key,
			strchr(value, '@') ? "an address with a login"
					   : conf_show(c->d->diags, str_of(value)),
			c->type->name);
}

/* --- credentials --- */

static size_t notify_add_credential(const char *name, const char **out, size_t n, size_t max)
{
	if (name && n < max)
		out[n++] = name;
	return n;
}

size_t conf_notify_credentials(const struct conf_notify *n, const char **out, size_t max)
{
	size_t found = 0;

	for (const struct conf_key_row *row = n->type->keys; row->key; row++) {
		const void *field = (const char *)n->settings + row->field;
		const struct conf_list *list = field;

		if (row->type == CONF_TYPE_CREDENTIAL)
			found = notify_add_credential(*(const char *const *)field, out, found, max);
		for (size_t i = 0; row->type == CONF_TYPE_CREDENTIALS && i < list->n; i++)
			found = notify_add_credential(list->v[i].p, out, found, max);
	}
	return found;
}
