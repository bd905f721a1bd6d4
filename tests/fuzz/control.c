/* SPDX-License-Identifier: MIT */
/*
 * What a client of the control socket sends: through the real socket, dispatcher, engine and store,
 * whose ports answer at once. The first byte selects the client's right and where what it sends is
 * cut in two. Every line is answered by one line, a JSON object, and everything else by none.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/admin.h"
#include "base/log.h"
#include "desk/desk.h"
#include "io/control.h"
#include "sink/sink.h"
#include "store/store.h"

#define ALWAYS(truth)                                                                              \
	do {                                                                                       \
		if (!(truth))                                                                      \
			abort();                                                                   \
	} while (0)

#define REQUEST_MAX ((size_t)64 * 1024)
#define CHUNK	    4096 /* a line that begins later than REQUEST_MAX may be read up to here */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The daemon, made by the first input and used by all. */
static struct {
	char dir[64], socket[96];
	struct loop *loop;
	struct store *store;
	struct desk *desk;
	struct engine *engine;
	struct admin *admin;
	struct admin_view view;
	struct conf_diags diags;
	uint64_t loads;
	struct admin_caller caller;
} d;

/* The client of one input. */
static struct {
	const uint8_t *rest;
	size_t n;
	int fd;
	struct loop_fd *watch;
	struct buf answer;
} client;

/* --- ports: each operation ends in the next turn of the loop --- */

struct operation {
	struct timer_op *timer;
	void (*end)(struct operation *op);
	void *arg;
	fetch_done_fn *fetched;
	send_done_fn *sent;
	job_run_fn *run;
	job_done_fn *done;
};

static void operation_fire(void *arg)
{
	struct operation op = *(struct operation *)arg;

	free(arg);
	op.end(&op);
}

static void *operation_start(struct operation v)
{
	struct operation *op = malloc(sizeof(*op));

	ALWAYS(op);
	*op = v;
	op->timer = loop_timer(d.loop, "operation", 0, operation_fire, op);
	ALWAYS(op->timer);
	return op;
}

static void operation_cancel(void *arg)
{
	struct operation *op = arg;

	loop_timer_cancel(op->timer);
	free(op);
}

static void end_fetch(struct operation *op)
{
	struct fetch_answer a = {.status = 304, .retry_after = -1, .max_age = -1};

	op->fetched(op->arg, &a);
}

static struct fetch_op *start_fetch(
	void *ctx, const struct fetch_request *r, fetch_done_fn *done, void *arg)
{
	(void)ctx;
	(void)r;
	return operation_start((struct operation){.end = end_fetch, .fetched = done, .arg = arg});
}

static void cancel_fetch(void *ctx, struct fetch_op *op)
{
	(void)ctx;
	operation_cancel(op);
}

static void end_send(struct operation *op)
{
	struct sink_answer a = {.status = 500, .retry_after = -1};

	op->sent(op->arg, &a);
}

static struct send_op *start_send(
	void *ctx, const struct sink_request *r, send_done_fn *done, void *arg)
{
	(void)ctx;
	(void)r;
	return operation_start((struct operation){.end = end_send, .sent = done, .arg = arg});
}

static void cancel_send(void *ctx, struct send_op *op)
{
	(void)ctx;
	operation_cancel(op);
}

static void end_job(struct operation *op)
{
	op->run(op->arg, d.desk, d.store);
	op->done(op->arg);
}

static int post_job(void *ctx, job_run_fn *run, job_done_fn *done, void *arg)
{
	(void)ctx;
	operation_start((struct operation){.end = end_job, .run = run, .done = done, .arg = arg});
	return 0;
}

static bool is_busy(void *ctx)
{
	(void)ctx;
	return false;
}

/* --- the daemon --- */

static void end_reload(void *arg)
{
	(void)arg;
	admin_end_reload(d.admin, d.loads, &d.diags);
}

static uint64_t reload(void *ctx)
{
	(void)ctx;
	ALWAYS(loop_timer(d.loop, "reload", 0, end_reload, NULL));
	return ++d.loads;
}

static void restore(void *ctx)
{
	(void)ctx;
	abort(); /* there is no file to restore */
}

static void on_answer(void *arg, json_t *answer)
{
	control_answer(arg, answer);
}

static void on_request(void *arg, struct control_call *call, json_t *request)
{
	(void)arg;
	admin_run(d.admin, &d.caller, request, on_answer, call);
}

static void daemon_configure(void)
{
	struct conf_env env = {.notify_types = sink_conf_type, .state_directory = d.dir};
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/nightdesk.conf", d.dir);
	f = fopen(path, "w");
	ALWAYS(f);
	fputs("feed a { url = \"http://a.example/\" every = 30d }\n"
	      "watch w { query = 'siren' notify = { hook, out } }\n"
	      "notify hook { type = webhook url = \"http://b.example/\" }\n"
	      "notify out { type = stdout }\n",
		f);
	fclose(f);
	ALWAYS(conf_load(d.dir, &env, &d.view.conf, &d.diags) == 0);
}

