/* SPDX-License-Identifier: MIT */
#include "send_link.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transfer_error.h"

#define CONNECT_MS 15000
#define URL_MAX	   600
#define READ_TURNS 16 /* of 4 KiB, before other work */

/* --- opening --- */

static curl_socket_t send_link_open_datagram(
	void *ctx, curlsocktype purpose, struct curl_sockaddr *sa)
{
	(void)ctx;
	(void)purpose;
	return socket(sa->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static bool send_link_set_options(struct send_link *l)
{
	CURL *c = l->transfer.easy;
	char url[URL_MAX];
	bool ok = true;

	snprintf(url, sizeof(url), "%s%s", l->socket == SINK_TLS ? "https" : "http",
		strchr(l->where, ':'));
#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https"); /* plain or with TLS; HTTP itself is not used */
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)CONNECT_MS);
	SET(CURLOPT_SSL_ENABLE_ALPN, 0L);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_ERRORBUFFER, l->detail);
	if (l->socket == SINK_UDP)
		SET(CURLOPT_OPENSOCKETFUNCTION, send_link_open_datagram);
#undef SET
	return ok;
}

bool send_link_open(struct send_link *l, void (*done)(void *, CURLcode), void *arg)
{
	l->detail[0] = '\0';
	l->fd = -1;
	l->transfer = (struct multi_op){
		.easy = multi_easy(l->multi), .done = done, .arg = arg, .keep = true};
	if (l->transfer.easy && send_link_set_options(l) &&
		multi_start(l->multi, &l->transfer) == 0)
		return true;
	err_nomem(&l->failure);
	return false;
}

void send_link_close(struct send_link *l)
{
	multi_stop(l->multi, &l->transfer);
	multi_release(l->multi, l->transfer.easy, false);
	l->transfer.easy = NULL;
	l->fd = -1;
}

static enum send_link_io send_link_fail_curl(struct send_link *l, CURLcode rc)
{
	transfer_error_set(&l->failure, l->transfer.easy, rc, l->where, l->detail);
	return LINK_LOST;
}

/*
 * A connection that no transfer uses is closed by libcurl when it is old, or its receiver has
 * closed it, and another transfer opens one, which may get the same descriptor. The first read
 * attaches the connection to this transfer, until send_link_close(). Like all that is read it is
 * discarded.
 */
static CURLcode send_link_attach(struct send_link *l)
{
	char waste;
	size_t n;
	CURLcode rc = curl_easy_recv(l->transfer.easy, &waste, sizeof(waste), &n);

	return rc == CURLE_AGAIN ? CURLE_OK : rc;
}

int send_link_take(struct send_link *l, CURLcode rc)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	l->fd = -1;
	if (rc == CURLE_OK)
		rc = send_link_attach(l);
	if (rc == CURLE_OK &&
		(curl_easy_getinfo(l->transfer.easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
			fd == CURL_SOCKET_BAD))
		rc = CURLE_SEND_ERROR;
	if (rc != CURLE_OK)
		(void)send_link_fail_curl(l, rc);
	else
		l->fd = fd;
	return l->fd;
}

/* --- bytes --- */

static enum send_link_io send_link_fail(struct send_link *l, const char *what, int code)
{
	char text[128];

	err_set(&l->failure, ERR_TEMP, "%s: %s (%s)", l->where, what,
		strerror_r(code, text, sizeof(text)));
	return LINK_LOST;
}

static enum send_link_io send_link_send_tls(
	struct send_link *l, const char *from, size_t n, size_t *sent)
{
	CURLcode rc = curl_easy_send(l->transfer.easy, from, n, sent);

	if (rc == CURLE_OK)
		return *sent ? LINK_DONE : LINK_AGAIN;
	return rc == CURLE_AGAIN ? LINK_AGAIN : send_link_fail_curl(l, rc);
}

enum send_link_io send_link_send(struct send_link *l, const char *from, size_t n, size_t *sent)
{
	ssize_t done;

	*sent = 0;
	if (l->socket == SINK_TLS)
		return send_link_send_tls(l, from, n, sent);
	done = send(l->fd, from, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (done > 0) {
		*sent = (size_t)done;
		return LINK_DONE;
	}
	if (done == 0 || errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
		return LINK_AGAIN;
	if (errno == EMSGSIZE)
		return LINK_END;
	return send_link_fail(l, "the connection broke while sending", errno);
}

static enum send_link_io send_link_read_some(struct send_link *l)
{
	char waste[4096];
	ssize_t got;
	size_t n = 0;

	if (l->socket == SINK_TLS) {
		CURLcode rc = curl_easy_recv(l->transfer.easy, waste, sizeof(waste), &n);

		if (rc == CURLE_OK)
			return n ? LINK_DONE : LINK_END;
		return rc == CURLE_AGAIN ? LINK_AGAIN : send_link_fail_curl(l, rc);
	}
	got = recv(l->fd, waste, sizeof(waste), MSG_DONTWAIT);
	if (got > 0 || (got == 0 && l->socket == SINK_UDP))
		return LINK_DONE;
	if (got == 0)
		return LINK_END;
	if (errno == EAGAIN || errno == EINTR)
		return LINK_AGAIN;
	return send_link_fail(l, "the connection broke", errno);
}

enum send_link_io send_link_read(struct send_link *l)
{
	enum send_link_io result = LINK_DONE;

	for (int turn = 0; turn < READ_TURNS && result == LINK_DONE; turn++)
		result = send_link_read_some(l);
	return result == LINK_DONE ? LINK_AGAIN : result;
}

bool send_link_has_error(struct send_link *l)
{
	int code = 0;
	socklen_t n = sizeof(code);

	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &code, &n) || code == 0)
		return false;
	(void)send_link_fail(l, "the receiver refused it", code);
	return true;
}

bool send_link_is_acknowledged(const struct send_link *l)
{
	int unacknowledged = 0;

	return l->socket == SINK_UDP ||
	       (ioctl(l->fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0);
}
