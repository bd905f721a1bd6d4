/* SPDX-License-Identifier: MIT */
#ifndef DESK_DOCUMENTS_H
#define DESK_DOCUMENTS_H

#include "ingest.h"

/* Before the items: stores the documents that bring some of them, and notes which in t->states. */
int documents_store(struct ingest *t, struct err *e);

#endif
