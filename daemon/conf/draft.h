/* SPDX-License-Identifier: MIT */
/*
 * A configuration while it is being read: the structs that it will consist of, each with the block
 * it came from, so that what is wrong with it can still be shown in its file.
 */
#ifndef CONF_DRAFT_H
#define CONF_DRAFT_H

#include "base/arena.h"
#include "conf/conf.h"
#include "diag.h"
#include "base/nearest.h"
#include "grammar.h"
#include "conf/names.h"
#include "conf/schema.h"

struct conf_value_list {
	const struct conf_value *v;
	size_t n;
};

/* Each of these begins with the block it came from. */
struct conf_draft_feed {
	const struct conf_node *node;
	struct conf_feed feed;
};

struct conf_draft_define {
	const struct conf_node *node;
	struct str name;
	struct conf_value_list query; /* one */
};

struct conf_draft_watch {
	const struct conf_node *node;
	struct conf_watch watch;
	struct conf_value_list queries, exclude; /* exclude: one or none */
	struct conf_list stems;
	int dialect; /* number of its word */
};

struct conf_draft_test {
	const char *match, *no_match, *title, *body, *lang;
};

struct conf_draft_notify {
	const struct conf_node *node;
	struct conf_notify notify;
	int type; /* index of the receiver type; -1: unknown */
};

struct conf_draft {
	struct conf_daemon daemon;
	struct conf_poll poll;
	struct conf_draft_feed *feeds;
	size_t n_feeds;
	struct conf_draft_define *defines;
	size_t n_defines;
	struct conf_draft_watch *watches;
	size_t n_watches;
	struct conf_draft_notify *notifies;
	size_t n_notifies;
	const struct conf_node *daemon_node, *poll_node; /* NULL: not given */
	struct conf_names feed_names, define_names, watch_names, notify_names;
	struct conf_names group_names; /* that some feed is in; known once it is linked */
	struct str *groups;
	size_t n_groups;
	struct arena *arena;   /* not owned; holds all that the finished configuration points to */
	struct arena *scratch; /* not owned; holds the rest */
	struct conf_diags *diags;
	const char *const *notify_types; /* names of the receiver types, NULL-terminated */
	const char *dir;		 /* of the configuration */
	const struct conf_env *env;
	bool nomem; /* memory ran out while something was read */
};

/*
 * Reads the blocks of a tree into *d, whose arena, scratch and diags are set, and checks each by
 * itself. What is wrong is in the diags. 0 or -ERR_NOMEM.
 */
int conf_draft_read(struct conf_draft *d, const struct conf_tree *tree);
/* Checks what blocks say of each other, and resolves it. first: the file to name for what lacks. */
int conf_draft_link(struct conf_draft *d, const struct conf_source *first);
/* The part of it that says where the database and the control socket are. */
void conf_draft_link_paths(struct conf_draft *d);

/* The keys that a block may have, the struct that they are stored in, and where each was given. */
struct conf_keys {
	const struct conf_key_row *rows;
	void *object;
	const struct conf_node *at[CONF_KEYS_MAX];
};
/* Stores the defaults. */
void conf_keys_init(
	struct conf_keys *k, struct conf_draft *d, const struct conf_key_row *rows, void *object);
/* Reads one key of a block. False: it is not in the table. */
bool conf_keys_read(struct conf_keys *k, struct conf_draft *d, const struct conf_node *key);
/* Reports required keys that the block does not have. */
void conf_keys_require(
	const struct conf_keys *k, struct conf_draft *d, const struct conf_node *block);
/* Reports a block inside a block that cannot have one. */
void conf_draft_refuse_block(
	struct conf_draft *d, const struct conf_node *inner, const struct conf_node *block);
/* "; did you mean x?" or "", in scratch. */
const char *conf_draft_suggest(struct conf_draft *d, const struct nearest *near);
/* Reads a notify block whose name is good. */
void conf_draft_read_notify(struct conf_draft *d, const struct conf_node *block);

/* The key of a block, or NULL. */
const struct conf_node *conf_draft_key(const struct conf_node *block, const char *key);
size_t conf_draft_find_feed(const struct conf_draft *d, struct str name);
size_t conf_draft_find_notify(const struct conf_draft *d, struct str name);
size_t conf_draft_find_group(const struct conf_draft *d, struct str name);

#endif
