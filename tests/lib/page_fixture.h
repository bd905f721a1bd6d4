/* SPDX-License-Identifier: MIT */
/* Pages of the site, made from a database and a configuration without a server. */
#ifndef LIB_PAGE_FIXTURE_H
#define LIB_PAGE_FIXTURE_H

#include "lib/desk_fixture.h"
#include "web/route.h"

/*
 * Makes a page into *out, which the caller releases: path as in a request, name what its * stands
 * for, query what follows the ?. Returns the result of fn; status: as admin_status(), or NULL.
 */
struct page_request {
	const char *path, *name, *query; /* NULL: absent */
	const json_t *status;
};
int page_fixture_make(struct desk_fixture *f, web_read_fn *fn, const struct page_request *q,
	struct buf *out, struct err *e);

#endif
