/* SPDX-License-Identifier: MIT */
/* What is put together from an answer: headers that are lists, and where it came from. */
#ifndef IO_ANSWER_LISTS_H
#define IO_ANSWER_LISTS_H

#include <curl/curl.h>

#include "base/buf.h"
#include "engine/ports.h"

struct answer_lists {
	struct buf link, im, vary;
	struct buf origin; /* see answer_origin.h */
};

void answer_lists_init(struct answer_lists *l);
void answer_lists_release(struct answer_lists *l);
/* Sets link, im, vary and origin of a, which live until l is released. */
void answer_lists_read(struct answer_lists *l, CURL *easy, struct fetch_answer *a);

#endif
