/* SPDX-License-Identifier: MIT */
#include "io/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon_parts.h"

#define STOP_MS	      4500 /* of the 5 s that are promised */
#define STATUS_MS     5000
#define DESK_HANGS_MS 30000 /* one job of the desk; a slow card's fsync takes seconds */

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

void daemon_configure_log(const struct daemon *d)
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
	loop_alarm_clear(d->past_alarm);
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

void daemon_write_status(const struct daemon *d, char text[DAEMON_STATUS_MAX])
{
	struct engine_status s;

	engine_status(d->engine, &s);
	snprintf(text, DAEMON_STATUS_MAX,
		"%zu feeds (%zu failing), %zu watches; %llu polls, %llu new items, %llu alerts%s",
		s.feeds, s.feeds_failing, d->conf->n_watches, (unsigned long long)s.polls,
		(unsigned long long)s.items_new, (unsigned long long)s.alerts,
		d->refused ? "; the last reload was refused, see the log" : "");
}

static void on_status(void *arg)
{
	struct daemon *d = arg;
	char text[DAEMON_STATUS_MAX];

	daemon_write_status(d, text);
	if (strcmp(text, d->status_text) != 0) {
		memcpy(d->status_text, text, sizeof(text));
		service_status(&d->service, text);
	}
	loop_alarm_set(d->status, STATUS_MS);
}

/* --- start --- */

static int load_at_start(struct daemon *d)
{
	struct conf_diags diags;
	struct buf text;
	int rc = conf_load(d->o->dir, &d->o->env, &d->conf, &diags);

	buf_init(&text, (size_t)1024 * 1024);
	for (size_t i = 0; rc && i < diags.n && i < DAEMON_DIAGS_MAX; i++)
		conf_diag_print(&text, &diags.v[i]);
	if (rc)
		fprintf(stderr, "%snightdesk: %zu errors in the configuration of %s\n",
			buf_z(&text), diags.errors, d->o->dir);
	if (rc == 0) {
		daemon_configure_log(d);
		daemon_log_diags(&diags);
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
	if (control_new(&d->control, d->loop, d->conf->daemon.control, daemon_command, d, &e) == 0)
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
	       loop_signal(d->loop, SIGHUP, daemon_reload, d) == 0;
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
	d->past_alarm = loop_alarm_new(d->loop, "past", daemon_look_at_past, d);
	if (!d->past_alarm || !d->fetch || !d->send || !d->watchdog || !d->status)
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
	loop_alarm_free(d->past_alarm);
	loop_free(d->loop);
	conf_unref(d->conf);
	daemon_forget_past(d);
	json_decref(d->refused);
	deadline_cancel(d->deadline);
}

static int live(struct daemon *d)
{
	struct err e;

	engine_start(d->engine);
	log_notice("started", LOG_S("version", NIGHTDESK_VERSION), LOG_I("feeds", d->conf->n_feeds),
		LOG_I("watches", d->conf->n_watches));
	daemon_write_status(d, d->status_text);
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
