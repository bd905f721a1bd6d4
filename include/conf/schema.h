/* SPDX-License-Identifier: MIT */
/*
 * Every kind of block and every key there is, as one table. Parser, defaults, `check`, completion
 * and the manual page come from these rows.
 */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum conf_kind {
	CONF_KIND_DAEMON,
	CONF_KIND_POLL,
	CONF_KIND_FEED,
	CONF_KIND_DEFINE,
	CONF_KIND_WATCH,
	CONF_KIND_TEST,
	CONF_KIND_NOTIFY,
};
#define CONF_KINDS 7

struct conf_kind_row {
	const char *name;
	bool named;
	bool nested; /* stands in a watch */
	const char *help;
};

enum conf_type {
	CONF_TYPE_TEXT,	   /* one line */
	CONF_TYPE_PROSE,   /* several lines */
	CONF_TYPE_QUERIES, /* one or more query texts */
	CONF_TYPE_QUERY,
	CONF_TYPE_PATH,
	CONF_TYPE_URL,	  /* http or https */
	CONF_TYPE_SERVER, /* of a notify block; its form depends on the type */
	CONF_TYPE_MAIL,
	CONF_TYPE_MAILS,
	CONF_TYPE_DURATION,   /* ms in int64_t */
	CONF_TYPE_EVERY,      /* a duration, or "force" and a duration */
	CONF_TYPE_SIZE,	      /* bytes in size_t */
	CONF_TYPE_COUNT,      /* unsigned */
	CONF_TYPE_ENUM,	      /* number of the word, in an int or an enum */
	CONF_TYPE_EITHER,     /* two words; true for the second */
	CONF_TYPE_NAMES,      /* of blocks, groups or languages */
	CONF_TYPE_PARAMETERS, /* of a URL's query */
	CONF_TYPE_HEADERS,
	CONF_TYPE_LANG,
	CONF_TYPE_TAG,
	CONF_TYPE_CREDENTIAL,
	CONF_TYPE_CREDENTIALS,
	CONF_TYPE_NETWORKS,
};
#define CONF_TYPES 23

struct conf_key_row {
	enum conf_kind kind;
	const char *key;
	enum conf_type type;
	size_t field;	      /* offset in the struct of that kind, see conf/draft.h */
	const char *fallback; /* read like a value (a list: words between ", "); NULL: none */
	const char *told;     /* the default as people read it, where fallback does not tell it */
	int64_t min, max;     /* of numbers; 0, 0: no bounds. Lists: most values in max */
	const char *const *words; /* ENUM, EITHER: NULL-terminated */
	bool required;
	unsigned sinks;	  /* notify: bit 1 << type for each type that has it; 0: all */
	const char *help; /* one line */
};

/* The row of a kind's key i, NULL past the last. Rows of a kind are in the order of the manual. */
const struct conf_key_row *conf_schema_key(enum conf_kind kind, size_t i);
const struct conf_kind_row *conf_schema_kind(enum conf_kind kind);
/* Of a draft watch, see conf/draft.h. */
const char *conf_dialect_name(int dialect);
/* The default as people read it; "" when there is none. */
const char *conf_schema_default(const struct conf_key_row *row);

bool conf_schema_find_kind(struct str name, enum conf_kind *out);
const struct conf_key_row *conf_schema_find_key(enum conf_kind kind, struct str key);
/* For guesses at what a broken line was meant to be. */
bool conf_schema_is_key(struct str word);
bool conf_schema_is_kind(struct str word);
bool conf_schema_is_top(struct str word);

#endif
