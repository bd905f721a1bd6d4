/* SPDX-License-Identifier: MIT */
#include "silence.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/user.h"
#include "document/silence.h"

static int64_t admin_silence_integer(const struct admin_call *call, const char *name)
{
	return json_integer_value(json_object_get(call->request, name));
}

int admin_silence_add_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	struct store_silence *v = call->result;
	int64_t ms = admin_silence_integer(call, "ms");

	(void)desk;
	*v = (struct store_silence){
		.watch = admin_text(call, "watch"),
		.since = clock_wall(),
		.author = user_name(call->by.uid, call->arena),
		.why = admin_text(call, "why"),
	};
	v->until = v->since + ms;
	if (!v->watch.n || !v->why.n || ms <= 0 || ms > STORE_SILENCE_MAX)
		return err_set(e, ERR_INPUT,
			"a silence needs a watch, a reason, and a time of at "
			"most a year");
	return v->author.p ? store_silence_add(store, v, e) : err_nomem(e);
}

int admin_silence_remove_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return store_silence_end(store, admin_silence_integer(call, "silence"), clock_wall(),
		call->arena, call->result, e);
}

static void admin_silence_log(const struct admin_call *call, const char *event)
{
	const struct store_silence *v = call->result;

	log_notice(event, LOG_I("silence", v->id), LOG_STR("watch", v->watch),
		LOG_STR("author", v->author), LOG_STR("why", v->why));
	engine_check_held(call->daemon->engine);
}

json_t *admin_silence_add_answer(struct admin_call *call)
{
	admin_silence_log(call, "silence-added");
	return document_silence(call->result);
}

json_t *admin_silence_remove_answer(struct admin_call *call)
{
	const struct store_silence *v = call->result;

	if (!v->id)
		return json_pack("{}");
	admin_silence_log(call, "silence-removed");
	return document_silence(v);
}
