/* SPDX-License-Identifier: MIT */
#include "daemon_ask.h"

#include <string.h>

#include "io/control.h"
#include "report.h"

/* path NULL: there is no control socket. */
static json_t *daemon_report_down(const char *path, bool *down, int *code)
{
	if (down) {
		*down = true;
		return NULL;
	}
	if (path)
		report_error("%s: no nightdesk is running there", path);
	else
		report_error("the configuration has no control socket");
	*code = CLI_UNAVAILABLE;
	return NULL;
}

/* Of an answer that is an error; its "class" is one of err_class_name(). */
static int daemon_exit_code(const json_t *answer)
{
	static const enum err_class findings[] = {ERR_INPUT, ERR_CONF, ERR_PERM, ERR_ACCESS};
	const char *name = json_string_value(json_object_get(answer, "class"));

	for (size_t i = 0; name && i < sizeof(findings) / sizeof(findings[0]); i++)
		if (strcmp(name, err_class_name(findings[i])) == 0)
			return CLI_FINDINGS;
	return CLI_TEMPFAIL;
}

json_t *daemon_ask(const struct conf *c, json_t *request, int64_t timeout_ms, bool *down, int *code)
{
	const char *path = c->daemon.control, *error;
	json_t *answer = NULL;
	struct err e;

	if (!path) {
		json_decref(request);
		return daemon_report_down(path, down, code);
	}
	if (control_ask(path, request, timeout_ms, &answer, &e)) {
		if (e.cls == ERR_TEMP && !control_listening(path))
			return daemon_report_down(path, down, code);
		*code = report_access(-(int)e.cls, &e);
		return NULL;
	}
	error = json_string_value(json_object_get(answer, "error"));
	if (!error && json_is_object(answer))
		return answer;
	report_error("%s", error ? error : "the daemon's answer could not be read");
	*code = daemon_exit_code(answer);
	json_decref(answer);
	return NULL;
}

json_t *daemon_ask_quietly(const struct conf *c, json_t *request, int64_t timeout_ms)
{
	json_t *answer = NULL;
	struct err e;

	if (!c->daemon.control)
		json_decref(request);
	else
		(void)control_ask(c->daemon.control, request, timeout_ms, &answer, &e);
	return answer;
}
