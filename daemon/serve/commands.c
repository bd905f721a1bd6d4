/* SPDX-License-Identifier: MIT */
/* Requests on the control socket. */
#include "commands.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "configuration.h"
#include "daemon.h"
#include "io/status.h"

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
	struct port_job port = desk_thread_port(d->desk);

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
	struct port_job port = desk_thread_port(d->desk);

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

void command_run(void *daemon, struct control_call *call, const json_t *request)
{
	struct daemon *d = daemon;
	const char *command = json_string_value(json_object_get(request, "command"));

	if (command && strcmp(command, "status") == 0) {
		answer_status(d, call);
	} else if (command && strcmp(command, "reload") == 0 && !d->stopping &&
		   d->n_next_calls < DAEMON_CALLS_MAX) {
		d->next_calls[d->n_next_calls++] = call;
		configuration_reload(d);
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
