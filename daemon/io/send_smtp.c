/* SPDX-License-Identifier: MIT */
/*
 * Mail, through curl. When curl closes a connection it says QUIT and then waits for the answer,
 * however long, in the middle of the loop. So its reading side is shut as soon as QUIT was written,
 * which ends that wait at once; a connection is never kept for a second mail.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "reason.h"
#include "send_op.h"

#define SMTP_MS	    60000L /* servers make strangers wait on purpose */
#define TEXT_MAX    8192
#define SOCKETS_MAX 8
#define SAID_MAX    ((size_t)256)

/*
 * The sockets that curl has open for one mail. Each holds a reference, since curl alone knows when
 * it closes them, and so does the operation.
 */
struct send_wire {
	unsigned refs;
	int fds[SOCKETS_MAX];
	size_t n;
};

/*
 * What is being talked about. Recipients are named one by one, each after the answer about the one
 * before; curl goes on to the mail when any was taken, and then tells nothing of the others.
 */
struct send_talk {
	size_t asked;	 /* recipients named so far */
	bool of_rcpt;	 /* the last command named one */
	bool unanswered; /* the last command */
	struct sink_recipient *of;
	size_t n;
	char said[][SAID_MAX]; /* of each */
};

static int talk_start(struct send_op *op, size_t n)
{
	struct send_talk *t = calloc(1, sizeof(*t) + n * SAID_MAX);

	op->talk = t;
	if (t)
		t->of = calloc(n, sizeof(*t->of));
	return t && t->of ? 0 : -(int)ERR_NOMEM;
}

static void hear_command(struct send_talk *t, struct str line)
{
	t->of_rcpt = str_starts(line, STR("RCPT TO:")) && t->asked < t->n;
	t->asked += t->of_rcpt;
	t->unanswered = true;
}

/* RFC 5321 §4.2.1: the last line of a reply has no hyphen after the code. */
static void hear_reply(struct send_talk *t, struct str line, struct str text)
{
	size_t at = t->asked - 1;

	if (line.n < 3 || (line.n > 3 && line.p[3] == '-'))
		return;
	t->unanswered = false;
	if (!t->of_rcpt)
		return;
	if (text.n > SAID_MAX)
		text.n = SAID_MAX;
	memcpy(t->said[at], text.p, text.n);
	t->of[at].said = str_slice(t->said[at], text.n);
	t->of[at].status = strtol(line.p, NULL, 10);
}

void send_smtp_tell(const struct send_op *op, struct sink_answer *a)
{
	if (!op->talk)
		return;
	a->recipients = op->talk->of;
	a->n_recipients = op->talk->n;
}

static void wire_unref(struct send_wire *w)
{
	if (--w->refs == 0)
		free(w);
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct send_wire *w = ctx;
	int fd;

	(void)purpose;
	if (w->n == SOCKETS_MAX)
		return CURL_SOCKET_BAD;
	fd = socket(sa->family, sa->socktype | SOCK_CLOEXEC, sa->protocol);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	w->fds[w->n++] = fd;
	w->refs++;
	return fd;
}

static int on_close(void *ctx, curl_socket_t fd)
{
	struct send_wire *w = ctx;

	for (size_t i = 0; i < w->n; i++) {
		if (w->fds[i] == fd) {
			w->fds[i] = w->fds[--w->n];
			wire_unref(w);
			break;
		}
	}
	return close(fd);
}

static void on_command(void *ctx, struct str line)
{
	struct send_op *op = ctx;
	struct send_wire *w = op->wire;

	if (!str_starts(line, STR("QUIT")))
		hear_command(op->talk, line);
	else
		for (size_t i = 0; i < w->n; i++)
			shutdown(w->fds[i], SHUT_RD);
}

/* Before the greeting there is no QUIT to wait for, and curl waits all the same. */
void send_smtp_cut(struct send_op *op)
{
	for (size_t i = 0; op->wire && i < op->wire->n; i++)
		shutdown(op->wire->fds[i], SHUT_RDWR);
}

