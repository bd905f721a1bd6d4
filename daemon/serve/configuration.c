/* SPDX-License-Identifier: MIT */
/* The configuration in force: loaded at the start, replaced by a reload. */
#include "daemon.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "conf/kept.h"
#include "document/configuration.h"

#define CHECK_MS 500
#define TEXT_MAX ((size_t)64 * 1024 * 1024)

/* --- the log --- */

static void configuration_apply_log(const struct daemon *d)
{
	log_configure(&(struct log_options){
		.level = d->view.conf->daemon.log,
		.json = d->view.conf->daemon.log_json,
		.journal = d->o->journal,
	});
}

static void configuration_log_diags(const struct conf_diags *diags)
{
	for (size_t i = 0; i < diags->n && i < ADMIN_DIAGS_MAX; i++) {
		const struct conf_diag *v = &diags->v[i];
		const struct log_field fields[] = {
			LOG_S("file", v->place.file ? v->place.file : ""),
			LOG_I("line", v->place.line),
			LOG_I("column", v->place.column),
			LOG_S("text", v->text),
			LOG_END_,
		};

		log_write(v->warning ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "configuration", fields);
	}
}

/* --- the first load --- */

static void configuration_print_diags(const struct daemon *d, const struct conf_diags *diags)
{
	struct buf text;

	buf_init(&text, (size_t)1024 * 1024);
	for (size_t i = 0; i < diags->n && i < ADMIN_DIAGS_MAX; i++)
		conf_diag_print(&text, &diags->v[i]);
	if (err_is_exhaustion(diags->cause))
		buf_printf(&text, "nightdesk: the configuration of %s cannot be read now\n",
			d->o->dir);
	else
		buf_printf(&text, "nightdesk: %zu error%s in the configuration of %s\n",
			diags->errors, str_plural((long long)diags->errors), d->o->dir);
	log_print(buf_str(&text));
	buf_release(&text);
}

int configuration_load(struct daemon *d)
{
	struct conf_diags diags;
	int rc;

	conf_unref(d->view.conf);
	d->view.conf = NULL;
	buf_release(&d->text);
	buf_init(&d->text, TEXT_MAX);
	rc = conf_load_text(d->o->dir, &d->o->env, &d->text, &d->view.conf, &diags);
	if (rc) {
		configuration_print_diags(d, &diags);
	} else {
		d->view.loaded = clock_wall();
		configuration_apply_log(d);
		configuration_log_diags(&diags);
		heap_trim();
	}
	conf_diags_release(&diags);
	return rc;
}

/* --- reload --- */

/*
 * A configuration that a reload has replaced, kept until no poll or delivery refers to it. Freeing
 * 100,000 watches takes longer than a callback on the loop may: the worker does it.
 */
struct retired_conf {
	struct worker_job job;
	struct conf *conf;
	LIST_ENTRY(retired_conf) link;
};

static void configuration_run_free(void *arg)
{
	struct retired_conf *r = arg;

	conf_unref(r->conf);
	heap_trim();
}

/* The callback of the alarm: hands over every configuration to which ours is the last reference. */
static void configuration_check_retired(void *arg)
{
	struct daemon *d = arg;
	struct retired_conf *r, *next;

	for (r = LIST_FIRST(&d->retired); r; r = next) {
		next = LIST_NEXT(r, link);
		if (!conf_is_last(r->conf))
			continue;
		LIST_REMOVE(r, link);
		worker_post(d->worker, &r->job);
	}
	if (!LIST_EMPTY(&d->retired))
		loop_alarm_set(d->check, CHECK_MS);
}

static void configuration_retire(struct daemon *d, struct conf *conf)
{
	struct retired_conf *r = malloc(sizeof(*r));

	if (!r) {
		conf_unref(conf);
		return;
	}
	*r = (struct retired_conf){
		.job = {.run = configuration_run_free, .done = free, .drop = free, .arg = r},
		.conf = conf,
	};
	LIST_INSERT_HEAD(&d->retired, r, link);
	loop_alarm_set(d->check, CHECK_MS);
}

static void configuration_replace(struct daemon *d, struct conf *conf)
{
	if (strcmp(conf->daemon.state, d->view.conf->daemon.state) != 0)
		log_warn("restart-needed", LOG_S("for", "daemon state"));
	engine_reload(d->engine, conf);
	if (d->websub)
		web_websub_reload(d->websub, conf);
	if (d->site)
		web_site_reload(d->site, conf);
	configuration_retire(d, d->view.conf);
	d->view.conf = conf;
	d->view.loaded = clock_wall();
	fetch_set_parallel(d->fetch, conf->poll.parallel);
	configuration_apply_log(d);
}

