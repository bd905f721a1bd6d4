/* SPDX-License-Identifier: MIT */
/*
 * The parser thread: the parse port in this process. One parser, requests in the order of their
 * start. How many wait is bounded by the engine (poll.parallel, bytes of bodies under way).
 */
#ifndef IO_PARSER_THREAD_H
#define IO_PARSER_THREAD_H

#include "io/loop.h"

struct parser_thread;

/* NULL: no memory, or no thread. */
struct parser_thread *parser_thread_new(struct loop *l);

/*
 * Waits for the document being parsed (feed_limits bounds it), drops what else was started and
 * not completed, joins. No callback comes afterwards. NULL is fine.
 */
void parser_thread_free(struct parser_thread *t);

struct port_parse parser_thread_port(struct parser_thread *t);

/* How long the current document has been in the parser, ms; 0: idle. For the watchdog. */
int64_t parser_thread_busy_ms(struct parser_thread *t);

#endif
