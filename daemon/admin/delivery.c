/* SPDX-License-Identifier: MIT */
/* The commands "retry" and "drop": an operator's decision about one delivery. */
#include "base/clock.h"
#include "base/log.h"
#include "command.h"

static int64_t admin_delivery_id(const struct admin_call *call)
{
	return json_integer_value(json_object_get(call->request, "delivery"));
}

int admin_retry_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	(void)desk;
	return store_delivery_decide(store, admin_delivery_id(call), STORE_RETRY, clock_wall(),
		call->arena, call->result, e);
}

int admin_drop_on_desk(
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
	return json_pack("{sb sb ss% sb}", "found", v->found, "delivered",
		v->was == STORE_DELIVERED, "notify", v->notify.p ? v->notify.p : "", v->notify.n,
		"configured", configured);
}

json_t *admin_retry_answer(struct admin_call *call)
{
	const struct store_decided *v = call->result;
	bool configured = true;

	if (admin_delivery_changed(v)) {
		log_notice("retry-asked", LOG_STR("notify", v->notify),
			LOG_I("delivery", admin_delivery_id(call)));
		configured = engine_retry(call->daemon->engine, v->notify);
	}
	return admin_delivery_json(v, configured);
}

json_t *admin_drop_answer(struct admin_call *call)
{
	const struct store_decided *v = call->result;

	if (admin_delivery_changed(v))
		log_notice("delivery-dropped", LOG_STR("notify", v->notify),
			LOG_I("delivery", admin_delivery_id(call)));
	return admin_delivery_json(v, true);
}
