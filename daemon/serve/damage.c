/* SPDX-License-Identifier: MIT */
/* What follows from the slow check of the database: troubles, and the rebuilding of indexes. */
#include "daemon.h"

#include "base/log.h"
#include "trouble/trouble.h"

static void damage_report(
	struct daemon *d, enum trouble_kind kind, size_t part, const struct err *damage)
{
	trouble_begin(engine_troubles(d->engine), kind, str_of(store_check_name(part)),
		str_of(damage->text));
}

static void damage_run_mend(void *arg, struct desk *desk, struct store *store)
{
	struct damage_mend *m = arg;

	(void)desk;
	m->rc = store_mend(store, m->part, &m->error);
}

static void damage_end_mend(void *arg)
{
	struct damage_mend *m = arg;
	struct daemon *d = m->daemon;

	m->busy = false;
	if (d->view.stopping)
		return;
	if (m->rc) {
		log_warn("rebuild-failed", LOG_S("table", store_check_name(m->part)),
			LOG_E(&m->error));
		damage_report(d, TROUBLE_DATABASE_DAMAGED, m->part, &m->damage);
		return;
	}
	damage_report(d, TROUBLE_DATABASE_REBUILT, m->part, &m->damage);
	database_check_again(d->check_database, m->part);
}

/* One index at a time, and each once in the life of the process: what comes back is not mended. */
static void damage_mend(struct daemon *d, size_t part, const struct err *damage)
{
	struct port_job desk = desk_thread_port(d->desk);
	struct damage_mend *m = &d->mend;

	if (m->busy) {
		database_check_again(d->check_database, part);
		return;
	}
	*m = (struct damage_mend){
		.daemon = d, .part = part, .damage = *damage, .mended = m->mended};
	m->busy = desk.post(desk.ctx, damage_run_mend, damage_end_mend, m) == 0;
	if (m->busy)
		m->mended |= UINT64_C(1) << part;
	else
		database_check_again(d->check_database, part);
}

static void damage_on_checked(
	void *arg, size_t part, enum store_health health, const struct err *damage)
{
	struct daemon *d = arg;

	if (d->view.stopping)
		return;
	switch (health) {
	case STORE_SOUND:
		trouble_end(engine_troubles(d->engine), TROUBLE_DATABASE_DAMAGED,
			str_of(store_check_name(part)));
		return;
	case STORE_INDEX_DAMAGED:
		if (!(d->mend.mended >> part & 1)) {
			damage_mend(d, part, damage);
			return;
		}
		break;
	case STORE_DAMAGED: break;
	}
	damage_report(d, TROUBLE_DATABASE_DAMAGED, part, damage);
}

int damage_watch(struct daemon *d)
{
	d->check_database =
		database_check_new(d->loop, d->view.conf->daemon.state, damage_on_checked, d);
	return d->check_database ? 0 : -(int)ERR_NOMEM;
}
