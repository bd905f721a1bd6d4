/* SPDX-License-Identifier: MIT */
/* The end of documents. */
#ifndef STORE_DOCUMENTS_PRIVATE_H
#define STORE_DOCUMENTS_PRIVATE_H

#include "db.h"

/* One item or revision less came with it: the last deletes it. */
int documents_release(struct store *s, int64_t row, struct err *e);
/* Before the item is deleted: releases the documents of all its versions. */
int documents_release_item(struct store *s, int64_t item, struct err *e);

#endif
