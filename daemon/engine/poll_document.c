/* SPDX-License-Identifier: MIT */
/* The documents of a poll, as evidence: what was received, when, and from where. */
#include <string.h>

#include "base/redact.h"
#include "poll_sitemap.h"
#include "store/documents.h"

/* Of all addresses, and of those on the way: so the headers and the last one have their room. */
#define URLS_MAX    (STORE_ORIGIN_MAX / 2)
#define URLS_BEFORE (STORE_ORIGIN_MAX / 4)

/* Without what is secret in it; only scheme and host if the address is a credential. */
static void document_add_url(const struct poll_visit *v, unsigned hop, struct buf *out)
{
	struct feed_request one = {.urls = {v->hops.urls[hop]}, .n = 1};
	const char *url = feed_request_shown_url(&one, v->arena, v->cf);
	size_t room = hop + 1 < v->hops.n ? URLS_BEFORE : URLS_MAX;
	struct buf shown;

	buf_init(&shown, room);
	if (url)
		redact_show_url(&shown, str_of(url));
	if (!buf_failed(&shown) && shown.len > 0 && out->len + shown.len + 5 <= room) {
		buf_addz(out, "url ");
		buf_adds(out, buf_str(&shown));
		buf_addc(out, '\n');
	}
	buf_release(&shown);
}

/* Control characters would be lines of their own. */
static void document_clean(char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7f)
			*text = ' ';
}

void poll_document_hear(struct poll_visit *v, struct str origin)
{
	struct buf out;
	char *kept;

	buf_init(&out, STORE_ORIGIN_MAX);
	for (unsigned i = 0; i < v->hops.n; i++)
		document_add_url(v, i, &out);
	buf_adds(&out, origin);
	kept = buf_failed(&out) ? NULL : arena_strdup(v->arena, buf_z(&out));
	buf_release(&out);
	if (kept) {
		feed_request_hide(&v->hops, kept);
		document_clean(kept);
	}
	v->origin = str_of(kept);
}

static enum store_document_form document_form(const struct poll_visit *v)
{
	if (v->pushed)
		return STORE_DOCUMENT_PUSHED;
	if (v->poll.cut || !v->batch->complete)
		return STORE_DOCUMENT_CUT;
	return v->partial ? STORE_DOCUMENT_PART : STORE_DOCUMENT_WHOLE;
}

/* Without memory there is no evidence, but the poll goes on. */
void poll_document_note(struct poll_visit *v)
{
	size_t max = v->cf->sitemap ? SITEMAP_READ_MAX + 1 : 1;
	size_t at = v->map ? v->map->n_parts : 0;
	struct store_document *d;

	if (!v->batch->has_sha256 || at >= max)
		return;
	if (!v->documents)
		v->documents = arena_zalloc(v->arena, max * sizeof(*v->documents));
	if (!v->documents)
		return;
	d = &v->documents[at];
	*d = (struct store_document){.asked = v->poll.started,
		.fetched = v->poll.fetched,
		.bytes = (int64_t)v->batch->body_bytes,
		.form = document_form(v),
		.origin = v->origin};
	memcpy(d->sha256, v->batch->sha256, sizeof(d->sha256));
	v->poll.documents = v->documents;
	v->poll.n_documents = at + 1;
}
