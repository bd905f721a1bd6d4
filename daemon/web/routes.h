/* SPDX-License-Identifier: MIT */
/* The addresses of the site: one table. A page or a path of the API is a file and a row. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "route.h"

/* Answers any request of the site. On the loop. */
void web_routes_answer(struct web_site *s, struct httpd_call *call, const struct httpd_request *q);

#endif
