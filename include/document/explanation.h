/* SPDX-License-Identifier: MIT */
/* The document of an explanation: what `explain --json` prints. */
#ifndef DOCUMENT_EXPLANATION_H
#define DOCUMENT_EXPLANATION_H

#include <jansson.h>

#include "desk/explain.h"

json_t *document_explanation(const struct desk_explanation *x);

#endif
