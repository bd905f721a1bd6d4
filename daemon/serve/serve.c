/* SPDX-License-Identifier: MIT */
#include "serve/serve.h"

#include <fcntl.h>
#include <signal.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counted_memory.h"
#include "base/log.h"
#include "daemon.h"
#include "io/thread.h"
#include "sd_sockets.h"

#define STOP_MS		4500 /* of the 5 s that are promised */
#define START_MAX	CLOCK_HOUR
/* Free ones that a start needs: the loop, the database, a name that is looked up, a connection. */
#define DESCRIPTORS_MIN 24

static int serve_exit_code(enum err_class cls)
{
	switch (cls) {
	case ERR_NONE: return EX_OK;
	case ERR_TEMP: return EX_TEMPFAIL;
	case ERR_PERM: return EX_CANTCREAT;
	case ERR_ACCESS: return EX_NOPERM;
	case ERR_INPUT: return EX_DATAERR;
	case ERR_CONF: return EX_CONFIG;
	case ERR_LIMIT:
	case ERR_NOMEM: return EX_OSERR;
	case ERR_IO: return EX_IOERR;
	case ERR_BUG: return EX_SOFTWARE;
	}
	return EX_SOFTWARE;
}

/* --- stop --- */

/* A stop must not hang even if the loop, the desk thread, the disk or a name server does. */
static void *serve_force_stop(void *arg)
{
	struct daemon *d = arg;
	struct timespec left = {.tv_sec = STOP_MS / 1000, .tv_nsec = STOP_MS % 1000 * 1000000L};

	while (nanosleep(&left, &left))
		;
	log_warn("stop-forced", LOG_I("after_ms", STOP_MS));
	last_run_finish(d->last_run, true);
	log_flush();
	_exit(EX_OK);
}

static void serve_start_deadline(struct daemon *d)
{
	pthread_t id;

	if (thread_start(&id, 0, serve_force_stop, d) == 0)
		pthread_detach(id); /* it ends with the process */
}

static void serve_stop(void *arg)
{
	struct daemon *d = arg;

	if (d->view.stopping) {
		log_notice("stop-at-once");
		last_run_finish(d->last_run, true);
		log_flush();
		_exit(EX_OK);
	}
	d->view.stopping = true;
	log_notice("stopping");
	sd_notify_send(&d->notify, "STOPPING=1\nSTATUS=stopping");
	serve_start_deadline(d);
	sd_notify_stop_status(d);
	engine_stop(d->engine);
}

static void serve_end(void *arg)
{
	struct daemon *d = arg;

	loop_stop(d->loop);
}

static void serve_on_reloaded(void *arg)
{
	configuration_on_applied(arg);
}

static void serve_on_alerts(void *arg)
{
	const struct daemon *d = arg;

	if (d->site)
		web_site_note_alerts(d->site);
}

/* After a failed fsync the page cache cannot be trusted: only a restart reads the disk again. */
static void serve_abort(void *arg, const struct err *e)
{
	struct daemon *d = arg;

	log_error("fatal", LOG_E(e));
	last_run_finish(d->last_run, false);
	sd_notify_send(&d->notify, "STATUS=stopped after a disk failure, see the log");
	log_flush();
	_exit(serve_exit_code(e->cls));
}

/* --- start --- */

static int serve_refuse(const struct err *e)
{
	log_error("start-failed", LOG_E(e));
	log_flush();
	return serve_exit_code(e->cls);
}

static int serve_refuse_nomem(void)
{
	struct err e;

	err_nomem(&e);
	return serve_refuse(&e);
}

static void serve_answer_request(void *arg, json_t *answer)
{
	control_answer(arg, answer);
}

/* Every process that the mode and group of the socket let connect may change everything. */
static void serve_run_request(void *arg, struct control_call *call, json_t *request)
{
	const struct daemon *d = arg;

	const struct admin_caller by = {ADMIN_CHANGE, control_peer(call)};

	admin_run(d->admin, &by, request, serve_answer_request, call);
}

/* Without its control socket the daemon still runs, unless another daemon listens there. */
static int serve_open_control(struct daemon *d)
{
	struct err e;

	if (!d->view.conf->daemon.control || d->o->once)
		return EX_OK;
	if (control_new(&d->control, d->loop, d->view.conf->daemon.control, serve_run_request, d,
		    &e) == 0)
		return EX_OK;
	if (e.cls == ERR_TEMP)
		return serve_refuse(&e);
	log_warn("control-off", LOG_E(&e));
	return EX_OK;
}

