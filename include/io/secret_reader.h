/* SPDX-License-Identifier: MIT */
/* The secret port: credentials are read by jobs of the desk thread, so that the loop never waits
 * for a file. */
#ifndef IO_SECRET_READER_H
#define IO_SECRET_READER_H

#include "io/loop.h"

struct secret_reader;

/* NULL: out of memory. */
struct secret_reader *secret_reader_new(struct loop *l, struct port_job jobs);
/* After the desk thread ended. Wipes what was read; no callback comes. NULL is fine. */
void secret_reader_free(struct secret_reader *r);

struct port_secret secret_reader_port(struct secret_reader *r);

#endif
