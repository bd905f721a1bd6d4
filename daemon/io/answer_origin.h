/* SPDX-License-Identifier: MIT */
/* Where an answer came from, as evidence: lines as in store/documents.h, but for the URLs. */
#ifndef IO_ANSWER_ORIGIN_H
#define IO_ANSWER_ORIGIN_H

#include <curl/curl.h>

#include "base/buf.h"

void answer_origin_init(struct buf *out);
/* At the end of headers, inside of the transfer, while its connection is known: writes the peer. */
void answer_origin_hear(struct buf *out, CURL *easy);
/* After the transfer: adds the headers. */
void answer_origin_end(struct buf *out, CURL *easy);

#endif
