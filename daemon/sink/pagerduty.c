/* SPDX-License-Identifier: MIT */
/*
 * PagerDuty, Events API v2: an alert triggers an incident. Its dedup_key is the id of the alert, so
 * that a repeat is the same incident, and what ends the alert resolves it.
 */
#include <jansson.h>

#include "base/clock.h"
#include "sinks.h"

#define SUMMARY_MAX ((size_t)1024) /* code points */
#define TEXT_MAX    ((size_t)8000)
#define LINK_MAX    ((size_t)2000)
#define KEY_MAX	    ((size_t)255)
#define NAME_BYTES  ((size_t)500)	/* of a watch, a feed or a source */
#define BODY_MAX    ((size_t)64 * 1024) /* of 512 KB */

struct pagerduty {
	const char *key_credential, *server;
};

static const struct conf_key_row pagerduty_keys[] = {
	{CONF_KEY("key-credential", CREDENTIAL, pagerduty, key_credential),
		.holds = CONF_HOLDS_TOKEN, .required = true,
		.help = "name of the credential that holds the integration key"},
	{CONF_KEY("server", URL, pagerduty, server), .fallback = "https://events.pagerduty.com",
		.help = "the address of the service, of another region say"},
	{0},
};

static const char *pagerduty_severity(enum alert_priority p)
{
	switch (p) {
	case ALERT_FLASH: return "critical";
	case ALERT_URGENT: return "error";
	case ALERT_NORMAL: return "warning";
	case ALERT_LOW: return "info";
	}
	return "warning";
}

/*
 * The incident that it is about: what ends one must have the key of what began it. Whoever
 * acknowledges an alert of a digest has the incident of the digest.
 */
static void pagerduty_put_key(const struct notice *m, struct buf *out)
{
	const struct alert *a = m->alerts;

	if (a->kind == ALERT_ACKNOWLEDGED && str_starts(m->receipt, STR("dg_")) &&
		m->receipt.n < KEY_MAX) {
		buf_adds(out, m->receipt);
	} else if (alert_is_trouble(a)) {
		const struct alert_trouble *t = a->trouble;
		const struct str parts[] = {t->kind,
			t->n == 1 && str_present(t->v[0].subject) ? t->v[0].subject : STR("")};

		alert_put_trouble_id(parts, sizeof(parts) / sizeof(parts[0]), out);
	} else {
		buf_adds(out, a->of ? a->of->id : a->id);
	}
}

static bool pagerduty_resolves(enum alert_kind kind)
{
	switch (kind) {
	case ALERT_CREATED:
	case ALERT_UPDATED:
	case ALERT_DIGEST:
	case ALERT_TROUBLE_BEGAN:
	case ALERT_REPORT:
	case ALERT_STORY:
	case ALERT_CORRECTED: return false;
	case ALERT_TROUBLE_ENDED:
	case ALERT_WITHDRAWN:
	case ALERT_ACKNOWLEDGED: break;
	}
	return true;
}

/* "URGENT Norland moves its embassy · The Wire, 2 min old" */
static void pagerduty_put_summary(const struct alert *a, struct buf *out)
{
	struct buf line;

	buf_init(&line, 8 * SUMMARY_MAX);
	sink_short_title(a, SUMMARY_MAX / 2, TEXT_CODE_POINTS, &line);
	buf_addz(&line, " · ");
	sink_text_who(a, &line);
	buf_adds(out, text_cut_by(buf_str(&line), SUMMARY_MAX, TEXT_CODE_POINTS));
	buf_pass_lack(out, &line);
	buf_release(&line);
}

static json_t *pagerduty_details(const struct sink_context *ctx, const struct alert *a)
{
	const struct sink_short form = {TEXT_MAX, TEXT_BYTES, true, ctx->notify->zone, NULL};
	struct buf text;
	json_t *details = NULL;

	buf_init(&text, TEXT_MAX + 16);
	sink_short_text(a, &form, &text);
	if (!buf_failed(&text))
		details = json_pack("{s:s%, s:o, s:o, s:s}", "text", buf_z(&text), text.len,
			"watch", sink_service_string(a->watch_title, NAME_BYTES), "feed",
			sink_service_string(a->feed_title, NAME_BYTES), "priority",
			alert_priority_words[a->priority]);
	buf_release(&text);
	return details;
}

