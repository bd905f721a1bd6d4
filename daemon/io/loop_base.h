/* SPDX-License-Identifier: MIT */
/* For httpd.c alone: evhttp wants libevent's own base. */
#ifndef IO_LOOP_BASE_H
#define IO_LOOP_BASE_H

struct event_base;
struct loop;
struct event_base *loop_base(struct loop *l);

#endif
