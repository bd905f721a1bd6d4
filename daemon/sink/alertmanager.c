/* SPDX-License-Identifier: MIT */
/*
 * Alertmanager of Prometheus, API v2. An alert fires until it is acknowledged or withdrawn, or for
 * a day: it is sent again while it is open, since each time says only for how long it fires at
 * least. Its labels identify it, so that a repeat is the same alert; the texts are annotations,
 * which may change. The troubles of a notice are one alert each, which the notice of their end
 * ends.
 */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "sinks.h"

#define ALERTS_PATH "/api/v2/alerts"
#define TITLE_MAX   ((size_t)400)
#define TEXT_MAX    ((size_t)8000)
#define LINK_MAX    ((size_t)2000)
#define BODY_MAX    ((size_t)256 * 1024)
#define LABELS_MAX  32
#define VALUE_MAX   ((size_t)1000) /* of a label */

#define REPEAT_MS (5 * CLOCK_MINUTE)
#define AHEAD_MS  (4 * REPEAT_MS) /* as Prometheus does: three repeats may fail */
#define OPEN_MS	  CLOCK_DAY

struct alertmanager {
	struct sink_target target;
	struct conf_list labels; /* "name=value" */
	const char *user, *password_credential;
};

static const struct conf_key_row alertmanager_keys[] = {
	SINK_TARGET_KEYS(alertmanager, target),
	{CONF_KEY("labels", LABELS, alertmanager, labels), .told = "none", .max = LABELS_MAX,
		.help = "further labels of each alert, each \"name=value\""},
	{CONF_KEY("user", TEXT, alertmanager, user), .told = "none", .max = 200,
		.help = "user name at the server"},
	{CONF_KEY("password-credential", CREDENTIAL, alertmanager, password_credential),
		.told = "none", .help = "name of the credential that holds the password"},
	{0},
};

/* The name of a label of the configuration. */
static struct str alertmanager_label_name(struct str label)
{
	return str_slice(label.p, strcspn(label.p, "="));
}

static void alertmanager_check(struct conf_check *c, const void *settings)
{
	static const char *const ours[] = {
		"alertname", "watch", "alert_id", "trouble", "subject", "priority"};
	const struct alertmanager *am = settings;

	sink_target_check(c, settings);
	if (!am->user != !am->password_credential)
		conf_check_error(c, NULL, "needs user and password-credential, both or neither");
	for (size_t i = 0; i < am->labels.n; i++)
		for (size_t k = 0; k < sizeof(ours) / sizeof(ours[0]); k++)
			if (str_is(alertmanager_label_name(am->labels.v[i]), ours[k]))
				conf_check_error_at(c, "labels", "choose another name",
					"labels: nightdesk sets alertname, watch, alert_id, "
					"trouble, subject and priority itself");
}

/* --- one alert --- */

static bool alertmanager_set(json_t *object, const char *name, struct str value)
{
	return json_object_set_new(object, name, sink_service_string(value, VALUE_MAX)) == 0;
}

static bool alertmanager_set_own(const struct alertmanager *am, json_t *labels)
{
	bool ok = true;

	for (size_t i = 0; ok && i < am->labels.n; i++) {
		struct str label = am->labels.v[i], name = alertmanager_label_name(label);
		char key[1025];

		memcpy(key, name.p, name.n);
		key[name.n] = '\0';
		ok = alertmanager_set(
			labels, key, str_slice(label.p + name.n + 1, label.n - name.n - 1));
	}
	return ok;
}

/* What the labels of one alert identify, and when it fires. */
struct alertmanager_entry {
	struct str id, subject; /* id: of an alert, or the kind of a trouble */
	int64_t starts, ends;
};

/* Returns a reference, or NULL. */
static json_t *alertmanager_labels(const struct alertmanager *am, const struct alert *a,
	const struct alertmanager_entry *entry)
{
	json_t *labels = json_object();
	const struct alert_trouble *t = alert_is_trouble(a) ? a->trouble : NULL;
	const char *priority = alert_priority_words[a->priority];
	bool ok = labels != NULL;

	/* What ends a trouble is less urgent than what began it, and must have the same labels. */
	if (t)
		priority = alert_priority_words[t->person ? ALERT_URGENT : ALERT_NORMAL];
	ok = ok && alertmanager_set(labels, "alertname",
			   a->watch_title.n ? a->watch_title : STR("nightdesk"));
	ok = ok && alertmanager_set(labels, "watch", a->watch);
	ok = ok && alertmanager_set(labels, t ? "trouble" : "alert_id", entry->id);
	ok = ok && (entry->subject.n == 0 || alertmanager_set(labels, "subject", entry->subject));
	ok = ok && alertmanager_set(labels, "priority", str_of(priority));
	if (ok && alertmanager_set_own(am, labels))
		return labels;
	json_decref(labels);
	return NULL;
}