static json_t *pagerduty_payload(const struct sink_context *ctx, const struct alert *a)
{
	struct str source = str_present(a->source) && a->source.n ? a->source : a->feed;
	char stamp[STAMP_TEXT_MAX];
	struct buf summary;
	json_t *payload = NULL;

	buf_init(&summary, 4 * SUMMARY_MAX + 16);
	pagerduty_put_summary(a, &summary);
	if (!buf_failed(&summary))
		payload = json_pack("{s:s%, s:o, s:s, s:s, s:o, s:s, s:o}", "summary",
			buf_z(&summary), summary.len, "source",
			sink_service_string(source.n ? source : STR("nightdesk"), NAME_BYTES),
			"severity", pagerduty_severity(a->priority), "timestamp",
			clock_rfc3339(a->created, true, stamp), "group",
			sink_service_string(a->watch, NAME_BYTES), "class", alert_json_type(a),
			"custom_details", pagerduty_details(ctx, a));
	buf_release(&summary);
	return payload;
}

/* Adds what a trigger has besides its keys; false: memory ran out. */
static bool pagerduty_describe(
	const struct sink_context *ctx, const struct alert *a, struct str link, json_t *event)
{
	return json_object_set_new(event, "client", json_string("nightdesk")) == 0 &&
	       json_object_set_new(event, "payload", pagerduty_payload(ctx, a)) == 0 &&
	       (link.n == 0 || json_object_set_new(event, "links",
				       json_pack("[{s:s%, s:s}]", "href", link.p, link.n, "text",
					       "the item")) == 0);
}

static json_t *pagerduty_event(const struct sink_context *ctx, const struct notice *m,
	struct str routing_key, struct str link)
{
	const struct alert *a = m->alerts;
	bool resolves = pagerduty_resolves(a->kind);
	json_t *event = NULL;
	struct buf key;

	buf_init(&key, KEY_MAX);
	pagerduty_put_key(m, &key);
	if (!buf_failed(&key))
		event = json_pack("{s:s%, s:s, s:s%}", "routing_key", routing_key.p, routing_key.n,
			"event_action", resolves ? "resolve" : "trigger", "dedup_key", buf_z(&key),
			key.len);
	buf_release(&key);
	if (!event || resolves || pagerduty_describe(ctx, a, link, event))
		return event;
	json_decref(event);
	return NULL;
}

static int pagerduty_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct pagerduty *p = ctx->notify->settings;
	struct str key, link;
	int rc = sink_service_token(ctx, p->key_credential, &key, e);

	if (rc == 0)
		rc = sink_service_request(p->server, "/v2/enqueue", 0, arena, out, e);
	if (rc == 0)
		rc = sink_service_link(m->alerts->link, LINK_MAX, arena, &link, e);
	return rc ? rc : sink_service_json(pagerduty_event(ctx, m, key, link), arena, out, e);
}

/* {"status": "invalid event", "message": "…", "errors": ["'routing_key' is invalid"]} */
static const struct sink_answer_row pagerduty_rows[] = {
	{400, 499, "routing_key", SINK_TROUBLE, true},
	{400, 499, "routing key", SINK_TROUBLE, true},
	{0},
};

/* About 120 events a minute are accepted, and 30 s are the documented pause. */
static void pagerduty_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	static const struct sink_answers answers = {.rows = pagerduty_rows,
		.error = "errors",
		.limit_wait = 30 * CLOCK_SECOND,
		.receipt = "dedup_key"};

	sink_answers_judge(&answers, a, arena, out);
}

const struct sink_type sink_pagerduty = {
	.conf = {"pagerduty", pagerduty_keys, sizeof(struct pagerduty), NULL, .people = false},
	.render = pagerduty_render,
	.judge = pagerduty_judge,
	.pace_ms = CLOCK_SECOND / 2,
	.window = 1,
	.max_bytes = BODY_MAX,
};
