/* SPDX-License-Identifier: MIT */
#include "configuration.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon.h"
#include "document/configuration.h"
#include "heartbeat.h"

/* --- the log --- */

static void configuration_apply_log(const struct daemon *d)
{
	log_configure(&(struct log_options){
		.level = d->conf->daemon.log,
		.json = d->conf->daemon.log_json,
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
	fprintf(stderr, "%snightdesk: %zu errors in the configuration of %s\n", buf_z(&text),
		diags->errors, d->o->dir);
	buf_release(&text);
}

int configuration_load(struct daemon *d)
{
	struct conf_diags diags;
	int rc = conf_load(d->o->dir, &d->o->env, &d->conf, &diags);

	if (rc) {
		configuration_print_diags(d, &diags);
	} else {
		d->loaded = clock_wall();
		configuration_apply_log(d);
		configuration_log_diags(&diags);
	}
	conf_diags_release(&diags);
	return rc ? -(int)ERR_CONF : 0;
}

/* --- reload --- */

static void configuration_replace(struct daemon *d, struct conf *conf)
{
	if (strcmp(conf->daemon.state, d->conf->daemon.state) != 0)
		log_warn("restart-needed", LOG_S("for", "daemon state"));
	engine_reload(d->engine, conf);
	retired_confs_add(d->retired, d->conf);
	d->conf = conf;
	d->loaded = clock_wall();
	fetch_set_parallel(d->fetch, conf->poll.parallel);
	configuration_apply_log(d);
	log_notice("reloaded", LOG_I("feeds", conf->n_feeds), LOG_I("watches", conf->n_watches));
}

static bool configuration_start_load(struct daemon *d);

static void configuration_end_load(void *arg, struct conf *conf, const struct conf_diags *diags)
{
	struct daemon *d = arg;

	d->loader = NULL;
	configuration_log_diags(diags);
	json_decref(d->refused);
	d->refused = NULL;
	if (d->stopping) {
		conf_unref(conf);
		d->again = false;
		return;
	}
	if (conf) {
		configuration_replace(d, conf);
	} else {
		d->refused = document_diags(diags, false, ADMIN_DIAGS_MAX);
		log_error("reload-refused", LOG_I("errors", diags->errors));
	}
	admin_end_reload(d->admin, d->loads, diags);
	heartbeat_send_ready(d);
	if (d->again && !configuration_start_load(d))
		admin_end_reload(d->admin, d->loads, NULL);
}

static bool configuration_start_load(struct daemon *d)
{
	d->again = false;
	d->loads++;
	sd_notify_reloading(&d->notify);
	d->loader = conf_loader_start(d->loop, d->o->dir, &d->o->env, configuration_end_load, d);
	if (!d->loader)
		log_error("reload-refused", LOG_S("reason", "no thread could be started"));
	return d->loader != NULL;
}

uint64_t configuration_reload(struct daemon *d)
{
	if (d->stopping)
		return 0;
	if (d->loader) {
		d->again = true;
		return d->loads + 1;
	}
	return configuration_start_load(d) ? d->loads : 0;
}

void configuration_release(struct daemon *d)
{
	conf_loader_cancel(d->loader);
	retired_confs_free(d->retired);
	conf_unref(d->conf);
	json_decref(d->refused);
}
