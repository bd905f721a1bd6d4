/* SPDX-License-Identifier: MIT */
/*
 * Mail, through curl. When curl closes a connection it sends QUIT and waits for the reply without a
 * limit, inside the loop. So the reading side of the socket is shut down as soon as QUIT was
 * written, which ends that wait at once. A connection is never reused for a second mail.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "http_headers.h"
#include "send_op.h"
#include "transfer_error.h"

#define TIMEOUT_MS  60000L /* servers delay unknown clients on purpose */
#define TEXT_MAX    8192
#define SOCKETS_MAX 8
#define REPLY_MAX   ((size_t)256)

/*
 * The sockets that curl has open for one mail. Reference-counted by the operation and by each open
 * socket, because curl may close a socket after the operation has ended.
 */
struct smtp_sockets {
	unsigned refs;
	int fds[SOCKETS_MAX];
	size_t n;
};

/*
 * The commands and replies of one mail. curl sends a RCPT TO for each recipient after the reply to
 * the one before; it sends the mail if any was accepted, and does not report the others.
 */
struct smtp_dialogue {
	size_t asked;	 /* RCPT TO commands sent */
	bool of_rcpt;	 /* the last command was one of them */
	bool unanswered; /* the last command has no reply yet */
	bool mail_due;	 /* the server asked for the mail, and has not replied to it */
	struct sink_recipient *of;
	size_t n;
	char replies[][REPLY_MAX]; /* of each recipient */
};

static int send_smtp_new_dialogue(struct send_op *op, size_t n)
{
	struct smtp_dialogue *t = calloc(1, sizeof(*t) + n * REPLY_MAX);

	op->dialogue = t;
	if (t)
		t->of = calloc(n, sizeof(*t->of));
	return t && t->of ? 0 : -(int)ERR_NOMEM;
}

static void send_smtp_read_command(struct smtp_dialogue *t, struct str line)
{
	t->of_rcpt = str_starts(line, STR("RCPT TO:")) && t->asked < t->n;
	t->asked += t->of_rcpt;
	t->unanswered = true;
}

/* RFC 5321 §4.2.1: the last line of a reply has no hyphen after the code. */
static void send_smtp_read_status(struct smtp_dialogue *t, struct str line, struct str text)
{
	size_t at = t->asked - 1;

	if (line.n < 3 || (line.n > 3 && line.p[3] == '-'))
		return;
	t->unanswered = false;
	t->mail_due = str_starts(line, STR("354"));
	if (!t->of_rcpt)
		return;
	if (text.n > REPLY_MAX)
		text.n = REPLY_MAX;
	memcpy(t->replies[at], text.p, text.n);
	t->of[at].said = str_slice(t->replies[at], text.n);
	t->of[at].status = strtol(line.p, NULL, 10);
}

static void send_smtp_report(const struct send_op *op, struct sink_answer *a)
{
	struct smtp_dialogue *t = op->dialogue;

	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		t->of[i].said.n = redact_text(&op->secrets, t->replies[i], t->of[i].said.n);
	a->sent = op->sent == op->body.len && t->mail_due;
	a->recipients = t->of;
	a->n_recipients = t->n;
}

static void send_smtp_unref_sockets(struct smtp_sockets *w)
{
	if (--w->refs == 0)
		free(w);
}

