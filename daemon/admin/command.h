/* SPDX-License-Identifier: MIT */
/* A row of the table of commands, and one call of such a command. */
#ifndef ADMIN_COMMAND_H
#define ADMIN_COMMAND_H

#include "admin/admin.h"
#include "base/arena.h"
#include "desk/desk.h"
#include "store/store.h"

#define ADMIN_ARGUMENTS_MAX 4

struct admin_call;

struct admin_argument {
	const char *name; /* NULL: end of the list */
	json_type type;
};

/*
 * A command has start(), which sets call->load or has call->end(call) run later, or on_desk(), or
 * neither. answer() makes the JSON from what they have left in the call.
 */
struct admin_command {
	const char *name;
	enum admin_right right;
	struct admin_argument arguments[ADMIN_ARGUMENTS_MAX]; /* all required */
	/*
	 * Answer even if the daemon is stopping, or if on_desk() failed or could not run because
	 * the mailbox is full; answer() finds call->rc set then.
	 */
	bool always;

	void (*start)(struct admin_call *call);

	size_t result_size; /* of call->result */
	/* On the desk thread. 0, or a negative class with *e set, which is then the answer. */
	int (*on_desk)(
		struct admin_call *call, struct desk *desk, struct store *store, struct err *e);
	/* Back on the loop thread. Returns a new reference; NULL: out of memory. */
	json_t *(*answer)(struct admin_call *call);
};

struct admin_call {
	const struct admin_command *command;
	const struct admin_daemon *daemon;
	struct admin_caller by;
	json_t *request; /* its arguments are present, and of the right type */
	struct arena *arena;
	void *result; /* in arena, zeroed */
	int rc;	      /* of on_desk() */
	struct err error;
	void (*end)(struct admin_call *call); /* answers and frees it */
	uint64_t load;			      /* waits for this reload; 0: for none */
	const struct conf_diags *diags;	      /* of that reload */

	admin_answer_fn *fn;
	void *arg;
	LIST_ENTRY(admin_call) link;
};

/* Returns NULL if there is no such command. */
const struct admin_command *admin_command_find(const char *name);
/* Returns that argument, a string, which is valid as long as the call; absent if it is empty. */
static inline struct str admin_text(const struct admin_call *call, const char *name)
{
	const json_t *v = json_object_get(call->request, name);

	return json_string_length(v) ? str_slice(json_string_value(v), json_string_length(v))
				     : STR_NONE;
}

#endif
