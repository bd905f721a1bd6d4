/* SPDX-License-Identifier: MIT */
/* What people ask of the running daemon: to read its configuration anew, and how it is. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon_parts.h"
#include "io/status.h"

#define PAST_MS 500

/* --- reload --- */

static void start_load(struct daemon *d);

static void answer_reload(struct daemon *d, const struct conf_diags *diags)
{
	for (size_t i = 0; i < d->n_calls; i++) {
		json_t *a = json_object();

		json_object_set_new(a, "ok", json_boolean(!d->refused));
		json_object_set_new(a, "feeds", json_integer((json_int_t)d->conf->n_feeds));
		json_object_set_new(a, "watches", json_integer((json_int_t)d->conf->n_watches));
		if (d->refused)
			json_object_set(a, "errors", d->refused);
		json_object_set_new(a, "warnings", status_diags(diags, true, DAEMON_DIAGS_MAX));
		control_answer(d->calls[i], a);
	}
	d->n_calls = 0;
}

void daemon_log_diags(const struct conf_diags *diags)
{
	for (size_t i = 0; i < diags->n && i < DAEMON_DIAGS_MAX; i++) {
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

/* --- what was in force before --- */

/*
 * To free a hundred thousand watches takes longer than the loop may be held. So the daemon keeps
 * its reference until it is the last, and then lets the desk drop it.
 */
static void free_past(void *arg, struct desk *desk, struct store *store)
{
	struct daemon_past *p = arg;

	(void)desk;
	(void)store;
	conf_unref(p->conf);
	loader_give_back();
}

void daemon_look_at_past(void *daemon)
{
	struct daemon *d = daemon;
	struct port_job port = thread_port(d->thread);
	struct daemon_past *p, *next;

	for (p = LIST_FIRST(&d->past); p; p = next) {
		next = LIST_NEXT(p, link);
		if (!conf_is_last(p->conf))
			continue;
		LIST_REMOVE(p, link);
		if (port.post(port.ctx, free_past, free, p))
			LIST_INSERT_HEAD(&d->past, p, link); /* full: later */
	}
	if (!LIST_EMPTY(&d->past))
		loop_alarm_set(d->past_alarm, PAST_MS);
}

void daemon_forget_past(struct daemon *d)
{
	struct daemon_past *p;

	while ((p = LIST_FIRST(&d->past))) {
		LIST_REMOVE(p, link);
		conf_unref(p->conf);
		free(p);
	}
}

static void retire(struct daemon *d, struct conf *conf)
{
	struct daemon_past *p = malloc(sizeof(*p));

	if (!p) {
		conf_unref(conf);
		return;
	}
	p->conf = conf;
	LIST_INSERT_HEAD(&d->past, p, link);
	loop_alarm_set(d->past_alarm, PAST_MS);
}

static void take_over(struct daemon *d, struct conf *conf)
{
	if (strcmp(conf->daemon.state, d->conf->daemon.state) != 0)
		log_warn("restart-needed", LOG_S("for", "daemon state"));
	engine_reload(d->engine, conf);
	retire(d, d->conf);
	d->conf = conf;
	d->loaded = clock_wall();
	fetch_set_parallel(d->fetch, conf->poll.parallel);
	daemon_configure_log(d);
}

static void on_loaded(void *arg, struct conf *conf, const struct conf_diags *diags)
{
	struct daemon *d = arg;

	d->loader = NULL;
	daemon_log_diags(diags);
	json_decref(d->refused);
	d->refused = NULL;
	if (d->stopping) {
		conf_unref(conf);
		d->again = false;
		return;
	}
	if (conf) {
		take_over(d, conf);
		log_notice("reloaded", LOG_I("feeds", conf->n_feeds),
			LOG_I("watches", conf->n_watches));
	} else {
		d->refused = status_diags(diags, false, DAEMON_DIAGS_MAX);
		log_error("reload-refused", LOG_I("errors", diags->errors));
	}
	answer_reload(d, diags);
	d->status_text[0] = '\0';
	daemon_write_status(d, d->status_text);
	service_ready(&d->service, d->status_text);
	if (d->again)
		start_load(d);
}

static void refuse_calls(struct daemon *d, const char *why)
{
	for (size_t i = 0; i < d->n_calls; i++)
		control_answer(d->calls[i], json_pack("{sbs[s]}", "ok", 0, "errors", why));
	d->n_calls = 0;
}

static void start_load(struct daemon *d)
{
	d->again = false;
	memcpy(d->calls, d->next_calls, sizeof(d->calls));
	d->n_calls = d->n_next_calls;
	d->n_next_calls = 0;
	service_reloading(&d->service);
	d->loader = loader_start(d->loop, d->o->dir, &d->o->env, on_loaded, d);
	if (!d->loader) {
		log_error("reload-refused", LOG_S("reason", "no thread could be started"));
		refuse_calls(d, "no thread could be started to read the configuration");
	}
}

/* One that comes while another runs may have seen other files: it gets a load of its own. */
void daemon_reload(void *daemon)
{
	struct daemon *d = daemon;

	if (d->stopping)
		return;
	if (d->loader)
		d->again = true;
	else
		start_load(d);
}

/* --- what commands ask --- */

struct status_job {
	struct daemon *daemon;
	struct control_call *call;
	struct store_counts counts;
	bool counted;
};

static json_t *full_status(struct daemon *d, const struct status_job *j)
{
	json_t *doc = status_new(true), *configuration = json_object();
	struct engine_status engine;
	struct loop_stats loop;
	char text[STAMP_TEXT_MAX];

	json_object_set_new(doc, "pid", json_integer(getpid()));
	json_object_set_new(doc, "watches", json_integer((json_int_t)d->conf->n_watches));
	if (j->counted)
		status_add_store(doc, &j->counts);
	engine_status(d->engine, &engine);
	status_add_engine(doc, &engine, clock_wall());
	loop_stats(d->loop, &loop);
	status_add_loop(doc, &loop);
	json_object_set_new(configuration, "dir", json_string(d->o->dir));
	json_object_set_new(
		configuration, "loaded", json_string(clock_rfc3339(d->loaded, false, text)));
	if (d->refused)
		json_object_set(configuration, "refused", d->refused);
	json_object_set_new(doc, "configuration", configuration);
	return doc;
}

static void count_job(void *arg, struct desk *desk, struct store *store)
{
	struct status_job *j = arg;

	(void)desk;
	j->counted = store_counts(store, &j->counts, NULL) == 0;
}

static void on_counted(void *arg)
{
	struct status_job *j = arg;

	control_answer(j->call, full_status(j->daemon, j));
	free(j);
}

static void answer_status(struct daemon *d, struct control_call *call)
{
	struct status_job *j = calloc(1, sizeof(*j));
	struct port_job port = thread_port(d->thread);

	if (!j) {
		control_answer(call, NULL);
		return;
	}
	j->daemon = d;
	j->call = call;
	/* With a full mailbox, or at the very end, the daemon's own numbers must do. */
	if (d->stopping || port.post(port.ctx, count_job, on_counted, j))
		on_counted(j);
}

/* --- what a person decides about a delivery --- */

#define DECIDE_ARENA_MAX ((size_t)64 * 1024)

struct decide_job {
	struct daemon *daemon;
	struct control_call *call;
	struct arena *arena;
	int64_t id;
	enum store_decision what;
	struct store_decided decided;
	int rc;
	struct err error;
};

static void decide_job_free(struct decide_job *j)
{
	if (j)
		arena_free(j->arena);
	free(j);
}

static void decide_job(void *arg, struct desk *desk, struct store *store)
{
	struct decide_job *j = arg;

	(void)desk;
	j->rc = store_delivery_decide(
		store, j->id, j->what, clock_wall(), j->arena, &j->decided, &j->error);
}

static void on_decided(void *arg)
{
	struct decide_job *j = arg;
	const struct store_decided *v = &j->decided;
	bool configured = true;

	if (j->rc) {
		control_answer(j->call, json_pack("{ss}", "error", j->error.text));
		decide_job_free(j);
		return;
	}
	if (v->found && v->was != STORE_DELIVERED) {
		log_notice(j->what == STORE_RETRY ? "retry-asked" : "delivery-dropped",
			LOG_STR("notify", v->notify), LOG_I("delivery", j->id));
		if (j->what == STORE_RETRY)
			configured = engine_retry(j->daemon->engine, v->notify);
	}
	control_answer(j->call,
		json_pack("{sb sb ss% sb}", "found", v->found, "delivered",
			v->was == STORE_DELIVERED, "notify", v->notify.p ? v->notify.p : "",
			v->notify.n, "configured", configured));
	decide_job_free(j);
}

static void answer_decision(struct daemon *d, struct control_call *call, enum store_decision what,
	const json_t *request)
{
	struct decide_job *j = calloc(1, sizeof(*j));
	struct port_job port = thread_port(d->thread);

	if (j)
		j->arena = arena_new(DECIDE_ARENA_MAX);
	if (!j || !j->arena) {
		decide_job_free(j);
		control_answer(call, NULL);
		return;
	}
	j->daemon = d;
	j->call = call;
	j->what = what;
	j->id = json_integer_value(json_object_get(request, "delivery"));
	if (port.post(port.ctx, decide_job, on_decided, j)) {
		decide_job_free(j);
		control_answer(call, json_pack("{ss}", "error", "nightdesk is too busy just now"));
	}
}

void daemon_command(void *daemon, struct control_call *call, const json_t *request)
{
	struct daemon *d = daemon;
	const char *command = json_string_value(json_object_get(request, "command"));

	if (command && strcmp(command, "status") == 0) {
		answer_status(d, call);
	} else if (command && strcmp(command, "reload") == 0 && !d->stopping &&
		   d->n_next_calls < DAEMON_CALLS_MAX) {
		d->next_calls[d->n_next_calls++] = call;
		daemon_reload(d);
	} else if (command && strcmp(command, "retry") == 0 && !d->stopping) {
		answer_decision(d, call, STORE_RETRY, request);
	} else if (command && strcmp(command, "drop") == 0 && !d->stopping) {
		answer_decision(d, call, STORE_DROP, request);
	} else {
		control_answer(
			call, json_pack("{ss}", "error",
				      d->stopping ? "nightdesk is stopping" : "no such command"));
	}
}