static curl_socket_t send_smtp_open_socket(
	void *ctx, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct smtp_sockets *w = ctx;
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

static int send_smtp_close_socket(void *ctx, curl_socket_t fd)
{
	struct smtp_sockets *w = ctx;

	for (size_t i = 0; i < w->n; i++) {
		if (w->fds[i] == fd) {
			w->fds[i] = w->fds[--w->n];
			send_smtp_unref_sockets(w);
			break;
		}
	}
	return close(fd);
}

static void send_smtp_watch_command(void *ctx, struct str line)
{
	struct send_op *op = ctx;
	struct smtp_sockets *w = op->sockets;

	if (!str_starts(line, STR("QUIT")))
		send_smtp_read_command(op->dialogue, line);
	else
		for (size_t i = 0; i < w->n; i++)
			shutdown(w->fds[i], SHUT_RD);
}

/* Before the greeting curl sends no QUIT, but waits for a reply when it closes the connection. */
static void send_smtp_stop(struct send_op *op)
{
	for (size_t i = 0; op->sockets && i < op->sockets->n; i++)
		shutdown(op->sockets->fds[i], SHUT_RDWR);
}

static void send_smtp_release(struct send_op *op)
{
	if (op->sockets)
		send_smtp_unref_sockets(op->sockets);
	op->sockets = NULL;
	if (op->dialogue)
		free(op->dialogue->of);
	free(op->dialogue);
	op->dialogue = NULL;
}

/* The last reply of the server, without its code, becomes the text of the answer. */
static void send_smtp_read_reply(void *ctx, struct str line)
{
	struct send_op *op = ctx;
	struct str text;

	line = str_trim(line);
	if (str_starts(line, STR("221")))
		return; /* the reply to QUIT says nothing about the mail */
	text = line.n > 4 ? str_slice(line.p + 4, line.n - 4) : line;
	send_smtp_read_status(op->dialogue, line, text);
	buf_clear(&op->answer);
	buf_add(&op->answer, text.p, text.n < SEND_ANSWER_MAX ? text.n : SEND_ANSWER_MAX);
}

static size_t send_smtp_write_mail(char *p, size_t size, size_t n, void *ctx)
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

static void send_smtp_end(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	long code = 0;

	curl_easy_getinfo(op->transfer.easy, CURLINFO_RESPONSE_CODE, &code);
	/*
	 * A negative reply is an answer if it is the reply to the last command; any other failure
	 * is an error of the transport.
	 */
	if (rc == CURLE_OK)
		op->status = code ? code : 250;
	else if (rc == MULTI_HEADERS)
		err_set(&op->error, ERR_LIMIT, "%s: its replies are larger than %d KiB",
			send_op_where(op), MULTI_HEADER_KIB);
	else if (code >= 400 && code < 600 && !op->dialogue->unanswered)
		op->status = code;
	else
		transfer_error_set(
			&op->error, op->transfer.easy, rc, send_op_where(op), op->detail);
	send_op_end(op);
}

/* Valid between < and > of MAIL FROM and RCPT TO? curl 7.88 does not check that itself. */
static bool send_smtp_is_address(struct str s)
{
	const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;

	if (!at || at == s.p || at == s.p + s.n - 1 || s.n > 254)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("<>()[]\\,;:\"", s.p[i]))
			return false;
	return true;
}

/* curl 7.88 sends "\n.\r\n" unchanged, which some servers read as the end of the mail. */
static bool send_smtp_has_crlf_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			return false;
		if (s.p[i] == '\r' && (++i == s.n || s.p[i] != '\n'))
			return false;
	}
	return true;
}

static bool send_smtp_set_text(CURL *c, CURLoption option, struct str s)
{
	struct buf z;
	bool ok;

	buf_init(&z, TEXT_MAX);
	buf_adds(&z, s);
	ok = !buf_failed(&z) && curl_easy_setopt(c, option, buf_z(&z)) == CURLE_OK;
	buf_wipe(&z);
	return ok;
}

#define SET(option, value)                                                                         \
	(ok = curl_easy_setopt(op->transfer.easy, option, value) == CURLE_OK && ok)

