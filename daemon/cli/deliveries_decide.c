/* SPDX-License-Identifier: MIT */
/*
 * nightdesk deliveries retry and drop: an operator's decision about deliveries, by number or by
 * receiver, state and age. The running daemon carries it out; this process only while none runs.
 */
#include "deliveries_decide.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "conf_dir.h"
#include "daemon_ask.h"
#include "document/delivery.h"
#include "document/document.h"
#include "report.h"
#include "store/store.h"

#define ANSWER_MS 30000
#define ARENA_MAX ((size_t)1024 * 1024)

struct deliveries_decision {
	const struct conf *conf;
	enum store_decision what;
	bool json;
	struct store_delivery_choice choice;
	struct store *store; /* NULL until no daemon answers */
	struct arena *arena;
	size_t changed;
};

int64_t deliveries_read_id(const char *text)
{
	char *end;
	int64_t id = strtoll(text, &end, 10);

	return end != text && *end == '\0' && id > 0 ? id : 0;
}

int deliveries_report_none(const char *id)
{
	report_error("there is no delivery %s", id);
	return CLI_FINDINGS;
}

/* --- while no daemon runs --- */

static int deliveries_open(struct deliveries_decision *d)
{
	struct err e;

	if (d->store)
		return CLI_OK;
	d->arena = arena_new(ARENA_MAX);
	return d->arena ? conf_dir_open_writer(d->conf, &d->store)
			: report_access(err_nomem(&e), &e);
}

/* --- one delivery --- */

/* retried: what happens now to a delivery that is retried. */
static int deliveries_print_decided(struct deliveries_decision *d, const char *id,
	const struct store_decided *v, const char *retried)
{
	bool retry = d->what == STORE_RETRY;

	if (!v->found)
		return deliveries_report_none(id);
	if (v->was == STORE_DELIVERED) {
		report_error("delivery %s was delivered: there is nothing to %s", id,
			retry ? "try again" : "drop");
		return CLI_FINDINGS;
	}
	d->changed++;
	if (d->json) {
		document_print(document_decision(deliveries_read_id(id), v->notify,
				       retry ? STORE_PENDING : STORE_DEAD),
			stdout);
		return CLI_OK;
	}
	printf("delivery %s to ", id);
	utf8_print(stdout, v->notify);
	if (v->of)
		printf(" is part of delivery %lld, which", (long long)v->of);
	puts(retry ? retried : " is dropped");
	return CLI_OK;
}

/* Takes the reference to answer. */
static int deliveries_print_answer(struct deliveries_decision *d, const char *id, json_t *answer)
{
	const json_t *notify = json_object_get(answer, "notify");
	const struct store_decided v = {
		.found = json_is_true(json_object_get(answer, "found")),
		.was = json_is_true(json_object_get(answer, "delivered")) ? STORE_DELIVERED
									  : STORE_PENDING,
		.notify = str_slice(json_string_value(notify), json_string_length(notify)),
		.of = json_integer_value(json_object_get(answer, "of")),
	};
	bool configured = json_is_true(json_object_get(answer, "configured"));
	int code = deliveries_print_decided(d, id, &v,
		configured ? " is tried again now"
			   : " waits: there is no such notify block in the configuration");

	json_decref(answer);
	return code;
}

static int deliveries_decide_stored(struct deliveries_decision *d, const char *id)
{
	struct store_decided v;
	struct err e;
	int code = deliveries_open(d);

	if (code)
		return code;
	if (store_delivery_decide(
		    d->store, deliveries_read_id(id), d->what, clock_wall(), d->arena, &v, &e))
		return report_access(-(int)e.cls, &e);
	return deliveries_print_decided(d, id, &v, " is tried again when nightdesk next runs");
}

static int deliveries_decide_one(struct deliveries_decision *d, const char *id)
{
	bool down = d->store != NULL;
	json_t *answer = NULL;
	int code = CLI_OK;

	if (!deliveries_read_id(id))
		return deliveries_report_none(id);
	if (!down)
		answer = daemon_ask(d->conf,
			json_pack("{ss sI}", "command", d->what == STORE_RETRY ? "retry" : "drop",
				"delivery", (json_int_t)deliveries_read_id(id)),
			ANSWER_MS, &down, &code);
	if (answer)
		return deliveries_print_answer(d, id, answer);
	return down ? deliveries_decide_stored(d, id) : code;
}

