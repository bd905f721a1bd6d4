/* SPDX-License-Identifier: MIT */
#include "conf/schema.h"

#include "alert/alert.h"
#include "base/clock.h"
#include "dialect/dialect.h"
#include "draft.h"
#include "query/query.h"

static const char *const log_words[] = {"error", "warn", "notice", "info", "debug", NULL};
static const char *const format_words[] = {"text", "json", NULL};
static const char *const open_words[] = {"no", "yes", NULL};
static const char *const first_words[] = {"quiet", "alert", "newest", NULL};
static const char *const identity_words[] = {"auto", "id", "link", "title", NULL};
static const char *const type_words[] = {"feed", "sitemap", NULL};
static const char *const websub_words[] = {"auto", "off", NULL};
static const char *const insecure_words[] = {"deny", "allow", NULL};
static const char *const retry_words[] = {"feed", "host", "domain", NULL};
static const char *const http2_words[] = {"auto", "off", NULL};
static const char *const rhythm_words[] = {"fixed", "learn", NULL};
static const char *const update_words[] = {"quiet", "alert", NULL};
static const char *const duplicates_words[] = {"fold", "alert", NULL};

static const struct conf_key_row daemon_keys[] = {
	{CONF_KEY("state", PATH, conf_daemon, state), .told = "$STATE_DIRECTORY/nightdesk.db",
		.help = "the database; without systemd /var/lib/nightdesk/nightdesk.db"},
	{CONF_KEY("control", PATH, conf_daemon, control), .told = "$RUNTIME_DIRECTORY/control.sock",
		.help = "the socket for commands; without systemd /run/nightdesk/control.sock; "
			"\"\": none"},
	{CONF_KEY("status", LISTEN, conf_daemon, status), .told = "none",
		.help = "where the status page, metrics and health are: address:port, unix:PATH, "
			"or systemd: the socket that it passes"},
	{CONF_KEY("status-hosts", NAMES, conf_daemon, status_hosts), .told = "none", .max = 100,
		.help = "host names under which that is asked, besides localhost"},
	{CONF_KEY("status-open", EITHER, conf_daemon, status_open), .fallback = "no",
		.words = open_words,
		.help = "yes: it may be an address that others reach, for a proxy with a login"},
	{CONF_KEY("retention", DURATION, conf_daemon, retention), .fallback = "90d",
		.max = 36500 * CLOCK_DAY, .help = "how long items stay searchable; 0: for ever"},
	{CONF_KEY("flood-items", COUNT, conf_daemon, flood_items), .fallback = "50", .max = 1000000,
		.help = "new items of one poll past which, if it is far more than usual, most "
			"alerts are one digest; 0: off"},
	{CONF_KEY("flood-alerts", COUNT, conf_daemon, flood_alerts), .fallback = "20",
		.max = 1000000, .help = "the same for the alerts of one watch; 0: off"},
	{CONF_KEY("log", ENUM, conf_daemon, log), .fallback = "info", .words = log_words,
		.help = "the least important messages that are logged"},
	{CONF_KEY("log-format", EITHER, conf_daemon, log_json), .fallback = "text",
		.words = format_words, .help = "how log lines are written"},
	{CONF_KEY("timezone", ZONE, conf_daemon, timezone), .told = "that of the system",
		.help = "the time zone in which commands print times and messages show them; JSON "
			"has UTC"},
	{CONF_KEY("strip-parameters", PARAMETERS, conf_daemon, strip_parameters),
		.fallback = "utm_*, fbclid, gclid", .max = 1000,
		.help = "parameters left out of links when they are compared and shown; a final * "
			"for any ending"},
	{CONF_KEY("trouble", NAMES, conf_daemon, trouble), .told = "nobody",
		.max = CONF_TROUBLE_MAX,
		.help = "the notify blocks that are told of nightdesk's own troubles"},
	{0},
};

