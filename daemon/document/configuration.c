/* SPDX-License-Identifier: MIT */
#include "document/configuration.h"

#include "value.h"

#define DIAG_MAX       ((size_t)8 * 1024)
#define QUERY_TEXT_MAX ((size_t)1024 * 1024)

static json_t *configuration_place(const struct conf_place *p)
{
	json_t *o = json_object();

	document_set_text(o, "file", str_of(p->file ? p->file : "?"));
	if (p->line) {
		document_set_int(o, "line", p->line);
		document_set_int(o, "column", p->column);
	}
	return o;
}

json_t *document_finding(const struct conf_diag *g)
{
	json_t *o = configuration_place(&g->place);

	document_set_text(o, "severity", g->warning ? STR("warning") : STR("error"));
	document_set_text(o, "text", str_of(g->text));
	if (g->source) {
		document_set_text(o, "source", str_of(g->source));
		document_set_int(o, "caret", (int64_t)g->caret);
	}
	document_set_text(o, "help", str_of(g->help));
	return o;
}

json_t *document_watch(const struct conf_watch *w, const char *cost, struct str query)
{
	json_t *o = configuration_place(&w->place);

	document_set_text(o, "name", str_of(w->name));
	document_set_text(o, "cost", str_of(cost));
	document_set_int(o, "tests", (int64_t)w->n_tests);
	document_set_text(o, "query", query);
	return o;
}

static json_t *configuration_names(const struct conf_list *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(list, json_stringn(names->v[i].p, names->v[i].n));
	return list;
}

json_t *document_configured_watch(const struct conf *conf, size_t watch)
{
	const struct conf_watch *w = &conf->watches[watch];
	json_t *o = json_object();
	struct buf query;

	document_set_text(o, "name", str_of(w->name));
	document_set_text(o, "title", str_of(w->title));
	document_set_text(o, "priority", str_of(alert_priority_words[w->priority]));
	buf_init(&query, QUERY_TEXT_MAX);
	watch_set_print(conf->set, watch, &query);
	document_set_text(o, "query", buf_str(&query));
	buf_release(&query);
	document_set_text(o, "cost", str_of(watch_set_cost(conf->set, watch)));
	json_object_set_new(o, "notify", configuration_names(&w->notify));
	json_object_set_new(o, "feeds", configuration_names(&w->feeds));
	json_object_set_new(o, "groups", configuration_names(&w->groups));
	document_set_bool(o, "updates_alert", w->on_update_alert);
	return o;
}

json_t *document_check(const struct document_check *c)
{
	json_t *o = json_object();

	document_set_text(o, "directory", str_of(c->dir));
	document_set_int(o, "errors", (int64_t)c->errors);
	document_set_int(o, "warnings", (int64_t)c->warnings);
	json_object_set(o, "findings", c->findings);
	if (!c->conf)
		return o;
	document_set_int(o, "feeds", (int64_t)c->conf->n_feeds);
	document_set_int(o, "notifies", (int64_t)c->conf->n_notifies);
	json_object_set(o, "intervals", c->intervals);
	json_object_set(o, "watches", c->watches);
	document_set_int(o, "scan", (int64_t)c->scan);
	document_set_int(o, "slow", (int64_t)c->slow);
	document_set_int(o, "tests", (int64_t)c->tests);
	document_set_int(o, "tests_failed", (int64_t)c->tests_failed);
	return o;
}

json_t *document_key(const char *block, const char *receiver, const struct conf_key_row *row)
{
	json_t *o = json_object(), *words;

	document_set_text(o, "block", str_of(block));
	if (receiver)
		document_set_text(o, "receiver", str_of(receiver));
	document_set_text(o, "key", str_of(row->key));
	document_set_text(o, "type", str_of(conf_schema_type_name(row->type)));
	document_set_bool(o, "required", row->required);
	if (!row->required)
		document_set_text(o, "default", str_of(conf_schema_default(row)));
	if (row->words) {
		words = json_array();
		for (const char *const *word = row->words; *word; word++)
			json_array_append_new(words, json_string(*word));
		json_object_set_new(o, "words", words);
	}
	document_set_text(o, "help", str_of(row->help));
	return o;
}
json_t *document_diags(const struct conf_diags *d, bool warnings, size_t max)
{
	json_t *list = json_array();
	struct buf b;

	buf_init(&b, DIAG_MAX);
	for (size_t i = 0; i < d->n && json_array_size(list) < max; i++) {
		const struct conf_diag *v = &d->v[i];

		if (v->warning != warnings)
			continue;
		buf_clear(&b);
		if (v->place.file)
			buf_addz(&b, v->place.file);
		if (v->place.file && v->place.line)
			buf_printf(&b, ":%u:%u", v->place.line, v->place.column);
		buf_addz(&b, v->place.file ? ": " : "");
		buf_addz(&b, v->text);
		json_array_append_new(list, json_stringn(buf_z(&b), b.len));
	}
	buf_release(&b);
	return list;
}

json_t *document_reload(const struct conf *conf, json_t *refused, json_t *warnings)
{
	json_t *o = json_object();

	document_set_bool(o, "ok", !refused);
	document_set_int(o, "feeds", (int64_t)conf->n_feeds);
	document_set_int(o, "watches", (int64_t)conf->n_watches);
	if (refused)
		json_object_set(o, "errors", refused);
	json_object_set_new(o, "warnings", warnings);
	return o;
}
