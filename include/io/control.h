/* SPDX-License-Identifier: MIT */
/*
 * The control socket: a Unix stream socket on which commands talk to the running daemon. One
 * request a connection, one JSON object on one line each way. Who may connect is the file system's
 * matter: mode 0660 in a directory of the daemon's group.
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
/* Takes the reference to answer. The caller may be gone by then; that is fine. */
void control_answer(struct control_call *call, json_t *answer);

/*
 * Listens at path. A socket that nobody answers on is replaced; -ERR_TEMP when somebody does, and
 * -ERR_PERM when it cannot be made there.
 */
int control_new(struct control **out, struct loop *l, const char *path, control_fn *fn, void *arg,
	struct err *e);
/* Closes all connections and removes the socket. Calls not answered yet are dead. NULL is fine. */
void control_free(struct control *c);

/*
 * The other side, for commands; waits. Takes the reference to request, NULL being out of memory;
 * *answer is the caller's to json_decref. -ERR_TEMP: no answer, or nobody listens there; -ERR_PERM:
 * not allowed; -ERR_INPUT: an answer that is none.
 */
int control_ask(
	const char *path, json_t *request, int64_t timeout_ms, json_t **answer, struct err *e);
/* Asks {"command": command}. */
int control_ask_command(
	const char *path, const char *command, int64_t timeout_ms, json_t **answer, struct err *e);
/* Does a daemon hold that socket, whether or not it has time to answer? */
bool control_listening(const char *path);

#endif
