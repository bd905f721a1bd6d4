/* SPDX-License-Identifier: MIT */
#include "io/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unix_socket.h"

#define KEY		"daemon control"
#define REQUEST_MAX	((size_t)64 * 1024)
#define ANSWER_MAX	((size_t)4 * 1024 * 1024)
#define CONNECTIONS_MAX 16
#define REQUEST_MS	10000
#define ANSWER_MS	10000  /* for the client to read it */
#define WORK_MS		120000 /* for the owner to answer: a reload of 100,000 watches */
#define ACCEPT_PAUSE_MS 1000   /* after EMFILE: do not spin on a listener that stays readable */

struct control_call {
	struct control *control;
	struct loop_fd *watch;
	struct loop_alarm *timeout;
	int fd;
	struct buf in, out;
	size_t sent;
	bool handed; /* passed to fn(): freed by control_answer() only */
	LIST_ENTRY(control_call) link;
};

struct control {
	struct loop *loop;
	char *path;
	struct unix_socket socket;
	struct loop_fd *watch;
	struct loop_alarm *pause;
	control_fn *fn;
	void *arg;
	size_t n_calls;
	LIST_HEAD(, control_call) calls;
};

/* --- one call --- */

static void control_listen(struct control *c);

/* Closes the connection. The call stays allocated for control_answer(). */
static void control_call_close(struct control_call *call)
{
	if (call->fd < 0)
		return;
	loop_fd_free(call->watch);
	call->watch = NULL;
	loop_alarm_clear(call->timeout);
	close(call->fd);
	call->fd = -1;
	call->control->n_calls--;
	control_listen(call->control);
}

static void control_call_free(struct control_call *call)
{
	control_call_close(call);
	LIST_REMOVE(call, link);
	loop_alarm_free(call->timeout);
	buf_release(&call->in);
	buf_release(&call->out);
	free(call);
}

static void control_call_time_out(void *arg)
{
	struct control_call *call = arg;

	if (call->handed)
		control_call_close(call); /* freed by control_answer() */
	else
		control_call_free(call);
}

static void control_call_write(struct control_call *call)
{
	while (call->sent < call->out.len) {
		ssize_t n = send(call->fd, call->out.data + call->sent, call->out.len - call->sent,
			MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			break;
		call->sent += (size_t)n;
	}
	control_call_free(call);
}

int64_t control_peer(const struct control_call *call)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	if (getsockopt(call->fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 || n != sizeof(peer))
		return -1;
	return (int64_t)peer.uid;
}

void control_answer(struct control_call *call, json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	json_decref(answer);
	call->handed = false;
	buf_addz(&call->out, text ? text : "{\"error\":\"out of memory\"}");
	buf_addc(&call->out, '\n');
	free(text);
	if (call->fd < 0 || buf_failed(&call->out) || loop_fd_watch(call->watch, LOOP_WRITE))
		control_call_free(call);
	else
		loop_alarm_set(call->timeout, ANSWER_MS);
}

static void control_call_run(struct control_call *call, size_t line)
{
	json_t *request = json_loadb(call->in.data, line, JSON_REJECT_DUPLICATES, NULL);

	loop_fd_watch(call->watch, LOOP_NOTHING);
	loop_alarm_set(call->timeout, WORK_MS);
	call->handed = true;
	if (!json_is_object(request))
		control_answer(
			call, json_pack("{ss}", "error", "the request is not a JSON object"));
	else
		call->control->fn(call->control->arg, call, request);
	json_decref(request);
}

static void control_call_read(struct control_call *call)
{
	char chunk[4096];
	ssize_t n = recv(call->fd, chunk, sizeof(chunk), 0);
	const char *end;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		control_call_free(call);
		return;
	}
	buf_add(&call->in, chunk, (size_t)n);
	if (buf_failed(&call->in)) {
		control_call_free(call);
		return;
	}
	end = memchr(call->in.data, '\n', call->in.len);
	if (end)
		control_call_run(call, (size_t)(end - call->in.data));
}

static void control_call_handle_event(void *arg, enum loop_event happened)
{
	if (happened & LOOP_WRITE)
		control_call_write(arg);
	else
		control_call_read(arg);
}

/* --- the listener --- */

static bool control_call_new(struct control *c, int fd)
{
	struct control_call *call = calloc(1, sizeof(*call));

	if (!call)
		return false;
	call->control = c;
	call->fd = fd;
	buf_init(&call->in, REQUEST_MAX);
	buf_init(&call->out, ANSWER_MAX);
	LIST_INSERT_HEAD(&c->calls, call, link);
	c->n_calls++;
	call->watch = loop_fd_new(c->loop, "control", fd, control_call_handle_event, call);
	call->timeout = loop_alarm_new(c->loop, "control", control_call_time_out, call);
	if (!call->watch || !call->timeout || loop_fd_watch(call->watch, LOOP_READ))
		control_call_free(call); /* closes fd */
	else
		loop_alarm_set(call->timeout, REQUEST_MS);
	return true;
}

static void control_listen(struct control *c)
{
	if (c->watch && c->n_calls < CONNECTIONS_MAX && loop_fd_watch(c->watch, LOOP_READ))
		loop_alarm_set(c->pause, ACCEPT_PAUSE_MS);
}

