/* SPDX-License-Identifier: MIT */
/* Deliveries by HTTP POST, and what they share with mail. */
#include "base/clock.h"
#include "answer.h"
#include "reason.h"
#include "send_op.h"

#define HTTP_MS	   30000L
#define SLACK_MS   6000		       /* should curl ever forget its own deadline */
#define ENOUGH	   ((size_t)64 * 1024) /* of an answer of which we keep 4 KiB */
#define HEADER_MAX 8192
#define URL_MAX	   8192
#define USER_AGENT "nightdesk/" NIGHTDESK_VERSION

static void on_deadline(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	err_set(&op->error, ERR_TEMP, "%s: no end of the transfer", op->where);
	send_end(op);
}

static size_t on_answer(char *p, size_t size, size_t n, void *ctx)
{
	struct send_op *op = ctx;
	size_t room = SEND_ANSWER_MAX - op->answer.len;

	n *= size;
	buf_add(&op->answer, p, n < room ? n : room);
	op->answered += n;
	return op->answered > ENOUGH ? CURL_WRITEFUNC_ERROR : n;
}

/* CRLF or any other control character would be a line of its own in the protocol. */
static bool is_one_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

int send_add_line(struct send_op *op, struct str line)
{
	struct curl_slist *longer;
	struct buf z;

	buf_init(&z, HEADER_MAX);
	buf_adds(&z, line);
	longer = buf_failed(&z) ? NULL : curl_slist_append(op->list, buf_z(&z));
	if (z.data)
		explicit_bzero(z.data, z.len); /* it may be a token */
	buf_release(&z);
	if (!longer)
		return -(int)ERR_NOMEM;
	op->list = longer;
	return 0;
}

/* The address as text for curl, which copies it; where gets what may be shown. */
bool send_set_url(struct send_op *op, struct str url)
{
	struct buf z, shown;
	bool ok;

	buf_init(&z, URL_MAX);
	buf_init(&shown, URL_MAX * 4);
	buf_adds(&z, url);
	reason_show_url(&shown, buf_z(&z), false);
	snprintf(op->where, sizeof(op->where), "%s", buf_z(&shown));
	ok = !buf_failed(&z) &&
	     curl_easy_setopt(op->transfer.easy, CURLOPT_URL, buf_z(&z)) == CURLE_OK;
	if (z.data)
		explicit_bzero(z.data, z.len);
	buf_release(&z);
	buf_release(&shown);
	return ok;
}

int send_refuse(struct send_op *op, enum err_class cls, const char *text)
{
	err_set(&op->error, cls, "%s: %s", op->where, text);
	return send_end_soon(op);
}

int send_launch(struct send_op *op, long ms, void (*done)(void *, CURLcode))
{
	op->transfer.done = done;
	op->transfer.arg = op;
	if (send_set_timer(op, ms + SLACK_MS, on_deadline))
		return -(int)ERR_NOMEM;
	return multi_start(op->send->multi, &op->transfer);
}

#define SET(option, value)                                                                         \
	(ok = curl_easy_setopt(op->transfer.easy, option, value) == CURLE_OK && ok)

/* --- HTTP --- */

static void http_done(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	CURL *c = op->transfer.easy;

	if (rc == CURLE_WRITE_ERROR && op->answered > ENOUGH)
		rc = CURLE_OK; /* we had heard enough */
	if (rc != CURLE_OK) {
		reason_of(&op->error, c, rc, op->where, op->detail);
	} else {
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &op->status);
		op->retry_after = answer_retry_after(c, clock_wall());
	}
	send_end(op);
}

static bool set_http(struct send_op *op)
{
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)op->body.len);
	SET(CURLOPT_POSTFIELDS, buf_z(&op->body));
	SET(CURLOPT_HTTPHEADER, op->list);
	SET(CURLOPT_USERAGENT, USER_AGENT);
	SET(CURLOPT_TIMEOUT_MS, HTTP_MS);
	SET(CURLOPT_WRITEFUNCTION, on_answer);
	SET(CURLOPT_WRITEDATA, op);
	SET(CURLOPT_ERRORBUFFER, op->detail);
	return ok;
}

int send_http_start(struct send_op *op, const struct sink_request *r)
{
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !send_set_url(op, r->url))
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < r->n_headers; i++) {
		if (!is_one_line(r->headers[i]))
			return send_refuse(op, ERR_CONF, "a header holds a line break");
		if (send_add_line(op, r->headers[i]))
			return -(int)ERR_NOMEM;
	}
	/* Waiting for "100 Continue" costs a second with servers that never say it. */
	if (send_add_line(op, STR("Expect:")) || !set_http(op))
		return -(int)ERR_NOMEM;
	return send_launch(op, HTTP_MS, http_done);
}
