/* SPDX-License-Identifier: MIT */
/* The commands: a new one is a row of the table at the end, and its functions before it. */
#include <string.h>

#include "ack.h"
#include "base/clock.h"
#include "base/log.h"
#include "command.h"
#include "document/configuration.h"
#include "document/delivery.h"
#include "document/document.h"
#include "document/feed.h"
#include "silence.h"
#include "status.h"
#include "store/backup.h"

/* --- reload: answered when the reload that it started has ended --- */

static void admin_reload_start(struct admin_call *call)
{
	call->load = call->daemon->reload(call->daemon->ctx);
}

static json_t *admin_reload_answer(struct admin_call *call)
{
	const struct admin_view *view = call->daemon->view;

	return document_reload(
		view->conf, view->refused, document_diags(call->diags, true, ADMIN_DIAGS_MAX));
}

/* --- poll: at most POLL_FEEDS_MAX feeds in one call; "next" is where the next call begins --- */

#define POLL_FEEDS_MAX 250

static void admin_poll_feed(struct admin_call *call, const char *name, json_t *list)
{
	int64_t until = STAMP_NONE;
	enum engine_asked asked = engine_ask_feed(call->daemon->engine, name, &until);

	json_array_append_new(list, document_asked(name, asked, until));
}

static json_t *admin_poll_answer(struct admin_call *call)
{
	const json_t *names = json_object_get(call->request, "feeds");
	const struct conf *c = call->daemon->view->conf;
	json_t *answer = json_object(), *list = json_array();
	size_t n = json_array_size(names) ? json_array_size(names) : c->n_feeds;
	json_int_t from = json_integer_value(json_object_get(call->request, "from"));
	size_t first = from > 0 && (size_t)from < n ? (size_t)from : from > 0 ? n : 0;
	size_t end = n - first > POLL_FEEDS_MAX ? first + POLL_FEEDS_MAX : n;

	for (size_t i = first; i < end; i++) {
		const char *name = json_array_size(names)
					   ? json_string_value(json_array_get(names, i))
					   : c->feeds[i].name;

		admin_poll_feed(call, name ? name : "", list);
	}
	if (end > first)
		log_notice("poll-asked", LOG_I("feeds", end - first));
	json_object_set_new(answer, "feeds", list);
	if (end < n)
		json_object_set_new(answer, "next", json_integer((json_int_t)end));
	return answer;
}

/* --- restore: the answer comes before the daemon stops its work --- */

static int admin_restore_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)call;
	(void)desk;
	return store_restore_waits(store_path(store))
		       ? 0
		       : err_set(e, ERR_INPUT, "there is no file to restore");
}

static json_t *admin_restore_answer(struct admin_call *call)
{
	call->daemon->restore(call->daemon->ctx);
	return json_pack("{sb}", "restoring", true);
}

/* --- sending: the deliveries that are in flight, which the database does not know --- */

#define SENDING_MAX 2048

static json_t *admin_sending_answer(struct admin_call *call)
{
	int64_t ids[SENDING_MAX];
	size_t n = engine_sending(call->daemon->engine, ids, SENDING_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)ids[i]));
	return json_pack("{so}", "deliveries", list);
}

/* --- retry and drop: an operator's decision about one delivery --- */

static int64_t admin_delivery_id(const struct admin_call *call)
{
	return json_integer_value(json_object_get(call->request, "delivery"));
}

static int admin_retry_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return store_delivery_decide(store, admin_delivery_id(call), STORE_RETRY, clock_wall(),
		call->arena, call->result, e);
}

static int admin_drop_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return store_delivery_decide(store, admin_delivery_id(call), STORE_DROP, clock_wall(),
		call->arena, call->result, e);
}

static bool admin_delivery_changed(const struct store_decided *v)
{
	return v->found && v->was != STORE_DELIVERED;
}

static json_t *admin_delivery_json(const struct store_decided *v, bool configured)
{
	json_t *of = v->of ? json_integer(v->of) : NULL;

	return json_pack("{sb sb ss% sb so*}", "found", v->found, "delivered",
		v->was == STORE_DELIVERED, "notify", v->notify.p ? v->notify.p : "", v->notify.n,
		"configured", configured, "of", of);
}

static json_t *admin_retry_answer(struct admin_call *call)
{
	const struct store_decided *v = call->result;
	bool configured = true;

	if (admin_delivery_changed(v)) {
		log_notice("retry-asked", LOG_STR("notify", v->notify),
			LOG_I("delivery", admin_delivery_id(call)));
		configured = engine_retry(call->daemon->engine, v->notify);
		if (!configured)
			engine_check_orphans(call->daemon->engine);
	}
	return admin_delivery_json(v, configured);
}

