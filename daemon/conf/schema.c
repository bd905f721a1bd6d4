/* SPDX-License-Identifier: MIT */
#include "conf/schema.h"

#include "conf/draft.h"
#include "alert/alert.h"

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)

#define WEBHOOK (1u << CONF_WEBHOOK)
#define SLACK	(1u << CONF_SLACK)
#define SMTP	(1u << CONF_SMTP)
#define SYSLOG	(1u << CONF_SYSLOG)

static const struct conf_kind_row kinds[CONF_KINDS] = {
	[CONF_KIND_DAEMON] = {"daemon", false, false, "where things are kept and what is logged"},
	[CONF_KIND_POLL] = {"poll", false, false, "how feeds are fetched"},
	[CONF_KIND_FEED] = {"feed", true, false, "a feed to read"},
	[CONF_KIND_DEFINE] = {"define", true, false, "a named query, for use as @NAME in others"},
	[CONF_KIND_WATCH] = {"watch", true, false, "what to look for, and whom to tell"},
	[CONF_KIND_TEST] = {"test", false, true, "a text that the watch must match, or must not"},
	[CONF_KIND_NOTIFY] = {"notify", true, false, "a place that alerts are sent to"},
};

static const char *const log_words[] = {"error", "warn", "notice", "info", "debug", NULL};
static const char *const format_words[] = {"text", "json", NULL};
static const char *const first_words[] = {"quiet", "alert", "newest", NULL};
static const char *const update_words[] = {"quiet", "alert", NULL};
static const char *const dialect_words[] = {
	"native", "brandwatch", "meltwater", "factiva", "nexis", "lucene", NULL};
static const char *const sink_words[] = {"webhook", "slack", "smtp", "syslog", "stdout", NULL};
static const char *const tls_words[] = {"opportunistic", "required", "off", NULL};
static const char *const facility_words[] = {"kern", "user", "mail", "daemon", "auth", "syslog",
	"lpr", "news", "uucp", "cron", "authpriv", "ftp", "local0", "local1", "local2", "local3",
	"local4", "local5", "local6", "local7", NULL};

const char *conf_dialect_name(int dialect)
{
	return dialect_words[dialect];
}

const char *conf_sink_name(enum conf_sink s)
{
	return sink_words[s];
}

#define AT(type, member) .field = offsetof(struct type, member)
#define DAEMON(k, t, m)                                                                            \
	.kind = CONF_KIND_DAEMON, .key = k, .type = CONF_TYPE_##t, AT(conf_daemon, m)
#define POLL(k, t, m) .kind = CONF_KIND_POLL, .key = k, .type = CONF_TYPE_##t, AT(conf_poll, m)
#define FEED(k, t, m)                                                                              \
	.kind = CONF_KIND_FEED, .key = k, .type = CONF_TYPE_##t, AT(conf_draft_feed, m)
#define DEFINE(k, t, m)                                                                            \
	.kind = CONF_KIND_DEFINE, .key = k, .type = CONF_TYPE_##t, AT(conf_draft_define, m)
#define WATCH(k, t, m)                                                                             \
	.kind = CONF_KIND_WATCH, .key = k, .type = CONF_TYPE_##t, AT(conf_draft_watch, m)
#define TEST(k, t, m)                                                                              \
	.kind = CONF_KIND_TEST, .key = k, .type = CONF_TYPE_##t, AT(conf_draft_test, m)
#define NOTIFY(k, t, m)                                                                            \
	.kind = CONF_KIND_NOTIFY, .key = k, .type = CONF_TYPE_##t, AT(conf_draft_notify, m)

