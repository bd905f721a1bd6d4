/* SPDX-License-Identifier: MIT */
/*
 * Commands to the running daemon. Each one is a row of the table in commands.c: its name, the right
 * it needs, its arguments, what runs on the desk thread, and the answer that is made from it on the
 * loop. The control socket only carries requests and answers.
 *
 * A request is a JSON object {"command": NAME, ARGUMENT: VALUE...}. The answer is a JSON object
 * too; {"error": TEXT} if the command could not be run.
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <jansson.h>

#include "base/user.h"
#include "engine/engine.h"
#include "io/loop.h"

/* How many errors and warnings of a configuration an answer holds. */
#define ADMIN_DIAGS_MAX 100

/* In ascending order: each right includes those before it. */
enum admin_right {
	ADMIN_LOOK,   /* read what the daemon knows */
	ADMIN_CHANGE, /* change what it does or has stored */
};

/* Who runs a command. */
struct admin_caller {
	enum admin_right right;
	int64_t uid; /* of the system; USER_UNKNOWN */
};

/* What the daemon's owner knows about itself; it keeps this up to date. */
struct admin_view {
	struct conf *conf; /* in force */
	const char *conf_dir;
	int64_t loaded;	 /* wall ms, when conf came into force */
	json_t *refused; /* errors of the last reload; NULL: it was accepted */
	bool stopping;
};

struct admin_daemon {
	struct engine *engine;
	struct loop *loop;
	struct port_job desk;
	const struct admin_view *view; /* used on the loop thread only */
	void *ctx;		       /* of reload() */
	/*
	 * Starts to reload the configuration from the files as they are now. Returns a number that
	 * ascends from reload to reload, for admin_end_reload().
	 */
	uint64_t (*reload)(void *ctx);
	/* Starts to end the daemon's work, to restore the database and to begin again. */
	void (*restore)(void *ctx);
};

struct admin;

struct admin *admin_new(const struct admin_daemon *d); /* copies *d; NULL: out of memory */
/* After the desk thread was freed. Calls without an answer never get one. NULL is fine. */
void admin_free(struct admin *a);

/*
 * The callback for the answer: runs once, on the loop thread, perhaps inside admin_run(). It owns
 * answer; NULL: out of memory.
 */
typedef void admin_answer_fn(void *arg, json_t *answer);

void admin_run(struct admin *a, const struct admin_caller *by, json_t *request,
	admin_answer_fn *answer, void *arg);

/*
 * The status document as of now, without what the database counts. A new reference; NULL: out of
 * memory.
 */
json_t *admin_status(const struct admin *a);

/* Reload number `load` has ended: answers every call that waits for it or an earlier one. */
void admin_end_reload(struct admin *a, uint64_t load, const struct conf_diags *diags);

#endif
