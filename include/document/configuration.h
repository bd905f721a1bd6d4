/* SPDX-License-Identifier: MIT */
/* Documents of a configuration: what is wrong with it, what its watches cost, its keys. */
#ifndef DOCUMENT_CONFIGURATION_H
#define DOCUMENT_CONFIGURATION_H

#include <jansson.h>
#include <stdbool.h>

#include "conf/conf.h"
#include "conf/schema.h"

/* An error or warning, with its place. */
json_t *document_finding(const struct conf_diag *g);
/* query: printed in the native language; absent: not wanted. cost: as watch_set_cost(). */
json_t *document_watch(const struct conf_watch *w, const char *cost, struct str query);

/* The watch with that index in conf, as it is configured. */
json_t *document_configured_watch(const struct conf *conf, size_t watch);

/* The result of `check`. */
struct document_check {
	const char *dir;
	const struct conf *conf; /* NULL: it could not be loaded */
	size_t errors, warnings, tests, tests_failed;
	size_t scan, slow;	    /* watches of these cost classes */
	json_t *findings, *watches; /* lists of the documents above; borrowed */
	json_t *intervals;	    /* list of document_interval(); borrowed */
};
json_t *document_check(const struct document_check *c);

/*
 * A key of this kind of block, with its type and default. receiver: the type of the notify block
 * that has it; NULL: every block of the kind.
 */
json_t *document_key(const char *block, const char *receiver, const struct conf_key_row *row);

/*
 * A list of "feeds.d/a.conf:3:5: text", one for each warning (or error), at most max. The caller
 * owns the reference.
 */
json_t *document_diags(const struct conf_diags *d, bool warnings, size_t max);
/* The answer to a reload. conf: in force now. refused: borrowed list of errors; NULL: accepted. */
json_t *document_reload(const struct conf *conf, json_t *refused, json_t *warnings);

#endif