static json_t *admin_drop_answer(struct admin_call *call)
{
	const struct store_decided *v = call->result;

	if (admin_delivery_changed(v)) {
		log_notice("delivery-dropped", LOG_STR("notify", v->notify),
			LOG_I("delivery", admin_delivery_id(call)));
		engine_check_orphans(call->daemon->engine);
	}
	return admin_delivery_json(v, true);
}

/* --- retry-all and drop-all: the same about all that are chosen --- */

static int admin_decide_all(
	struct admin_call *call, struct store *store, enum store_decision what, struct err *e)
{
	struct store_delivery_choice choice = {.notify = admin_text(call, "notify"),
		.state = -1,
		.since = json_integer_value(json_object_get(call->request, "since"))};
	const char *state = admin_text(call, "state").p;

	if (state) {
		choice.state = document_delivery_state(state);
		if (choice.state < 0)
			return err_set(e, ERR_INPUT, "there is no such state");
	}
	return store_deliveries_decide(
		store, &choice, what, clock_wall(), call->arena, call->result, e);
}

static int admin_retry_all_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return admin_decide_all(call, store, STORE_RETRY, e);
}

static int admin_drop_all_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return admin_decide_all(call, store, STORE_DROP, e);
}

static json_t *admin_retry_all_answer(struct admin_call *call)
{
	const struct store_decided_many *v = call->result;
	bool configured = true;

	log_notice("retry-asked", LOG_I("deliveries", v->changed));
	for (size_t i = 0; i < v->n; i++)
		configured &= engine_retry(call->daemon->engine, v->notifies[i]);
	if (!configured)
		engine_check_orphans(call->daemon->engine);
	return document_decisions(v->changed, STORE_PENDING);
}

static json_t *admin_drop_all_answer(struct admin_call *call)
{
	const struct store_decided_many *v = call->result;

	log_notice("deliveries-dropped", LOG_I("deliveries", v->changed));
	engine_check_orphans(call->daemon->engine);
	return document_decisions(v->changed, STORE_DEAD);
}

/* --- move: what waits for one receiver goes to another --- */

struct admin_moved {
	size_t deliveries;
};

static int admin_move_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	struct admin_moved *v = call->result;

	(void)desk;
	return store_deliveries_move(store, admin_text(call, "from"), admin_text(call, "to"),
		clock_wall(), &v->deliveries, e);
}

static json_t *admin_move_answer(struct admin_call *call)
{
	const struct admin_moved *v = call->result;
	struct engine *engine = call->daemon->engine;
	struct str to = admin_text(call, "to");
	json_t *answer;

	log_notice("deliveries-moved", LOG_STR("from", admin_text(call, "from")), LOG_STR("to", to),
		LOG_I("deliveries", v->deliveries));
	engine_retry(engine, to);
	engine_check_orphans(engine);
	answer = document_decisions(v->deliveries, STORE_PENDING);
	json_object_set_new(answer, "configured",
		json_boolean(conf_find_notify(call->daemon->view->conf, to) != NULL));
	return answer;
}

/* --- test-notify: answered by the receiver --- */

struct admin_tested {
	json_t *answer; /* its reference passes to answer() */
};

static void admin_test_done(void *arg, const struct test_message_result *r)
{
	struct admin_call *call = arg;
	struct admin_tested *tested = call->result;
	bool delivered = r->verdict && r->verdict->kind == SINK_DELIVERED;

	if (delivered)
		engine_receiver_works(call->daemon->engine, str_of(r->notify->name));
	log_notice("notify-tested", LOG_S("notify", r->notify->name),
		LOG_S("result", delivered ? "delivered" : "failed"));
	if (r->verdict)
		tested->answer = document_test(r->notify, r->verdict, r->took, "daemon");
	else
		tested->answer = document_error(r->error);
	call->end(call);
}

static void admin_set_no_notify(struct admin_call *call, struct str name)
{
	struct str near = conf_nearest_notify(call->daemon->view->conf, name);

	if (str_present(near))
		err_set(&call->error, ERR_INPUT,
			"the running daemon has no notify block %.*s; did you mean %.*s?",
			STR_ARG(name), STR_ARG(near));
	else
		err_set(&call->error, ERR_INPUT,
			"the running daemon has no notify block %.*s; was it reloaded?",
			STR_ARG(name));
}

static void admin_test_start(struct admin_call *call)
{
	const json_t *name = json_object_get(call->request, "notify");
	struct str notify = str_slice(json_string_value(name), json_string_length(name));
	struct admin_tested *tested = call->result;
	int rc = engine_test_notify(call->daemon->engine, notify, admin_test_done, call);

	if (rc == 0)
		return;
	if (rc == -(int)ERR_INPUT)
		admin_set_no_notify(call, notify);
	else
		(void)err_nomem(&call->error);
	tested->answer = document_error(&call->error);
	call->end(call);
}

