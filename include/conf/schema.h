/* SPDX-License-Identifier: MIT */
/*
 * Tables of all kinds of blocks and their keys. Parser, defaults, `check`, completion and the
 * manual page use these rows. The keys of a notify block depend on its type: each receiver type has
 * a table of its own, which the caller of conf_load passes in struct conf_env.
 */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "conf/conf.h"

enum conf_kind {
	CONF_KIND_DAEMON,
	CONF_KIND_POLL,
	CONF_KIND_FEED,
	CONF_KIND_DEFINE,
	CONF_KIND_WATCH,
	CONF_KIND_TEST,
	CONF_KIND_ESCALATE,
	CONF_KIND_RAISE,
	CONF_KIND_NOTIFY,
	CONF_KIND_MENTION,
	CONF_KIND_HEARTBEAT,
	CONF_KIND_CANARY,
	CONF_KIND_CORRECTIONS,
	CONF_KIND_WEBSUB,
	CONF_KIND_BUDGET,
	CONF_KIND_STORY,
	CONF_KIND_BURST,
};
#define CONF_KINDS 17

enum conf_type {
	CONF_TYPE_TEXT,	   /* one line */
	CONF_TYPE_PROSE,   /* several lines */
	CONF_TYPE_QUERIES, /* one or more query texts */
	CONF_TYPE_QUERY,
	CONF_TYPE_PATH,
	CONF_TYPE_URL,	  /* http or https */
	CONF_TYPE_SERVER, /* the form is checked by the receiver type */
	CONF_TYPE_TARGET, /* http or https; one with a secret in it goes into a credential */
	CONF_TYPE_MAIL,
	CONF_TYPE_MAILS,
	CONF_TYPE_HELLO,      /* of SMTP */
	CONF_TYPE_DURATION,   /* ms in int64_t */
	CONF_TYPE_EVERY,      /* a duration, or "force" and a duration */
	CONF_TYPE_SIZE,	      /* bytes in size_t */
	CONF_TYPE_COUNT,      /* unsigned */
	CONF_TYPE_ENUM,	      /* index of the word, in an int or an enum; -1: no default */
	CONF_TYPE_EITHER,     /* two words; true for the second */
	CONF_TYPE_NAMES,      /* of blocks, groups or languages */
	CONF_TYPE_PARAMETERS, /* of a URL's query */
	CONF_TYPE_WORDS,      /* of a text: each one or more */
	CONF_TYPE_HEADERS,
	CONF_TYPE_LABELS,  /* of Prometheus: name=value */
	CONF_TYPE_COMMAND, /* path of a program, and its arguments */
	CONF_TYPE_ZONE,
	CONF_TYPE_LANG,
	CONF_TYPE_TAG,
	CONF_TYPE_CREDENTIAL,
	CONF_TYPE_CREDENTIALS,
	CONF_TYPE_NETWORKS,
	CONF_TYPE_DOMAINS,
	CONF_TYPE_PROXY,       /* scheme://host:port; "" is kept */
	CONF_TYPE_LISTEN,      /* address:port or unix:path */
	CONF_TYPE_NOTIFY_TYPE, /* pointer to the receiver type */
	CONF_TYPE_DAYTIME,     /* struct conf_daytime */
	CONF_TYPE_HOURS,       /* struct conf_hours */
	CONF_TYPE_DIGEST,      /* struct conf_digest */
	CONF_TYPE_RATE,	       /* struct conf_rate */
	CONF_TYPE_EXPIRE,      /* struct conf_expire */
};
#define CONF_TYPES 38

/* What the file of a credential must hold. */
enum conf_holds {
	CONF_HOLDS_TEXT,
	CONF_HOLDS_URL,
	CONF_HOLDS_SIGNING_KEY,
	CONF_HOLDS_TOKEN,
	CONF_HOLDS_PRIVATE_KEY,
};
#define CONF_HOLDS 5

/* A table of these ends with a row without a key; it has at most CONF_KEYS_MAX rows. */
struct conf_key_row {
	const char *key;
	enum conf_type type;
	size_t field;	      /* offset in the struct that the table is for */
	const char *fallback; /* parsed like a value (a list: words between ", "); NULL: none */
	const char *told;     /* the default as people read it, where fallback does not say it */
	int64_t min, max;     /* of numbers; 0, 0: no bounds. Lists: of how many values */
	const char *const *words; /* ENUM, EITHER: NULL-terminated */
	bool required;
	enum conf_holds holds; /* CREDENTIAL */
	const char *help;      /* one line */
};
#define CONF_KEYS_MAX 64
#define CONF_KEY(k, t, s, member)                                                                  \
	.key = k, .type = CONF_TYPE_##t, .field = offsetof(struct s, member)

struct conf_kind_row {
	const char *name;
	bool named;
	const char *inside; /* the kind of block that it is nested in; NULL: none */
	const char *help;
	const struct conf_key_row *keys; /* in the order of the manual */
};

struct conf_check;

/* One type of receiver, as far as the configuration knows it. */
struct conf_notify_type {
	const char *name;		 /* type = "…" */
	const struct conf_key_row *keys; /* offsets are in its settings */
	size_t settings_size;
	/*
	 * Reports what is wrong with settings whose values are well-formed one by one.
	 * NULL: nothing to check.
	 */
	void (*check)(struct conf_check *c, const void *settings);
	bool utc;     /* its messages are for programs, with times in UTC */
	bool people;  /* read by people: one message for an item that several watches match */
	bool chat;    /* what is old is of no use there: a short default of expire */
	bool mention; /* can ring people: it may have a block mention */
	/* With these settings, can people acknowledge an alert there? NULL: no. */
	bool (*acks)(const void *settings);
};

extern const struct conf_kind_row conf_kinds[CONF_KINDS];
/* The default as people read it; "" when there is none. */
const char *conf_schema_default(const struct conf_key_row *row);
/* "duration": the name of a type of value. */
const char *conf_schema_type_name(enum conf_type type);

/* The row of that kind, or NULL. */
const struct conf_kind_row *conf_schema_find_kind(struct str name);
/* The row of that key in a table, or NULL. */
const struct conf_key_row *conf_schema_find_key(const struct conf_key_row *rows, struct str key);
/* For guesses at what a broken line was meant to be: the first kind of block with that key. */
const struct conf_kind_row *conf_schema_find_owner(conf_notify_types_fn *types, struct str word);
bool conf_schema_is_key(conf_notify_types_fn *types, struct str word);

/*
 * Reports of a receiver type about its settings. A key with an invalid value has its default in the
 * settings, but conf_check_given returns true for it.
 */

/* Returns whether the block has that key, with a valid value or not. */
bool conf_check_given(const struct conf_check *c, const char *key);
/* Returns what the block mentions in messages of that priority; NULL: nothing. */
const char *conf_check_mention(const struct conf_check *c, enum alert_priority p);
/* Reports text at the mention for that priority. */
void conf_check_error_mention(
	struct conf_check *c, enum alert_priority p, const char *help, const char *text);
/* Reports "notify NAME TEXT" at the block. help: what to write instead, or NULL. */
void conf_check_error(struct conf_check *c, const char *help, const char *text);
/* Reports text at a key that is given. */
void conf_check_error_at(struct conf_check *c, const char *key, const char *help, const char *text);
/*
 * Reports the value of key if it is not scheme://host[:port] with one of the schemes, a
 * NULL-terminated list. A NULL value is not checked.
 */
void conf_check_server(struct conf_check *c, const char *key, const char *value,
	const char *const *schemes, const char *help);

#endif
