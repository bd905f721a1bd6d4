/* SPDX-License-Identifier: MIT */
/*
 * Deliveries as bytes on a socket: UDP, TCP and TLS; send_local.c has the local log.
 *
 * curl opens the connection (CURLOPT_CONNECT_ONLY), because it resolves
 * names and does the TLS handshake without blocking; then this file writes to its descriptor. For
 * UDP curl gets a datagram socket, on which connect(2) only sets the peer.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "send_op.h"
#include "transfer_error.h"

#define CONNECT_MS    15000
#define WRITE_MS      15000
#define URL_MAX	      600
/* How long to wait for a refusal after the last byte was written. */
#define UDP_SETTLE_MS 50
#define TCP_SETTLE_MS 3000
#define TLS_SETTLE_MS 500

static void send_socket_end(struct send_op *op)
{
	int unsent = 0;

	if (op->socket != SINK_UDP && ioctl(op->fd, SIOCOUTQ, &unsent) == 0 && unsent > 0)
		err_set(&op->error, ERR_TEMP, "%s: %d bytes were not acknowledged", op->where,
			unsent);
	send_op_end(op);
}

static void send_socket_end_wait(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	send_socket_end(op);
}

static void send_socket_fail(struct send_op *op, CURLcode rc)
{
	transfer_error_set(&op->error, op->transfer.easy, rc, op->where, op->detail);
	send_op_end(op);
}

/* Discards what the receiver sends; only a close or an error matters. */
static void send_socket_read(struct send_op *op)
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
			send_socket_fail(op, rc);
			return;
		}
		if (n == 0 && op->socket != SINK_UDP) {
			send_socket_end(op);
			return;
		}
	}
}

static void send_socket_wait_refusal(struct send_op *op)
{
	static const int64_t patience[] = {
		[SINK_UNIX_DGRAM] = 0,
		[SINK_UDP] = UDP_SETTLE_MS,
		[SINK_TCP] = TCP_SETTLE_MS,
		[SINK_TLS] = TLS_SETTLE_MS,
	};

	/* The receiver reads to the end and closes: then it has received everything. */
	if (op->socket == SINK_TCP)
		shutdown(op->fd, SHUT_WR);
	if (loop_fd_watch(op->watch, LOOP_READ) ||
		send_op_set_timer(op, patience[op->socket], send_socket_end_wait))
		send_socket_end(op);
}

static void send_socket_write(struct send_op *op)
{
	while (op->sent < op->body.len) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(
			op->transfer.easy, op->body.data + op->sent, op->body.len - op->sent, &n);

		if (rc == CURLE_AGAIN)
			return;
		if (rc != CURLE_OK) {
			send_socket_fail(op, rc);
			return;
		}
		op->sent += n;
	}
	send_socket_wait_refusal(op);
}

static void send_socket_handle_event(void *arg, enum loop_event happened)
{
	struct send_op *op = arg;

	if (happened & LOOP_WRITE)
		send_socket_write(op);
	else
		send_socket_read(op);
}

static void send_socket_time_out(void *arg)
{
	struct send_op *op = arg;

	op->timer = NULL;
	err_set(&op->error, ERR_TEMP, "%s: the receiver does not read what is sent", op->where);
	send_op_end(op);
}

static void send_socket_take_over(void *arg, CURLcode rc)
{
	struct send_op *op = arg;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (rc != CURLE_OK) {
		send_socket_fail(op, rc);
		return;
	}
	if (curl_easy_getinfo(op->transfer.easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
		fd == CURL_SOCKET_BAD) {
		send_socket_fail(op, CURLE_SEND_ERROR);
		return;
	}
	op->fd = fd;
	op->watch = loop_fd_new(op->send->loop, "send-socket", fd, send_socket_handle_event, op);
	if (!op->watch || loop_fd_watch(op->watch, LOOP_WRITE) ||
		send_op_set_timer(op, WRITE_MS, send_socket_time_out)) {
		err_nomem(&op->error);
		send_op_end(op);
	}
}

static curl_socket_t send_socket_open_datagram(
	void *ctx, curlsocktype purpose, struct curl_sockaddr *sa)
{
	(void)ctx;
	(void)purpose;
	return socket(sa->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static bool send_socket_set_options(struct send_op *op, const char *url)
{
	CURL *c = op->transfer.easy;
	bool ok = true;

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https"); /* plain or with TLS; HTTP itself is not used */
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)CONNECT_MS);
	SET(CURLOPT_SSL_ENABLE_ALPN, 0L);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_ERRORBUFFER, op->detail);
	if (op->socket == SINK_UDP)
		SET(CURLOPT_OPENSOCKETFUNCTION, send_socket_open_datagram);
#undef SET
	return ok;
}

static int send_socket_start(struct send_op *op, const struct sink_request *r)
{
	static const char *const schemes[] = {
		[SINK_UNIX_DGRAM] = "", [SINK_UDP] = "udp", [SINK_TCP] = "tcp", [SINK_TLS] = "tls"};
	bool six = r->host.n && memchr(r->host.p, ':', r->host.n);
	char url[URL_MAX];

	if (r->socket == SINK_UNIX_DGRAM) {
		send_local_datagram(op, r);
		return send_op_end_soon(op);
	}
	snprintf(op->where, sizeof(op->where), "%s://%s%.*s%s:%u", schemes[r->socket],
		six ? "[" : "", STR_ARG(r->host), six ? "]" : "", r->port);
	snprintf(url, sizeof(url), "%s%s", r->socket == SINK_TLS ? "https" : "http",
		op->where + strlen(schemes[r->socket]));
	op->transfer.easy = multi_easy(op->send->multi);
	if (!op->transfer.easy || !send_socket_set_options(op, url))
		return -(int)ERR_NOMEM;
	op->transfer.done = send_socket_take_over;
	op->transfer.arg = op;
	op->transfer.keep = true;
	if (send_op_set_timer(op, CONNECT_MS + WRITE_MS, send_socket_time_out))
		return -(int)ERR_NOMEM;
	return multi_start(op->send->multi, &op->transfer);
}

const struct send_transport send_socket = {.start = send_socket_start};
