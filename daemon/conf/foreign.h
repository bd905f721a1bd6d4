/* SPDX-License-Identifier: MIT */
/*
 * Syntax of other formats (C, INI, JSON, YAML, XML): reported with what to write instead, then read
 * as what was meant, so that one mistake is one error.
 */
#ifndef CONF_FOREIGN_H
#define CONF_FOREIGN_H

#include "lexer.h"

/* Returns the length of a comment of another format at l->at, reported once per file; or 0. */
size_t conf_foreign_comment(struct conf_lexer *l);
/* Reports a semicolon at l->at. */
void conf_foreign_semicolon(struct conf_lexer *l);
/* Returns the length of := : == or => at l->at, and reports it; or 0. */
size_t conf_foreign_equals(struct conf_lexer *l);
/* Returns the ] or ) that ends a list [a, b] or (a, b) at l->at, and reports it; or '\0'. */
char conf_foreign_list(struct conf_lexer *l);
/* Reports [desk] or [ feed "bbc" ], which begins with word. Returns false if it is none. */
bool conf_foreign_section(struct conf_lexer *l, const struct conf_token *word);
/* Does a list or a statement end at i: ; ] // and the like? */
bool conf_foreign_ends(struct str s, size_t i);
/* Reports a file of another format. Returns false if it may be a configuration. */
bool conf_foreign_file(const struct conf_source *file, struct conf_diags *diags);

#endif
