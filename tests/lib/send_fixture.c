/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/send_fixture.h"

void send_on_done(void *arg, const struct sink_answer *a)
{
	struct outcome *o = arg;

	o->calls++;
	o->error = a->error;
	o->status = a->status;
	o->retry_after = a->retry_after;
	o->sent = a->sent;
	o->body_len = a->body.n;
	snprintf(o->text, sizeof(o->text), "%.*s", STR_ARG(a->error_text));
	snprintf(o->body, sizeof(o->body), "%.*s", STR_ARG(a->body));
	for (size_t i = 0; i < a->n_recipients && i < 4; i++) {
		o->rcpt[i] = a->recipients[i].status;
		snprintf(o->said[i], sizeof(o->said[i]), "%.*s %.*s",
			STR_ARG(a->recipients[i].address), STR_ARG(a->recipients[i].said));
	}
	if (o->calls >= o->wanted)
		loop_stop(o->loop);
}

struct outcome send_deliver(const struct sink_request *r)
{
	struct loop *l = loop_new();
	struct send *s = send_new(l);
	struct port_send port = send_port(s);
	struct outcome o = {.loop = l, .wanted = 1};

	assert_non_null(port.start(port.ctx, r, send_on_done, &o));
	assert_int_equal(o.calls, 0);
	assert_int_equal(loop_run(l, NULL), 0);
	assert_int_equal(o.calls, 1);
	send_free(s);
	loop_free(l);
	return o;
}

void listen_any(int *fd, unsigned *port, int type)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t n = sizeof(sa);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(*fd, 4), 0);
	getsockname(*fd, (struct sockaddr *)&sa, &n);
	*port = ntohs(sa.sin_port);
}

static void smtp_hear(struct smtp *s, const char *line)
{
	size_t n = strlen(s->heard);

	snprintf(s->heard + n, sizeof(s->heard) - n, "%s", line);
}

void *smtp_main(void *arg)
{
	struct smtp *s = arg;
	int fd = accept(s->fd, NULL, NULL);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r+");
	char line[2048];
	bool data = false;

	if (!f)
		return NULL;
	setvbuf(f, NULL, _IONBF, 0);
	fputs("220 test\r\n", f);
	while (fgets(line, sizeof(line), f)) {
		smtp_hear(s, line);
		if (data) {
			if (strcmp(line, ".\r\n") != 0)
				continue;
			data = false;
			if (!s->end_reply)
				break;
			fputs(s->end_reply, f);
		} else if (strncmp(line, "EHLO", 4) == 0) {
			fputs("250 test\r\n", f);
		} else if (strncmp(line, "RCPT", 4) == 0) {
			bool no = s->refused && strstr(line, s->refused);

			fputs(no ? s->refusal : s->rcpt_reply, f);
		} else if (strncmp(line, "DATA", 4) == 0 && s->drops) {
			break;
		} else if (strncmp(line, "DATA", 4) == 0) {
			data = true;
			fputs("354 go\r\n", f);
		} else if (strncmp(line, "QUIT", 4) == 0) {
			if (!s->hangs)
				fputs("221 bye\r\n", f);
			while (s->hangs && !s->over)
				usleep(10000);
			break;
		} else {
			fputs("250 ok\r\n", f);
		}
	}
	fclose(f);
	return NULL;
}
