/* SPDX-License-Identifier: MIT */
/* A configuration text of one file, read to its tree or to its draft, and what is said about it. */
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

/* As far as the tree. */
void conf_fixture_parse(struct conf_fixture *f, struct str text);

/* To the draft, names resolved; diags in the order of the file. */
void conf_fixture_read(struct conf_fixture *f, struct str text);

void conf_fixture_release(struct conf_fixture *f);

/* whole: read to the draft, not only to the tree. */
void conf_fixture_expect(const char *text, const char *diags, bool whole);

#endif
