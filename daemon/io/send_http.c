/* SPDX-License-Identifier: MIT */
/* Deliveries by HTTP. */
#include <stdlib.h>

#include "base/clock.h"
#include "http_headers.h"
#include "send_op.h"
#include "transfer_error.h"

#define TIMEOUT_MS 30000L
#define KEPT_MAX   ((size_t)32 * 1024) /* of an answer, by default; twice as much is read */
#define USER_AGENT "nightdesk/" NIGHTDESK_VERSION

static bool send_http_is_enough(const struct send_op *op)
{
	return op->answered > 2 * op->answer.max;
}

/* A write callback of curl. Returning an error ends a transfer whose answer is too long. */
static size_t send_http_read_answer(char *p, size_t size, size_t n, void *ctx)
{
	struct send_op *op = ctx;
	size_t room = op->answer.max - op->answer.len;

	n *= size;
	buf_add(&op->answer, p, n < room ? n : room);
	op->answered += n;
	return send_http_is_enough(op) ? CURL_WRITEFUNC_ERROR : n;
}

static void send_http_read_header(void *arg, struct str line)
{
	struct send_op *op = arg;

	op->headed = op->headed || str_trim(line).n == 0;
}

/*
 * The status is the answer, however much of the body came: a receiver that says yes and then breaks
 * off, or announces a wrong length, would get the message again and again.
 */
static bool send_http_is_answered(const struct send_op *op, CURLcode rc, long status)
{
	if (rc == CURLE_WRITE_ERROR)
		return send_http_is_enough(op);
	if (rc == CURLE_PARTIAL_FILE || rc == CURLE_RECV_ERROR || rc == CURLE_OPERATION_TIMEDOUT)
		return op->headed && status >= 200;
	return rc == CURLE_OK;
}

static void send_http_end(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	CURL *c = op->transfer.easy;
	long status = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (!send_http_is_answered(op, rc, status)) {
		transfer_error_set(&op->error, c, rc, send_op_where(op), op->detail);
	} else {
		op->status = status;
		op->retry_after = http_headers_retry_after(c, clock_wall());
	}
	send_op_end(op);
}

/* --- handles: kept with the options that all posts have in common --- */

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)

static CURL *send_http_easy(void *ctx)
{
	struct send *s = ctx;
	CURL *c = multi_easy(s->multi);
	bool ok = true;

	if (!c)
		return NULL;
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_USERAGENT, USER_AGENT);
	SET(CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	SET(CURLOPT_WRITEFUNCTION, send_http_read_answer);
	if (ok)
		return c;
	curl_easy_cleanup(c);
	return NULL;
}

static bool send_http_set_options(struct send_op *op, const char *method)
{
	CURL *c = op->transfer.easy;
	bool ok = true;

	SET(CURLOPT_CUSTOMREQUEST, method);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)op->body.len);
	SET(CURLOPT_POSTFIELDS, buf_z(&op->body));
	SET(CURLOPT_HTTPHEADER, op->headers);
	SET(CURLOPT_WRITEDATA, op);
	SET(CURLOPT_ERRORBUFFER, op->detail);
	return ok;
}

/* Nothing of op is left in the handle. */
static void send_http_release(struct send_op *op)
{
	CURL *c = op->transfer.easy;
	bool ok = true;

	if (op->headers)
		explicit_bzero(op->headers, op->headers_bytes); /* there may be a token */
	free(op->headers);
	if (!op->address || !c)
		return;
	SET(CURLOPT_POSTFIELDS, NULL);
	SET(CURLOPT_HTTPHEADER, NULL);
	SET(CURLOPT_ERRORBUFFER, NULL);
	(void)ok; /* these cannot fail */
	post_pool_give(&op->send->posts, op->address, c);
	op->transfer.easy = NULL;
}

#undef SET

void send_http_begin(struct send *s)
{
	post_pool_init(&s->posts, send_http_easy, s);
}

/* --- sending --- */

/*
 * The list of headers for curl: its elements, and after them the lines, in one allocation. The last
 * one switches off "Expect: 100-continue", which curl adds to long bodies: it waits a second for
 * servers that never answer it.
 */
static bool send_http_add_headers(struct send_op *op, const struct sink_request *r)
{
	static const struct str expect = STR("Expect:");
	size_t n = r->n_headers + 1, bytes = n * sizeof(*op->headers);
	char *to;

	for (size_t i = 0; i < n; i++)
		bytes += (i < r->n_headers ? r->headers[i].n : expect.n) + 1;
	op->headers = calloc(1, bytes);
	if (!op->headers)
		return false;
	op->headers_bytes = bytes;
	to = (char *)(op->headers + n);
	for (size_t i = 0; i < n; i++) {
		struct str line = i < r->n_headers ? r->headers[i] : expect;

		op->headers[i] = (struct curl_slist){
			.data = to, .next = i + 1 < n ? &op->headers[i + 1] : NULL};
		memcpy(to, line.p, line.n);
		to += line.n + 1;
	}
	return true;
}

/* The address of another method has the message in it, so it is not kept. */
static bool send_http_take_easy(struct send_op *op, const struct sink_request *r)
{
	if (!r->method)
		op->transfer.easy = post_pool_take(&op->send->posts, r->url, &op->address);
	else
		op->transfer.easy = send_http_easy(op->send);
	return op->transfer.easy && (!r->method || send_curl_set_url(op, r->url));
}

static int send_http_start(struct send_op *op, const struct sink_request *r)
{
	op->answer.max = r->answer_max ? r->answer_max : KEPT_MAX;
	if (!send_http_take_easy(op, r) || !send_http_add_headers(op, r))
		return -(int)ERR_NOMEM;
	/* curl would send a line break as it is, and what follows as another header. */
	for (const struct curl_slist *l = op->headers; l; l = l->next)
		if (!http_headers_valid(l->data))
			return send_curl_set_url(op, r->url) /* for the message */
				       ? send_op_refuse(op, ERR_CONF, "a header holds a line break")
				       : -(int)ERR_NOMEM;
	if (!send_http_set_options(op, r->method))
		return -(int)ERR_NOMEM;
	op->transfer.brief = true;
	op->transfer.heard = send_http_read_header;
	return send_curl_start(op, TIMEOUT_MS, send_http_end);
}

const struct send_transport send_http = {.start = send_http_start, .release = send_http_release};