static json_t *alertmanager_annotations(
	const struct sink_context *ctx, const struct alert *a, struct str link)
{
	const struct sink_short form = {TEXT_MAX, TEXT_BYTES, true, ctx->notify->zone, NULL};
	struct buf title, text;
	json_t *annotations = NULL;

	buf_init(&title, TITLE_MAX + 16);
	buf_init(&text, TEXT_MAX + 16);
	sink_short_title(a, TITLE_MAX, TEXT_BYTES, &title);
	sink_short_text(a, &form, &text);
	if (!buf_failed(&title) && !buf_failed(&text))
		annotations = json_pack("{s:s%, s:s%}", "summary", buf_z(&title), title.len,
			"description", buf_z(&text), text.len);
	if (annotations && link.n &&
		json_object_set_new(annotations, "link", json_stringn(link.p, link.n))) {
		json_decref(annotations);
		annotations = NULL;
	}
	buf_release(&title);
	buf_release(&text);
	return annotations;
}

/* --- the list --- */

struct alertmanager_list {
	const struct sink_context *ctx;
	const struct alert *a;
	struct str link;
	json_t *list;
	bool failed; /* memory ran out */
};

static void alertmanager_add(struct alertmanager_list *l, const struct alertmanager_entry *entry)
{
	char starts[STAMP_TEXT_MAX], ends[STAMP_TEXT_MAX];
	int64_t end = entry->ends > entry->starts ? entry->ends : entry->starts;
	json_t *alert = json_pack("{s:o, s:o, s:s, s:s}", "labels",
		alertmanager_labels(l->ctx->notify->settings, l->a, entry), "annotations",
		alertmanager_annotations(l->ctx, l->a, l->link), "startsAt",
		clock_rfc3339(entry->starts, true, starts), "endsAt",
		clock_rfc3339(end, true, ends));

	if (alert && l->link.n)
		l->failed |= json_object_set_new(alert, "generatorURL",
				     json_stringn(l->link.p, l->link.n)) != 0;
	l->failed |= json_array_append_new(l->list, alert) != 0;
}

static void alertmanager_add_trouble(struct alertmanager_list *l)
{
	const struct alert *a = l->a;
	bool ended = a->kind == ALERT_TROUBLE_ENDED;

	for (size_t i = 0; i < a->trouble->n; i++) {
		const struct alertmanager_entry entry = {a->trouble->kind, a->trouble->v[i].subject,
			a->trouble->v[i].since, l->ctx->now + (ended ? 0 : OPEN_MS)};

		alertmanager_add(l, &entry);
	}
}

/* An alert, and what is about an earlier one: it may end that. */
static void alertmanager_add_alert(struct alertmanager_list *l)
{
	const struct alert *a = l->a;
	int64_t now = l->ctx->now, open_to = a->created + OPEN_MS;
	struct alertmanager_entry entry = {a->id, STR_NONE, a->created, now + AHEAD_MS};

	if (now < open_to && entry.ends > open_to)
		entry.ends = open_to;
	if (a->kind != ALERT_ACKNOWLEDGED)
		alertmanager_add(l, &entry);
	if (a->kind != ALERT_ACKNOWLEDGED && a->kind != ALERT_WITHDRAWN)
		return;
	entry = (struct alertmanager_entry){a->of->id, STR_NONE, a->of->created, now};
	alertmanager_add(l, &entry);
}

/* Returns the list of alerts, or NULL. */
static json_t *alertmanager_list(
	const struct sink_context *ctx, const struct alert *a, struct str link)
{
	struct alertmanager_list l = {ctx, a, link, json_array(), false};

	if (alert_is_trouble(a))
		alertmanager_add_trouble(&l);
	else
		alertmanager_add_alert(&l);
	if (!l.failed)
		return l.list;
	json_decref(l.list);
	return NULL;
}

static int alertmanager_render(const struct sink_context *ctx, const struct notice *m,
	struct arena *arena, struct sink_request *out, struct err *e)
{
	const struct alertmanager *am = ctx->notify->settings;
	struct str link;
	int rc = sink_target_request(ctx, &am->target, 1, arena, out, e);

	if (rc == 0 && am->user)
		rc = sink_service_login(ctx, am->user, am->password_credential, arena, out, e);
	if (rc == 0)
		rc = sink_service_path(ALERTS_PATH, arena, out, e);
	if (rc == 0)
		rc = sink_service_link(m->alerts->link, LINK_MAX, arena, &link, e);
	return rc ? rc : sink_service_json(alertmanager_list(ctx, m->alerts, link), arena, out, e);
}

/* It answers nothing, or a text of JSON; a page is that of something else. */
static const struct sink_answer_row alertmanager_rows[] = {
	{200, 299, "<", SINK_TROUBLE, false},
	{0},
};

static void alertmanager_judge(
	const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_http_judge_by(alertmanager_rows, a, arena, out);
}

const struct sink_type sink_alertmanager = {
	.conf = {"alertmanager", alertmanager_keys, sizeof(struct alertmanager), alertmanager_check,
		.people = false},
	.render = alertmanager_render,
	.judge = alertmanager_judge,
	.window = 1, /* what ends an alert may not overtake a repeat of it */
	.max_bytes = BODY_MAX,
	.repeat_ms = REPEAT_MS,
	.open_ms = OPEN_MS,
};
