/* SPDX-License-Identifier: MIT */
#include "value.h"

#include "alias.h"
#include "conf/form.h"
#include "base/nearest.h"
#include "text/delimiter.h"

#define TEXT_MAX  ((size_t)1000) /* default limit of a one-line text, bytes */
#define PROSE_MAX ((size_t)65536)
#define WORDS_MAX ((size_t)100)

struct conf_type_row {
	const char *name;
	bool list;		       /* accepts several values */
	bool (*form)(struct str s);    /* NULL: any */
	const char *help, *error;      /* of form, units and URL */
	const struct conf_unit *units; /* of a number */
	bool (*check)(
		const struct conf_reading *r, const struct conf_value *v); /* reports; NULL: none */
	bool (*store)(const struct conf_reading *r, const struct conf_value *v,
		void *field); /* NULL: a list of texts */
	bool (*all)(const struct conf_reading *r, const struct conf_node *node,
		void *field); /* in place of store */
};

static const struct conf_type_row *value_type_of(const struct conf_reading *r);

/* --- validation --- */

static bool value_check_text(const struct conf_reading *r, const struct conf_value *v)
{
	size_t max = r->row->max ? (size_t)r->row->max : TEXT_MAX;

	if (!conf_form_line(v->text))
		return conf_value_report(r, v, NULL, "this must be one line, without tabs");
	if (v->text.n <= max)
		return true;
	return conf_value_report(
		r, v, NULL, arena_printf(r->draft->scratch, "longer than %zu bytes", max));
}

static bool value_check_prose(const struct conf_reading *r, const struct conf_value *v)
{
	return v->text.n <= PROSE_MAX || conf_value_report(r, v, NULL, "longer than 64 KiB");
}

static bool value_check_parameter(const struct conf_reading *r, const struct conf_value *v)
{
	for (size_t i = 0; i < v->text.n; i++)
		if ((unsigned char)v->text.p[i] <= 0x20 || strchr("=&#?", v->text.p[i]) ||
			(v->text.p[i] == '*' && i + 1 < v->text.n))
			return conf_value_report(r, v,
				"write a name such as fbclid, or its beginning: \"utm_*\"",
				"this is no name of a parameter");
	return v->text.n > 0 || conf_value_report(r, v, NULL, "a parameter needs a name");
}

static bool value_check_words(const struct conf_reading *r, const struct conf_value *v)
{
	size_t n = v->text.n, at = 0;

	if (!conf_form_line(v->text) || n > WORDS_MAX)
		return conf_value_report(r, v, NULL, "this must be one line of at most 100 bytes");
	while (at < n && !text_letters_length(v->text.p + at, n - at))
		at++;
	return at < n || conf_value_report(r, v, NULL, "a word needs a letter");
}

/* --- single values --- */

static bool value_store_text(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	/* "" is the same as omitting the key. */
	const char *kept = v->text.n ? conf_value_copy_text(r, v->text) : NULL;

	*(const char **)field = kept;
	return kept || !v->text.n;
}

static bool value_store_present(
	const struct conf_reading *r, const struct conf_value *v, void *field)
{
	return (*(const char **)field = conf_value_copy_text(r, v->text)) != NULL;
}

static const char *value_print_number(int64_t n, const struct conf_unit *unit, char out[32])
{
	while (n % unit->worth)
		unit++;
	snprintf(out, 32, "%lld%s", (long long)(n / unit->worth), unit->name);
	return out;
}

static bool value_read_number(
	const struct conf_reading *r, const struct conf_value *v, struct str s, int64_t *n)
{
	const struct conf_type_row *type = value_type_of(r);
	int64_t min = r->row->min, max = r->row->max;
	char bound[32];

	if (!conf_form_number(s, type->units, n))
		return conf_value_report(r, v, type->help, type->error);
	if (*n >= min && (!max || *n <= max))
		return true;
	return conf_value_report(r, v, NULL,
		arena_printf(r->draft->scratch, "at %s %s", *n < min ? "least" : "most",
			value_print_number(*n < min ? min : max, type->units, bound)));
}

