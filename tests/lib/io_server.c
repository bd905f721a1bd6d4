/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/io_server.h"

void server_say(int fd, const char *text)
{
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static ssize_t server_read(int fd, char *buf, size_t size)
{
	size_t n = 0, want = 0;

	while (n < size - 1) {
		ssize_t got = recv(fd, buf + n, size - 1 - n, 0);
		char *end, *length;

		if (got <= 0)
			return n ? (ssize_t)n : got;
		n += (size_t)got;
		buf[n] = '\0';
		end = strstr(buf, "\r\n\r\n");
		if (!end)
			continue;
		length = strcasestr(buf, "content-length:");
		want = (size_t)(end + 4 - buf) + (length ? strtoul(length + 15, NULL, 10) : 0);
		if (n >= want)
			break;
	}
	return (ssize_t)n;
}

/* Text that is sent repeatedly until the other side closes. */
void server_flood(struct server *s, int fd, const char *text)
{
	static __thread char block[65536];
	size_t n = strlen(text), len = 0;

	for (; len + n <= sizeof(block); len += n)
		memcpy(block + len, text, n);
	while (!s->stop && send(fd, block, len, MSG_NOSIGNAL) > 0)
		;
}

static void *server_main(void *arg)
{
	struct server *s = arg;
	static __thread char request[65536];

	while (!s->stop) {
		int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			break;
		s->connections++;
		while (!s->stop && server_read(fd, request, sizeof(request)) > 0) {
			s->requests++;
			memcpy(s->request, request, sizeof(request));
			s->fn(s, fd, request);
			if (!strcasestr(request, "x-keep"))
				break;
		}
		close(fd);
	}
	return NULL;
}

void server_start(struct server *s, server_fn *fn)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t n = sizeof(sa);

	memset(s, 0, sizeof(*s));
	s->fn = fn;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(s->fd, 128), 0);
	getsockname(s->fd, (struct sockaddr *)&sa, &n);
	s->port = ntohs(sa.sin_port);
	assert_int_equal(pthread_create(&s->id, NULL, server_main, s), 0);
}

void server_stop(struct server *s)
{
	s->stop = true;
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->id, NULL);
	close(s->fd);
}
