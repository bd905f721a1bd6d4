/* SPDX-License-Identifier: MIT */
/* The headers of an answer that are lists, each kept as one value. */
#ifndef IO_ANSWER_LISTS_H
#define IO_ANSWER_LISTS_H

#include <curl/curl.h>

#include "base/buf.h"
#include "engine/ports.h"

struct answer_lists {
	struct buf link, im, vary;
};

void answer_lists_init(struct answer_lists *l);
void answer_lists_release(struct answer_lists *l);
/* Sets link, im and vary of a, which live until l is released. */
void answer_lists_read(struct answer_lists *l, CURL *easy, struct fetch_answer *a);

#endif
