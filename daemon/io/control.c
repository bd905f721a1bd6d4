/* SPDX-License-Identifier: MIT */
#include "io/control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_MODE	0660
#define BACKLOG		16
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
	int fd;
	dev_t dev; /* of our socket file, set once it listens: another must not be removed */
	ino_t ino;
	struct loop_fd *watch;
	struct loop_alarm *pause;
	control_fn *fn;
	void *arg;
	size_t n_calls;
	LIST_HEAD(, control_call) calls;
};

/* --- Unix stream sockets with a path --- */

static int control_fill_address(struct sockaddr_un *sa, const char *path, struct err *e)
{
	size_t n = strlen(path);

	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n == 0 || n >= sizeof(sa->sun_path))
		return err_set(e, ERR_CONF,
			"%s: a socket's path has at most %zu characters; set daemon control", path,
			sizeof(sa->sun_path) - 1);
	memcpy(sa->sun_path, path, n);
	return 0;
}

static int control_set_error(struct err *e, enum err_class cls, const char *path, const char *what)
{
	char text[128];

	return err_set(e, cls, "%s: %s (%s)", path, what, strerror_r(errno, text, sizeof(text)));
}

static int control_open_stream(struct err *e, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		control_set_error(e, ERR_IO, path, "cannot create a socket");
	return fd;
}

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

/* Removes a socket without listener, so that bind(2) can succeed. 0 if path is free now. */
static int control_remove_stale(const struct sockaddr_un *sa, const char *path, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0
				       : control_set_error(e, ERR_PERM, path, "cannot examine it");
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_PERM, "%s: exists, and is not a socket", path);
	fd = control_open_stream(e, path);
	if (fd < 0)
		return -(int)ERR_IO;
	rc = connect(fd, (const struct sockaddr *)sa, sizeof(*sa));
	close(fd);
	if (rc == 0)
		return err_set(e, ERR_TEMP, "%s: another nightdesk answers there", path);
	if (errno != ECONNREFUSED)
		return control_set_error(
			e, ERR_PERM, path, "cannot tell whether another nightdesk listens there");
	if (unlink(path) != 0)
		return control_set_error(e, ERR_PERM, path, "cannot remove the stale socket");
	return 0;
}

/*
 * Binds the socket and listens. Replaces an existing one that has no listener; -ERR_TEMP if it has
 * one, -ERR_PERM if the path is another kind of file.
 */
static int control_bind(struct control *c, struct err *e)
{
	struct sockaddr_un sa;
	struct stat st;
	mode_t before;
	int rc = control_fill_address(&sa, c->path, e);

	if (rc == 0)
		rc = control_remove_stale(&sa, c->path, e);
	if (rc)
		return rc;
	c->fd = control_open_stream(e, c->path);
	if (c->fd < 0)
		return -(int)ERR_IO;
	/* By umask, not chmod(2) after bind(2): there must be no moment with a wider mode. */
	before = umask(0777 & ~SOCKET_MODE);
	rc = bind(c->fd, (struct sockaddr *)&sa, sizeof(sa));
	umask(before);
	if (rc || lstat(c->path, &st) || listen(c->fd, BACKLOG) ||
		fcntl(c->fd, F_SETFL, O_NONBLOCK))
		return control_set_error(e, ERR_PERM, c->path, "cannot listen there");
	c->dev = st.st_dev;
	c->ino = st.st_ino;
	return 0;
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
	rc = c->path ? control_bind(c, e) : err_nomem(e);
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
	struct stat st;

	if (!c)
		return;
	loop_fd_free(c->watch);
	c->watch = NULL;
	while (!LIST_EMPTY(&c->calls))
		control_call_free(LIST_FIRST(&c->calls));
	loop_alarm_free(c->pause);
	if (c->ino && lstat(c->path, &st) == 0 && st.st_dev == c->dev && st.st_ino == c->ino)
		unlink(c->path);
	if (c->fd >= 0)
		close(c->fd);
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
	int rc = control_fill_address(&sa, path, e);

	*fd = -1;
	if (rc)
		return rc;
	*fd = control_open_stream(e, path);
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
		rc = control_set_error(e, ERR_TEMP, path, "cannot connect");
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
