/* SPDX-License-Identifier: MIT */
/*
 * nightdesk alerts ack: records who has taken an alert. The running daemon does it; this process
 * only while none runs.
 */
#include <stdio.h>
#include <unistd.h>

#include "alerts.h"
#include "base/clock.h"
#include "base/user.h"
#include "conf/form.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "document/ack.h"
#include "document/document.h"
#include "feed/date.h"
#include "print.h"
#include "report.h"

#define ANSWER_MS 30000
#define ARENA_MAX ((size_t)1024 * 1024)

struct alerts_acks {
	const struct cli_call *call;
	const struct conf *conf;
	const char *by;	     /* NULL: the user */
	struct store *store; /* NULL until no daemon answers */
	struct arena *arena;
};

static int alerts_print_ack(
	const struct alerts_acks *c, const char *operand, const struct store_ack *v)
{
	if (v->result == STORE_ACK_UNKNOWN) {
		report_error("there is no alert %s", operand);
		return CLI_FINDINGS;
	}
	if (v->result == STORE_ACK_NOTICE) {
		report_error("%s is not an alert: nobody has to take it", operand);
		return CLI_FINDINGS;
	}
	if (c->call->options.json) {
		document_print(document_ack(v), stdout);
		return CLI_OK;
	}
	print_text("alert ", v->id, "");
	if (v->result == STORE_ACK_FIRST) {
		print_text(" is acknowledged by ", v->by, "\n");
		return CLI_OK;
	}
	print_text(" was acknowledged by ", v->by, " at ");
	print_stamp(v->at);
	putchar('\n');
	return CLI_OK;
}

/* --- while no daemon runs --- */

static int alerts_ack_stored(struct alerts_acks *c, const char *operand)
{
	int code = c->store ? CLI_OK : conf_dir_open_writer(c->conf, &c->store);
	struct store_ack v;
	struct str by;
	struct err e;
	int rc;

	if (code)
		return code;
	by = c->by ? str_of(c->by) : user_name(getuid(), c->arena);
	rc = by.p ? store_ack_put(c->store, str_of(operand), by, clock_wall(), c->arena, &v, &e)
		  : err_nomem(&e);
	return rc ? report_access(rc, &e) : alerts_print_ack(c, operand, &v);
}

/* --- by the daemon --- */

static struct str alerts_ack_text(const json_t *answer, const char *key)
{
	const json_t *v = json_object_get(answer, key);

	return str_slice(json_string_value(v), json_string_length(v));
}

/* Takes the reference to answer. */
static int alerts_ack_answered(const struct alerts_acks *c, const char *operand, json_t *answer)
{
	struct store_ack v = {
		.id = alerts_ack_text(answer, "alert"), .by = alerts_ack_text(answer, "by")};
	bool implausible;
	int code;

	v.at = feed_date_parse(alerts_ack_text(answer, "at"), &implausible);
	if (json_is_true(json_object_get(answer, "first")))
		v.result = STORE_ACK_FIRST;
	else if (str_present(v.by))
		v.result = STORE_ACK_EARLIER;
	else if (json_is_true(json_object_get(answer, "found")))
		v.result = STORE_ACK_NOTICE;
	code = alerts_print_ack(c, operand, &v);
	json_decref(answer);
	return code;
}

static int alerts_ack_one(struct alerts_acks *c, const char *operand)
{
	bool down = c->store != NULL;
	json_t *answer = NULL;
	int code = CLI_OK;

	if (!down)
		answer = daemon_ask(c->conf,
			json_pack("{ss ss ss}", "command", "ack", "alert", operand, "by",
				c->by ? c->by : ""),
			ANSWER_MS, &down, &code);
	if (answer)
		return alerts_ack_answered(c, operand, answer);
	return down ? alerts_ack_stored(c, operand) : code;
}

static int alerts_ack_each(struct alerts_acks *c)
{
	int worst = CLI_OK;

	for (size_t i = 0; i < c->call->n_operands; i++) {
		int code = alerts_ack_one(c, c->call->operands[i]);

		if (code != CLI_OK && code != CLI_FINDINGS)
			return code; /* it would be the same for the others */
		worst = code ? code : worst;
	}
	return worst;
}

int alerts_ack(const struct cli_call *call)
{
	struct alerts_acks c = {.call = call, .by = call->options.by};
	struct str by = str_of(c.by);
	struct conf *conf;
	int code = CLI_OK;

	if (!call->n_operands)
		return report_usage(call->command, "ack takes the IDs of alerts");
	if (c.by && (!by.n || by.n > STORE_ACK_BY_MAX || !conf_form_line(by)))
		return report_usage(
			call->command, "--by is one line of at most %zu bytes", STORE_ACK_BY_MAX);
	conf = conf_dir_load_daemon(call->cli, call->options.dir, &code);
	c.conf = conf;
	c.arena = arena_new(ARENA_MAX);
	if (conf && !c.arena)
		code = report_nomem();
	if (code == CLI_OK)
		code = alerts_ack_each(&c);
	store_close(c.store);
	arena_free(c.arena);
	conf_unref(conf);
	return code;
}
