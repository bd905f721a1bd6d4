/* SPDX-License-Identifier: MIT */
#include "ack.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/user.h"
#include "conf/form.h"
#include "document/ack.h"

int admin_ack_on_desk(
	struct admin_call *call, struct desk *desk, struct store *store, struct err *e)
{
	struct admin_ack *v = call->result;
	struct str by = admin_text(call, "by");

	(void)desk;
	v->user = user_name(call->by.uid, call->arena);
	if (!v->user.p)
		return err_nomem(e);
	if (by.n > STORE_ACK_BY_MAX || (by.n && !conf_form_line(by)))
		return err_set(
			e, ERR_INPUT, "a name is one line of at most %zu bytes", STORE_ACK_BY_MAX);
	return store_ack_put(store, admin_text(call, "alert"), by.n ? by : v->user, clock_wall(),
		call->arena, &v->ack, e);
}

json_t *admin_ack_answer(struct admin_call *call)
{
	const struct admin_ack *v = call->result;

	if (v->ack.result == STORE_ACK_FIRST) {
		log_notice("acknowledged", LOG_STR("alert", v->ack.id), LOG_STR("by", v->ack.by),
			LOG_STR("user", v->user));
		engine_check_held(call->daemon->engine);
	}
	return document_ack(&v->ack);
}
