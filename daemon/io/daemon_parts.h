/* SPDX-License-Identifier: MIT */
/* The daemon's parts, as daemon.c and daemon_ask.c share them. Private to the two. */
#ifndef IO_DAEMON_PARTS_H
#define IO_DAEMON_PARTS_H

#include <jansson.h>

#include "io/control.h"
#include "io/daemon.h"
#include "deadline.h"
#include "io/fetch.h"
#include "loader.h"
#include "io/send.h"
#include "service.h"
#include "thread.h"

#include "engine/engine.h"

#define DAEMON_DIAGS_MAX    100
#define DAEMON_CALLS_MAX    16 /* as many as the control socket has connections */
#define DAEMON_HOSTNAME_MAX 256
#define DAEMON_STATUS_MAX   256

/* A configuration that was replaced, and that what began under it still holds. */
struct daemon_past {
	struct conf *conf;
	LIST_ENTRY(daemon_past) link;
};

struct daemon {
	const struct daemon_options *o;
	struct conf *conf;
	LIST_HEAD(, daemon_past) past;
	struct loop_alarm *past_alarm;
	struct loop *loop;
	struct fetch *fetch;
	struct send *send;
	struct thread *thread;
	struct engine *engine;
	struct control *control;
	struct service service;
	struct loop_alarm *watchdog, *status;
	char status_text[DAEMON_STATUS_MAX]; /* last told */
	char hostname[DAEMON_HOSTNAME_MAX];
	bool stopping;
	struct deadline *deadline;
	/* Reload: callers that wait for the one that runs, and for the next. */
	struct loader *loader;
	bool again;
	struct control_call *calls[DAEMON_CALLS_MAX], *next_calls[DAEMON_CALLS_MAX];
	size_t n_calls, n_next_calls;
	int64_t loaded;	 /* wall ms, of the configuration that is in force */
	json_t *refused; /* errors of the last reload; NULL: it was fine */
};

void daemon_configure_log(const struct daemon *d);
/* One line on how it is, for the service manager. */
void daemon_write_status(const struct daemon *d, char text[DAEMON_STATUS_MAX]);
/* Errors and warnings of a configuration into the log. */
void daemon_log_diags(const struct conf_diags *diags);

/* daemon_ask.c: SIGHUP, and what comes over the control socket. */
void daemon_reload(void *daemon);
/* Frees past configurations that nobody holds any more, on the desk thread. */
void daemon_look_at_past(void *daemon);
void daemon_forget_past(struct daemon *d); /* all at once, at the end */
void daemon_command(void *daemon, struct control_call *call, const json_t *request);

#endif
