/* SPDX-License-Identifier: MIT */
#include "fetch_body.h"

#include "http_headers.h"

#define WIRE_SLACK ((curl_off_t)64 * 1024)

void fetch_body_init(struct fetch_body *b, size_t max, struct body_share *share)
{
	*b = (struct fetch_body){.share = share};
	if (share)
		body_share_release(share);
	buf_init(&b->data, max);
}

void fetch_body_release(struct fetch_body *b)
{
	feed_unpack_free(b->unpack);
	b->unpack = NULL;
	buf_release(&b->data);
}

static curl_off_t fetch_body_wire_size(const struct fetch_body *b)
{
	curl_off_t wire = 0;

	curl_easy_getinfo(b->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
	return wire;
}

static bool fetch_body_store(void *arg, const char *p, size_t n)
{
	struct fetch_body *b = arg;

	if (b->share && !body_share_set(b->share, b->data.len + n)) {
		b->fault = FETCH_BODY_CROWDED;
		return false;
	}
	buf_add(&b->data, p, n);
	if (buf_failed(&b->data))
		b->fault = b->data.overflow ? FETCH_BODY_LARGE : FETCH_BODY_MEMORY;
	else if (b->data.len > FEED_UNPACK_FREE &&
		 b->data.len / FEED_UNPACK_RATIO > (size_t)fetch_body_wire_size(b))
		b->fault = FETCH_BODY_RATIO;
	return b->fault == FETCH_BODY_GOOD;
}

/* The headers are complete when the first byte arrives. */
static void fetch_body_start(struct fetch_body *b)
{
	struct curl_header *h;

	b->unpack = feed_unpack_new(fetch_body_store, b);
	if (!b->unpack)
		b->fault = FETCH_BODY_MEMORY;
	for (size_t i = 0;
		b->fault == FETCH_BODY_GOOD && i < HTTP_HEADERS_MAX &&
		curl_easy_header(b->easy, "Content-Encoding", i, CURLH_HEADER, -1, &h) == CURLHE_OK;
		i++)
		if (!feed_unpack_add(b->unpack, str_of(h->value)))
			b->fault = FETCH_BODY_CODING;
}

static void fetch_body_note(struct fetch_body *b, int rc)
{
	if (rc == 0 || b->fault != FETCH_BODY_GOOD)
		return;
	b->fault = rc == -(int)ERR_NOMEM   ? FETCH_BODY_MEMORY
		   : rc == -(int)ERR_LIMIT ? FETCH_BODY_RATIO
					   : FETCH_BODY_CODING;
}

size_t fetch_body_add(char *p, size_t size, size_t n, void *ctx)
{
	struct fetch_body *b = ctx;

	n *= size;
	if (!b->unpack)
		fetch_body_start(b);
	if (b->fault == FETCH_BODY_GOOD)
		fetch_body_note(b, feed_unpack_push(b->unpack, p, n));
	return b->fault == FETCH_BODY_GOOD ? n : CURL_WRITEFUNC_ERROR;
}

void fetch_body_finish(struct fetch_body *b)
{
	if (b->unpack && b->fault == FETCH_BODY_GOOD)
		fetch_body_note(b, feed_unpack_finish(b->unpack));
}

bool fetch_body_flooded(const struct fetch_body *b)
{
	return fetch_body_wire_size(b) > (curl_off_t)b->data.max + WIRE_SLACK;
}

void fetch_body_set_error(const struct fetch_body *b, const char *where, struct err *e)
{
	switch (b->fault) {
	case FETCH_BODY_LARGE:
		err_set(e, ERR_LIMIT, "%s: larger than %zu KiB (poll max-body)", where,
			b->data.max / 1024);
		break;
	case FETCH_BODY_RATIO:
		err_set(e, ERR_LIMIT, "%s: unpacks to more than %d times its size, refused", where,
			FEED_UNPACK_RATIO);
		break;
	case FETCH_BODY_CODING:
		err_set(e, ERR_TEMP, "%s: the compression of its answer is broken", where);
		break;
	case FETCH_BODY_CROWDED:
		err_set(e, ERR_NOMEM,
			"%s: postponed, the other feeds that are being read take %zu MiB", where,
			BODY_BUDGET_MAX >> 20);
		break;
	case FETCH_BODY_MEMORY:
	case FETCH_BODY_GOOD: err_nomem(e); break;
	}
}
