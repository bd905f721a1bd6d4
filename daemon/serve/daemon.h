/* SPDX-License-Identifier: MIT */
/* The state of the running daemon, shared by the files of this room. All on the loop thread. */
#ifndef SERVE_DAEMON_H
#define SERVE_DAEMON_H

#include <jansson.h>

#include "admin/admin.h"
#include "conf_loader.h"
#include "engine/engine.h"
#include "io/control.h"
#include "io/desk_thread.h"
#include "io/fetch.h"
#include "io/parser_thread.h"
#include "io/send.h"
#include "retired_conf.h"
#include "sd_notify.h"
#include "serve/serve.h"

#define DAEMON_HOSTNAME_MAX 256
#define DAEMON_STATUS_MAX   256

struct daemon {
	const struct serve_options *o;
	struct loop *loop;
	struct fetch *fetch;
	struct send *send;
	struct desk_thread *desk;
	struct parser_thread *parser;
	struct engine *engine;
	struct admin *admin;
	struct control *control;
	char hostname[DAEMON_HOSTNAME_MAX];
	bool stopping;

	/* heartbeat.c */
	struct sd_notify notify;
	struct loop_alarm *watchdog, *status;
	char status_text[DAEMON_STATUS_MAX]; /* as last sent */

	/* configuration.c */
	struct conf *conf; /* in force */
	int64_t loaded;	   /* wall ms, when conf came into force */
	json_t *refused;   /* errors of the last reload; NULL: it was accepted */
	struct retired_confs *retired;
	struct conf_loader *loader; /* a reload is running */
	bool again;		    /* start another one after it */
	uint64_t loads;		    /* reloads started; the number of the last one */
};

#endif
