/* SPDX-License-Identifier: MIT */
/*
 * The world of one scenario: virtual time, scripted servers and receivers, a disk that can fill up;
 * around the real engine, desk and store.
 */
#ifndef SCENARIO_WORLD_H
#define SCENARIO_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/log.h"
#include "conf/conf.h"
#include "desk/desk.h"
#include "engine/engine.h"
#include "store/store.h"

#define WORDS_MAX 32

/* One line of a script: words, of which some are key=value. */
struct line {
	int number;
	char *text;
	char *word[WORDS_MAX];
	size_t n;
};
/* The value of key=…, or NULL; the presence of a bare word. */
const char *line_value(const struct line *l, const char *key);
bool line_has(const struct line *l, const char *word);
int64_t line_ms(const char *text); /* "5m", "1h30m", "-2h", "250" */

enum event_kind { EVENT_TIMER, EVENT_FETCH, EVENT_PARSE, EVENT_SECRET, EVENT_SEND, EVENT_JOB };

/* A future event; also the handle of its operation. */
struct event {
	enum event_kind kind;
	int64_t at; /* virtual monotonic ms; INT64_MAX: never */
	void (*fn)(void *arg);
	void *arg;
	struct reply *reply; /* FETCH, SEND */
	fetch_done_fn *fetched;
	void (*connected)(void *arg, bool near); /* FETCH: instead; then done after rest */
	int64_t rest;
	send_done_fn *sent;
	struct parsing *parsing;
	struct secret_reading *reading;
	bool refused, matched;
	job_run_fn *run;
	TAILQ_ENTRY(event) link;
};
TAILQ_HEAD(event_list, event);

/* A reply of a server or receiver. */
struct reply {
	char *url;
	long status; /* 0: transport error; -1: never answers */
	char *body;
	size_t body_len;
	char *etag, *modified, *location, *type, *text, *im, *vary;
	enum err_class error;
	int64_t delay, retry_after, max_age, date_off;
	int left; /* times; -1: always */
	bool conditional, private_host, no_date, sent, connects;
	enum fetch_reach reach; /* status 0 */
	bool no_host;
	bool crowded;
	struct publisher *publisher; /* makes the body; NULL: it is as it is */
	TAILQ_ENTRY(reply) link;
};
TAILQ_HEAD(reply_list, reply);

/* A request or message that the script has not checked yet. */
struct record {
	char *url, *etag, *modified, *user, *headers, *id, *body;
	bool learnt, delta;
	int64_t at;
	TAILQ_ENTRY(record) link;
};
TAILQ_HEAD(record_list, record);

struct body {
	char *name, *text;
	size_t len;
	TAILQ_ENTRY(body) link;
};
TAILQ_HEAD(body_list, body);

TAILQ_HEAD(hub_form_list, hub_form);

struct heard {
	enum log_level level;
	char *line;
	bool expected;
	TAILQ_ENTRY(heard) link;
};
TAILQ_HEAD(heard_list, heard);

/* A program that plays the servers, receivers and reader of the log, in place of a script. */
struct world_driver {
	void *ctx;
	/* The reply to a request; freed by the world. Nothing is recorded. */
	struct reply *(*reply)(void *ctx, const struct fetch_request *q);
	struct reply *(*answer)(void *ctx, const struct sink_request *q);
	void (*log)(void *ctx, enum log_level level, const char *line);
};

#define NAMES_MAX 64

struct world {
	const char *file;
	const struct world_driver *driver; /* NULL: a script */
	int line;
	bool failed;
	char dir[64];
	struct event_list events;
	struct reply_list replies, answers;
	struct record_list requests, sends;
	struct body_list bodies;
	struct hub_form_list forms;
	struct heard_list log;
	struct event_list held; /* jobs */
	bool hold_jobs, dead, deaf;
	bool hold_parsing;
	int64_t parse_ms, last_parse_at;
	bool hold_secrets;
	int64_t secret_ms;
	struct {
		enum err_class cls; /* ERR_NONE: really parse the document */
		char *text;
	} parse_error;
	int64_t job_ms, last_job_at;
	size_t jobs, mailbox;
	int most_at_once, at_once;
	struct conf *conf;
	struct store *store;
	struct desk *desk;
	struct engine *engine;
	struct last_run *last_run;
	bool ended, broken;
	size_t memory;		   /* at the last `expect memory` */
	int64_t stepped;	   /* the wall clock, less the time of the servers */
	char *names[NAMES_MAX][2]; /* id=A */
};

void record_free(struct record *r);
void reply_free(struct reply *r);
void world_init(struct world *w, const char *file);
void world_release(struct world *w);
void world_fail(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* world.c: life cycle */
bool world_load(struct world *w, struct conf **out);
/* Writes a file below the configuration directory. */
void world_write_file(struct world *w, const char *name, const char *text, mode_t mode);
void world_start(struct world *w, bool once);
void world_stop(struct world *w);
void world_crash(struct world *w);
void world_advance(struct world *w, int64_t ms);
void world_end(struct world *w); /* after the script: stop, then nothing may be left over */

/* replies.c: that of the driver, or the script's next one; NULL: none is left */
struct reply *reply_to_request(struct world *w, const struct fetch_request *q);
struct reply *reply_to_message(struct world *w, const struct sink_request *q);

/*
 * services.c: a receiver of each type, with a watch of that word that notifies all; and a check
 * that each that is sent to by HTTP got n messages, within its size and not faster than its pace.
 */
void services_write(struct world *w, const char *word);
void services_expect(struct world *w, int n);

/* ports.c */
struct ports world_ports(struct world *w);
struct event *event_add(struct world *w, enum event_kind kind, int64_t delay);
void event_fire(struct world *w, struct event *e);
void world_release_jobs(struct world *w);
void world_release_parsing(struct world *w);
void world_release_secrets(struct world *w);
/* publisher.c */
void publisher_do(struct world *w, const struct line *l, FILE *in);
void publisher_write(struct reply *r); /* its body, as it is now */
/* operator.c */
void operator_silence(struct world *w, const struct line *l, FILE *in);
void operator_ack(struct world *w, const struct line *l, FILE *in);
/* hub.c: what was posted to a hub; and what it sends */
void hub_note(struct world *w, const char *form);
void hub_release(struct world *w);
void hub_do(struct world *w, const struct line *l, FILE *in);
/* script.c: that of the name, or NULL */
struct body *body_find(struct world *w, const char *name);
/* script.c: runs a command, or returns false. expect.c: what follows "expect". */
bool world_do(struct world *w, const struct line *l, FILE *in);
void world_expect(struct world *w, const struct line *l);
char *read_block(struct world *w, FILE *in);

/* disk.c: a SQLite VFS that can be full or broken */
enum disk_state { DISK_OK, DISK_FULL, DISK_BROKEN };
void disk_install(void);
void disk_set(enum disk_state s);

/* bodies.c: documents from lines "id | title | text | link" */
char *body_write(const char *format, const char *lines);

#endif