static void serve_reload(void *arg)
{
	configuration_reload(arg);
}

static void serve_network_changed(void *arg)
{
	const struct daemon *d = arg;

	engine_network_changed(d->engine);
}

static void serve_resume(void *arg, int64_t slept_ms)
{
	const struct daemon *d = arg;

	engine_resume(d->engine, slept_ms);
}

static int serve_watch_network(struct daemon *d)
{
	const struct network_watch_events events = {
		.changed = serve_network_changed, .resumed = serve_resume, .arg = d};

	d->network = network_watch_new(d->loop, &events);
	return d->network ? EX_OK : serve_refuse_nomem();
}

static void serve_settle(void *arg)
{
	const struct daemon *d = arg;

	last_run_settle(d->last_run);
}

static bool serve_watch_signals(struct daemon *d)
{
	return loop_signal(d->loop, SIGTERM, serve_stop, d) == 0 &&
	       loop_signal(d->loop, SIGINT, serve_stop, d) == 0 &&
	       loop_signal(d->loop, SIGHUP, serve_reload, d) == 0;
}

static int serve_build_engine(struct daemon *d)
{
	const struct ports ports = {
		.fetch = fetch_port(d->fetch),
		.parse = parser_thread_port(d->parser),
		.secret = desk_thread_secrets(d->desk),
		.send = send_port(d->send),
		.job = desk_thread_port(d->desk),
		.timer = loop_timers(d->loop),
	};
	struct engine_options o = {
		.once = d->o->once,
		.last_run = d->last_run,
		.hostname = d->hostname,
		.pid = getpid(),
		.ended = serve_end,
		.reloaded = serve_on_reloaded,
		.alerts = serve_on_alerts,
		.fatal = serve_abort,
		.arg = d,
	};
	struct err e;

	if (rng_system_bytes(&o.seed, sizeof(o.seed))) {
		err_set(&e, ERR_IO, "cannot get random bytes from the system");
		return serve_refuse(&e);
	}
	d->engine = engine_new(&ports, d->view.conf, &o);
	return d->engine ? EX_OK : serve_refuse_nomem();
}

static int serve_build_admin(struct daemon *d)
{
	const struct admin_daemon a = {
		.engine = d->engine,
		.loop = d->loop,
		.desk = desk_thread_port(d->desk),
		.view = &d->view,
		.ctx = d,
		.reload = configuration_reload,
		.restore = restore_start,
	};

	d->admin = admin_new(&a);
	return d->admin ? EX_OK : serve_refuse_nomem();
}

static int serve_build_web(struct daemon *d)
{
	const struct sd_sockets sockets = {
		d->o->listen_pid, d->o->listen_fds, d->o->listen_fdnames};
	const struct web_site_parts parts = {.loop = d->loop,
		.engine = d->engine,
		.admin = d->admin,
		.database = d->state,
		.socket = sd_sockets_find(&sockets, "status")};

	if (d->o->once)
		return EX_OK;
	d->websub = web_websub_new(d->loop, d->engine, d->view.conf);
	d->site = web_site_new(&parts, d->view.conf);
	return d->websub && d->site ? EX_OK : serve_refuse_nomem();
}

