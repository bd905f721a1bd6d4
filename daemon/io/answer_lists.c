/* SPDX-License-Identifier: MIT */
#include "answer_lists.h"

#include "answer_origin.h"
#include "http_headers.h"

#define LINK_MAX ((size_t)32 * 1024) /* of all Link headers */
#define LIST_MAX ((size_t)1024)	     /* of all others of one name */

void answer_lists_init(struct answer_lists *l)
{
	buf_init(&l->link, LINK_MAX);
	buf_init(&l->im, LIST_MAX);
	buf_init(&l->vary, LIST_MAX);
	answer_origin_init(&l->origin);
}

void answer_lists_release(struct answer_lists *l)
{
	buf_release(&l->link);
	buf_release(&l->im);
	buf_release(&l->vary);
	buf_release(&l->origin);
}

/* NULL: there is none. */
static const char *answer_lists_join(CURL *easy, const char *name, struct buf *out)
{
	http_headers_join(easy, name, out);
	return out->len ? buf_z(out) : NULL;
}

void answer_lists_read(struct answer_lists *l, CURL *easy, struct fetch_answer *a)
{
	a->link = answer_lists_join(easy, "Link", &l->link);
	a->im = answer_lists_join(easy, "IM", &l->im);
	a->vary = answer_lists_join(easy, "Vary", &l->vary);
	if (a->status >= 200 && a->status < 300) {
		answer_origin_end(&l->origin, easy);
		a->origin = buf_str(&l->origin);
	}
}
