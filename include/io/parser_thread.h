/* SPDX-License-Identifier: MIT */
/*
 * The parser thread: the parse port inside this process. It parses one document at a time, in the
 * order of the requests. The engine bounds the queue (poll.parallel, bytes of bodies).
 */
#ifndef IO_PARSER_THREAD_H
#define IO_PARSER_THREAD_H

#include "io/loop.h"

struct parser_thread;

/* NULL: no memory, or no thread. */
struct parser_thread *parser_thread_new(struct loop *l);

/*
 * Waits for the document being parsed (feed_limits bounds it), drops all other requests, joins the
 * thread. No callback runs afterwards. NULL is fine.
 */
void parser_thread_free(struct parser_thread *t);

struct port_parse parser_thread_port(struct parser_thread *t);

/* Returns how long the current document has been parsed, ms; 0: idle. For the watchdog. */
int64_t parser_thread_busy_ms(struct parser_thread *t);

#endif
