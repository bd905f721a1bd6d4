/* SPDX-License-Identifier: MIT */
#include "multi_limits.h"

#include <stdio.h>

#include "base/counted_memory.h"

#define HEADER_MAX    ((uint64_t)MULTI_HEADER_KIB * 1024)
#define FRAMING_RATIO 6 /* bytes per byte in the smallest chunk: "1", CRLF, a byte, CRLF */

static bool multi_limits_headers(const struct multi_op *op)
{
	return op->header_bytes > HEADER_MAX || op->headers > MULTI_HEADERS_MAX;
}

/* curl calls this for each header line of every response, 1xx included, and each trailer. */
static size_t multi_limits_count_header(char *p, size_t size, size_t n, void *ctx)
{
	struct multi_op *op = ctx;

	n *= size;
	op->header_bytes += n;
	op->headers++;
	if (multi_limits_headers(op))
		return CURL_WRITEFUNC_ERROR;
	if (op->heard)
		op->heard(op->arg, str_slice(p, n));
	return n;
}

/* The only text of curl's that is read. While it is written the transfer is under way. */
static void multi_limits_find_tls(const struct multi_op *op, struct str text)
{
	static const struct str start = STR("SSL connection using ");

	if (!str_starts(text, start) || !op->tls)
		return;
	text = str_trim(str_slice(text.p + start.n, text.n - start.n));
	snprintf(op->tls, op->tls_size, "%.*s", STR_ARG(text));
}

/*
 * curl calls this with the body before chunks are decoded. With other types of data ctx may be
 * freed already.
 */
static int multi_limits_count_body(CURL *easy, curl_infotype type, char *p, size_t n, void *ctx)
{
	struct multi_op *op = ctx;

	(void)easy;
	if (type == CURLINFO_DATA_IN)
		op->body_bytes += n;
	else if (type == CURLINFO_HEADER_OUT && op->said)
		op->said(op->arg, str_slice(p, n));
	else if (type == CURLINFO_TEXT)
		multi_limits_find_tls(op, str_slice(p, n));
	return 0;
}

/* got: decoded bytes. Chunk extensions are not passed to any other callback. */
static int multi_limits_framing(
	void *ctx, curl_off_t total, curl_off_t got, curl_off_t send_total, curl_off_t sent)
{
	struct multi_op *op = ctx;

	(void)total;
	(void)send_total;
	(void)sent;
	op->framed = op->body_bytes > (uint64_t)got * FRAMING_RATIO + HEADER_MAX;
	return op->framed;
}

bool multi_limits_prepare(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, multi_limits_count_header) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, multi_limits_framing) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, multi_limits_count_body) == CURLE_OK;
}

/* Whether multi_limits_count_body() and multi_limits_framing() are called. */
static bool multi_limits_count(struct multi_op *op, bool on)
{
	return curl_easy_setopt(op->easy, CURLOPT_VERBOSE, (long)on) == CURLE_OK &&
	       curl_easy_setopt(op->easy, CURLOPT_NOPROGRESS, (long)!on) == CURLE_OK;
}

void multi_limits_watch(struct multi_op *op)
{
	if (op->brief)
		(void)multi_limits_count(op, true);
	op->brief = false;
}

bool multi_limits_begin(struct multi_op *op)
{
	op->header_bytes = op->body_bytes = 0;
	op->headers = 0;
	op->framed = false;
	op->lacks = counted_memory_failures();
	return multi_limits_count(op, !op->brief) &&
	       curl_easy_setopt(op->easy, CURLOPT_HEADERDATA, op) == CURLE_OK &&
	       curl_easy_setopt(op->easy, CURLOPT_DEBUGDATA, op) == CURLE_OK &&
	       curl_easy_setopt(op->easy, CURLOPT_XFERINFODATA, op) == CURLE_OK;
}

CURLcode multi_limits_code(const struct multi_op *op, CURLcode rc)
{
	curl_off_t first_byte = 0;

	if (rc != CURLE_OK && op->lacks != counted_memory_failures())
		return CURLE_OUT_OF_MEMORY;
	curl_easy_getinfo(op->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
	if (rc == CURLE_OUT_OF_MEMORY && first_byte > 0)
		return MULTI_LONG_HEADER;
	if (rc == CURLE_WRITE_ERROR && multi_limits_headers(op))
		return MULTI_HEADERS;
	return rc == CURLE_ABORTED_BY_CALLBACK && op->framed ? MULTI_FRAMING : rc;
}
