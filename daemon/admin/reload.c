/* SPDX-License-Identifier: MIT */
/* The command "reload": answered when the reload that it started has ended. */
#include "command.h"
#include "document/configuration.h"

json_t *admin_reload_answer(struct admin_call *call)
{
	const struct admin_daemon *d = call->daemon;
	struct admin_view view;

	d->view(d->ctx, &view);
	return document_reload(
		view.conf, view.refused, document_diags(call->diags, true, ADMIN_DIAGS_MAX));
}

void admin_reload_start(struct admin_call *call)
{
	const struct admin_daemon *d = call->daemon;

	call->load = d->reload(d->ctx);
}