static void control_end_pause(void *arg)
{
	control_listen(arg);
}

static void control_accept(void *arg, enum loop_event happened)
{
	struct control *c = arg;
	int fd = accept4(c->socket.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)happened;
	if (fd >= 0) {
		if (!control_call_new(c, fd))
			close(fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		loop_fd_watch(c->watch, LOOP_NOTHING);
		loop_alarm_set(c->pause, ACCEPT_PAUSE_MS);
		return;
	}
	if (c->n_calls >= CONNECTIONS_MAX)
		loop_fd_watch(c->watch, LOOP_NOTHING);
}

int control_new(struct control **out, struct loop *l, const char *path, control_fn *fn, void *arg,
	struct err *e)
{
	struct control *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (!c)
		return err_nomem(e);
	*c = (struct control){.loop = l, .socket.fd = -1, .fn = fn, .arg = arg};
	LIST_INIT(&c->calls);
	c->path = strdup(path);
	rc = c->path ? unix_socket_listen(&c->socket, c->path, KEY, e) : err_nomem(e);
	if (rc) {
		control_free(c);
		return rc;
	}
	c->watch = loop_fd_new(l, "control", c->socket.fd, control_accept, c);
	c->pause = loop_alarm_new(l, "control", control_end_pause, c);
	if (!c->watch || !c->pause || loop_fd_watch(c->watch, LOOP_READ)) {
		control_free(c);
		return err_nomem(e);
	}
	*out = c;
	return 0;
}

void control_free(struct control *c)
{
	if (!c)
		return;
	loop_fd_free(c->watch);
	c->watch = NULL;
	while (!LIST_EMPTY(&c->calls))
		control_call_free(LIST_FIRST(&c->calls));
	loop_alarm_free(c->pause);
	if (c->socket.fd >= 0) {
		unix_socket_unlink(&c->socket, c->path);
		close(c->socket.fd);
	}
	free(c->path);
	free(c);
}

/* --- the client --- */

/* Connects, and sets the timeout of every send and receive. The caller closes *fd. */
static int control_connect(const char *path, int64_t timeout_ms, int *fd, struct err *e)
{
	struct timeval tv = {.tv_sec = (time_t)(timeout_ms / 1000),
		.tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000)};
	struct sockaddr_un sa;
	int rc = unix_socket_address(&sa, path, KEY, e);

	*fd = -1;
	if (rc)
		return rc;
	*fd = unix_socket_open(path, e);
	if (*fd < 0)
		return -(int)ERR_IO;
	setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(*fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return 0;
	if (errno == EACCES || errno == EPERM)
		rc = err_set(e, ERR_PERM, "%s: not allowed; use sudo, or join the group nightdesk",
			path);
	else if (errno == ENOENT || errno == ECONNREFUSED)
		rc = err_set(e, ERR_TEMP, "%s: no nightdesk is running there", path);
	else
		rc = unix_socket_error(e, ERR_TEMP, path, "cannot connect");
	close(*fd);
	*fd = -1;
	return rc;
}

static int control_receive_line(int fd, struct buf *in)
{
	while (in->len == 0 || in->data[in->len - 1] != '\n') {
		char *room = buf_reserve(in, 4096);
		ssize_t n = room ? recv(fd, room, 4096, 0) : -1;

		if (n < 0 && room && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		buf_commit(in, (size_t)n);
	}
	return 0;
}

bool control_listening(const char *path)
{
	struct err e;
	int fd;

	if (control_connect(path, 1000, &fd, &e))
		return e.cls == ERR_PERM;
	close(fd);
	return true;
}

static int control_exchange(
	int fd, const char *path, struct buf *line, json_t **answer, struct err *e)
{
	if (send(fd, line->data, line->len, MSG_NOSIGNAL) != (ssize_t)line->len)
		return err_set(e, ERR_TEMP, "%s: cannot send the request to nightdesk", path);
	buf_clear(line);
	if (control_receive_line(fd, line))
		return err_set(e, ERR_TEMP, "%s: nightdesk does not answer", path);
	*answer = json_loadb(line->data, line->len, 0, NULL);
	return *answer ? 0 : err_set(e, ERR_INPUT, "%s: the answer is not JSON", path);
}

int control_ask(
	const char *path, json_t *request, int64_t timeout_ms, json_t **answer, struct err *e)
{
	char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	struct buf line;
	int fd, rc;

	*answer = NULL;
	json_decref(request);
	buf_init(&line, ANSWER_MAX);
	buf_addz(&line, text ? text : "");
	buf_addc(&line, '\n');
	rc = !text || buf_failed(&line) ? err_nomem(e) : control_connect(path, timeout_ms, &fd, e);
	free(text);
	if (rc == 0) {
		rc = control_exchange(fd, path, &line, answer, e);
		close(fd);
	}
	buf_release(&line);
	return rc;
}

int control_ask_command(
	const char *path, const char *command, int64_t timeout_ms, json_t **answer, struct err *e)
{
	return control_ask(path, json_pack("{ss}", "command", command), timeout_ms, answer, e);
}
