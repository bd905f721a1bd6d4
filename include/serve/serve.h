/* SPDX-License-Identifier: MIT */
/*
 * The daemon: opens configuration and database, connects the ports of io to the engine, and runs
 * until it is stopped.
 *
 * SIGTERM and SIGINT stop it: no new work starts, transfers are cancelled, the desk thread finishes
 * its queue; the process exits within 5 s even if something hangs, and at once on a second signal.
 * SIGHUP reloads the configuration, whole or not at all.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "conf/conf.h"

struct serve_options {
	const char *dir; /* of the configuration */
	struct conf_env env;
	bool once;    /* poll every feed once, deliver the alerts, exit */
	bool journal; /* standard error is the journal: prefix levels as in sd-daemon(3) */
	/* From the environment; NULL: unset. */
	const char *notify_socket, *watchdog_usec, *listen_pid, *listen_fds, *listen_fdnames;
};

/*
 * Returns the exit code: 0 stopped on request. What only an operator can change: EX_CONFIG (78)
 * invalid configuration; EX_NOPERM (77) no permission to read or write a file; EX_DATAERR (65) the
 * file is not our database, or is damaged; EX_CANTCREAT (73) it cannot exist where it is
 * configured. What a restart may mend: EX_IOERR (74) disk failure; EX_TEMPFAIL (75) out of
 * descriptors or space, or another nightdesk has it open; EX_OSERR (71) out of memory or threads.
 * Errors have been printed on standard error.
 */
int serve_run(const struct serve_options *o);

#endif
