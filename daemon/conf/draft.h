/* SPDX-License-Identifier: MIT */
/*
 * A configuration while it is read: its final structs, and the blocks of the tree that they come
 * from, so that errors can be shown in the file.
 */
#ifndef CONF_DRAFT_H
#define CONF_DRAFT_H

#include "base/arena.h"
#include "conf/conf.h"
#include "diag.h"
#include "base/nearest.h"
#include "grammar.h"
#include "base/table.h"
#include "conf/schema.h"

/* Distinct names with the block of each, in the order in which they were added. */
struct conf_names {
	struct conf_name {
		struct str text;
		const struct conf_node *node;
	} * v;
	size_t n;
	struct table table;
};
bool conf_names_init(struct conf_names *names, size_t max, struct arena *arena);
/* Returns the index, or TABLE_NONE. */
size_t conf_names_find(const struct conf_names *names, struct str text);
/* Adds a name, if it is new. Returns the node with which it was added first. */
const struct conf_node *conf_names_add(
	struct conf_names *names, struct str text, const struct conf_node *node);

struct conf_value_list {
	const struct conf_value *v;
	size_t n;
};

struct conf_draft_feed {
	struct conf_feed feed;
	struct conf_login login;
	int tier; /* index of its word; -1: none */
};

struct conf_draft_define {
	struct conf_value_list query; /* one */
};

struct conf_draft_raise {
	int to; /* index of its word; -1: none */
	struct conf_value_list when;
};

struct conf_draft_watch {
	struct conf_watch watch;
	struct conf_value_list queries, exclude; /* exclude: at most one */
	struct conf_list stems;
	int dialect;			 /* index of its word */
	struct conf_draft_raise *raises; /* watch.n_raises of them */
};

struct conf_draft_test {
	const char *match, *no_match, *title, *body, *lang, *source;
	unsigned sources;
	int tier; /* index of its word; -1: none */
};

struct conf_draft {
	/* The blocks of each kind, but tests; index == number in the arrays below. */
	struct conf_names blocks[CONF_KINDS];
	struct conf_daemon daemon;
	struct conf_poll poll;
	struct conf_heartbeat heartbeat; /* zero without the block */
	struct conf_canary canary;	 /* the same */
	struct conf_corrections corrections;
	struct conf_story story;
	struct conf_burst burst;   /* zero without the block */
	size_t *burst_index;	   /* into notifies, burst.notify.n of them */
	struct conf_websub websub; /* zero without the block */
	struct conf_feed *feeds;
	struct conf_budget *budgets;
	struct conf_draft_define *defines;
	struct conf_draft_watch *watches;
	struct conf_notify *notifies;
	/* Of all feeds; filled by conf_draft_link. Sources are in lower case. */
	struct conf_names groups, sources;
	struct arena *arena;   /* not owned; for memory of the finished configuration */
	struct arena *scratch; /* not owned; for the rest */
	struct conf_diags *diags;
	const char *const *notify_types; /* names of the receiver types, NULL-terminated */
	const char *dir;		 /* of the configuration */
	const struct conf_env *env;
	unsigned guesses; /* suggestions made by conf_draft_link */
	bool nomem;	  /* out of memory */
};

/*
 * Reads the blocks of a tree into *d, whose arena, scratch, diags, dir and env are set, and checks
 * each block alone. Errors are appended to the diags. Returns 0 or -ERR_NOMEM.
 */
int conf_draft_read(struct conf_draft *d, const struct conf_tree *tree);
/* Resolves references between blocks. first: the file to name if blocks are missing. */
int conf_draft_link(struct conf_draft *d, const struct conf_source *first);
/* The part of it for budgets, and for which feeds are urgent. Returns 0 or -ERR_NOMEM. */
int conf_draft_link_budgets(struct conf_draft *d);
/* The part of it that resolves the paths of the database and the control socket. */
void conf_draft_link_paths(struct conf_draft *d);
/*
 * The absolute path of a file that the key `name` of a block names, after a report if it is not
 * readable; NULL: path is none.
 */
const char *conf_draft_link_file(
	struct conf_draft *d, const char *path, const struct conf_node *block, const char *name);
/* Others: the receivers of a burst, and of the canary. */
void conf_draft_link_burst(struct conf_draft *d);
void conf_draft_link_canary(struct conf_draft *d);

/*
 * Compiles the queries. *out: the set, whose watch i is the draft's watch i; NULL if there are
 * errors in the diags. Returns 0 or -ERR_NOMEM.
 */
int conf_compile(struct conf_draft *d, const struct conf_source *first, struct watch_set **out);

/* A key whose value is read, by the type in its row. */
struct conf_reading {
	struct conf_draft *draft;
	const struct conf_key_row *row;
};
/*
 * Parses the values of node into the row's field of object. Returns false after a report in the
 * draft's diags, or if memory ran out.
 */
bool conf_value_read(const struct conf_reading *r, const struct conf_node *node, void *object);
/* Stores the default of the row, if any; -1 for an ENUM without default. */
bool conf_value_default(const struct conf_reading *r, void *object);

/* The keys of a block: their table, the struct they are parsed into, and the node of each. */
struct conf_keys {
	const struct conf_key_row *rows;
	void *object;
	const struct conf_node *at[CONF_KEYS_MAX];
};
/* Stores the defaults. */
void conf_keys_init(
	struct conf_keys *k, struct conf_draft *d, const struct conf_key_row *rows, void *object);
/* Parses one key of a block. Returns false if it is not in the table. */
bool conf_keys_read(struct conf_keys *k, struct conf_draft *d, const struct conf_node *key);
/* Reports a key that is in no table. type: of a notify block; NULL: unknown, or no such block. */
void conf_draft_report_unknown_key(struct conf_draft *d, enum conf_kind kind,
	const struct conf_notify_type *type, const struct conf_node *key);
/* Reports required keys that are missing. */
void conf_keys_require(
	const struct conf_keys *k, struct conf_draft *d, const struct conf_node *block);
/* Reports a block inside a block that cannot contain one. */
void conf_draft_refuse_block(
	struct conf_draft *d, const struct conf_node *inner, const struct conf_node *block);
/* Returns "; did you mean x?" in scratch, or "". */
const char *conf_draft_suggest(struct conf_draft *d, const struct nearest *near);
/* Returns a copy of the name of a block in arena. */
const char *conf_draft_name(struct conf_draft *d, const struct conf_node *block);
/* Checks the login of a feed and puts it into draft->feed. */
void conf_draft_read_login(
	struct conf_draft *d, const struct conf_node *block, struct conf_draft_feed *draft);
/* After conf_draft_link(): some feed has that source, in any case. */
bool conf_draft_knows_source(const struct conf_draft *d, struct str name);
void conf_draft_read_notify(
	struct conf_draft *d, const struct conf_node *block, struct conf_notify *n);
/* Warns of keys that have no effect; common: those of every type. */
void conf_draft_check_hours(
	struct conf_draft *d, const struct conf_keys *common, const struct conf_notify *n);

/* Returns the node of a key, or NULL. */
const struct conf_node *conf_draft_key(const struct conf_node *block, const char *key);

#endif
