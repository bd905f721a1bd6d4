/* SPDX-License-Identifier: MIT */
/* Deliveries that curl knows how to make: HTTP POST and SMTP. */
#include "base/clock.h"
#include "io/answer.h"
#include "io/reason.h"
#include "io/send_op.h"

#define HTTP_MS	   30000L
#define SMTP_MS	   60000L	       /* servers make strangers wait on purpose */
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

static int add_line(struct send_op *op, struct str line)
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
static bool set_url(struct send_op *op, struct str url)
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

static int refuse(struct send_op *op, enum err_class cls, const char *text)
{
	err_set(&op->error, cls, "%s: %s", op->where, text);
	return send_end_soon(op);
}

static int launch(struct send_op *op, long ms, void (*done)(void *, CURLcode))
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
	if (!op->transfer.easy || !set_url(op, r->url))
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < r->n_headers; i++) {
		if (!is_one_line(r->headers[i]))
			return refuse(op, ERR_CONF, "a header holds a line break");
		if (add_line(op, r->headers[i]))
			return -(int)ERR_NOMEM;
	}
	/* Waiting for "100 Continue" costs a second with servers that never say it. */
	if (add_line(op, STR("Expect:")) || !set_http(op))
		return -(int)ERR_NOMEM;
	return launch(op, HTTP_MS, http_done);
}

/* --- SMTP --- */

/* The last reply of the server, without its code, is the answer for people. */
static size_t on_reply(char *p, size_t size, size_t n, void *ctx)
{
	struct send_op *op = ctx;
	struct str line;

	n *= size;
	line = str_trim(str_slice(p, n));
	if (str_starts(line, STR("221")))
		return n; /* the farewell after a refusal says nothing about it */
	if (line.n > 4)
		line = str_slice(line.p + 4, line.n - 4);
	buf_clear(&op->answer);
	buf_add(&op->answer, line.p, line.n < SEND_ANSWER_MAX ? line.n : SEND_ANSWER_MAX);
	return n;
}

static size_t on_message(char *p, size_t size, size_t n, void *ctx)
{
	struct send_op *op = ctx;
	size_t left = op->body.len - op->sent;

	n *= size;
	if (n > left)
		n = left;
	if (n)
		memcpy(p, op->body.data + op->sent, n);
	op->sent += n;
	return n;
}

static void smtp_done(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	long code = 0;

	curl_easy_getinfo(op->transfer.easy, CURLINFO_RESPONSE_CODE, &code);
	/* A refusal in words counts as an answer; anything else that failed is the transport. */
	if (rc == CURLE_OK)
		op->status = code ? code : 250;
	else if (code >= 400 && code < 600)
		op->status = code;
	else
		reason_of(&op->error, op->transfer.easy, rc, op->where, op->detail);
	send_end(op);
}

/* What may stand between < and > of MAIL FROM and RCPT TO; curl 7.88 does not look itself. */
static bool is_address(struct str s)
{
	const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;

	if (!at || at == s.p || at == s.p + s.n - 1 || s.n > 254)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("<>()[]\\,;:\"", s.p[i]))
			return false;
	return true;
}

/* curl 7.88 sends "\n.\r\n" as it is, which some servers take for the end of the mail. */
static bool has_crlf_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			return false;
		if (s.p[i] == '\r' && (++i == s.n || s.p[i] != '\n'))
			return false;
	}
	return true;
}

static bool set_text(CURL *c, CURLoption option, struct str s)
{
	struct buf z;
	bool ok;

	buf_init(&z, HEADER_MAX);
	buf_adds(&z, s);
	ok = !buf_failed(&z) && curl_easy_setopt(c, option, buf_z(&z)) == CURLE_OK;
	if (z.data)
		explicit_bzero(z.data, z.len);
	buf_release(&z);
	return ok;
}

static bool set_smtp(struct send_op *op, const struct sink_request *r)
{
	long ssl = r->starttls_required ? CURLUSESSL_ALL
		   : r->starttls_off	? CURLUSESSL_NONE
					: CURLUSESSL_TRY;
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_USE_SSL, ssl);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)op->body.len);
	SET(CURLOPT_READFUNCTION, on_message);
	SET(CURLOPT_READDATA, op);
	SET(CURLOPT_HEADERFUNCTION, on_reply);
	SET(CURLOPT_HEADERDATA, op);
	SET(CURLOPT_MAIL_RCPT, op->list);
	SET(CURLOPT_TIMEOUT_MS, SMTP_MS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, SMTP_MS / 2); /* until the greeting is over */
	SET(CURLOPT_ERRORBUFFER, op->detail);
	ok = set_text(op->transfer.easy, CURLOPT_MAIL_FROM, r->from) && ok;
	if (str_present(r->user)) {
		ok = set_text(op->transfer.easy, CURLOPT_USERNAME, r->user) && ok;
		ok = set_text(op->transfer.easy, CURLOPT_PASSWORD, r->password) && ok;
	}
	return ok;
}

int send_smtp_start(struct send_op *op, const struct sink_request *r)
{
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !set_url(op, r->url))
		return -(int)ERR_NOMEM;
	if (!is_address(r->from))
		return refuse(op, ERR_CONF, "the sender is no mail address");
	if (r->n_to == 0 || !has_crlf_only(buf_str(&op->body)))
		return refuse(op, ERR_BUG, "the mail has no recipient, or bare line ends");
	for (size_t i = 0; i < r->n_to; i++) {
		if (!is_address(r->to[i]))
			return refuse(op, ERR_CONF, "a recipient is no mail address");
		if (add_line(op, r->to[i]))
			return -(int)ERR_NOMEM;
	}
	if (!set_smtp(op, r))
		return -(int)ERR_NOMEM;
	return launch(op, SMTP_MS, smtp_done);
}
