/* SPDX-License-Identifier: MIT */
/* What evhttp needs of the loop. For httpd*.c only. */
#ifndef IO_LOOP_BASE_H
#define IO_LOOP_BASE_H

#include <stdint.h>

struct event_base;
struct loop;
struct event_base *loop_base(struct loop *l);
/* Counts a callback that began at since_us (clock_mono_us()): see io/loop.h. */
void loop_count(struct loop *l, const char *what, int64_t since_us);

#endif
