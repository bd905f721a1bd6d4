/* SPDX-License-Identifier: MIT */
/*
 * The configuration: a directory of files read into one immutable, reference-counted generation
 * with its watches compiled. The grammar and every key are in nightdesk.conf(5).
 *
 * All strings are NUL-terminated and live as long as the generation. Lists keep the order of the
 * files (byte order of names) and of the blocks in them.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alert.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "feed/identity.h"
#include "watch/watch.h"

struct conf_place {
	const char *file;      /* relative to the configuration directory */
	unsigned line, column; /* from 1; column in characters */
};

struct conf_list {
	struct str *v;
	size_t n;
};

struct conf_cidr {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;	  /* of 128 */
};

enum conf_private { CONF_PRIVATE_DENY, CONF_PRIVATE_ALLOW, CONF_PRIVATE_LIST };

#define CONF_TROUBLE_MAX 16 /* receivers of trouble notices */

struct conf_daemon {
	const char *state;	       /* path of the database */
	const char *control;	       /* path of the control socket; NULL: none */
	const char *status;	       /* where HTTP is answered; NULL: nowhere */
	bool status_open;	       /* on an address that others can reach */
	struct conf_list status_hosts; /* names that its Host may have, besides those of loopback */
	enum log_level log;
	bool log_json;
	int64_t retention;		    /* ms; 0: unlimited */
	unsigned flood_items, flood_alerts; /* limits of one poll; 0: none */
	struct conf_list strip_parameters;
	const char *timezone;	  /* NULL: that of struct conf_env */
	struct conf_list trouble; /* names of notify blocks; each exists */
};

struct conf_poll {
	int64_t every; /* ms */
	unsigned per_host, parallel;
	unsigned per_domain; /* 0: no limit */
	int64_t host_gap;    /* ms */
	const char *contact; /* NULL: none */
	size_t max_body;
	enum conf_private private_networks;
	struct conf_cidr *allow; /* with CONF_PRIVATE_LIST */
	size_t n_allow;
	const char *proxy, *ca_file; /* NULL: none. Feeds have their own, taken from here */
};

/* For whom a Retry-After counts with 429 and 503, besides the feed that was asked. */
enum conf_retry_scope { CONF_RETRY_FEED, CONF_RETRY_HOST, CONF_RETRY_DOMAIN };

/* Limits that all hosts of some domains share, in place of those of their own. */
struct conf_budget {
	const char *name;
	struct conf_list domains; /* in lower case; each in one budget only */
	unsigned parallel;
	int64_t gap; /* ms */
	enum conf_retry_scope retry_after;
	struct conf_place place;
};

/* A time of the day. */
struct conf_daytime {
	bool given;
	int minute; /* since midnight, by the clocks of the zone */
};

/* Hours of every day; over midnight if `to` is before `from`. */
struct conf_hours {
	bool given;
	int from, to;		 /* minutes since midnight; to: 1 to 1440 */
	const char *timezone;	 /* NULL: that of the block */
	const struct zone *zone; /* NULL: UTC */
};

struct conf_digest {
	int64_t every;		   /* ms from the first alert to the digest; 0: none */
	struct conf_daytime daily; /* instead */
};

/* A limit in each period of that length. */
struct conf_rate {
	unsigned n; /* 0: no limit */
	int64_t within;
};

struct conf_expire {
	int64_t after; /* ms */
	bool drop;     /* ends what waits, instead of folding it into one message */
};

/* Requests to an outside monitor. */
struct conf_heartbeat {
	const char *url, *url_credential; /* one of them; NULL: no heartbeat */
	int64_t every;			  /* ms; 0: no heartbeat */
};

/* An item of nightdesk's own that goes the whole way to a receiver. */
struct conf_canary {
	int64_t every;	     /* ms; 0: no canary */
	struct conf_list to; /* one name, which exists */
};
#define CONF_CANARY_WORD "nightdeskcanary" /* what its watch looks for */
/* WebSub: hubs push what is new in feeds to a listener of this daemon. */
struct conf_websub {
	const char *listen;	/* NULL: off */
	const char *public_url; /* under which hubs reach the listener; ends with / */
};

