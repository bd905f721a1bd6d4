/* SPDX-License-Identifier: MIT */
/*
 * Two hours of the engine with the n-th allocation refused, for every 31st n (every n with
 * FAULT_ALL=1), once and ten times in a row. The engine may miss a poll, be late, or ask to be
 * restarted, and then it is; but it must not crash or hang, and at the end every alert must have
 * been received, none twice unless it was restarted.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "engine/engine.h"
#include "lib/fault_world.h"
#include "lib/memory.h"
#include "store/store.h"
#include "sink/sink.h"

#define HOURS (2 * CLOCK_HOUR)

static bool ended, broken;
static char dir[64];

/* --- a run --- */

static void on_ended(void *arg)
{
	(void)arg;
	ended = true;
}

static void on_fatal(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
	broken = true;
}

static struct conf *load(const char *feeds)
{
	struct conf_env env = {
		.state_directory = dir, .runtime_directory = dir, .notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf *conf = NULL;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/nightdesk.conf", dir);
	f = fopen(path, "w");
	fprintf(f,
		"poll { every = '10m' host-gap = '0s' }\n"
		"watch w { query = 'embassy' notify = { hook } }\n"
		"notify hook { type = 'webhook' url = 'http://hook.example/' "
		"secret-credential = 'key' }\n%s",
		feeds);
	fclose(f);
	snprintf(path, sizeof(path), "%s/credentials", dir);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/credentials/key", dir);
	f = fopen(path, "w");
	fputs("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", f);
	fclose(f);
	(void)chmod(path, 0600);
	if (conf_load(dir, &env, &conf, &diags) != 0)
		_exit(8);
	conf_diags_release(&diags);
	return conf;
}

static bool advance(int64_t ms)
{
	int64_t until = clock_mono() + ms;

	while (!broken && fault_world_step(until))
		;
	if (clock_mono() < until)
		clock_virtual_advance(until - clock_mono());
	return !broken;
}

static const char one[] = "feed a { url = 'http://a.example/' first-run = 'alert' }\n"
			  "feed gone { url = 'http://a.example/gone' }\n";
static const char two[] = "feed a { url = 'http://a.example/' first-run = 'alert' }\n"
			  "feed b { url = 'http://b.example/old' first-run = 'alert' }\n";

static void open_all(void)
{
	char path[128];
	struct err e;

	fault_world_clear();
	ended = broken = false;
	snprintf(path, sizeof(path), "%s/nightdesk.db", dir);
	if (store_open(&fault_world.store, path, STORE_WRITE, &e) != 0 ||
		desk_new(&fault_world.desk, fault_world.store, &e) != 0)
		_exit(7);
}

static struct engine *begin(struct conf *conf)
{
	struct engine_options o = {
		.seed = 3, .hostname = "h", .ended = on_ended, .fatal = on_fatal};
	struct engine *engine;

	memory.armed = true;
	engine = engine_new(&fault_ports, conf, &o);
	if (engine)
		engine_start(engine);
	else
		broken = true;
	return engine;
}

/* Returns false if it asked to be restarted; the memory it leaves is that of the dead process. */
static bool play(struct conf *a, struct conf *b)
{
	struct engine *engine;

	open_all();
	engine = begin(a);
	if (!broken && advance(20 * CLOCK_MINUTE)) {
		engine_reload(engine, b);
		if (advance(HOURS)) {
			engine_stop(engine);
			if (advance(5 * CLOCK_SECOND) && !ended)
				_exit(6);
		}
	}
	memory.armed = false;
	if (!broken)
		engine_free(engine);
	desk_free(fault_world.desk);
	store_close(fault_world.store);
	return !broken;
}

/* Exit status: 0: correct, 1: an alert was lost, 2: one came twice. */
static void run(long at, long width)
{
	struct conf *a, *b;
	bool restarted = false;
	char command[128];
	int rc = 0;

	snprintf(dir, sizeof(dir), "%s/nightdesk-fault-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir))
		_exit(5);
	clock_virtual_start(INT64_C(1790000000000));
	/* Wall and monotonic time start at a half hour. */
	clock_virtual_advance(1000 * CLOCK_HOUR - clock_mono() % (1000 * CLOCK_HOUR));
	log_configure(&(struct log_options){.level = LOG_LEVEL_ERROR});
	a = load(one);
	b = load(two);
	fault_world.refusals = 1;
	memory.at = at;
	memory.width = width;
	while (!play(a, b)) {
		if (restarted)
			_exit(4);
		restarted = true;
		memory.at = 0;
	}
	conf_unref(a);
	conf_unref(b);
	for (size_t i = 0; i < FAULT_ALERTS; i++) {
		if (fault_world.received[i] == 0)
			rc = 1;
		else if (fault_world.received[i] > 1 && !restarted)
			rc = 2;
	}
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		rc = 5;
	if (!memory.fired && at > 0)
		rc = rc ? rc : 100;
	if (rc == 0 && restarted)
		rc = 101;
	exit(rc);
}

static int child(long at, long width)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (at > 0)
			(void)!freopen("/dev/null", "w", stderr);
		run(at, width);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int main(void)
{
	static const long widths[] = {1, 10};
	const char *all = getenv("FAULT_ALL");
	int rc;

	memory_install();
	rc = child(0, 0);
	printf("%s - two hours without a fault: %d\n", rc == 0 ? "ok" : "not ok", rc);
	for (size_t w = 0; w < 2 && rc == 0; w++) {
		long n = 1, bad = 0, restarts = 0;

		for (;; n += all ? 1 : 31) {
			int end = child(n, widths[w]);

			if (end == 100)
				break;
			restarts += end == 101;
			if (end == 0 || end == 101)
				continue;
			printf("# allocation %ld: ended with %d\n", n, end);
			if (++bad > 20)
				break;
		}
		printf("%s - one in %d of %ld allocations refused, %ld at once: %ld bad, %ld "
		       "restarts\n",
			bad ? "not ok" : "ok", all ? 1 : 31, n, widths[w], bad, restarts);
	}
	return rc != 0;
}
