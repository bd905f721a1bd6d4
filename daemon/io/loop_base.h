/* SPDX-License-Identifier: MIT */
/* Returns the event base of libevent, which evhttp needs. For httpd.c only. */
#ifndef IO_LOOP_BASE_H
#define IO_LOOP_BASE_H

struct event_base;
struct loop;
struct event_base *loop_base(struct loop *l);

#endif