static const struct conf_key_row poll_keys[] = {
	{CONF_KEY("every", DURATION, conf_poll, every), .fallback = "5m", .min = CLOCK_SECOND,
		.max = 30 * CLOCK_DAY, .help = "time between two polls of a feed"},
	{CONF_KEY("per-host", COUNT, conf_poll, per_host), .fallback = "2", .min = 1, .max = 100,
		.help = "requests at once to one host"},
	{CONF_KEY("host-gap", DURATION, conf_poll, host_gap), .fallback = "1s", .max = CLOCK_HOUR,
		.help = "least time between two requests to one host"},
	{CONF_KEY("per-domain", COUNT, conf_poll, per_domain), .fallback = "8", .max = 10000,
		.help = "requests at once to all hosts of one registrable domain; 0: no limit"},
	{CONF_KEY("parallel", COUNT, conf_poll, parallel), .fallback = "512", .min = 1,
		.max = 10000, .help = "requests at once in all; slow servers get half of them"},
	{CONF_KEY("contact", TEXT, conf_poll, contact), .told = "none", .max = 200,
		.help = "an address in the User-Agent, for site owners with a question"},
	{CONF_KEY("max-body", SIZE, conf_poll, max_body), .fallback = "8MiB", .min = 1024,
		.max = 1 << 30,
		.help = "the largest feed that is read, counted after decompression"},
	{CONF_KEY("private-networks", NETWORKS, conf_poll, private_networks), .fallback = "deny",
		.max = 1000,
		.help = "may feeds lead into private address space: deny, allow, or a list of CIDR "
			"blocks"},
	{CONF_KEY("proxy", PROXY, conf_poll, proxy), .told = "none",
		.help = "a proxy for all feeds: http, https or socks5h://host:port"},
	{CONF_KEY("ca-file", PATH, conf_poll, ca_file), .told = "none",
		.help = "certificates (PEM) that are trusted besides those of the system"},
	{0},
};

static const struct conf_key_row feed_keys[] = {
	{CONF_KEY("url", URL, conf_draft_feed, feed.url), .told = "none",
		.help = "the address of the feed; required, or url-credential"},
	{CONF_KEY("url-credential", CREDENTIAL, conf_draft_feed, feed.url_credential),
		.told = "none", .holds = CONF_HOLDS_URL,
		.help = "name of the credential that holds the address, where it is a secret"},
	{CONF_KEY("type", EITHER, conf_draft_feed, feed.sitemap), .fallback = "feed",
		.words = type_words,
		.help = "what is at the address: a feed, or a sitemap or an index of sitemaps"},
	{CONF_KEY("title", TEXT, conf_draft_feed, feed.title), .told = "what the feed calls itself",
		.max = 300, .help = "what people call it"},
	{CONF_KEY("every", EVERY, conf_draft_feed, feed.every), .told = "poll.every",
		.min = CLOCK_SECOND, .max = 30 * CLOCK_DAY,
		.help = "time between two polls; \"force 1m\": even when the feed asks for less"},
	{CONF_KEY("rhythm", EITHER, conf_draft_feed, feed.learns), .fallback = "fixed",
		.words = rhythm_words,
		.help = "learn: polled more often when it usually posts, between fastest and "
			"every"},
	{CONF_KEY("fastest", DURATION, conf_draft_feed, feed.fastest), .fallback = "1m",
		.min = CLOCK_SECOND, .max = 30 * CLOCK_DAY,
		.help = "with rhythm = learn: least time between two polls"},
	{CONF_KEY("groups", NAMES, conf_draft_feed, feed.groups), .told = "none", .max = 100,
		.help = "groups it belongs to, for watches to choose by"},
	{CONF_KEY("source", TEXT, conf_draft_feed, feed.source),
		.told = "the registrable domain of url", .max = 200,
		.help = "who counts as one independent source"},
	{CONF_KEY("tier", ENUM, conf_draft_feed, tier), .told = "none", .words = query_tiers,
		.help = "how far its publisher is relied on, for tier: in queries"},
	{CONF_KEY("lang", LANG, conf_draft_feed, feed.lang), .told = "what the feed says",
		.help = "its language, where the feed does not say"},
	{CONF_KEY("user", TEXT, conf_draft_feed, login.user), .told = "none", .max = 200,
		.help = "user name, for a feed behind a login"},
	{CONF_KEY("password-credential", CREDENTIAL, conf_draft_feed, login.password_credential),
		.told = "none", .help = "name of the credential that holds the password"},
	{CONF_KEY("bearer-credential", CREDENTIAL, conf_draft_feed, login.bearer_credential),
		.told = "none", .holds = CONF_HOLDS_TOKEN,
		.help = "name of the credential that holds a bearer token, instead of a login"},
	{CONF_KEY("client-certificate", PATH, conf_draft_feed, login.client_certificate),
		.told = "none", .help = "a certificate (PEM) that proves to the server who asks"},
	{CONF_KEY(
		 "client-key-credential", CREDENTIAL, conf_draft_feed, login.client_key_credential),
		.told = "none", .holds = CONF_HOLDS_PRIVATE_KEY,
		.help = "name of the credential that holds the key of that certificate (PEM)"},
	{CONF_KEY("headers", HEADERS, conf_draft_feed, feed.headers), .told = "none", .max = 32,
		.help = "further request headers, each \"Name: value\""},
	{CONF_KEY("proxy", PROXY, conf_draft_feed, feed.proxy), .told = "poll.proxy",
		.help = "a proxy for this feed; \"\": none"},
	{CONF_KEY("ca-file", PATH, conf_draft_feed, feed.ca_file), .told = "poll.ca-file",
		.help = "certificates (PEM) that are trusted for this feed besides those of the "
			"system"},
	{CONF_KEY("http2", EITHER, conf_draft_feed, feed.http1), .fallback = "auto",
		.words = http2_words,
		.help = "HTTP/2 where the server offers it: auto, or off for one whose is broken"},
	{CONF_KEY("insecure-redirect", EITHER, conf_draft_feed, feed.insecure_redirect),
		.fallback = "deny", .words = insecure_words,
		.help = "may a redirect lead from https to http: deny, or allow (never with a "
			"login)"},
	{CONF_KEY("websub", EITHER, conf_draft_feed, feed.websub_off), .fallback = "auto",
		.words = websub_words,
		.help = "whether its hub may push what is new, where there is a block websub"},
	{CONF_KEY("first-run", ENUM, conf_draft_feed, feed.first_run), .fallback = "quiet",
		.words = first_words,
		.help = "what a feed that is read for the first time tells: nothing, all, the "
			"newest item"},
	{CONF_KEY("identity", ENUM, conf_draft_feed, feed.identity), .fallback = "auto",
		.words = identity_words,
		.help = "what makes an item the same, for publishers that change all else"},
	{CONF_KEY("resurfaced", EITHER, conf_draft_feed, feed.resurfaced_alert),
		.fallback = "quiet", .words = update_words,
		.help = "whether old items that slide in at the old end of the feed alert"},
	{0},
};