/* What is kept of the items of the last days, to find copies of texts and stories. */
struct conf_story {
	size_t memory; /* bytes */
};

/* Words with which items begin that are withdrawn or corrected, besides the shipped ones. */
struct conf_corrections {
	struct conf_list withdrawn, corrected;
};

/* Rare names that many sources have at once. */
struct conf_burst {
	unsigned names;	  /* reported within that time, at most */
	unsigned origins; /* 0: off */
	int64_t within;
	enum alert_priority priority;
	struct conf_list notify; /* names; each exists */
};
#define CONF_BURST_ORIGINS_MAX 16
#define CONF_BURST	       "burst" /* no watch has that name where there is such a block */

#define CONF_CREDENTIAL_URL "credential:"

enum conf_first_run { CONF_FIRST_QUIET, CONF_FIRST_ALERT, CONF_FIRST_NEWEST };

/* How a feed is let in. What it names is for the origin of its url only. NULL: none. */
struct conf_login {
	const char *user, *password_credential;			/* both or none */
	const char *bearer_credential;				/* instead */
	const char *client_certificate, *client_key_credential; /* both or none; a path */
};

struct conf_feed {
	const char *name;
	const char *url; /* with url_credential: "credential:NAME", which identifies it */
	const char *url_credential; /* holds the address; NULL: url is the address */
	const char *title;	    /* NULL: what the feed says */
	const char *source;	    /* feeds with the same source count as one; never NULL */
	const char *lang;	    /* NULL: unknown */
	struct conf_login *login;   /* NULL: none */
	struct conf_list headers;
	const char *proxy;	/* scheme://host:port; NULL: none */
	const char *ca_file;	/* certificates trusted besides those of the system; NULL: none */
	bool insecure_redirect; /* a redirect from https to http is followed */
	bool http1;		/* http2 = "off" */
	bool websub_off;	/* its hub is not used */
	struct conf_list groups;
	int64_t every;	    /* ms, resolved from poll.every */
	bool every_default; /* every is that of poll: the block has none */
	bool learns;	    /* rhythm = "learn": polls may come between fastest and every */
	int64_t fastest;    /* ms, at most every */
	bool force;	    /* every = "force 1m": ignores the interval that the feed asks for */
	bool sitemap;	    /* type = "sitemap" */
	enum conf_first_run first_run;
	bool resurfaced_alert; /* resurfaced = "alert" */
	uint8_t tier;	       /* number in query_tiers, from 1; 0: none */
	enum feed_identity identity;
	const struct conf_budget *budget; /* of its url; NULL: none, or url_credential */
	bool named;			  /* by the feeds of a watch */
	bool urgent; /* in the feeds or groups of a watch with the priority flash or urgent */
	struct conf_place place;
};

/* A test block: an item that the watch must match, or must not. */
struct conf_test {
	bool match;
	const char *title, *body, *lang; /* NULL: none */
	const char *source, *tier;	 /* the same */
	unsigned sources;
	struct conf_place place;
};

#define CONF_WATCH_NOTIFY_MAX 100
#define CONF_RAISES_MAX	      8
#define CONF_ESCALATE_TO_MAX  16
#define CONF_ESCALATIONS_MAX  8

/* A block escalate: the receivers of an unacknowledged alert. */
struct conf_escalation {
	int64_t after;	     /* ms after the alert */
	struct conf_list to; /* names; each exists */
	size_t *to_index;    /* into conf.notifies, to.n of them */
};

/* A block raise: the priority of alerts for which a condition holds, or begins to hold. */
struct conf_raise {
	enum alert_priority to;
	struct conf_place place;
};