static void configuration_start_load(struct daemon *d)
{
	d->loading = true;
	d->loads++;
	sd_notify_send_reloading(&d->notify);
	worker_post(d->worker, &d->load);
}

/* Without the copy, commands have none to fall back on: no reason to stop. */
void configuration_keep(struct daemon *d)
{
	struct err e;

	if (d->text.max == 0)
		return; /* not loaded since a restore: the copy is there */
	if (conf_kept_write(d->o->dir, d->state, &d->text, &e))
		log_warn("configuration-not-kept", LOG_E(&e));
	buf_release(&d->text);
}

/* On the worker: 100,000 watches take seconds to compile. */
static void configuration_run_load(void *arg)
{
	struct daemon *d = arg;

	buf_init(&d->text, TEXT_MAX);
	if (conf_load_text(d->o->dir, &d->o->env, &d->text, &d->next, &d->diags) == 0)
		configuration_keep(d);
	buf_release(&d->text);
	heap_trim();
}

static void configuration_drop_load(void *arg)
{
	struct daemon *d = arg;

	conf_unref(d->next);
	conf_diags_release(&d->diags);
}

static void configuration_note_refused(struct daemon *d)
{
	char first[ERR_TEXT_MAX] = "";

	for (size_t i = 0; i < d->diags.n && !first[0]; i++) {
		const struct conf_diag *v = &d->diags.v[i];

		if (!v->warning)
			snprintf(first, sizeof(first), "%s:%u: %s",
				v->place.file ? v->place.file : "", v->place.line, v->text);
	}
	log_error("reload-refused", LOG_I("errors", d->diags.errors));
	trouble_begin(engine_troubles(d->engine), TROUBLE_RELOAD_REFUSED, STR_NONE, str_of(first));
}

static void configuration_end_reload(struct daemon *d)
{
	d->loading = false;
	admin_end_reload(d->admin, d->loads, &d->diags);
	conf_diags_release(&d->diags);
	sd_notify_send_ready(d);
	if (d->again) {
		d->again = false;
		configuration_start_load(d);
	}
}

void configuration_on_applied(struct daemon *d)
{
	const struct conf *conf = d->view.conf;

	log_notice("reloaded", LOG_I("feeds", conf->n_feeds), LOG_I("watches", conf->n_watches));
	configuration_end_reload(d);
}

static void configuration_end_load(void *arg)
{
	struct daemon *d = arg;

	configuration_log_diags(&d->diags);
	if (d->view.stopping) {
		configuration_drop_load(d);
		return;
	}
	json_decref(d->view.refused);
	d->view.refused = NULL;
	if (d->next) {
		trouble_end(engine_troubles(d->engine), TROUBLE_RELOAD_REFUSED, STR_NONE);
		configuration_replace(d, d->next); /* ends in configuration_on_applied() */
		return;
	}
	d->view.refused = document_diags(&d->diags, false, ADMIN_DIAGS_MAX);
	configuration_note_refused(d);
	configuration_end_reload(d);
}

uint64_t configuration_reload(void *daemon)
{
	struct daemon *d = daemon;

	if (d->loading)
		d->again = true;
	else if (!d->view.stopping && !d->o->once)
		configuration_start_load(d);
	return d->loads + d->again;
}

int configuration_init(struct daemon *d)
{
	LIST_INIT(&d->retired);
	d->load = (struct worker_job){
		.run = configuration_run_load,
		.done = configuration_end_load,
		.drop = configuration_drop_load,
		.arg = d,
	};
	d->state = strdup(d->view.conf->daemon.state);
	d->worker = worker_new(d->loop);
	d->check = loop_alarm_new(d->loop, "retired-conf", configuration_check_retired, d);
	return d->state && d->worker && d->check ? 0 : -(int)ERR_NOMEM;
}

void configuration_release(struct daemon *d)
{
	struct retired_conf *r;

	worker_free(d->worker);
	conf_diags_release(&d->diags);
	loop_alarm_free(d->check);
	while ((r = LIST_FIRST(&d->retired))) {
		LIST_REMOVE(r, link);
		conf_unref(r->conf);
		free(r);
	}
	conf_unref(d->view.conf);
	json_decref(d->view.refused);
	buf_release(&d->text);
	free(d->state);
}
