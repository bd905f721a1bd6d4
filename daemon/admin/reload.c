/* SPDX-License-Identifier: MIT */
/* The command "reload": answered when the reload that it started has ended. */
#include "command.h"
#include "document/configuration.h"

void admin_reload_start(struct admin_call *call)
{
	const struct admin_daemon *d = call->daemon;

	call->load = d->reload(d->ctx);
	if (!call->load)
		admin_answer(call, admin_reload_json(d, NULL));
}

json_t *admin_reload_json(const struct admin_daemon *d, const struct conf_diags *diags)
{
	struct admin_view view;

	if (!diags)
		return json_pack("{sbs[s]}", "ok", 0, "errors",
			"no thread could be started to read the configuration");
	d->view(d->ctx, &view);
	return document_reload(
		view.conf, view.refused, document_diags(diags, true, ADMIN_DIAGS_MAX));
}
