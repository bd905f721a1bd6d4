/* SPDX-License-Identifier: MIT */
/* What the headers of an answer say. */
#ifndef IO_FETCH_ANSWER_H
#define IO_FETCH_ANSWER_H

#include <curl/curl.h>

#include "answer_lists.h"

/*
 * Reads the headers of the transfer that ended; a->status and a->body are set. The strings are
 * valid until the lists are released or the next transfer of the handle begins.
 */
void fetch_answer_read(struct fetch_answer *a, struct answer_lists *lists, CURL *easy);

#endif
