/* SPDX-License-Identifier: MIT */
#ifndef DOCUMENT_ACK_H
#define DOCUMENT_ACK_H

#include <jansson.h>

#include "store/acks.h"

/* {"found": true, "alert", "by", "at", "first": true}; a notice has neither by nor at. */
json_t *document_ack(const struct store_ack *a);

#endif