static const struct conf_key_row define_keys[] = {
	{CONF_KEY("query", QUERY, conf_draft_define, query), .required = true,
		.help = "the query, see nightdesk-query(7)"},
	{0},
};

static const struct conf_key_row watch_keys[] = {
	{CONF_KEY("title", TEXT, conf_draft_watch, watch.title), .told = "the name of the watch",
		.max = 300, .help = "what people call it"},
	{CONF_KEY("query", QUERIES, conf_draft_watch, queries), .required = true, .max = 1000,
		.help = "what to look for, see nightdesk-query(7); of a list, any"},
	{CONF_KEY("exclude", QUERY, conf_draft_watch, exclude), .told = "nothing",
		.help = "a query; items that it matches do not count"},
	{CONF_KEY("dialect", ENUM, conf_draft_watch, dialect), .fallback = "native",
		.words = dialect_names,
		.help = "the product whose language query and exclude are written in"},
	{CONF_KEY("stem", NAMES, conf_draft_watch, stems), .told = "none", .max = 16,
		.help = "compare by word stems of these languages"},
	{CONF_KEY("on-update", EITHER, conf_draft_watch, watch.on_update_alert),
		.fallback = "quiet", .words = update_words,
		.help = "tell again when an item that already alerted is edited"},
	{CONF_KEY("duplicates", EITHER, conf_draft_watch, watch.duplicates_alert),
		.fallback = "fold", .words = duplicates_words,
		.help = "whether a copy of a text that alerted joins that alert, or alerts too"},
	{CONF_KEY("feeds", NAMES, conf_draft_watch, watch.feeds), .told = "all", .max = 100000,
		.help = "only items of these feeds"},
	{CONF_KEY("groups", NAMES, conf_draft_watch, watch.groups), .told = "all", .max = 1000,
		.help = "only items of feeds in these groups"},
	{CONF_KEY("priority", ENUM, conf_draft_watch, watch.priority), .fallback = "normal",
		.words = alert_priority_words, .help = "how urgent its alerts are"},
	{CONF_KEY("notify", NAMES, conf_draft_watch, watch.notify), .told = "nobody",
		.max = CONF_WATCH_NOTIFY_MAX, .help = "the notify blocks that are told"},
	{CONF_KEY("at-most", RATE, conf_draft_watch, watch.at_most), .told = "no limit",
		.help = "how many alerts are sent in a period, as 5/10m; further ones are one "
			"digest"},
	{0},
};

