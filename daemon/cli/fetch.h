/* SPDX-License-Identifier: MIT */
/* What a fetch found, as text. */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "document/feed.h"

void fetch_print(const struct document_fetch *f);

#endif
