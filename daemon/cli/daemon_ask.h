/* SPDX-License-Identifier: MIT */
/* Requests to the running daemon through its control socket. */
#ifndef CLI_DAEMON_ASK_H
#define CLI_DAEMON_ASK_H

#include <jansson.h>

#include "command.h"

/*
 * Sends request, whose reference it takes, to the daemon of this configuration. Returns the answer,
 * which the caller owns; or NULL after a message: *code is the exit code. If no daemon runs, sets
 * *down and prints nothing; down NULL: that is an error too.
 */
json_t *daemon_ask(
	const struct conf *c, json_t *request, int64_t timeout_ms, bool *down, int *code);
/* The same without messages, for what is only added to an answer. NULL: it could not be asked. */
json_t *daemon_ask_quietly(const struct conf *c, json_t *request, int64_t timeout_ms);

#endif
