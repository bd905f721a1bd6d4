/* SPDX-License-Identifier: MIT */
#include "io/control.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "unix_socket.h"

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
	struct timer_op *timer;
	int fd;
	struct buf in, out;
	size_t sent;
	bool handed; /* passed to fn(): freed by control_answer() only */
	LIST_ENTRY(control_call) link;
};

struct control {
	struct loop *loop;
	char *path;
	struct unix_identity identity; /* of our socket: another daemon's must not be removed */
	int fd;
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
	loop_timer_cancel(call->timer);
	call->timer = NULL;
	close(call->fd);
	call->fd = -1;
	call->control->n_calls--;
	control_listen(call->control);
}

static void control_call_free(struct control_call *call)
{
	control_call_close(call);
	LIST_REMOVE(call, link);
	buf_release(&call->in);
	buf_release(&call->out);
	free(call);
}

static void control_call_abort(struct control_call *call)
{
	if (call->handed)
		control_call_close(call); /* freed by control_answer() */
	else
		control_call_free(call);
}

static void control_call_time_out(void *arg)
{
	struct control_call *call = arg;

	call->timer = NULL;
	control_call_abort(call);
}

static bool control_call_set_timeout(struct control_call *call, int64_t ms)
{
	loop_timer_cancel(call->timer);
	call->timer = loop_timer(call->control->loop, "control", ms, control_call_time_out, call);
	return call->timer != NULL;
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

void control_answer(struct control_call *call, json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	json_decref(answer);
	call->handed = false;
	buf_addz(&call->out, text ? text : "{\"error\":\"out of memory\"}");
	buf_addc(&call->out, '\n');
	free(text);
	if (call->fd < 0 || buf_failed(&call->out) || !control_call_set_timeout(call, ANSWER_MS) ||
		loop_fd_watch(call->watch, LOOP_WRITE))
		control_call_free(call);
}

static void control_call_run(struct control_call *call, size_t line)
{
	json_t *request = json_loadb(call->in.data, line, JSON_REJECT_DUPLICATES, NULL);

	loop_fd_watch(call->watch, LOOP_NOTHING);
	call->handed = true;
	if (!json_is_object(request))
		control_answer(
			call, json_pack("{ss}", "error", "the request is not a JSON object"));
	else if (!control_call_set_timeout(call, WORK_MS))
		control_answer(call, NULL);
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
	if (!call->watch || !control_call_set_timeout(call, REQUEST_MS) ||
		loop_fd_watch(call->watch, LOOP_READ))
		control_call_free(call); /* closes fd */
	return true;
}

static void control_listen(struct control *c)
{
	if (c->watch && c->n_calls < CONNECTIONS_MAX)
		loop_fd_watch(c->watch, LOOP_READ);
}

static void control_end_pause(void *arg)
{
	control_listen(arg);
}

static void control_accept(void *arg, enum loop_event happened)
{
	struct control *c = arg;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

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
	*c = (struct control){.loop = l, .fd = -1, .fn = fn, .arg = arg};
	LIST_INIT(&c->calls);
	c->path = strdup(path);
	rc = c->path ? unix_listen(path, 0660, &c->fd, &c->identity, e) : err_nomem(e);
	if (rc) {
		control_free(c);
		return rc;
	}
	c->watch = loop_fd_new(l, "control", c->fd, control_accept, c);
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
	if (c->fd >= 0) {
		unix_unlink(c->path, &c->identity);
		close(c->fd);
	}
	free(c->path);
	free(c);
}

/* --- the caller --- */

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

	if (unix_connect(path, 1000, &fd, &e))
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
	rc = !text || buf_failed(&line) ? err_nomem(e) : unix_connect(path, timeout_ms, &fd, e);
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