struct conf_watch {
	const char *name;
	const char *title; /* default: the name; never NULL */
	enum alert_priority priority;
	bool on_update_alert;	  /* on-update = "alert" */
	bool duplicates_alert;	  /* duplicates = "alert" */
	struct conf_rate at_most; /* alerts that are sent at once; the others are one digest */
	struct conf_list notify;  /* names; each exists, at most CONF_WATCH_NOTIFY_MAX */
	size_t *notify_index;	  /* into conf.notifies, notify.n of them */
	struct conf_list feeds, groups;
	struct conf_test *tests;
	size_t n_tests;
	struct conf_escalation *escalations; /* in ascending order of after */
	size_t n_escalations;
	struct conf_raise *raises; /* index == number in watch_match.raises */
	size_t n_raises;
	struct conf_place place;
};

#define CONF_PRIORITIES 4 /* of enum alert_priority */

struct conf_notify_type;

/* A receiver. */
struct conf_notify {
	const char *name;
	const struct conf_notify_type *type; /* see conf/schema.h */
	const void *settings;		     /* struct of the type; its key rows have the offsets */
	struct conf_list trouble; /* names of other blocks, which exist; empty: as for daemon */
	const char *timezone;	  /* NULL: that of the daemon */
	/* Of the times in its messages. NULL: UTC, as in formats for programs. */
	const struct zone *zone;
	const struct zone *hours; /* of the keys below; NULL: UTC */
	struct conf_digest digest;
	struct conf_hours quiet;
	struct conf_expire expire;
	struct conf_daytime report;	  /* of each day */
	enum alert_priority quiet_passes; /* from this priority on messages are sent in them */
	struct conf_rate at_most;
	bool duplicates_alert; /* duplicates = "alert" */
	/* What rings people, in the words of the service, by enum alert_priority; NULL: nothing. */
	const char *mention[CONF_PRIORITIES];
	struct conf_place place;
};

struct conf {
	struct conf_daemon daemon;
	struct conf_poll poll;
	struct conf_heartbeat heartbeat;
	struct conf_canary canary;
	struct conf_feed canary_feed; /* it and its watch are found by ALERT_CANARY */
	struct conf_corrections corrections;
	struct conf_story story;
	struct conf_burst burst;
	struct conf_watch burst_watch; /* of its alerts; found by CONF_BURST */
	struct conf_websub websub;
	struct conf_feed *feeds;
	size_t n_feeds;
	/* index == number in set; after the last, not counted, that of the canary. */
	struct conf_watch *watches;
	size_t n_watches;
	struct conf_notify *notifies;
	size_t n_notifies;
	struct conf_budget *budgets;
	size_t n_budgets;
	struct watch_set *set;
	const char *dir;
	uint64_t generation; /* unique in this process; never 0 */
	bool broken;	     /* of conf_load_daemon(): there are errors */
};

/* Receiver type i in the order in which they are listed, NULL past the last. */
typedef const struct conf_notify_type *conf_notify_types_fn(size_t i);

/* What loading depends on besides the files. Directories may be NULL. */
struct conf_env {
	const char *state_directory, *runtime_directory, *credentials_directory;
	const char *timezone; /* NULL: that of the system */
	conf_notify_types_fn *notify_types;
	bool canary; /* for the daemon: its watch is compiled too */
	/*
	 * Which files are looked at besides those that are loaded. OWN: for the daemon, credentials
	 * as it can read them; all findings are warnings. SERVICE: for `check`, also the rights of
	 * the service's user.
	 */
	enum conf_inspect { CONF_INSPECT_NONE, CONF_INSPECT_OWN, CONF_INSPECT_SERVICE } inspect;
};

struct conf_diag {
	bool warning;
	struct conf_place place;
	const char *text;	  /* one line */
	const char *source;	  /* the line of the file or query with the error, or NULL */
	size_t caret;		  /* terminal columns before the caret in source */
	const char *help;	  /* what to write instead, or NULL */
	unsigned file_order, seq; /* sort keys: position of the file, order of discovery */
};

