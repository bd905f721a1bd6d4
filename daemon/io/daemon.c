/* SPDX-License-Identifier: MIT */
#include "io/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "io/control.h"
#include "io/deadline.h"
#include "io/fetch.h"
#include "io/loader.h"
#include "io/send.h"
#include "io/service.h"
#include "io/status.h"
#include "io/thread.h"

#define STOP_MS	       4500 /* of the 5 s that are promised */
#define STATUS_MS      5000
#define DESK_HANGS_MS  30000 /* one job of the desk; a slow card's fsync takes seconds */
#define DIAGS_MAX      100
#define CALLS_MAX      16 /* as many as the control socket has connections */
#define HOSTNAME_BYTES 256

struct daemon {
	const struct daemon_options *o;
	struct conf *conf;
	struct loop *loop;
	struct fetch *fetch;
	struct send *send;
	struct thread *thread;
	struct engine *engine;
	struct control *control;
	struct service service;
	struct loop_alarm *watchdog, *status;
	char status_text[256]; /* last told */
	char hostname[HOSTNAME_BYTES];
	bool stopping;
	struct deadline *deadline;
	/* Reload: callers that wait for the one that runs, and for the next. */
	struct loader *loader;
	bool again;
	struct control_call *calls[CALLS_MAX], *next_calls[CALLS_MAX];
	size_t n_calls, n_next_calls;
	int64_t loaded;	 /* wall ms, of the configuration that is in force */
	json_t *refused; /* errors of the last reload; NULL: it was fine */
};

static int exit_code(enum err_class cls)
{
	switch (cls) {
	case ERR_NONE: return EX_OK;
	case ERR_TEMP: return EX_TEMPFAIL;
	case ERR_PERM: return EX_CANTCREAT;
	case ERR_INPUT: return EX_DATAERR;
	case ERR_CONF: return EX_CONFIG;
	case ERR_LIMIT:
	case ERR_NOMEM: return EX_OSERR;
	case ERR_IO: return EX_IOERR;
	case ERR_BUG: return EX_SOFTWARE;
	}
	return EX_SOFTWARE;
}

static void configure_log(const struct daemon *d)
{
	log_configure(&(struct log_options){
		.level = d->conf->daemon.log,
		.json = d->conf->daemon.log_json,
		.journal = d->o->journal,
	});
}

/* --- stop --- */

static void begin_stop(void *arg)
{
	struct daemon *d = arg;

	if (d->stopping) {
		log_notice("stop-at-once");
		_exit(EX_OK);
	}
	d->stopping = true;
	log_notice("stopping");
	service_stopping(&d->service);
	d->deadline = deadline_start(STOP_MS, EX_OK);
	loop_alarm_clear(d->status);
	engine_stop(d->engine);
}

static void on_ended(void *arg)
{
	struct daemon *d = arg;

	loop_stop(d->loop);
}

/* After a failed fsync nobody knows what the disk holds: only a restart reads it back. */
static void on_fatal(void *arg, const struct err *e)
{
	struct daemon *d = arg;

	log_error("fatal", LOG_E(e));
	service_status(&d->service, "stopped after a disk failure, see the log");
	_exit(exit_code(e->cls));
}

/* --- signs of life --- */

static void on_watchdog(void *arg)
{
	struct daemon *d = arg;

	/* That this runs at all shows that the loop does. */
	if (thread_busy_ms(d->thread) < DESK_HANGS_MS)
		service_alive(&d->service);
	loop_alarm_set(d->watchdog, d->service.watchdog_ms / 3);
}

static void write_status(struct daemon *d, char text[256])
{
	struct engine_status s;

	engine_status(d->engine, &s);
	snprintf(text, 256,
		"%zu feeds (%zu failing), %zu watches; %llu polls, %llu new items, %llu alerts%s",
		s.feeds, s.feeds_failing, d->conf->n_watches, (unsigned long long)s.polls,
		(unsigned long long)s.items_new, (unsigned long long)s.alerts,
		d->refused ? "; the last reload was refused, see the log" : "");
}

static void on_status(void *arg)
{
	struct daemon *d = arg;
	char text[256];

	write_status(d, text);
	if (strcmp(text, d->status_text) != 0) {
		memcpy(d->status_text, text, sizeof(text));
		service_status(&d->service, text);
	}
	loop_alarm_set(d->status, STATUS_MS);
}

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
		json_object_set_new(a, "warnings", status_diags(diags, true, DIAGS_MAX));
		control_answer(d->calls[i], a);
	}
	d->n_calls = 0;
}