static bool value_store_duration(
	const struct conf_reading *r, const struct conf_value *v, void *field)
{
	int64_t n = 0;
	bool good = value_read_number(r, v, v->text, &n);

	if (good)
		*(int64_t *)field = n;
	return good;
}

static bool value_store_every(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	struct conf_feed *f =
		(struct conf_feed *)(void *)((char *)field - offsetof(struct conf_feed, every));
	struct str s = v->text;

	f->force = str_starts(s, STR("force "));
	if (f->force)
		s = str_trim(str_slice(s.p + 6, s.n - 6));
	return value_read_number(r, v, s, &f->every);
}

static bool value_store_size(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	int64_t n = 0;
	bool good = value_read_number(r, v, v->text, &n);

	if (good)
		*(size_t *)field = (size_t)n;
	return good;
}

static bool value_store_count(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	int64_t n = 0;
	bool good = value_read_number(r, v, v->text, &n);

	if (good)
		*(unsigned *)field = (unsigned)n;
	return good;
}

/* Returns the index of the word, or -1 after a report. */
static int value_find_word(
	const struct conf_reading *r, const struct conf_value *v, const char *const *words)
{
	const char *alias;
	struct nearest near;
	struct buf all;

	for (int i = 0; words[i]; i++)
		if (str_is(v->text, words[i]))
			return i;

	alias = conf_alias_word(v->text, words);
	nearest_init(&near, v->text);
	buf_init(&all, 1000);
	buf_addz(&all, "this must be ");
	for (const char *const *w = words; *w; w++) {
		nearest_try(&near, str_of(*w));
		buf_printf(&all, "%s%s", w == words ? "" : w[1] ? ", " : " or ", *w);
	}
	if (alias)
		near.best = str_of(alias);
	if (near.best.p)
		buf_printf(&all, " (did you mean %.*s?)", STR_ARG(near.best));
	(void)conf_value_report(r, v, NULL, buf_z(&all));
	buf_release(&all);
	return -1;
}

static bool value_store_enum(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	int n = value_find_word(r, v, r->row->words);

	if (n >= 0)
		*(int *)field = n;
	return n >= 0;
}

static bool value_store_notify_type(
	const struct conf_reading *r, const struct conf_value *v, void *field)
{
	int n = value_find_word(r, v, r->draft->notify_types);

	if (n >= 0)
		*(const struct conf_notify_type **)field = r->draft->env->notify_types((size_t)n);
	return n >= 0;
}

static bool value_store_either(
	const struct conf_reading *r, const struct conf_value *v, void *field)
{
	int n = value_find_word(r, v, r->row->words);

	*(bool *)field = n == 1;
	return n >= 0;
}

/* --- lists --- */

static bool value_store_queries(
	const struct conf_reading *r, const struct conf_node *node, void *field)
{
	bool good = true;

	*(struct conf_value_list *)field = (struct conf_value_list){node->values, node->n_values};
	for (size_t i = 0; i < node->n_values; i++)
		if (!str_trim(node->values[i].text).n)
			good = conf_value_report(r, &node->values[i], NULL, "this query is empty");
	return good;
}

#define FORM_MAIL                                                                                  \
	.form = conf_form_mail,                                                                    \
	.help = "write the bare address: desk@example.org (a domain of other letters as xn--…)",   \
	.error = "this is no mail address"
#define FORM_DURATION                                                                              \
	.units = conf_duration_units, .error = "this is no duration",                              \
	.help = "write a number and s, m, h or d: 30s 5m 2h 7d"
#define FORM_CREDENTIAL                                                                            \
	.form = conf_form_credential,                                                              \
	.help = "write the name of the file that holds the secret: letters, digits, - _ and .",    \
	.error = "this is no name of a credential"