void send_smtp_release(struct send_op *op)
{
	if (op->wire)
		wire_unref(op->wire);
	op->wire = NULL;
	if (op->talk)
		free(op->talk->of);
	free(op->talk);
	op->talk = NULL;
}

/* The last reply of the server, without its code, is the answer for people. */
static void on_reply(void *ctx, struct str line)
{
	struct send_op *op = ctx;
	struct str text;

	line = str_trim(line);
	if (str_starts(line, STR("221")))
		return; /* the farewell after a refusal says nothing about it */
	text = line.n > 4 ? str_slice(line.p + 4, line.n - 4) : line;
	hear_reply(op->talk, line, text);
	buf_clear(&op->answer);
	buf_add(&op->answer, text.p, text.n < SEND_ANSWER_MAX ? text.n : SEND_ANSWER_MAX);
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
	/*
	 * A refusal in words counts as an answer, if it was one to the last that was said; anything
	 * else that failed is the transport.
	 */
	if (rc == CURLE_OK)
		op->status = code ? code : 250;
	else if (rc == MULTI_HEADERS)
		err_set(&op->error, ERR_LIMIT, "%s: its replies are larger than %d KiB", op->where,
			MULTI_HEADER_KIB);
	else if (code >= 400 && code < 600 && !op->talk->unanswered)
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

	buf_init(&z, TEXT_MAX);
	buf_adds(&z, s);
	ok = !buf_failed(&z) && curl_easy_setopt(c, option, buf_z(&z)) == CURLE_OK;
	if (z.data)
		explicit_bzero(z.data, z.len);
	buf_release(&z);
	return ok;
}

#define SET(option, value)                                                                         \
	(ok = curl_easy_setopt(op->transfer.easy, option, value) == CURLE_OK && ok)

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
	SET(CURLOPT_MAIL_RCPT, op->list);
	SET(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); /* one who is refused keeps it from nobody */
	SET(CURLOPT_TIMEOUT_MS, SMTP_MS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, SMTP_MS / 2); /* until the greeting is over */
	SET(CURLOPT_ERRORBUFFER, op->detail);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, op->wire);
	SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(CURLOPT_CLOSESOCKETDATA, op->wire);
	ok = set_text(op->transfer.easy, CURLOPT_MAIL_FROM, r->from) && ok;
	if (str_present(r->user)) {
		ok = set_text(op->transfer.easy, CURLOPT_USERNAME, r->user) && ok;
		ok = set_text(op->transfer.easy, CURLOPT_PASSWORD, r->password) && ok;
	}
	return ok;
}

int send_smtp_start(struct send_op *op, const struct sink_request *r)
{
	op->wire = calloc(1, sizeof(*op->wire));
	if (!op->wire)
		return -(int)ERR_NOMEM;
	op->wire->refs = 1;
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !send_set_url(op, r->url))
		return -(int)ERR_NOMEM;
	if (!is_address(r->from))
		return send_refuse(op, ERR_CONF, "the sender is no mail address");
	if (r->n_to == 0 || !has_crlf_only(buf_str(&op->body)))
		return send_refuse(op, ERR_BUG, "the mail has no recipient, or bare line ends");
	for (size_t i = 0; i < r->n_to; i++) {
		if (!is_address(r->to[i]))
			return send_refuse(op, ERR_CONF, "a recipient is no mail address");
		if (send_add_line(op, r->to[i]))
			return -(int)ERR_NOMEM;
	}
	if (talk_start(op, r->n_to))
		return -(int)ERR_NOMEM;
	for (struct curl_slist *l = op->list; l; l = l->next)
		op->talk->of[op->talk->n++].address = str_of(l->data);
	if (!set_smtp(op, r))
		return -(int)ERR_NOMEM;
	op->transfer.heard = on_reply;
	op->transfer.said = on_command;
	return send_launch(op, SMTP_MS, smtp_done);
}
