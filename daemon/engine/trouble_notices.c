/* SPDX-License-Identifier: MIT */
#include "trouble_notices.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

static void trouble_notices_on_timer(void *arg);

static void trouble_notices_set_timer(struct trouble_notices *n)
{
	const struct port_timer *port = &n->o.ports->timer;
	int64_t at = troubles_next(n->troubles), now = clock_mono();

	port_timer_stop(port, &n->timer);
	if (n->running && at != INT64_MAX)
		n->timer = port->start(
			port->ctx, at > now ? at - now : 0, trouble_notices_on_timer, n);
}

static void trouble_notices_wake(void *arg)
{
	trouble_notices_set_timer(arg);
}

static void trouble_notices_log(
	enum trouble_kind kind, bool ended, const struct trouble *v, size_t n)
{
	const struct trouble_row *row = &trouble_rows[kind];

	for (size_t i = 0; i < n && i < TROUBLE_NAMED_MAX; i++)
		log_notice(ended ? "trouble-ended" : "trouble-began", LOG_S("kind", row->name),
			LOG_STR("subject", v[i].subject), LOG_STR("detail", v[i].detail),
			LOG_S("advice", ended ? NULL : row->advice));
	if (n > TROUBLE_NAMED_MAX)
		log_notice(ended ? "trouble-ended" : "trouble-began", LOG_S("kind", row->name),
			LOG_I("more", n - TROUBLE_NAMED_MAX));
}

static void trouble_notices_on_timer(void *arg)
{
	struct trouble_notices *n = arg;
	struct trouble *v;
	enum trouble_kind kind;
	bool ended;
	size_t count = troubles_take(n->troubles, &kind, &ended, &v);

	n->timer = NULL;
	if (count > 0)
		trouble_notices_log(kind, ended, v, count);
	free(v);
	trouble_notices_set_timer(n);
}

struct troubles *trouble_notices_init(
	struct trouble_notices *n, const struct engine_parts *o, struct conf *conf)
{
	*n = (struct trouble_notices){.o = *o, .conf = conf_ref(conf)};
	n->troubles = troubles_new(trouble_notices_wake, n);
	return n->troubles;
}

void trouble_notices_start(struct trouble_notices *n)
{
	n->running = true;
	trouble_notices_set_timer(n);
}

static bool trouble_notices_has_subject(
	void *arg, const struct trouble_row *row, struct str subject)
{
	const struct conf *conf = arg;

	switch (row->of) {
	case TROUBLE_OF_NONE:
	case TROUBLE_OF_OTHER: break;
	case TROUBLE_OF_FEED: return conf_find_feed(conf, subject) != NULL;
	case TROUBLE_OF_WATCH: return conf_find_watch(conf, subject) != NULL;
	case TROUBLE_OF_RECEIVER: return conf_find_notify(conf, subject) != NULL;
	}
	return true;
}

void trouble_notices_reload(struct trouble_notices *n, struct conf *conf)
{
	conf_unref(n->conf);
	n->conf = conf_ref(conf);
	troubles_prune(n->troubles, trouble_notices_has_subject, conf);
}

void trouble_notices_stop(struct trouble_notices *n)
{
	n->running = false;
	port_timer_stop(&n->o.ports->timer, &n->timer);
}

void trouble_notices_release(struct trouble_notices *n)
{
	troubles_free(n->troubles);
	conf_unref(n->conf);
	n->troubles = NULL;
	n->conf = NULL;
}
