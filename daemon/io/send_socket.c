/* SPDX-License-Identifier: MIT */
/*
 * Deliveries as bytes on a socket: the local log, UDP, TCP and TLS.
 *
 * curl makes the connection (CONNECT_ONLY) for all but the local one, because it resolves names and
 * shakes hands without waiting; after that the descriptor is ours to write to. For UDP it is handed
 * a datagram socket, on which connect(2) only notes the peer.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "reason.h"
#include "send_op.h"

#define CONNECT_MS    15000
#define WRITE_MS      15000
#define URL_MAX	      600
/* How long a refusal may take to come back: from the own machine or network at once. */
#define UDP_SETTLE_MS 50
#define TCP_SETTLE_MS 3000
#define TLS_SETTLE_MS 500

/* --- local --- */

static const char *os_text(int code, char buf[128])
{
	return strerror_r(code, buf, 128);
}

static void send_local(struct send_op *op, const char *path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	char text[128];
	int fd;

	if (n >= sizeof(sa.sun_path)) {
		err_set(&op->error, ERR_CONF, "%s: the path is too long for a socket", path);
		return;
	}
	memcpy(sa.sun_path, path, n);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
		send(fd, op->body.data, op->body.len, MSG_NOSIGNAL) < 0)
		err_set(&op->error, errno == EMSGSIZE ? ERR_PERM : ERR_TEMP,
			"%s: the log does not take it (%s)", path, os_text(errno, text));
	if (fd >= 0)
		close(fd);
}

/* --- over the network --- */

static void settle(struct send_op *op)
{
	int unsent = 0;

	if (op->socket != SINK_UDP && ioctl(op->fd, SIOCOUTQ, &unsent) == 0 && unsent > 0)
		err_set(&op->error, ERR_TEMP, "%s: %d bytes were not taken", op->where, unsent);
	send_end(op);
}

static void on_settled(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	settle(op);
}

static void broken(struct send_op *op, CURLcode rc)
{
	reason_of(&op->error, op->transfer.easy, rc, op->where, op->detail);
	send_end(op);
}

/* Whatever the receiver says is of no interest; that it closed, or refused, is. */
static void on_readable(struct send_op *op)
{
	char waste[1024];
	size_t n;
	CURLcode rc;

	for (int turn = 0; turn < 16; turn++) {
		n = 0;
		rc = curl_easy_recv(op->transfer.easy, waste, sizeof(waste), &n);
		if (rc == CURLE_AGAIN)
			return;
		if (rc != CURLE_OK) {
			broken(op, rc);
			return;
		}
		if (n == 0 && op->socket != SINK_UDP) {
			settle(op);
			return;
		}
	}
}

static void all_written(struct send_op *op)
{
	static const int64_t patience[] = {
		[SINK_UNIX_DGRAM] = 0,
		[SINK_UDP] = UDP_SETTLE_MS,
		[SINK_TCP] = TCP_SETTLE_MS,
		[SINK_TLS] = TLS_SETTLE_MS,
	};

	/* The receiver reads to the end and closes too: then it has it all. */
	if (op->socket == SINK_TCP)
		shutdown(op->fd, SHUT_WR);
	if (loop_fd_watch(op->watch, LOOP_READ) ||
		send_set_timer(op, patience[op->socket], on_settled))
		settle(op);
}

static void on_writable(struct send_op *op)
{
	while (op->sent < op->body.len) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(
			op->transfer.easy, op->body.data + op->sent, op->body.len - op->sent, &n);

		if (rc == CURLE_AGAIN)
			return;
		if (rc != CURLE_OK) {
			broken(op, rc);
			return;
		}
		op->sent += n;
	}
	all_written(op);
}

static void on_socket(void *arg, enum loop_event happened)
{
	struct send_op *op = arg;

	if (happened & LOOP_WRITE)
		on_writable(op);
	else
		on_readable(op);
}

static void on_too_slow(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	err_set(&op->error, ERR_TEMP, "%s: does not take what is sent", op->where);
	send_end(op);
}

static void on_connected(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (rc != CURLE_OK) {
		broken(op, rc);
		return;
	}
	if (curl_easy_getinfo(op->transfer.easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
		fd == CURL_SOCKET_BAD) {
		broken(op, CURLE_SEND_ERROR);
		return;
	}
	op->fd = fd;
	op->watch = loop_fd_new(op->send->loop, "send-socket", fd, on_socket, op);
	if (!op->watch || loop_fd_watch(op->watch, LOOP_WRITE) ||
		send_set_timer(op, WRITE_MS, on_too_slow)) {
		err_nomem(&op->error);
		send_end(op);
	}
}

static curl_socket_t open_datagram(void *ctx, curlsocktype purpose, struct curl_sockaddr *sa)
{
	(void)ctx;
	(void)purpose;
	return socket(sa->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static bool set_options(struct send_op *op, const char *url)
{
	CURL *c = op->transfer.easy;
	bool ok = true;

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https"); /* plain, and with TLS; neither is spoken */
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)CONNECT_MS);
	SET(CURLOPT_SSL_ENABLE_ALPN, 0L);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_ERRORBUFFER, op->detail);
	if (op->socket == SINK_UDP)
		SET(CURLOPT_OPENSOCKETFUNCTION, open_datagram);
#undef SET
	return ok;
}

int send_socket_start(struct send_op *op, const struct sink_request *r)
{
	static const char *const schemes[] = {
		[SINK_UNIX_DGRAM] = "", [SINK_UDP] = "udp", [SINK_TCP] = "tcp", [SINK_TLS] = "tls"};
	bool six = r->host.n && memchr(r->host.p, ':', r->host.n);
	char url[URL_MAX], path[256];

	if (r->socket == SINK_UNIX_DGRAM) {
		snprintf(path, sizeof(path), "%.*s", STR_ARG(r->host));
		send_local(op, path);
		return send_end_soon(op);
	}
	snprintf(op->where, sizeof(op->where), "%s://%s%.*s%s:%u", schemes[r->socket],
		six ? "[" : "", STR_ARG(r->host), six ? "]" : "", r->port);
	snprintf(url, sizeof(url), "%s%s", r->socket == SINK_TLS ? "https" : "http",
		op->where + strlen(schemes[r->socket]));
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !set_options(op, url))
		return -(int)ERR_NOMEM;
	op->transfer.done = on_connected;
	op->transfer.arg = op;
	op->transfer.keep = true;
	if (send_set_timer(op, CONNECT_MS + WRITE_MS, on_too_slow))
		return -(int)ERR_NOMEM;
	return multi_start(op->send->multi, &op->transfer);
}
