/* SPDX-License-Identifier: MIT */
/* The metrics in the text format of Prometheus, from the rows of base/metrics.def. */
#ifndef DOCUMENT_METRICS_TEXT_H
#define DOCUMENT_METRICS_TEXT_H

#include "base/buf.h"
#include "base/metrics.h"
#include "trouble/trouble.h"

#define DOCUMENT_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define DOCUMENT_METRICS_MAX  ((size_t)256 * 1024)

/*
 * Appends all metrics that are present. Names begin with nightdesk_, but for process_…;
 * microseconds and milliseconds are seconds, and stamps are seconds since 1970. t may be NULL.
 */
void document_metrics_text(const struct metrics *m, const struct troubles *t, struct buf *out);

#endif
