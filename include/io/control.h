/* SPDX-License-Identifier: MIT */
/*
 * The control socket: a Unix stream socket for commands to the running daemon. Each connection
 * carries one request and one answer, each a JSON object on one line. Access is controlled by the
 * file's mode: 0660, in a directory of the daemon's group.
 */
#ifndef IO_CONTROL_H
#define IO_CONTROL_H

#include <jansson.h>

#include "base/buf.h"
#include "io/loop.h"

struct control;
struct control_call;

/*
 * The request is borrowed. Call control_answer() once for each request, from inside or later, on
 * the loop thread.
 */
typedef void control_fn(void *arg, struct control_call *call, json_t *request);
/* Returns the uid of the process that sent the request; -1: the kernel does not say. */
int64_t control_peer(const struct control_call *call);
/* Takes the reference to answer; NULL: out of memory. The client may have closed already. */
void control_answer(struct control_call *call, json_t *answer);

/*
 * Listens at path and calls fn for each request. Replaces a socket without a listener; returns
 * -ERR_TEMP if there is a listener, -ERR_PERM if the socket cannot be created.
 */
int control_new(struct control **out, struct loop *l, const char *path, control_fn *fn, void *arg,
	struct err *e);
/* Closes all connections, frees calls without an answer, removes the socket. NULL is fine. */
void control_free(struct control *c);

/*
 * The client: sends request and waits for the answer. Takes the reference to request (NULL: out of
 * memory); the caller owns *answer. -ERR_TEMP: no listener or no answer; -ERR_PERM: not allowed to
 * connect; -ERR_INPUT: the answer is not JSON.
 */
int control_ask(
	const char *path, json_t *request, int64_t timeout_ms, json_t **answer, struct err *e);
/* Sends {"command": command}. */
int control_ask_command(
	const char *path, const char *command, int64_t timeout_ms, json_t **answer, struct err *e);
/* True if a daemon listens at path, even if it does not answer. */
bool control_listening(const char *path);

#endif