static const struct conf_key_row keys[] = {
	{DAEMON("state", PATH, state), .told = "$STATE_DIRECTORY/nightdesk.db",
		.help = "the database; without systemd /var/lib/nightdesk/nightdesk.db"},
	{DAEMON("control", PATH, control), .told = "$RUNTIME_DIRECTORY/control.sock",
		.help = "the socket for commands; without systemd /run/nightdesk/control.sock; "
			"\"\": none"},
	{DAEMON("retention", DURATION, retention), .fallback = "90d", .max = 36500 * DAY,
		.help = "how long items stay searchable; 0: for ever"},
	{DAEMON("log", ENUM, log), .fallback = "info", .words = log_words,
		.help = "the least important messages that are logged"},
	{DAEMON("log-format", EITHER, log_json), .fallback = "text", .words = format_words,
		.help = "how log lines are written"},
	{DAEMON("strip-parameters", PARAMETERS, strip_parameters),
		.fallback = "utm_*, fbclid, gclid", .max = 1000,
		.help = "parameters left out of links when they are compared; a final * for any "
			"ending"},

	{POLL("every", DURATION, every), .fallback = "5m", .min = SECOND, .max = 30 * DAY,
		.help = "time between two polls of a feed"},
	{POLL("per-host", COUNT, per_host), .fallback = "2", .min = 1, .max = 100,
		.help = "requests at once to one host"},
	{POLL("host-gap", DURATION, host_gap), .fallback = "1s", .max = HOUR,
		.help = "least time between two requests to one host"},
	{POLL("parallel", COUNT, parallel), .fallback = "64", .min = 1, .max = 10000,
		.help = "requests at once in all"},
	{POLL("contact", TEXT, contact), .told = "none", .max = 200,
		.help = "an address in the User-Agent, for site owners with a question"},
	{POLL("max-body", SIZE, max_body), .fallback = "8MiB", .min = 1024, .max = 1 << 30,
		.help = "the largest feed that is read, counted after decompression"},
	{POLL("private-networks", NETWORKS, private_networks), .fallback = "deny", .max = 1000,
		.help = "may feeds lead into private address space: deny, allow, or a list of CIDR "
			"blocks"},

	{FEED("url", URL, feed.url), .required = true, .help = "the address of the feed"},
	{FEED("title", TEXT, feed.title), .told = "what the feed calls itself", .max = 300,
		.help = "what people call it"},
	{FEED("every", EVERY, feed.every), .told = "poll.every", .min = SECOND, .max = 30 * DAY,
		.help = "time between two polls; \"force 1m\": even when the feed asks for less"},
	{FEED("groups", NAMES, feed.groups), .told = "none", .max = 100,
		.help = "groups it belongs to, for watches to choose by"},
	{FEED("source", TEXT, feed.source), .told = "the registrable domain of url", .max = 200,
		.help = "who counts as one independent source"},
	{FEED("lang", LANG, feed.lang), .told = "what the feed says",
		.help = "its language, where the feed does not say"},
	{FEED("user", TEXT, feed.user), .told = "none", .max = 200,
		.help = "user name, for a feed behind a login"},
	{FEED("password-credential", CREDENTIAL, feed.password_credential), .told = "none",
		.help = "name of the credential that holds the password"},
	{FEED("headers", HEADERS, feed.headers), .told = "none", .max = 32,
		.help = "further request headers, each \"Name: value\""},
	{FEED("first-run", ENUM, feed.first_run), .fallback = "quiet", .words = first_words,
		.help = "what a feed that is read for the first time tells: nothing, all, the "
			"newest item"},

	{DEFINE("query", QUERY, query), .required = true,
		.help = "the query, see nightdesk-query(7)"},

	{WATCH("title", TEXT, watch.title), .told = "the name of the watch", .max = 300,
		.help = "what people call it"},
	{WATCH("query", QUERIES, queries), .required = true, .max = 1000,
		.help = "what to look for, see nightdesk-query(7); of a list, any"},
	{WATCH("exclude", QUERY, exclude), .told = "nothing",
		.help = "a query; items that it matches do not count"},
	{WATCH("dialect", ENUM, dialect), .fallback = "native", .words = dialect_words,
		.help = "the product whose language query and exclude are written in"},
	{WATCH("stem", NAMES, stems), .told = "none", .max = 16,
		.help = "compare by word stems of these languages"},
	{WATCH("on-update", EITHER, watch.on_update_alert), .fallback = "quiet",
		.words = update_words,
		.help = "tell again when an item that already alerted is edited"},
	{WATCH("feeds", NAMES, watch.feeds), .told = "all", .max = 100000,
		.help = "only items of these feeds"},
	{WATCH("groups", NAMES, watch.groups), .told = "all", .max = 1000,
		.help = "only items of feeds in these groups"},
	{WATCH("priority", ENUM, watch.priority), .fallback = "normal",
		.words = alert_priority_words, .help = "how urgent its alerts are"},
	{WATCH("notify", NAMES, watch.notify), .told = "nobody", .max = 100,
		.help = "the notify blocks that are told"},

	{TEST("match", PROSE, match), .told = "none", .help = "a text that must match"},
	{TEST("no-match", PROSE, no_match), .told = "none", .help = "a text that must not match"},
	{TEST("title", PROSE, title), .told = "none", .help = "the title above that text"},
	{TEST("body", PROSE, body), .told = "none",
		.help = "the text below, when match or no-match gives a title"},
	{TEST("lang", LANG, lang), .told = "none", .help = "the language of the item"},

	{NOTIFY("type", ENUM, type), .required = true, .words = sink_words,
		.help = "the kind of service"},
	{NOTIFY("url", URL, notify.url), .told = "none", .sinks = WEBHOOK | SLACK,
		.help = "the address that alerts are posted to"},
	{NOTIFY("url-credential", CREDENTIAL, notify.url_credential), .told = "none",
		.sinks = WEBHOOK | SLACK,
		.help = "name of the credential that holds the address, where it is a secret"},
	{NOTIFY("secret-credential", CREDENTIALS, notify.secret_credentials), .told = "none",
		.max = 2, .sinks = WEBHOOK,
		.help = "names of the credentials that sign: one, or two during a rotation"},
	{NOTIFY("headers", HEADERS, notify.headers), .told = "none", .max = 32, .sinks = WEBHOOK,
		.help = "further request headers, each \"Name: value\""},
	{NOTIFY("server", SERVER, notify.server), .told = "smtp: none; syslog: local",
		.sinks = SMTP | SYSLOG,
		.help = "smtp://host:587 or smtps://host; syslog: local, /a/socket, udp://, "
			"tcp:// or tls://host:port"},
	{NOTIFY("starttls", ENUM, starttls), .told = "required with a user, else opportunistic",
		.words = tls_words, .sinks = SMTP,
		.help = "whether the connection must be encrypted"},
	{NOTIFY("user", TEXT, notify.user), .told = "none", .max = 200, .sinks = SMTP,
		.help = "user name at the mail server"},
	{NOTIFY("password-credential", CREDENTIAL, notify.password_credential), .told = "none",
		.sinks = SMTP, .help = "name of the credential that holds the password"},
	{NOTIFY("from", MAIL, notify.from), .told = "none", .sinks = SMTP,
		.help = "the address that mail comes from"},
	{NOTIFY("to", MAILS, notify.to), .told = "none", .max = 100, .sinks = SMTP,
		.help = "the addresses that mail goes to"},
	{NOTIFY("facility", ENUM, facility), .fallback = "news", .words = facility_words,
		.sinks = SYSLOG, .help = "the syslog facility"},
	{NOTIFY("tag", TAG, notify.tag), .fallback = "nightdesk", .sinks = SYSLOG,
		.help = "the program name in syslog lines"},
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct conf_key_row *first_of(enum conf_kind kind)
{
	const struct conf_key_row *row = keys;

	while (row->kind != kind)
		row++;
	return row;
}

const struct conf_key_row *conf_schema_key(enum conf_kind kind, size_t i)
{
	const struct conf_key_row *row = first_of(kind) + i;

	return row < keys + N_KEYS && row->kind == kind ? row : NULL;
}

const struct conf_kind_row *conf_schema_kind(enum conf_kind kind)
{
	return &kinds[kind];
}

const char *conf_schema_default(const struct conf_key_row *row)
{
	return row->told ? row->told : row->fallback ? row->fallback : "";
}

bool conf_schema_find_kind(struct str name, enum conf_kind *out)
{
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		if (str_is(name, kinds[k].name)) {
			*out = k;
			return true;
		}
	return false;
}

const struct conf_key_row *conf_schema_find_key(enum conf_kind kind, struct str key)
{
	for (const struct conf_key_row *row = first_of(kind); row < keys + N_KEYS; row++) {
		if (row->kind != kind)
			break;
		if (str_is(key, row->key))
			return row;
	}
	return NULL;
}

bool conf_schema_is_key(struct str word)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (str_is(word, keys[i].key))
			return true;
	return false;
}

bool conf_schema_is_kind(struct str word)
{
	enum conf_kind kind;

	return conf_schema_find_kind(word, &kind);
}

bool conf_schema_is_top(struct str word)
{
	enum conf_kind kind;

	return conf_schema_find_kind(word, &kind) && !kinds[kind].nested;
}