static const struct conf_key_row test_keys[] = {
	{CONF_KEY("match", PROSE, conf_draft_test, match), .told = "none",
		.help = "a text that must match"},
	{CONF_KEY("no-match", PROSE, conf_draft_test, no_match), .told = "none",
		.help = "a text that must not match"},
	{CONF_KEY("title", PROSE, conf_draft_test, title), .told = "none",
		.help = "the title above that text"},
	{CONF_KEY("body", PROSE, conf_draft_test, body), .told = "none",
		.help = "the text below, when match or no-match gives a title"},
	{CONF_KEY("lang", LANG, conf_draft_test, lang), .told = "none",
		.help = "the language of the item"},
	{CONF_KEY("source", TEXT, conf_draft_test, source),
		.told = "that of the first feed of the watch", .max = 200,
		.help = "the source of the item, for source: in the query"},
	{CONF_KEY("sources", COUNT, conf_draft_test, sources), .fallback = "1", .min = 1,
		.max = QUERY_SOURCES_MAX, .help = "how many sources report its story"},
	{CONF_KEY("tier", ENUM, conf_draft_test, tier),
		.told = "that of the first feed of the watch", .words = query_tiers,
		.help = "the tier of its feed"},
	{0},
};

static const struct conf_key_row raise_keys[] = {
	{CONF_KEY("to", ENUM, conf_draft_raise, to), .required = true,
		.words = alert_priority_words, .help = "the priority, above that of the watch"},
	{CONF_KEY("when", QUERY, conf_draft_raise, when), .required = true,
		.help = "the condition, a query: sources>=3 OR tier:official"},
	{0},
};

static const struct conf_key_row escalate_keys[] = {
	{CONF_KEY("after", DURATION, conf_escalation, after), .required = true,
		.min = 10 * CLOCK_SECOND, .max = 7 * CLOCK_DAY,
		.help = "how long after the alert, unless somebody has acknowledged it"},
	{CONF_KEY("to", NAMES, conf_escalation, to), .required = true, .max = CONF_ESCALATE_TO_MAX,
		.help = "the notify blocks that get it then"},
	{0},
};

static const struct conf_key_row notify_keys[] = {
	{CONF_KEY("type", NOTIFY_TYPE, conf_notify, type), .required = true,
		.help = "the kind of service"},
	{CONF_KEY("trouble", NAMES, conf_notify, trouble), .told = "those of daemon.trouble",
		.max = CONF_TROUBLE_MAX,
		.help = "the notify blocks that are told when this one does not take messages"},
	{CONF_KEY("timezone", ZONE, conf_notify, timezone), .told = "that of daemon.timezone",
		.help = "the time zone of the times in its messages, which have UTC in JSON and "
			"syslog, and of its hours"},
	{CONF_KEY("digest", DIGEST, conf_notify, digest), .told = "each alert by itself",
		.help = "collect alerts and send them as one message: a duration after the first "
			"one, or \"daily 06:30\"; flash is sent at once"},
	{CONF_KEY("quiet", HOURS, conf_notify, quiet), .told = "never",
		.help = "hours in which nothing is sent, as \"23:00-06:30\" and perhaps a time "
			"zone; one digest follows"},
	{CONF_KEY("quiet-passes", ENUM, conf_notify, quiet_passes), .fallback = "flash",
		.words = alert_priority_words,
		.help = "alerts of this priority and above are sent in quiet hours too"},
	{CONF_KEY("at-most", RATE, conf_notify, at_most), .told = "no limit",
		.help = "how many messages are sent in a period, as 20/1h; further alerts are one "
			"digest; flash is sent at once"},
	{CONF_KEY("duplicates", EITHER, conf_notify, duplicates_alert), .fallback = "fold",
		.words = duplicates_words,
		.help = "alert: it gets each copy of a text, whatever the watch says"},
	{CONF_KEY("expire", EXPIRE, conf_notify, expire), .told = "6h for chat, 3d otherwise",
		.help = "what waits longer for a receiver in trouble becomes one message; as \"6h "
			"drop\" it is not sent"},
	{CONF_KEY("report", DAYTIME, conf_notify, report), .told = "none",
		.help = "when a report is sent each day, as \"06:30\", even if nothing happened"},
	{0},
};

