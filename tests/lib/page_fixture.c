/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/page_fixture.h"

#define PAGE_MAX ((size_t)4 << 20)

int page_fixture_make(struct desk_fixture *f, web_read_fn *fn, const struct page_request *q,
	struct buf *out, struct err *e)
{
	struct zone *zone = zone_new(f->conf->daemon.timezone);
	struct web_call c = {.path = str_of(q->path),
		.name = str_of(q->name),
		.query = str_of(q->query),
		.kind = WEB_FOR_PEOPLE,
		.conf = f->conf,
		.zone = zone,
		.status = q->status,
		.arena = arena_new((size_t)16 << 20),
		.now = clock_wall(),
		.code = 200};
	int rc;

	assert_non_null(c.arena);
	buf_init(&c.body, PAGE_MAX);
	rc = fn(&c, f->db->store, e);
	assert_false(buf_failed(&c.body));
	*out = c.body;
	arena_free(c.arena);
	zone_free(zone);
	return rc;
}
