/* SPDX-License-Identifier: MIT */
/* Parses a configuration of one file to its tree or draft, and collects the messages. */
#ifndef LIB_CONF_FIXTURE_H
#define LIB_CONF_FIXTURE_H

#include "conf/draft.h"
#include "conf/form.h"

struct conf_fixture {
	struct arena *scratch, *kept;
	struct conf_source source;
	struct conf_tree tree;
	struct conf_diags diags;
	struct conf_draft draft;
};

/* Parses to the tree only. */
void conf_fixture_parse(struct conf_fixture *f, struct str text);

/* Parses to the draft and resolves names; diags are in file order. */
void conf_fixture_read(struct conf_fixture *f, struct str text);

void conf_fixture_release(struct conf_fixture *f);

/* whole: parse to the draft, not only to the tree. */
void conf_fixture_expect(const char *text, const char *diags, bool whole);

#endif