static json_t *admin_test_answer(struct admin_call *call)
{
	const struct admin_tested *tested = call->result;

	return tested->answer;
}

/* --- the table --- */

/* Of deliveries: "" is any receiver, any state; since: wall ms, STAMP_NONE is any. */
#define ADMIN_CHOICE                                                                               \
	{                                                                                          \
		{"notify", JSON_STRING}, {"state", JSON_STRING},                                   \
		{                                                                                  \
			"since", JSON_INTEGER                                                      \
		}                                                                                  \
	}

static const struct admin_command admin_commands[] = {
	{
		.name = "status",
		.right = ADMIN_LOOK,
		.always = true,
		.result_size = sizeof(struct metrics),
		.on_desk = admin_status_on_desk,
		.answer = admin_status_answer,
	},
	{
		.name = "metrics",
		.right = ADMIN_LOOK,
		.always = true,
		.result_size = sizeof(struct metrics),
		.on_desk = admin_status_on_desk,
		.answer = admin_metrics_answer,
	},
	{
		.name = "reload",
		.right = ADMIN_CHANGE,
		.start = admin_reload_start,
		.answer = admin_reload_answer,
	},
	{
		.name = "poll",
		.right = ADMIN_CHANGE,
		.arguments = {{"feeds", JSON_ARRAY}, {"from", JSON_INTEGER}}, /* [] is all */
		.answer = admin_poll_answer,
	},
	{
		.name = "test-notify",
		.right = ADMIN_CHANGE,
		.arguments = {{"notify", JSON_STRING}},
		.result_size = sizeof(struct admin_tested),
		.start = admin_test_start,
		.answer = admin_test_answer,
	},
	{
		.name = "restore",
		.right = ADMIN_CHANGE,
		.on_desk = admin_restore_on_desk,
		.answer = admin_restore_answer,
	},
	{
		.name = "sending",
		.right = ADMIN_LOOK,
		.answer = admin_sending_answer,
	},
	{
		.name = "retry",
		.right = ADMIN_CHANGE,
		.arguments = {{"delivery", JSON_INTEGER}},
		.result_size = sizeof(struct store_decided),
		.on_desk = admin_retry_on_desk,
		.answer = admin_retry_answer,
	},
	{
		.name = "drop",
		.right = ADMIN_CHANGE,
		.arguments = {{"delivery", JSON_INTEGER}},
		.result_size = sizeof(struct store_decided),
		.on_desk = admin_drop_on_desk,
		.answer = admin_drop_answer,
	},
	{
		.name = "retry-all",
		.right = ADMIN_CHANGE,
		.arguments = ADMIN_CHOICE,
		.result_size = sizeof(struct store_decided_many),
		.on_desk = admin_retry_all_on_desk,
		.answer = admin_retry_all_answer,
	},
	{
		.name = "drop-all",
		.right = ADMIN_CHANGE,
		.arguments = ADMIN_CHOICE,
		.result_size = sizeof(struct store_decided_many),
		.on_desk = admin_drop_all_on_desk,
		.answer = admin_drop_all_answer,
	},
	{
		.name = "move",
		.right = ADMIN_CHANGE,
		.arguments = {{"from", JSON_STRING}, {"to", JSON_STRING}},
		.result_size = sizeof(struct admin_moved),
		.on_desk = admin_move_on_desk,
		.answer = admin_move_answer,
	},
	{
		.name = "ack",
		.right = ADMIN_CHANGE,
		.arguments = {{"alert", JSON_STRING}, {"by", JSON_STRING}}, /* "": the user */
		.result_size = sizeof(struct admin_ack),
		.on_desk = admin_ack_on_desk,
		.answer = admin_ack_answer,
	},
	{
		.name = "silence-add",
		.right = ADMIN_CHANGE,
		.arguments = {{"watch", JSON_STRING}, {"ms", JSON_INTEGER}, {"why", JSON_STRING}},
		.result_size = sizeof(struct store_silence),
		.on_desk = admin_silence_add_on_desk,
		.answer = admin_silence_add_answer,
	},
	{
		.name = "silence-remove",
		.right = ADMIN_CHANGE,
		.arguments = {{"silence", JSON_INTEGER}},
		.result_size = sizeof(struct store_silence),
		.on_desk = admin_silence_remove_on_desk,
		.answer = admin_silence_remove_answer,
	},
};

const struct admin_command *admin_command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(admin_commands) / sizeof(admin_commands[0]); i++)
		if (strcmp(admin_commands[i].name, name) == 0)
			return &admin_commands[i];
	return NULL;
}