static const struct conf_type_row types[CONF_TYPES] = {
	[CONF_TYPE_TEXT] = {"text", .check = value_check_text, .store = value_store_text},
	[CONF_TYPE_PROSE] = {"text", .check = value_check_prose, .store = value_store_present},
	[CONF_TYPE_QUERIES] = {"query or list of queries", true, .all = value_store_queries},
	[CONF_TYPE_QUERY] = {"query", .all = value_store_queries},
	[CONF_TYPE_PATH] = {"path", .check = value_check_text, .store = value_store_present},
	[CONF_TYPE_URL] = {"address", .check = conf_value_check_url, .store = conf_value_store_url},
	[CONF_TYPE_SERVER] = {"server", .check = value_check_text, .store = value_store_text},
	[CONF_TYPE_TARGET] = {"address", .check = conf_value_check_url,
		.store = conf_value_store_url},
	[CONF_TYPE_MAIL] = {"mail address", FORM_MAIL, .store = value_store_text},
	[CONF_TYPE_MAILS] = {"list of mail addresses", true, FORM_MAIL},
	[CONF_TYPE_HELLO] = {"host name", false, conf_form_hello,
		"write a full name or an address: desk.example.org or [192.0.2.1]",
		"this is no name that mail servers accept", .store = value_store_text},
	[CONF_TYPE_DURATION] = {"duration", FORM_DURATION, .store = value_store_duration},
	[CONF_TYPE_EVERY] = {"duration", FORM_DURATION, .store = value_store_every},
	[CONF_TYPE_SIZE] = {"size", .units = conf_size_units, .error = "this is no size",
		.help = "write a number and KiB, MiB or GiB: 64KiB 8MiB",
		.store = value_store_size},
	[CONF_TYPE_COUNT] = {"number", .units = conf_count_units,
		.error = "this is no whole number", .help = "write digits: 5",
		.store = value_store_count},
	[CONF_TYPE_ENUM] = {"word", .store = value_store_enum},
	[CONF_TYPE_EITHER] = {"word", .store = value_store_either},
	[CONF_TYPE_NAMES] = {"list of names", true, .form = conf_form_name,
		.help = "a name has letters, digits, - _ and . inside it",
		.error = "this is no name"},
	[CONF_TYPE_PARAMETERS] = {"list of parameters", true, .check = value_check_parameter},
	[CONF_TYPE_WORDS] = {"list of words", true, .check = value_check_words},
	[CONF_TYPE_HEADERS] = {"list of headers", true, .form = conf_form_header,
		.help = "write \"Name: value\"", .error = "this is no header",
		.check = conf_value_check_header},
	[CONF_TYPE_LABELS] = {"list of labels", true, .form = conf_form_label,
		.help = "write name=value; a name has letters, digits and _",
		.error = "this is no label"},
	[CONF_TYPE_COMMAND] = {"list of words", true, .check = value_check_text},
	[CONF_TYPE_ZONE] = {"time zone", false, conf_form_zone,
		"write a name such as Europe/Kyiv or UTC", "there is no such time zone",
		.store = value_store_text},
	[CONF_TYPE_LANG] = {"language", false, conf_form_lang,
		"write a code such as en, uk or pt-BR", "this is no language",
		.store = value_store_text},
	[CONF_TYPE_TAG] = {"tag", false, conf_form_tag, "use up to 32 letters, digits, - _ and .",
		"this is no tag", .store = value_store_text},
	[CONF_TYPE_CREDENTIAL] = {"name of a credential", FORM_CREDENTIAL,
		.store = value_store_text},
	[CONF_TYPE_CREDENTIALS] = {"list of credentials", true, FORM_CREDENTIAL},
	[CONF_TYPE_PROXY] = {"proxy", .check = conf_value_check_proxy,
		.store = value_store_present},
	[CONF_TYPE_LISTEN] = {"address to listen on", .check = conf_value_check_listen,
		.store = value_store_present},
	[CONF_TYPE_NETWORKS] = {"word or list of networks", true, .all = conf_value_store_networks},
	[CONF_TYPE_DOMAINS] = {"list of domains", true, .check = conf_value_check_domain},
	[CONF_TYPE_NOTIFY_TYPE] = {"word", .store = value_store_notify_type},
	[CONF_TYPE_DAYTIME] = {"time of day", .store = conf_value_store_daytime},
	[CONF_TYPE_HOURS] = {"hours", .store = conf_value_store_hours},
	[CONF_TYPE_DIGEST] = {"duration or time of day", .store = conf_value_store_digest},
	[CONF_TYPE_RATE] = {"rate", .store = conf_value_store_rate},
	[CONF_TYPE_EXPIRE] = {"duration", .store = conf_value_store_expire},
};

