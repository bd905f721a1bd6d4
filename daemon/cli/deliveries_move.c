/* SPDX-License-Identifier: MIT */
/* nightdesk deliveries move: what waits for one receiver goes to another. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "deliveries_decide.h"
#include "document/delivery.h"
#include "document/document.h"
#include "report.h"
#include "store/store.h"

#define ANSWER_MS 30000

static int deliveries_check_move(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;

	if (!o->from || !o->to || o->notify || o->state >= 0 || o->since != STAMP_NONE)
		return report_usage(call->command, "move takes --from NAME and --to NAME");
	if (strcmp(o->from, o->to) == 0)
		return report_usage(call->command, "--from and --to are the same receiver");
	return CLI_OK;
}

static int deliveries_print_moved(const struct cli_options *o, size_t n, const char *when)
{
	if (o->json) {
		document_print(document_decisions(n, STORE_PENDING), stdout);
		return CLI_OK;
	}
	printf("%zu deliver%s moved to ", n, n == 1 ? "y is" : "ies are");
	utf8_print(stdout, str_of(o->to));
	printf("%s\n", n ? when : "");
	return CLI_OK;
}

static int deliveries_move_stored(const struct cli_options *o, const struct conf *c)
{
	struct store *store;
	size_t n = 0;
	struct err e;
	int code = conf_dir_open_writer(c, &store);

	if (code)
		return code;
	if (store_deliveries_move(store, str_of(o->from), str_of(o->to), clock_wall(), &n, &e))
		code = report_access(-(int)e.cls, &e);
	else
		code = deliveries_print_moved(o, n, ", and sent when nightdesk next runs");
	store_close(store);
	return code;
}

static int deliveries_move_all(const struct cli_options *o, const struct conf *c)
{
	bool down = false, configured;
	int code = CLI_OK;
	json_t *answer;
	size_t n;

	/* A name that no receiver has would hold them for ever; --from may be a removed one. */
	if (!conf_find_notify(c, str_of(o->to)))
		return conf_dir_report_no_notify(c, o->to);
	answer = daemon_ask(c,
		json_pack("{ss ss ss}", "command", "move", "from", o->from, "to", o->to), ANSWER_MS,
		&down, &code);
	if (down)
		return deliveries_move_stored(o, c);
	if (!answer)
		return code;
	n = (size_t)json_integer_value(json_object_get(answer, "deliveries"));
	configured = json_is_true(json_object_get(answer, "configured"));
	json_decref(answer);
	return deliveries_print_moved(o, n,
		configured ? ", and sent now"
			   : ", and sent after a reload: the running daemon has no such notify "
			     "block yet");
}

int deliveries_move(const struct cli_call *call)
{
	int code = deliveries_check_move(call);
	struct conf *c = code ? NULL : conf_dir_load_daemon(call->cli, call->options.dir, &code);

	if (c)
		code = deliveries_move_all(&call->options, c);
	conf_unref(c);
	return code;
}