static void log_diags(const struct conf_diags *diags)
{
	for (size_t i = 0; i < diags->n && i < DIAGS_MAX; i++) {
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

static void take_over(struct daemon *d, struct conf *conf)
{
	if (strcmp(conf->daemon.state, d->conf->daemon.state) != 0)
		log_warn("restart-needed", LOG_S("for", "daemon state"));
	engine_reload(d->engine, conf);
	conf_unref(d->conf);
	d->conf = conf;
	d->loaded = clock_wall();
	fetch_set_parallel(d->fetch, conf->poll.parallel);
	configure_log(d);
}

static void on_loaded(void *arg, struct conf *conf, const struct conf_diags *diags)
{
	struct daemon *d = arg;

	d->loader = NULL;
	log_diags(diags);
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
		d->refused = status_diags(diags, false, DIAGS_MAX);
		log_error("reload-refused", LOG_I("errors", diags->errors));
	}
	answer_reload(d, diags);
	d->status_text[0] = '\0';
	write_status(d, d->status_text);
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
static void reload(struct daemon *d)
{
	if (d->stopping)
		return;
	if (d->loader)
		d->again = true;
	else
		start_load(d);
}

static void on_hangup(void *arg)
{
	reload(arg);
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

static void on_command(void *arg, struct control_call *call, const json_t *request)
{
	struct daemon *d = arg;
	const char *command = json_string_value(json_object_get(request, "command"));

	if (command && strcmp(command, "status") == 0) {
		answer_status(d, call);
	} else if (command && strcmp(command, "reload") == 0 && !d->stopping &&
		   d->n_next_calls < CALLS_MAX) {
		d->next_calls[d->n_next_calls++] = call;
		reload(d);
	} else {
		control_answer(
			call, json_pack("{ss}", "error",
				      d->stopping ? "nightdesk is stopping" : "no such command"));
	}
}

/* --- start --- */

static int load_at_start(struct daemon *d)
{
	struct conf_diags diags;
	struct buf text;
	int rc = conf_load(d->o->dir, &d->o->env, &d->conf, &diags);

	buf_init(&text, (size_t)1024 * 1024);
	for (size_t i = 0; rc && i < diags.n && i < DIAGS_MAX; i++)
		conf_diag_print(&text, &diags.v[i]);
	if (rc)
		fprintf(stderr, "%snightdesk: %zu errors in the configuration of %s\n",
			buf_z(&text), diags.errors, d->o->dir);
	if (rc == 0) {
		configure_log(d);
		log_diags(&diags);
	}
	buf_release(&text);
	conf_diags_release(&diags);
	return rc ? EX_CONFIG : EX_OK;
}

static int complain(const struct err *e)
{
	log_error("start-failed", LOG_E(e));
	return exit_code(e->cls);
}

static int no_memory(void)
{
	struct err e;

	err_nomem(&e);
	return complain(&e);
}

/* A daemon without control socket watches all the same; but never two on one socket. */
static int open_control(struct daemon *d)
{
	struct err e;

	if (!d->conf->daemon.control || d->o->once)
		return EX_OK;
	if (control_new(&d->control, d->loop, d->conf->daemon.control, on_command, d, &e) == 0)
		return EX_OK;
	if (e.cls == ERR_TEMP)
		return complain(&e);
	log_warn("control-off", LOG_E(&e));
	return EX_OK;
}

static bool watch_signals(struct daemon *d)
{
	/* A file-size limit must be an error of write(2), not the end. */
	signal(SIGXFSZ, SIG_IGN);
	return loop_signal(d->loop, SIGTERM, begin_stop, d) == 0 &&
	       loop_signal(d->loop, SIGINT, begin_stop, d) == 0 &&
	       loop_signal(d->loop, SIGHUP, on_hangup, d) == 0;
}

static int build_engine(struct daemon *d)
{
	struct ports ports;
	struct engine_options o = {
		.once = d->o->once,
		.hostname = d->hostname,
		.pid = getpid(),
		.ended = on_ended,
		.fatal = on_fatal,
		.arg = d,
	};
	struct err e;

	if (rng_system_bytes(&o.seed, sizeof(o.seed))) {
		err_set(&e, ERR_IO, "the system gives no random bytes");
		return complain(&e);
	}
	ports = (struct ports){
		.fetch = fetch_port(d->fetch),
		.send = send_port(d->send),
		.job = thread_port(d->thread),
		.timer = loop_timers(d->loop),
	};
	d->engine = engine_new(&ports, d->conf, &o);
	return d->engine ? EX_OK : no_memory();
}

static int build(struct daemon *d)
{
	struct err e;
	int code;

	if (gethostname(d->hostname, sizeof(d->hostname) - 1))
		d->hostname[0] = '\0';
	d->loop = loop_new();
	if (!d->loop || !watch_signals(d))
		return no_memory();
	d->fetch = fetch_new(d->loop, d->conf->poll.parallel);
	d->send = send_new(d->loop);
	d->watchdog = loop_alarm_new(d->loop, "watchdog", on_watchdog, d);
	d->status = loop_alarm_new(d->loop, "status", on_status, d);
	if (!d->fetch || !d->send || !d->watchdog || !d->status)
		return no_memory();
	if (thread_new(&d->thread, d->loop, d->conf->daemon.state, &e))
		return complain(&e);
	code = open_control(d);
	return code ? code : build_engine(d);
}

static void demolish(struct daemon *d)
{
	control_free(d->control);
	loader_cancel(d->loader);
	engine_free(d->engine);
	fetch_free(d->fetch);
	send_free(d->send);
	thread_free(d->thread);
	loop_alarm_free(d->watchdog);
	loop_alarm_free(d->status);
	loop_free(d->loop);
	conf_unref(d->conf);
	json_decref(d->refused);
	deadline_cancel(d->deadline);
}

static int live(struct daemon *d)
{
	struct err e;

	engine_start(d->engine);
	log_notice("started", LOG_S("version", NIGHTDESK_VERSION), LOG_I("feeds", d->conf->n_feeds),
		LOG_I("watches", d->conf->n_watches));
	write_status(d, d->status_text);
	service_ready(&d->service, d->status_text);
	loop_alarm_set(d->status, STATUS_MS);
	if (d->service.watchdog_ms)
		on_watchdog(d);
	if (loop_run(d->loop, &e))
		_exit(complain(&e)); /* the engine cannot be brought to an end without its loop */
	log_notice("stopped");
	return EX_OK;
}

int daemon_run(const struct daemon_options *o)
{
	struct daemon d = {.o = o};
	int code = load_at_start(&d);

	service_init(&d.service, o->notify_socket, o->watchdog_usec);
	if (code == EX_OK) {
		d.loaded = clock_wall();
		code = build(&d);
	}
	if (code == EX_OK)
		code = live(&d);
	demolish(&d);
	return code;
}