static const struct conf_type_row *value_type_of(const struct conf_reading *r)
{
	return &types[r->row->type];
}

const char *conf_schema_type_name(enum conf_type type)
{
	return types[type].name;
}

static bool value_check(const struct conf_reading *r, const struct conf_value *v)
{
	const struct conf_type_row *type = value_type_of(r);

	if (type->form && !type->form(v->text))
		return conf_value_report(r, v, type->help, type->error);
	return !type->check || type->check(r, v);
}

static bool value_store_list(
	const struct conf_reading *r, const struct conf_node *node, void *field)
{
	struct conf_list *list = field;
	bool good = true;

	list->v = arena_array(r->draft->arena, node->n_values, sizeof(*list->v));
	if (!list->v)
		return !(r->draft->nomem = true);
	for (list->n = 0; list->n < node->n_values; list->n++) {
		const struct conf_value *v = &node->values[list->n];

		good &= value_check(r, v);
		list->v[list->n] = str_slice(conf_value_copy_text(r, v->text), v->text.n);
	}
	return good;
}

static bool value_read_values(
	const struct conf_reading *r, const struct conf_node *node, void *object)
{
	const struct conf_type_row *type = value_type_of(r);
	void *field = (char *)object + r->row->field;

	if (type->all)
		return type->all(r, node, field);
	if (!type->store)
		return value_store_list(r, node, field);
	if (node->values[0].text.n && !value_check(r, &node->values[0]))
		return false;
	return type->store(r, &node->values[0], field);
}

bool conf_value_read(const struct conf_reading *r, const struct conf_node *node, void *object)
{
	struct conf_diags *d = r->draft->diags;
	bool list = value_type_of(r)->list;

	if (node->n_values == 0 && !(list && node->list))
		return false; /* reported by the parser */
	if (!list && node->n_values != 1) {
		conf_error(d, node->values ? node->values[0].at : node->at, NULL,
			"%s takes one value, not a list", r->row->key);
		return false;
	}
	if (list && node->n_values < (size_t)r->row->min) {
		conf_error(d, node->at, NULL, "%s: this list is empty", r->row->key);
		return false;
	}
	if (list && r->row->max && node->n_values > (size_t)r->row->max) {
		conf_error(d, node->values[r->row->max].at, NULL, "%s: at most %lld value%s",
			r->row->key, (long long)r->row->max, str_plural(r->row->max));
		return false;
	}
	return value_read_values(r, node, object);
}

bool conf_value_default(const struct conf_reading *r, void *object)
{
	struct conf_value v[8] = {0};
	struct conf_node node = {.values = v};
	struct str rest = str_of(r->row->fallback);

	if (!rest.p) {
		if (r->row->type == CONF_TYPE_ENUM)
			*(int *)(void *)((char *)object + r->row->field) = -1;
		return true;
	}
	while (node.n_values < 8) {
		ptrdiff_t comma = str_find(rest, STR(", "));

		v[node.n_values++].text = comma < 0 ? rest : str_slice(rest.p, (size_t)comma);
		if (comma < 0)
			break;
		rest = str_slice(rest.p + comma + 2, rest.n - (size_t)comma - 2);
	}
	return value_read_values(r, &node, object);
}
