/* SPDX-License-Identifier: MIT */
#include "heartbeat.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/secrets.h"

#define HEARTBEAT_FIRST (5 * CLOCK_SECOND)

static void heartbeat_on_timer(void *arg);

static void heartbeat_wait(struct heartbeat *h, int64_t ms)
{
	const struct port_timer *port = &h->o.ports->timer;

	port_timer_stop(port, &h->timer);
	if (h->running)
		h->timer = port->start(port->ctx, ms, heartbeat_on_timer, h);
}

/* A reload may have removed the block while a request was under way. */
static int64_t heartbeat_pause(const struct heartbeat *h)
{
	return h->conf->heartbeat.every ? h->conf->heartbeat.every : HEARTBEAT_FIRST;
}

/* problem: absent if the monitor has it. */
static void heartbeat_end(struct heartbeat *h, struct str problem)
{
	conf_unref(h->sending);
	h->sending = NULL;
	if (str_present(problem))
		trouble_begin(h->o.troubles, TROUBLE_HEARTBEAT_FAILING, STR_NONE, problem);
	else
		trouble_end(h->o.troubles, TROUBLE_HEARTBEAT_FAILING, STR_NONE);
	heartbeat_wait(h, heartbeat_pause(h));
}

static void heartbeat_on_answer(void *arg, const struct sink_answer *a)
{
	struct heartbeat *h = arg;
	char text[64];

	h->send_op = NULL;
	if (a->error != ERR_NONE) {
		heartbeat_end(h,
			str_present(a->error_text) ? a->error_text : STR("it cannot be reached"));
		return;
	}
	snprintf(text, sizeof(text), "HTTP %ld", a->status);
	heartbeat_end(h, a->status >= 200 && a->status < 300 ? STR_NONE : str_of(text));
}

/* secret: the address, or absent where it is none. */
static void heartbeat_send(struct heartbeat *h, struct str secret)
{
	const struct port_send *port = &h->o.ports->send;
	const struct conf_heartbeat *c = &h->sending->heartbeat;
	struct sink_request request = {
		.transport = SINK_HTTP,
		.url = str_present(secret) ? secret : str_of(c->url),
		.body = STR(""),
		.secrets = &secret,
		.n_secrets = str_present(secret),
	};

	h->send_op = port->start(port->ctx, &request, heartbeat_on_answer, h);
	if (!h->send_op)
		heartbeat_end(h, STR("out of memory"));
}

static void heartbeat_on_secret(void *arg, const struct secrets *s, const struct err *e)
{
	struct heartbeat *h = arg;

	h->secret_op = NULL;
	if (!s)
		heartbeat_end(h, str_of(e->text));
	else if (s->shown.n != 1 || !str_present(s->shown.v[0].value))
		heartbeat_end(h, STR("its credential is empty"));
	else
		heartbeat_send(h, s->shown.v[0].value);
}

static void heartbeat_begin(struct heartbeat *h)
{
	const struct port_secret *port = &h->o.ports->secret;
	const char *name = h->conf->heartbeat.url_credential;

	h->sending = conf_ref(h->conf);
	if (!name) {
		heartbeat_send(h, STR_NONE);
		return;
	}
	h->secret_op = port->start(port->ctx, h->sending, &name, 1, heartbeat_on_secret, h);
	if (!h->secret_op)
		heartbeat_end(h, STR("out of memory"));
}

/* --- is all well? --- */

static bool heartbeat_is_well(const struct heartbeat *h)
{
	for (int k = 0; k < TROUBLE_KINDS; k++)
		if (k != TROUBLE_HEARTBEAT_FAILING &&
			troubles_need_person(h->o.troubles, (enum trouble_kind)k, h->conf))
			return false;
	return true;
}

/* That it comes back is the proof that the desk works. */
static void heartbeat_run(void *arg, struct desk *desk, struct store *store)
{
	(void)arg;
	(void)desk;
	(void)store;
}

static void heartbeat_on_job_done(void *arg)
{
	struct heartbeat *h = arg;

	h->job_out = false;
	if (!h->running || h->sending)
		return;
	if (h->conf->heartbeat.every && heartbeat_is_well(h)) {
		heartbeat_begin(h);
		return;
	}
	log_debug("heartbeat-withheld", LOG_S("reason", "a trouble needs a person"));
	heartbeat_wait(h, heartbeat_pause(h));
}

static void heartbeat_on_timer(void *arg)
{
	struct heartbeat *h = arg;

	h->timer = NULL;
	if (h->job_out || h->sending)
		return;
	if (!h->conf->heartbeat.every) {
		/* It may be remembered from a process that had the block. */
		trouble_end(h->o.troubles, TROUBLE_HEARTBEAT_FAILING, STR_NONE);
		return;
	}
	h->job_out = true;
	h->job = (struct job){.run = heartbeat_run, .done = heartbeat_on_job_done, .arg = h};
	jobs_post(h->o.jobs, &h->job);
}

/* --- life --- */

void heartbeat_start(struct heartbeat *h)
{
	h->running = !h->o.once;
	heartbeat_wait(h, HEARTBEAT_FIRST);
}

void heartbeat_reload(struct heartbeat *h, struct conf *conf)
{
	conf_unref(h->conf);
	h->conf = conf_ref(conf);
	if (!h->job_out && !h->sending)
		heartbeat_wait(h, HEARTBEAT_FIRST);
}

void heartbeat_stop(struct heartbeat *h)
{
	const struct ports *ports = h->o.ports;

	h->running = false;
	port_timer_stop(&ports->timer, &h->timer);
	if (h->secret_op)
		ports->secret.cancel(ports->secret.ctx, h->secret_op);
	if (h->send_op)
		ports->send.cancel(ports->send.ctx, h->send_op);
	h->secret_op = NULL;
	h->send_op = NULL;
	conf_unref(h->sending);
	h->sending = NULL;
}

void heartbeat_release(struct heartbeat *h)
{
	conf_unref(h->sending);
	conf_unref(h->conf);
	h->sending = h->conf = NULL;
}
