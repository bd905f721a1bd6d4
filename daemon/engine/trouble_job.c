/* SPDX-License-Identifier: MIT */
#include "trouble_job.h"
#include "store/troubles.h"

#include <stdlib.h>

#define JOB_BYTES ((size_t)64 * 1024 * 1024)

struct trouble_job *trouble_job_new(void)
{
	struct trouble_job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->refs = 1;
	j->arena = arena_new(JOB_BYTES);
	j->job = (struct job){.run = trouble_job_run, .arg = j};
	if (j->arena)
		return j;
	free(j);
	return NULL;
}

void trouble_job_unref(struct trouble_job *j)
{
	if (!j || --j->refs > 0)
		return;
	arena_free(j->arena);
	free(j);
}

/* --- the receivers of a notice --- */

static bool trouble_list_has(const struct conf_list *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], name))
			return true;
	return false;
}

/* No receiver gets a notice about itself; its block may override the list of the daemon. */
static bool trouble_is_for(const struct conf *conf, struct str subject, struct str receiver)
{
	const struct conf_notify *cn = conf_find_notify(conf, subject);

	return !str_eq(subject, receiver) &&
	       trouble_list_has(
		       cn && cn->trouble.n ? &cn->trouble : &conf->daemon.trouble, receiver);
}

/* Leaves what the receiver gets: all or none, unless these are troubles of receivers. */
static int trouble_job_choose(
	struct trouble_job *j, struct trouble_notice *n, const struct conf *conf)
{
	struct trouble *mine;
	size_t all = n->n;

	if (trouble_rows[n->kind].of != TROUBLE_OF_RECEIVER) {
		n->n = trouble_list_has(&conf->daemon.trouble, n->receiver) ? all : 0;
		return 0;
	}
	mine = arena_array(j->arena, all, sizeof(*mine));
	if (!mine)
		return -(int)ERR_NOMEM;
	n->n = 0;
	for (size_t i = 0; i < all; i++)
		if (trouble_is_for(conf, n->v[i].subject, n->receiver))
			mine[n->n++] = n->v[i];
	n->v = mine;
	return 0;
}

static int trouble_job_add_copy(struct trouble_job *j, const struct trouble_notice *n,
	const struct conf *conf, struct trouble_copy *out)
{
	struct trouble_notice own = *n;
	int rc = trouble_job_choose(j, &own, conf);

	if (rc || own.n == 0)
		return rc;
	out->of = j;
	out->receiver = arena_str(j->arena, n->receiver);
	j->n_copies++;
	return out->receiver.p ? trouble_notice_make(&own, j->arena, &out->alert) : -(int)ERR_NOMEM;
}

static int trouble_job_add_copies(
	struct trouble_job *j, const struct trouble_notice *n, const struct conf *conf)
{
	struct trouble_copy *copies = arena_array(j->arena, conf->n_notifies, sizeof(*copies));
	int rc = copies ? 0 : -(int)ERR_NOMEM;

	for (size_t i = 0; !rc && i < conf->n_notifies; i++) {
		struct trouble_notice to = *n;

		to.receiver = str_of(conf->notifies[i].name);
		to.zone = conf->notifies[i].zone;
		rc = trouble_job_add_copy(j, &to, conf, &copies[j->n_copies]);
	}
	j->copies = copies;
	return rc;
}

struct trouble_job *trouble_job_new_notice(const struct trouble_notice *n, const struct conf *conf)
{
	struct trouble_job *j = trouble_job_new();
	struct trouble *v = j ? arena_array(j->arena, n->n, sizeof(*v)) : NULL;
	int rc = v ? 0 : -(int)ERR_NOMEM;

	for (size_t i = 0; !rc && i < n->n; i++) {
		v[i] = n->v[i];
		v[i].subject = arena_str(j->arena, n->v[i].subject);
		v[i].detail = arena_str(j->arena, n->v[i].detail);
		if (str_present(n->v[i].subject) && !v[i].subject.p)
			rc = -(int)ERR_NOMEM;
	}
	if (!rc)
		rc = trouble_job_add_copies(j, n, conf);
	if (rc) {
		trouble_job_unref(j);
		return NULL;
	}
	j->kind = n->kind;
	j->ended = n->ended;
	j->v = v;
	j->n = n->n;
	return j;
}

/* --- on the desk thread --- */

static int trouble_job_store_one(
	const struct trouble_job *j, const struct trouble *t, struct store *store, struct err *e)
{
	struct str kind = str_of(trouble_rows[j->kind].name);
	const struct store_trouble row = {kind, t->subject, t->since, t->detail};

	return j->ended ? store_trouble_drop(store, kind, t->subject, e)
			: store_trouble_put(store, &row, e);
}

static int trouble_job_store_copy(const struct trouble_copy *m, struct store *store, struct err *e)
{
	const struct store_plan plan = {.notify = m->receiver, .due_at = m->alert.created};
	const struct store_raise r = {.alert = &m->alert, .plans = &plan, .n_plans = 1};
	int64_t row;

	if (m->sent)
		return 0;
	return store_alert_raise(store, &r, &row, e);
}

static int trouble_job_store(const struct trouble_job *j, struct store *store, struct err *e)
{
	int rc = store_begin(store, e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < j->n; i++)
		rc = trouble_job_store_one(j, &j->v[i], store, e);
	for (size_t i = 0; !rc && i < j->n_copies; i++)
		rc = trouble_job_store_copy(&j->copies[i], store, e);
	return store_end(store, rc, e);
}

void trouble_job_run(void *arg, struct desk *desk, struct store *store)
{
	struct trouble_job *j = arg;

	(void)desk;
	if (j->n > 0)
		j->rc = trouble_job_store(j, store, &j->error);
	else
		j->rc = store_troubles(store, j->arena, &j->told, &j->n_told, &j->error);
}