#define MENTION_KEY(word, priority)                                                                \
	{                                                                                          \
		CONF_KEY(word, TEXT, conf_notify, mention[priority]),                              \
			.told = "nobody", .max = 300,                                              \
			.help = "whom messages of this priority ring, in the words "               \
				"of the service"                                                   \
	}

static const struct conf_key_row mention_keys[] = {
	MENTION_KEY("flash", ALERT_FLASH),
	MENTION_KEY("urgent", ALERT_URGENT),
	MENTION_KEY("normal", ALERT_NORMAL),
	MENTION_KEY("low", ALERT_LOW),
	{0},
};

static const struct conf_key_row heartbeat_keys[] = {
	{CONF_KEY("url", TARGET, conf_heartbeat, url), .told = "none",
		.help = "the address that the outside monitor gave; required, or url-credential"},
	{CONF_KEY("url-credential", CREDENTIAL, conf_heartbeat, url_credential), .told = "none",
		.holds = CONF_HOLDS_URL,
		.help = "name of the credential that holds the address, where it is a secret"},
	{CONF_KEY("every", DURATION, conf_heartbeat, every), .fallback = "5m",
		.min = 10 * CLOCK_SECOND, .max = CLOCK_DAY, .help = "time between two requests"},
	{0},
};

static const struct conf_key_row canary_keys[] = {
	{CONF_KEY("every", DURATION, conf_canary, every), .fallback = "15m", .min = CLOCK_MINUTE,
		.max = CLOCK_DAY, .help = "time between two canaries"},
	{CONF_KEY("to", NAMES, conf_canary, to), .required = true, .max = 1,
		.help = "the notify block that they are sent to"},
	{0},
};

static const struct conf_key_row corrections_keys[] = {
	{CONF_KEY("withdrawn", WORDS, conf_corrections, withdrawn), .told = "only the shipped ones",
		.max = 1000,
		.help = "further words with which an item begins that its publisher withdraws"},
	{CONF_KEY("corrected", WORDS, conf_corrections, corrected), .told = "only the shipped ones",
		.max = 1000,
		.help = "further words with which an item begins that its publisher corrects"},
	{0},
};

static const struct conf_key_row burst_keys[] = {
	{CONF_KEY("origins", COUNT, conf_burst, origins), .fallback = "4", .min = 2,
		.max = CONF_BURST_ORIGINS_MAX,
		.help = "how many independent sources must have a rare name"},
	{CONF_KEY("within", DURATION, conf_burst, within), .fallback = "1h", .min = CLOCK_MINUTE,
		.max = CLOCK_DAY, .help = "and in what time"},
	{CONF_KEY("names", COUNT, conf_burst, names), .fallback = "3", .min = 1, .max = 100,
		.help = "how many names are reported in that time, at most"},
	{CONF_KEY("priority", ENUM, conf_burst, priority), .fallback = "normal",
		.words = alert_priority_words, .help = "how urgent its alerts are"},
	{CONF_KEY("notify", NAMES, conf_burst, notify), .required = true,
		.max = CONF_WATCH_NOTIFY_MAX, .help = "the notify blocks that are told"},
	{0},
};

static const struct conf_key_row websub_keys[] = {
	{CONF_KEY("listen", LISTEN, conf_websub, listen), .required = true,
		.help = "where hubs are listened to: address:port, or unix:PATH for a proxy"},
	{CONF_KEY("public-url", URL, conf_websub, public_url), .required = true,
		.help = "the address under which hubs reach it"},
	{0},
};