/* An alert with a delivery to each receiver, one of which is not configured. */
static void daemon_store_alert(void)
{
	struct alert alert = {.id = STR("al_1"), .watch = STR("w"), .title = STR("Siren")};
	struct store_plan plans[] = {
		{.notify = STR("hook")}, {.notify = STR("out")}, {.notify = STR("lost")}};
	struct store_raise r = {.alert = &alert, .plans = plans, .n_plans = 3};
	int64_t row;
	struct err e;

	ALWAYS(store_begin(d.store, &e) == 0);
	ALWAYS(store_alert_raise(d.store, &r, &row, &e) == 0);
	ALWAYS(store_commit(d.store, &e) == 0);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void daemon_remove(void)
{
	nftw(d.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void daemon_ignore_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	(void)line;
}

static void daemon_start(void)
{
	struct engine_options o = {.hostname = "test", .seed = 1};
	struct port_job desk = {.post = post_job, .busy = is_busy};
	struct control *control;
	struct ports ports;
	char path[96];
	struct err e;

	log_capture(daemon_ignore_log, NULL);
	strcpy(d.dir, access("/dev/shm", W_OK) == 0 ? "/dev/shm/nightdesk-XXXXXX"
						    : "/tmp/nightdesk-XXXXXX");
	ALWAYS(mkdtemp(d.dir));
	atexit(daemon_remove);
	daemon_configure();
	d.loop = loop_new();
	snprintf(path, sizeof(path), "%s/nightdesk.db", d.dir);
	ALWAYS(d.loop && store_open(&d.store, path, STORE_WRITE, &e) == 0);
	ALWAYS(desk_new(&d.desk, d.store, &e) == 0);
	daemon_store_alert();
	ports = (struct ports){.job = desk,
		.timer = loop_timers(d.loop),
		.fetch = {.start = start_fetch, .cancel = cancel_fetch},
		.send = {.start = start_send, .cancel = cancel_send}};
	d.view.conf_dir = d.dir;
	d.engine = engine_new(&ports, d.view.conf, &o);
	d.admin = admin_new(&(struct admin_daemon){.engine = d.engine,
		.loop = d.loop,
		.desk = desk,
		.view = &d.view,
		.reload = reload,
		.restore = restore});
	ALWAYS(d.engine && d.admin);
	engine_start(d.engine);
	snprintf(d.socket, sizeof(d.socket), "%s/control", d.dir);
	ALWAYS(control_new(&control, d.loop, d.socket, on_request, NULL, &e) == 0);
}

/* --- the client --- */

static void client_send_rest(void *arg)
{
	(void)arg;
	if (client.n > 0)
		(void)!send(client.fd, client.rest, client.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(client.fd, SHUT_WR);
}

static void client_read(void *arg, enum loop_event happened)
{
	char chunk[4096];
	ssize_t n = recv(client.fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	(void)arg;
	(void)happened;
	if (n > 0)
		buf_add(&client.answer, chunk, (size_t)n);
	else
		loop_stop(d.loop); /* closed; the daemon does so with a reset if it reads no more */
}

static void client_talk(const uint8_t *data, size_t size, size_t cut)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	strcpy(sa.sun_path, d.socket);
	client.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ALWAYS(client.fd >= 0 && connect(client.fd, (struct sockaddr *)&sa, sizeof(sa)) == 0);
	client.watch = loop_fd_new(d.loop, "client", client.fd, client_read, NULL);
	ALWAYS(client.watch && loop_fd_watch(client.watch, LOOP_READ) == 0);
	buf_init(&client.answer, (size_t)16 << 20);
	if (cut > 0)
		ALWAYS(send(client.fd, data, cut, MSG_DONTWAIT) == (ssize_t)cut);
	client.rest = data + cut;
	client.n = size - cut;
	ALWAYS(loop_timer(d.loop, "rest", 0, client_send_rest, NULL));
	ALWAYS(loop_run(d.loop, NULL) == 0);
	loop_fd_free(client.watch);
	close(client.fd);
}

static void client_check_answer(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	const struct buf *a = &client.answer;
	json_t *answer;

	if (a->len == 0) {
		ALWAYS(!end || (size_t)(end - data) >= REQUEST_MAX - CHUNK);
		return;
	}
	ALWAYS(end && memchr(a->data, '\n', a->len) == a->data + a->len - 1);
	answer = json_loadb(a->data, a->len, 0, NULL);
	ALWAYS(json_is_object(answer));
	json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!d.loop)
		daemon_start();
	if (size < 1 || size > REQUEST_MAX + (size_t)2 * CHUNK)
		return 0;
	d.caller = (struct admin_caller){data[0] & 1 ? ADMIN_CHANGE : ADMIN_LOOK, USER_UNKNOWN};
	client_talk(data + 1, size - 1, (size - 1) * data[0] / 256);
	client_check_answer(data + 1, size - 1);
	buf_release(&client.answer);
	return 0;
}
