/* SPDX-License-Identifier: MIT */
/*
 * The daemon put together: configuration, database, desk thread, engine, control socket, signals
 * and the service manager, from start to stop.
 *
 * SIGTERM and SIGINT stop it: nothing new is begun, transfers are cut, the desk finishes what it
 * has; over within 5 s whatever hangs. A second one ends it at once. SIGHUP reads the configuration
 * anew, whole or not at all.
 */
#ifndef IO_DAEMON_H
#define IO_DAEMON_H

#include "conf/conf.h"

struct daemon_options {
	const char *dir; /* of the configuration */
	struct conf_env env;
	bool once;    /* poll every feed once, deliver what that brings, end */
	bool journal; /* standard error goes to the journal: levels as sd-daemon(3) has them */
	const char *notify_socket, *watchdog_usec; /* as in the environment; NULL: none */
};

/*
 * Returns the exit code: 0 stopped as asked; EX_CONFIG (78) the configuration is broken; EX_DATAERR
 * (65) the file is no database of ours, or damaged; EX_CANTCREAT (73) it may not be created;
 * EX_IOERR (74) the disk failed; EX_TEMPFAIL (75) another nightdesk holds it; EX_OSERR (71) out of
 * memory, descriptors or threads. What is wrong has been said on standard error.
 */
int daemon_run(const struct daemon_options *o);

#endif