static void deliveries_print_count(const struct deliveries_decision *d, const char *when)
{
	bool retry = d->what == STORE_RETRY;

	printf("%zu deliver%s %s%s\n", d->changed, d->changed == 1 ? "y is" : "ies are",
		retry ? "tried again" : "dropped", retry && d->changed ? when : "");
}

/* Each has its line; several also a count. */
static int deliveries_decide_each(struct deliveries_decision *d, char *const *ids, size_t n)
{
	int worst = CLI_OK;

	for (size_t i = 0; i < n; i++) {
		int code = deliveries_decide_one(d, ids[i]);

		if (code != CLI_OK && code != CLI_FINDINGS)
			return code; /* it would be the same for the others */
		worst = code ? code : worst;
	}
	if (n > 1 && !d->json)
		deliveries_print_count(d, d->store ? " when nightdesk next runs" : " now");
	return worst;
}

/* --- all that are chosen --- */

static int deliveries_print_all(struct deliveries_decision *d, const char *when)
{
	if (d->json)
		document_print(document_decisions(d->changed,
				       d->what == STORE_RETRY ? STORE_PENDING : STORE_DEAD),
			stdout);
	else
		deliveries_print_count(d, when);
	return CLI_OK;
}

static int deliveries_decide_all_stored(struct deliveries_decision *d)
{
	struct store_decided_many many;
	struct err e;
	int code = deliveries_open(d);

	if (code)
		return code;
	if (store_deliveries_decide(
		    d->store, &d->choice, d->what, clock_wall(), d->arena, &many, &e))
		return report_access(-(int)e.cls, &e);
	d->changed = many.changed;
	return deliveries_print_all(d, " when nightdesk next runs");
}

static int deliveries_decide_all(struct deliveries_decision *d)
{
	const struct store_delivery_choice *c = &d->choice;
	const char *state = c->state >= 0 ? document_delivery_states[c->state] : "";
	bool down = false;
	int code = CLI_OK;
	json_t *answer = daemon_ask(d->conf,
		json_pack("{ss ss ss sI}", "command",
			d->what == STORE_RETRY ? "retry-all" : "drop-all", "notify",
			str_present(c->notify) ? c->notify.p : "", "state", state, "since",
			(json_int_t)c->since),
		ANSWER_MS, &down, &code);

	if (down)
		return deliveries_decide_all_stored(d);
	if (!answer)
		return code;
	d->changed = (size_t)json_integer_value(json_object_get(answer, "deliveries"));
	json_decref(answer);
	return deliveries_print_all(d, " now");
}

/* --- the commands --- */

static int deliveries_check(const struct cli_call *call, bool retry)
{
	const struct cli_options *o = &call->options;
	bool chosen = o->notify || o->state >= 0 || o->since != STAMP_NONE;

	if (chosen == (call->n_operands > 0))
		return report_usage(call->command, "%s takes IDs, or --notify, --state and --since",
			retry ? "retry" : "drop");
	if (o->state == STORE_DELIVERED)
		return report_usage(
			call->command, "a delivered one can be neither retried nor dropped");
	return CLI_OK;
}

static int deliveries_decide(const struct cli_call *call, enum store_decision what)
{
	const struct cli_options *o = &call->options;
	struct deliveries_decision d = {
		.what = what,
		.json = o->json,
		.choice = {.notify = str_of(o->notify), .state = o->state, .since = o->since},
	};
	int code = deliveries_check(call, what == STORE_RETRY);
	struct conf *c = code ? NULL : conf_dir_load_daemon(call->cli, o->dir, &code);

	d.conf = c;
	if (c && call->n_operands)
		code = deliveries_decide_each(&d, call->operands, call->n_operands);
	else if (c)
		code = deliveries_decide_all(&d);
	store_close(d.store);
	arena_free(d.arena);
	conf_unref(c);
	return code;
}

int deliveries_retry(const struct cli_call *call)
{
	return deliveries_decide(call, STORE_RETRY);
}

int deliveries_drop(const struct cli_call *call)
{
	return deliveries_decide(call, STORE_DROP);
}
