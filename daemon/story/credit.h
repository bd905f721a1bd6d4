/* SPDX-License-Identifier: MIT */
/* The credit line and dateline at the beginning of a text. Private to the room. */
#ifndef STORY_CREDIT_H
#define STORY_CREDIT_H

#include "base/str.h"

/*
 * Returns the text after "By NAME for AGENCY", "SPRINGFIELD, March 4 (Reuters) - ",
 * "PARIS — " and such; all of it if it does not begin like this. *agency is the agency that these
 * lines or the end of the text name, as a constant; absent: none.
 */
struct str credit_skip(struct str body, struct str *agency);

#endif
