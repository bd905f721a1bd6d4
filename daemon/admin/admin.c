/* SPDX-License-Identifier: MIT */
/*
 * Runs a command: checks its right and arguments, posts its job to the desk thread, and has the
 * answer made when the job is back on the loop.
 */
#include "admin/admin.h"

#include <stdlib.h>

#include "command.h"
#include "status.h"

#define ARENA_MAX ((size_t)64 * 1024)

struct admin {
	struct admin_daemon daemon;
	LIST_HEAD(, admin_call) calls; /* without an answer yet */
};

static void admin_call_free(struct admin_call *call)
{
	LIST_REMOVE(call, link);
	json_decref(call->request);
	arena_free(call->arena);
	free(call);
}

/* Takes the reference to answer, and frees call. */
static void admin_answer(struct admin_call *call, json_t *answer)
{
	admin_answer_fn *fn = call->fn;
	void *arg = call->arg;

	admin_call_free(call);
	fn(arg, answer);
}

static json_t *admin_error(const char *text)
{
	return json_pack("{ss}", "error", text);
}

static void admin_run_job(void *arg, struct desk *desk, struct store *store)
{
	struct admin_call *call = arg;

	call->rc = call->command->on_desk(call, desk, store, &call->error);
}

static void admin_end_call(struct admin_call *call)
{
	if (call->rc && !call->command->always)
		admin_answer(call, admin_error(call->error.text));
	else
		admin_answer(call, call->command->answer(call));
}

static void admin_end_job(void *arg)
{
	admin_end_call(arg);
}

static void admin_start(struct admin_call *call, bool stopping)
{
	const struct port_job *desk = &call->daemon->desk;

	if (call->command->start) {
		call->command->start(call);
	} else if (!call->command->on_desk) {
		admin_answer(call, call->command->answer(call));
	} else if (stopping || desk->post(desk->ctx, admin_run_job, admin_end_job, call)) {
		call->rc = err_set(&call->error, ERR_TEMP, "nightdesk is too busy just now");
		admin_end_job(call);
	}
}

/* Returns why the caller may not run the command; NULL if it may. */
static const char *admin_check(const struct admin_command *command, bool stopping,
	enum admin_right granted, const json_t *request)
{
	if (stopping && (!command || !command->always))
		return "nightdesk is stopping";
	if (!command)
		return "no such command";
	if (command->right > granted)
		return "not allowed";
	for (size_t i = 0; i < ADMIN_ARGUMENTS_MAX && command->arguments[i].name; i++) {
		const struct admin_argument *a = &command->arguments[i];
		const json_t *value = json_object_get(request, a->name);

		if (!value || json_typeof(value) != a->type)
			return "an argument is missing or of the wrong type";
	}
	return NULL;
}

static struct admin_call *admin_call_new(
	struct admin *a, const struct admin_command *command, json_t *request)
{
	struct admin_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->command = command;
	call->daemon = &a->daemon;
	call->end = admin_end_call;
	call->request = json_incref(request);
	LIST_INSERT_HEAD(&a->calls, call, link);
	call->arena = arena_new(ARENA_MAX);
	if (call->arena)
		call->result = arena_zalloc(call->arena, command->result_size);
	if (!call->result) {
		admin_call_free(call);
		return NULL;
	}
	return call;
}

void admin_run(struct admin *a, const struct admin_caller *by, json_t *request,
	admin_answer_fn *answer, void *arg)
{
	const char *name = json_string_value(json_object_get(request, "command"));
	const struct admin_command *command = name ? admin_command_find(name) : NULL;
	bool stopping = a->daemon.view->stopping;
	const char *refusal = admin_check(command, stopping, by->right, request);
	struct admin_call *call;

	if (refusal) {
		answer(arg, admin_error(refusal));
		return;
	}
	call = admin_call_new(a, command, request);
	if (!call) {
		answer(arg, NULL);
		return;
	}
	call->by = *by;
	call->fn = answer;
	call->arg = arg;
	admin_start(call, stopping);
}

void admin_end_reload(struct admin *a, uint64_t load, const struct conf_diags *diags)
{
	struct admin_call *call, *next;

	for (call = LIST_FIRST(&a->calls); call; call = next) {
		next = LIST_NEXT(call, link);
		if (call->load == 0 || call->load > load)
			continue;
		call->diags = diags;
		admin_answer(call, call->command->answer(call));
	}
}

json_t *admin_status(const struct admin *a)
{
	return admin_status_make(&a->daemon, NULL);
}

struct admin *admin_new(const struct admin_daemon *d)
{
	struct admin *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->daemon = *d;
	LIST_INIT(&a->calls);
	return a;
}

void admin_free(struct admin *a)
{
	if (!a)
		return;
	while (!LIST_EMPTY(&a->calls))
		admin_call_free(LIST_FIRST(&a->calls));
	free(a);
}
