/* SPDX-License-Identifier: MIT */
/*
 * Limits on what a peer sends in addition to the body: see MULTI_HEADER_KIB. They are checked by
 * callbacks of curl, which count into struct multi_op.
 */
#ifndef IO_MULTI_LIMITS_H
#define IO_MULTI_LIMITS_H

#include "multi.h"

/* Sets the callbacks of a handle, once. False: out of memory. */
bool multi_limits_prepare(CURL *easy);
/* Before each transfer. False: out of memory. */
bool multi_limits_begin(struct multi_op *op);
/*
 * Counts the body of a brief transfer from now on: one that may have none, or whose peer was chosen
 * by the operator and whose answer is short. To be called before a body, or when it lasts for more
 * than a moment; may be called inside a callback of curl. curl formats texts for each transfer that
 * is counted, which costs a tenth of a delivery.
 */
void multi_limits_watch(struct multi_op *op);
/*
 * Replaces codes of curl that do not say what happened: a callback of ours ended the transfer; an
 * allocation failed in it, or in another one of that time; a header line was over 100 KB, which
 * curl reports as an allocation that failed.
 */
CURLcode multi_limits_code(const struct multi_op *op, CURLcode rc);

#endif
