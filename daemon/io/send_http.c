/* SPDX-License-Identifier: MIT */
/* Deliveries by HTTP. */
#include "base/clock.h"
#include "http_headers.h"
#include "send_op.h"
#include "transfer_error.h"

#define TIMEOUT_MS 30000L
#define READ_MAX   ((size_t)64 * 1024) /* of an answer */
#define KEPT_MAX   ((size_t)32 * 1024) /* of which so many bytes are kept */
#define USER_AGENT "nightdesk/" NIGHTDESK_VERSION

/* A write callback of curl. Returning an error ends a transfer whose answer is too long. */
static size_t send_http_read_answer(char *p, size_t size, size_t n, void *ctx)
{
	struct send_op *op = ctx;
	size_t room = KEPT_MAX - op->answer.len;

	n *= size;
	buf_add(&op->answer, p, n < room ? n : room);
	op->answered += n;
	return op->answered > READ_MAX ? CURL_WRITEFUNC_ERROR : n;
}

static void send_http_end(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	CURL *c = op->transfer.easy;

	if (rc == CURLE_WRITE_ERROR && op->answered > READ_MAX)
		rc = CURLE_OK; /* the status and the beginning of the answer are enough */
	if (rc != CURLE_OK) {
		transfer_error_set(&op->error, c, rc, send_op_where(op), op->detail);
	} else {
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &op->status);
		op->retry_after = http_headers_retry_after(c, clock_wall());
	}
	send_op_end(op);
}

static bool send_http_set_options(struct send_op *op, const char *method)
{
	CURL *c = op->transfer.easy;
	bool ok = true;

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_CUSTOMREQUEST, method);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)op->body.len);
	SET(CURLOPT_POSTFIELDS, buf_z(&op->body));
	SET(CURLOPT_HTTPHEADER, op->list);
	SET(CURLOPT_USERAGENT, USER_AGENT);
	SET(CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	SET(CURLOPT_WRITEFUNCTION, send_http_read_answer);
	SET(CURLOPT_WRITEDATA, op);
	SET(CURLOPT_ERRORBUFFER, op->detail);
#undef SET
	return ok;
}

static int send_http_start(struct send_op *op, const struct sink_request *r)
{
	op->answer.max = KEPT_MAX;
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !send_curl_set_url(op, r->url))
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < r->n_headers; i++)
		if (http_headers_append(&op->list, "", r->headers[i]))
			return -(int)ERR_NOMEM;
	/* curl would send a line break as it is, and what follows as another header. */
	for (const struct curl_slist *l = op->list; l; l = l->next)
		if (!http_headers_valid(l->data))
			return send_op_refuse(op, ERR_CONF, "a header holds a line break");
	/* No "Expect: 100-continue": curl waits a second for servers that never answer it. */
	if (http_headers_append(&op->list, "Expect:", STR_NONE) ||
		!send_http_set_options(op, r->method))
		return -(int)ERR_NOMEM;
	return send_curl_start(op, TIMEOUT_MS, send_http_end);
}

const struct send_transport send_http = {.start = send_http_start};
