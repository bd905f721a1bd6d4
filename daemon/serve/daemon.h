/* SPDX-License-Identifier: MIT */
/* The state of the running daemon, shared by the files of this room. All on the loop thread. */
#ifndef SERVE_DAEMON_H
#define SERVE_DAEMON_H

#include <jansson.h>

#include "admin/admin.h"
#include "engine/engine.h"
#include "io/control.h"
#include "io/database_check.h"
#include "io/desk_thread.h"
#include "io/fetch.h"
#include "io/network_watch.h"
#include "io/parser_thread.h"
#include "io/send.h"
#include "io/worker.h"
#include "sd_notify.h"
#include "serve/serve.h"
#include "web/site.h"
#include "web/websub.h"

#define DAEMON_HOSTNAME_MAX 256
#define DAEMON_STATUS_MAX   1024

struct daemon {
	const struct serve_options *o;
	struct loop *loop;
	struct fetch *fetch;
	struct send *send;
	struct desk_thread *desk;
	struct parser_thread *parser;
	struct engine *engine;
	struct last_run *last_run;  /* NULL: cannot be kept */
	struct loop_alarm *settled; /* this run was not a short one */
	struct network_watch *network;
	struct admin *admin;
	struct control *control;
	struct web_websub *websub; /* NULL with once */
	struct web_site *site;
	char hostname[DAEMON_HOSTNAME_MAX];
	struct admin_view view; /* owns conf and refused */

	/* sd_notify.c */
	struct sd_notify notify;
	struct loop_alarm *watchdog, *status;
	char status_text[DAEMON_STATUS_MAX]; /* as last sent */

	/* configuration.c */
	struct worker *worker;
	struct worker_job load;
	struct conf *next;	 /* with diags: the worker's until the load is back on the loop */
	struct conf_diags diags; /* until it is applied */
	struct buf text;	 /* of the files of next, for conf_kept_write() */
	char *state;		 /* path of the database, which is open */
	bool loading, again;	 /* until it is applied; again: start another load after this one */
	uint64_t loads;		 /* started; the number of the last one */
	LIST_HEAD(, retired_conf) retired;
	struct loop_alarm *check; /* of retired */

	/* damage.c */
	struct database_check *check_database; /* NULL with once */
	struct damage_mend {
		struct daemon *daemon;
		bool busy;	 /* a job of the desk */
		uint64_t mended; /* tables whose indexes were rebuilt, as bits */
		size_t part;
		int rc;
		struct err damage, error;
	} mend;

	/* restore.c */
	struct loop_alarm *restore; /* NULL: none was asked for */
	bool restoring;		    /* when the work has ended */
};

/* --- damage.c --- */

int damage_watch(struct daemon *d); /* starts the slow check; 0 or -ERR_NOMEM */

/* --- restore.c --- */

void restore_start(void *daemon); /* see struct admin_daemon */
/* Replaces the database by the one that waits, between two lives of struct daemon. */
void restore_database(const struct sd_notify *notify, const char *path);

/* --- start_pause.c --- */

/* Sets d->last_run, which stays NULL if it cannot be kept. */
void start_open_last_run(struct daemon *d);
/*
 * Waits as long as last_run_pause demands, and reports that; SIGHUP ends the wait. Returns whether
 * there was a pause; *stop: SIGTERM or SIGINT ended it.
 */
bool start_pause(struct daemon *d, bool *stop);

/* --- configuration.c --- */

/* Replaces view.conf. As conf_load; the errors have been printed on standard error. */
int configuration_load(struct daemon *d);
int configuration_init(struct daemon *d); /* 0 or -ERR_NOMEM; before a reload */
/* Keeps the first configuration for commands, see conf/kept.h. After the database was opened. */
void configuration_keep(struct daemon *d);
/*
 * Starts a reload on the worker. During a reload another one is scheduled after it, since the files
 * may have changed after they were read. Returns the number that the reload will have in d->loads.
 */
uint64_t configuration_reload(void *daemon);
/* The engine has applied the configuration of a reload, which ends now. */
void configuration_on_applied(struct daemon *d);
/* Ends a reload, frees all configurations; after the engine and the desk thread were freed. */
void configuration_release(struct daemon *d);

#endif