/* Without these libevent aborts the process. */
static int serve_check_descriptors(void)
{
	int fds[DESCRIPTORS_MIN], n = 0;
	struct err e;

	while (n < DESCRIPTORS_MIN && (fds[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
		n++;
	for (int i = 0; i < n; i++)
		close(fds[i]);
	if (n == DESCRIPTORS_MIN)
		return EX_OK;
	err_set(&e, ERR_TEMP,
		"only %d files can be opened, %d are needed at least: raise LimitNOFILE= of the "
		"unit, or ulimit -n",
		n, DESCRIPTORS_MIN);
	return serve_refuse(&e);
}

static int serve_build(struct daemon *d)
{
	struct err e;
	int code = serve_check_descriptors();

	if (code)
		return code;

	if (gethostname(d->hostname, sizeof(d->hostname) - 1))
		d->hostname[0] = '\0';
	d->loop = loop_new();
	if (!d->loop || !serve_watch_signals(d))
		return serve_refuse_nomem();
	d->fetch = fetch_new(d->loop, d->view.conf->poll.parallel);
	d->send = send_new(d->loop);
	d->parser = parser_thread_new(d->loop);
	d->settled = loop_alarm_new(d->loop, "settled", serve_settle, d);
	/* What a library could not initialise stays so until a restart, whatever it reports. */
	if (!d->fetch || !d->send || !d->parser || !d->settled || configuration_init(d) ||
		sd_notify_new_alarms(d) || counted_memory_failures() > 0)
		return serve_refuse_nomem();
	/* A migration, and the copy before it, take minutes with a large database. */
	sd_notify_send(&d->notify, "EXTEND_TIMEOUT_USEC=%lld", (long long)START_MAX * 1000);
	if (desk_thread_new(&d->desk, d->loop, d->view.conf->daemon.state, &e))
		return serve_refuse(&e);
	configuration_keep(d);
	code = serve_open_control(d);
	if (code == EX_OK)
		code = serve_build_engine(d);
	if (code == EX_OK)
		code = serve_watch_network(d);
	if (code == EX_OK && !d->o->once && damage_watch(d) != 0)
		code = serve_refuse_nomem();
	if (code == EX_OK)
		code = serve_build_admin(d);
	return code ? code : serve_build_web(d);
}

/* The engine refers to the ports, and jobs on the desk thread to configurations. */
static void serve_tear_down(struct daemon *d)
{
	control_free(d->control);
	web_site_free(d->site);
	web_websub_free(d->websub);
	network_watch_free(d->network);
	database_check_free(d->check_database);
	engine_free(d->engine);
	fetch_free(d->fetch);
	send_free(d->send);
	parser_thread_free(d->parser);
	desk_thread_free(d->desk);
	admin_free(d->admin);
	configuration_release(d);
	loop_alarm_free(d->restore);
	sd_notify_release(d);
	loop_alarm_free(d->settled);
	loop_free(d->loop);
}

static int serve_loop(struct daemon *d)
{
	struct err e;

	engine_start(d->engine);
	log_notice("started", LOG_S("version", NIGHTDESK_VERSION),
		LOG_I("feeds", d->view.conf->n_feeds), LOG_I("watches", d->view.conf->n_watches));
	sd_notify_start(d);
	loop_alarm_set(d->settled, LAST_RUN_SETTLED);
	if (loop_run(d->loop, &e)) {
		last_run_finish(d->last_run, false);
		_exit(serve_refuse(&e)); /* the engine cannot be stopped without its loop */
	}
	log_notice("stopped");
	return EX_OK;
}

/* Whether a restart may mend it: the unit lists the others in RestartPreventExitStatus=. */
static bool serve_may_restart(int code)
{
	return code == EX_TEMPFAIL || code == EX_OSERR || code == EX_IOERR || code == EX_SOFTWARE;
}

static int serve_load(struct daemon *d)
{
	return serve_exit_code((enum err_class) - configuration_load(d));
}

/* *stop: a signal asked for it during the pause. The configuration may change in a pause. */
static int serve_prepare(struct daemon *d, bool *stop)
{
	int code = d->view.conf ? EX_OK : serve_load(d);
	bool paused;

	*stop = false;
	if (code)
		return code;
	start_open_last_run(d);
	paused = start_pause(d, stop);
	if (paused && !*stop)
		code = serve_load(d);
	if (code == EX_OK && !*stop)
		last_run_start(d->last_run);
	return code;
}

/*
 * From the start to the stop, or to a restore. conf: to begin with, NULL: that of the files; owned.
 * Returns the exit code; *next: the configuration to begin again with, NULL: the end.
 */
static int serve_live(const struct serve_options *o, struct conf *conf, struct conf **next)
{
	struct daemon d = {
		.o = o, .view = {.conf_dir = o->dir, .conf = conf, .loaded = clock_wall()}};
	bool stop;
	int code;

	*next = NULL;
	sd_notify_init(&d.notify, o->notify_socket, o->watchdog_usec);
	code = serve_prepare(&d, &stop);
	if (code == EX_OK && !stop)
		code = serve_build(&d);
	if (code == EX_OK && !stop)
		code = serve_loop(&d);
	if (code == EX_OK && d.restoring)
		*next = conf_ref(d.view.conf);
	serve_tear_down(&d);
	last_run_finish(d.last_run, !serve_may_restart(code));
	last_run_free(d.last_run);
	if (*next)
		restore_database(&d.notify, (*next)->daemon.state);
	return code;
}

int serve_run(const struct serve_options *o)
{
	struct conf *conf = NULL;
	int code;

	do
		code = serve_live(o, conf, &conf);
	while (conf);
	log_flush();
	return code;
}