static bool send_smtp_set_options(struct send_op *op, const struct sink_request *r)
{
	long ssl = r->starttls_required ? CURLUSESSL_ALL
		   : r->starttls_off	? CURLUSESSL_NONE
					: CURLUSESSL_TRY;
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_USE_SSL, ssl);
	SET(CURLOPT_SSL_VERIFYPEER, r->any_certificate ? 0L : 1L);
	SET(CURLOPT_SSL_VERIFYHOST, r->any_certificate ? 0L : 2L);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)op->body.len);
	SET(CURLOPT_READFUNCTION, send_smtp_write_mail);
	SET(CURLOPT_READDATA, op);
	SET(CURLOPT_MAIL_RCPT, op->list);
	SET(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); /* send to the recipients that were accepted */
	SET(CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, TIMEOUT_MS / 2); /* includes the greeting */
	SET(CURLOPT_ERRORBUFFER, op->detail);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_OPENSOCKETFUNCTION, send_smtp_open_socket);
	SET(CURLOPT_OPENSOCKETDATA, op->sockets);
	SET(CURLOPT_CLOSESOCKETFUNCTION, send_smtp_close_socket);
	SET(CURLOPT_CLOSESOCKETDATA, op->sockets);
	ok = send_smtp_set_text(op->transfer.easy, CURLOPT_MAIL_FROM, r->from) && ok;
	if (str_present(r->user)) {
		ok = send_smtp_set_text(op->transfer.easy, CURLOPT_USERNAME, r->user) && ok;
		ok = send_smtp_set_text(op->transfer.easy, CURLOPT_PASSWORD, r->password) && ok;
	}
	return ok;
}

/* curl gives the server the path of the URL as our name. */
static bool send_smtp_set_url(struct send_op *op, const struct sink_request *r)
{
	struct buf z;
	bool ok = send_curl_set_url(op, r->url);

	if (!ok || !str_present(r->hello))
		return ok;
	buf_init(&z, TEXT_MAX);
	buf_adds(&z, str_ends(r->url, STR("/")) ? str_slice(r->url.p, r->url.n - 1) : r->url);
	buf_addc(&z, '/');
	for (size_t i = 0; i < r->hello.n; i++) {
		if (strchr("[]", r->hello.p[i]))
			buf_printf(&z, "%%%02X", (unsigned)r->hello.p[i]);
		else
			buf_addc(&z, r->hello.p[i]);
	}
	ok = send_smtp_set_text(op->transfer.easy, CURLOPT_URL, buf_str(&z));
	buf_release(&z);
	return ok;
}

static int send_smtp_start(struct send_op *op, const struct sink_request *r)
{
	op->sockets = calloc(1, sizeof(*op->sockets));
	if (!op->sockets)
		return -(int)ERR_NOMEM;
	op->sockets->refs = 1;
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !send_smtp_set_url(op, r))
		return -(int)ERR_NOMEM;
	if (!send_smtp_is_address(r->from))
		return send_op_refuse(op, ERR_CONF, "the sender is not a mail address");
	if (r->n_to == 0 || !send_smtp_has_crlf_only(buf_str(&op->body)))
		return send_op_refuse(op, ERR_BUG, "the mail has no recipient, or bare line ends");
	for (size_t i = 0; i < r->n_to; i++) {
		if (!send_smtp_is_address(r->to[i]))
			return send_op_refuse(op, ERR_CONF, "a recipient is not a mail address");
		if (http_headers_append(&op->list, "", r->to[i]))
			return -(int)ERR_NOMEM;
	}
	if (send_smtp_new_dialogue(op, r->n_to))
		return -(int)ERR_NOMEM;
	for (struct curl_slist *l = op->list; l; l = l->next)
		op->dialogue->of[op->dialogue->n++].address = str_of(l->data);
	if (!send_smtp_set_options(op, r))
		return -(int)ERR_NOMEM;
	op->transfer.heard = send_smtp_read_reply;
	op->transfer.said = send_smtp_watch_command;
	return send_curl_start(op, TIMEOUT_MS, send_smtp_end);
}

const struct send_transport send_smtp = {
	.start = send_smtp_start,
	.report = send_smtp_report,
	.stop = send_smtp_stop,
	.release = send_smtp_release,
};