static const struct conf_key_row budget_keys[] = {
	{CONF_KEY("domains", DOMAINS, conf_budget, domains), .required = true, .min = 1,
		.max = 1000, .help = "whose hosts share it: each domain with all that is below it"},
	{CONF_KEY("parallel", COUNT, conf_budget, parallel), .told = "poll.per-host", .min = 1,
		.max = 1000, .help = "requests at once to all of these hosts"},
	{CONF_KEY("gap", DURATION, conf_budget, gap), .told = "poll.host-gap", .max = CLOCK_HOUR,
		.help = "least time between two requests to any of them"},
	{CONF_KEY("retry-after", ENUM, conf_budget, retry_after), .fallback = "host",
		.words = retry_words,
		.help = "who pauses when a server answers 429 or 503: that feed, the feeds of its "
			"host, or of its domain"},
	{0},
};

static const struct conf_key_row story_keys[] = {
	{CONF_KEY("memory", SIZE, conf_story, memory), .fallback = "32MiB", .min = 4 << 20,
		.max = 1 << 30,
		.help = "for what is kept of the items of the last four days, to find copies of "
			"texts and stories; past it the oldest are left out"},
	{0},
};

const struct conf_kind_row conf_kinds[CONF_KINDS] = {
	[CONF_KIND_DAEMON] = {"daemon", false, NULL, "where things are kept and what is logged",
		daemon_keys},
	[CONF_KIND_POLL] = {"poll", false, NULL, "how feeds are fetched", poll_keys},
	[CONF_KIND_FEED] = {"feed", true, NULL, "a feed to read", feed_keys},
	[CONF_KIND_DEFINE] = {"define", true, NULL, "a named query, for use as @NAME in others",
		define_keys},
	[CONF_KIND_WATCH] = {"watch", true, NULL, "what to look for, and whom to tell", watch_keys},
	[CONF_KIND_TEST] = {"test", false, "watch", "a text that the watch must match, or must not",
		test_keys},
	[CONF_KIND_ESCALATE] = {"escalate", false, "watch",
		"who gets an alert that nobody acknowledges", escalate_keys},
	[CONF_KIND_RAISE] = {"raise", false, "watch",
		"a higher priority for alerts that meet a condition", raise_keys},
	[CONF_KIND_NOTIFY] = {"notify", true, NULL, "a place that alerts are sent to", notify_keys},
	[CONF_KIND_MENTION] = {"mention", false, "notify", "whom the messages of a receiver ring",
		mention_keys},
	[CONF_KIND_HEARTBEAT] = {"heartbeat", false, NULL,
		"an outside monitor that notices when nightdesk is gone", heartbeat_keys},
	[CONF_KIND_CANARY] = {"canary", false, NULL,
		"an item of nightdesk's own that must arrive at a receiver", canary_keys},
	[CONF_KIND_CORRECTIONS] = {"corrections", false, NULL,
		"words with which publishers begin what they withdraw or correct",
		corrections_keys},
	[CONF_KIND_STORY] = {"story", false, NULL, "which items are the same text or story",
		story_keys},
	[CONF_KIND_WEBSUB] = {"websub", false, NULL,
		"a listener to which the hubs of feeds push what is new", websub_keys},
	[CONF_KIND_BURST] = {"burst", false, NULL,
		"alerts for rare names that many sources have at once", burst_keys},
	[CONF_KIND_BUDGET] = {"budget", true, NULL, "limits that the feeds of some domains share",
		budget_keys},
};

const char *conf_schema_default(const struct conf_key_row *row)
{
	return row->told ? row->told : row->fallback ? row->fallback : "";
}

const struct conf_kind_row *conf_schema_find_kind(struct str name)
{
	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		if (str_is(name, conf_kinds[k].name))
			return &conf_kinds[k];
	return NULL;
}

const struct conf_key_row *conf_schema_find_key(const struct conf_key_row *rows, struct str key)
{
	for (; rows->key; rows++)
		if (str_is(key, rows->key))
			return rows;
	return NULL;
}

const struct conf_kind_row *conf_schema_find_owner(conf_notify_types_fn *types, struct str word)
{
	const struct conf_notify_type *type;

	for (enum conf_kind k = 0; k < CONF_KINDS; k++)
		if (conf_schema_find_key(conf_kinds[k].keys, word))
			return &conf_kinds[k];
	for (size_t i = 0; (type = types(i)); i++)
		if (conf_schema_find_key(type->keys, word))
			return &conf_kinds[CONF_KIND_NOTIFY];
	return NULL;
}

bool conf_schema_is_key(conf_notify_types_fn *types, struct str word)
{
	return conf_schema_find_owner(types, word) != NULL;
}