/* All errors and warnings of a load, sorted by file and line. */
struct conf_diags {
	struct conf_diag *v;
	size_t n, cap; /* entries in v, at most 10,000; the counters include the rest */
	size_t errors, warnings;
	size_t unread;	      /* errors about whole files: they cannot be read */
	size_t passed_over;   /* files that look like configuration and are not read */
	enum err_class cause; /* of the errors, where it is a system call that failed; else NONE */
	struct arena *arena;
};
void conf_diags_release(struct conf_diags *d);
/* Appends it as `check` prints it: "file:line:col: text", the line with a caret, the help. */
void conf_diag_print(struct buf *out, const struct conf_diag *d);
/* How a terminal shows it: long lines are cut around the caret, texts wrapped, errors in red. */
struct conf_diag_style {
	size_t columns; /* of the terminal; 0: no limit */
	bool color;
};
void conf_diag_render(
	struct buf *out, const struct conf_diag *d, const struct conf_diag_style *style);

/*
 * Loads dir as the daemon does. Returns 0 and *out with one reference, or *out NULL and at least
 * one error in *diags: -ERR_CONF, -ERR_ACCESS if a file may not be read, -ERR_TEMP, -ERR_NOMEM or
 * -ERR_IO if the configuration could not be read or held now, whatever is written there. *diags is
 * always initialised; the caller must release it. An unreadable directory is an error in *diags
 * like any other.
 */
int conf_load(
	const char *dir, const struct conf_env *env, struct conf **out, struct conf_diags *diags);
/*
 * The same, but compiles only the watch with that name, or none if it does not exist. Absent: all
 * watches.
 */
int conf_load_watch(const char *dir, const struct conf_env *env, struct str watch,
	struct conf **out, struct conf_diags *diags);
/*
 * Loads only the daemon and poll blocks, ignoring errors elsewhere: used to find a running daemon
 * whose configuration is invalid by now. Invalid values are replaced by the defaults. Returns 0 or
 * -ERR_NOMEM.
 */
int conf_load_daemon(const char *dir, const struct conf_env *env, struct conf **out);
/*
 * Calls fn with the name and the title or type (absent: none) of each block of that kind ("feed"),
 * in the order of the files. Only the grammar is parsed, so errors do not matter. Returns 0 or
 * -ERR_NOMEM.
 */
typedef void conf_block_fn(void *ctx, struct str name, struct str title);
int conf_each_block(const char *dir, const struct conf_env *env, const char *kind,
	conf_block_fn *fn, void *ctx);
struct conf *conf_ref(struct conf *c); /* thread-safe */
void conf_unref(struct conf *c);       /* NULL is fine */
/* Is the caller's reference the last one? Dropping it frees the generation, which is slow. */
bool conf_is_last(const struct conf *c);

const struct conf_feed *conf_find_feed(const struct conf *c, struct str name);
/* The word of its tier; absent: none. */
struct str conf_feed_tier(const struct conf_feed *f);
const struct conf_watch *conf_find_watch(const struct conf *c, struct str name);
const struct conf_notify *conf_find_notify(const struct conf *c, struct str name);
/*
 * The budget of a host in lower case, by the longest of the domains that it is or is below; stores
 * the index of that domain. NULL: none.
 */
const struct conf_budget *conf_find_budget(const struct conf *c, const char *host, size_t *domain);
/* For "did you mean": the name that is nearest to a misspelt one. Absent: none is near enough. */
struct str conf_nearest_feed(const struct conf *c, struct str name);
struct str conf_nearest_watch(const struct conf *c, struct str name);
struct str conf_nearest_notify(const struct conf *c, struct str name);

/*
 * Reads a credential: $CREDENTIALS_DIRECTORY/NAME, else credentials/NAME in the configuration
 * directory, which must not be readable by others. Strips one trailing newline. Not cached, so that
 * a rotated secret takes effect. The caller must call buf_wipe().
 */
int conf_secret_read(const struct conf *c, const char *name, struct buf *out, struct err *e);
/* Stores the names of the credentials in the settings of n, at most max. Returns the number. */
size_t conf_notify_credentials(const struct conf_notify *n, const char **out, size_t max);

#endif
