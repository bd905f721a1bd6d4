/* SPDX-License-Identifier: MIT */
/* The commands of scripts; see tests/scenario/README. */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/clock.h"

const char *line_value(const struct line *l, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < l->n; i++) {
		if (strncmp(l->word[i], key, n) == 0 && l->word[i][n] == '=')
			return l->word[i] + n + 1;
	}
	return NULL;
}

bool line_has(const struct line *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->word[i], word) == 0)
			return true;
	}
	return false;
}

static int64_t unit_ms(const char *unit, size_t n)
{
	if (n == 2 && memcmp(unit, "ms", 2) == 0)
		return 1;
	switch (n == 1 ? *unit : '\0') {
	case 's': return CLOCK_SECOND;
	case 'm': return CLOCK_MINUTE;
	case 'h': return CLOCK_HOUR;
	case 'd': return CLOCK_DAY;
	case 'y': return 365 * CLOCK_DAY;
	default: return 1;
	}
}

int64_t line_ms(const char *text)
{
	bool minus = text && *text == '-';
	int64_t ms = 0;

	for (text += minus; text && *text >= '0' && *text <= '9';) {
		char *unit;
		long long v = strtoll(text, &unit, 10);
		size_t n = strspn(unit, "msdhy");

		ms += v * unit_ms(unit, n);
		text = unit + n;
	}
	return minus ? -ms : ms;
}

/* The lines up to "end". */
char *read_block(struct world *w, FILE *in)
{
	char *line = NULL;
	size_t cap = 0;
	struct buf b;

	buf_init(&b, (size_t)64 * 1024 * 1024);
	buf_addz(&b, "");
	while (getline(&line, &cap, in) > 0) {
		w->line++;
		if (strcmp(line, "end\n") == 0)
			break;
		buf_addz(&b, line);
	}
	free(line);
	return b.data ? b.data : strdup("");
}

static void do_conf(struct world *w, const struct line *l, FILE *in)
{
	char *text = read_block(w, in);

	(void)l;
	world_write_file(w, "nightdesk.conf", text, 0600);
	free(text);
}

/* crowd N: feeds c1 to cN, each at a host of its own. */
static void do_crowd(struct world *w, const struct line *l, FILE *in)
{
	int n = atoi(l->word[1]);
	struct buf b;

	(void)in;
	buf_init(&b, (size_t)16 * 1024 * 1024);
	for (int i = 1; i <= n; i++)
		buf_printf(&b, "feed c%d { url = \"http://c%d.example/feed\" }\n", i, i);
	world_write_file(w, "feeds.d/crowd.conf", buf_z(&b), 0600);
	buf_release(&b);
}

/* receivers N WORD: webhooks r1 to rN, each at a host of its own, and a watch for each. */
static void do_receivers(struct world *w, const struct line *l, FILE *in)
{
	int n = atoi(l->word[1]);
	struct buf b;

	(void)in;
	buf_init(&b, (size_t)16 * 1024 * 1024);
	for (int i = 1; i <= n; i++)
		buf_printf(&b,
			"notify r%d { type = \"webhook\" url = \"http://r%d.example/\" }\n"
			"watch w%d { query = '%s OR other%d' notify = { r%d } }\n",
			i, i, i, l->word[2], i, i);
	world_write_file(w, "feeds.d/receivers.conf", buf_z(&b), 0600);
	buf_release(&b);
}

/* services WORD: a receiver of each type, and a watch that notifies all of them. */
static void do_services(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	services_write(w, l->word[1]);
}

static void do_secret(struct world *w, const struct line *l, FILE *in)
{
	char name[128];

	(void)in;
	snprintf(name, sizeof(name), "credentials/%s", l->word[1]);
	world_write_file(w, name, l->word[2], 0600);
}

struct body *body_find(struct world *w, const char *name)
{
	struct body *b;

	TAILQ_FOREACH (b, &w->bodies, link) {
		if (strcmp(b->name, name) == 0)
			return b;
	}
	return NULL;
}

static void body_keep(struct world *w, const char *name, char *text)
{
	struct body *b = calloc(1, sizeof(*b));

	b->name = strdup(name);
	b->text = text ? text : strdup("");
	b->len = strlen(b->text);
	TAILQ_INSERT_TAIL(&w->bodies, b, link);
}

/* body NAME: literally. rss|rdf|atom NAME: built from lines. */
static void do_body(struct world *w, const struct line *l, FILE *in)
{
	char *text = read_block(w, in);

	if (strcmp(l->word[0], "body") == 0) {
		body_keep(w, l->word[1], text);
		return;
	}
	body_keep(w, l->word[1], body_write(l->word[0], text));
	free(text);
}

/*
 * many NAME N TITLE [hourly]: an RSS feed of N items whose titles end in a number; hourly: each an
 * hour later than the one before.
 */
static void do_many(struct world *w, const struct line *l, FILE *in)
{
	int n = atoi(l->word[2]);
	struct buf b;

	(void)in;
	buf_init(&b, (size_t)64 * 1024 * 1024);
	for (int i = 0; i < n; i++) {
		buf_printf(&b, "%s-%d | %s %d | text %d", l->word[3], i, l->word[3], i, i);
		if (line_has(l, "hourly"))
			buf_printf(&b, " | | 2020-%02d-%02dT%02d:00:00Z", 1 + i / 24 / 28,
				1 + i / 24 % 28, i % 24);
		buf_addc(&b, '\n');
	}
	body_keep(w, l->word[1], body_write("rss", buf_z(&b)));
	buf_release(&b);
}

static enum err_class class_of(const char *name)
{
	for (int c = ERR_TEMP; c <= ERR_BUG; c++) {
		if (strcasecmp(err_class_name((enum err_class)c), name) == 0)
			return (enum err_class)c;
	}
	return ERR_TEMP;
}

static char *value_copy(const struct line *l, const char *key)
{
	const char *v = line_value(l, key);

	return v ? strdup(v) : NULL;
}

static int64_t value_ms(const struct line *l, const char *key, int64_t otherwise)
{
	const char *v = line_value(l, key);

	return v ? line_ms(v) : otherwise;
}

static void reply_body(struct world *w, struct reply *r, const struct line *l)
{
	const char *name = line_value(l, "body");
	const struct body *b = name ? body_find(w, name) : NULL;
	int64_t cut = value_ms(l, "cut", 0);

	if (!name)
		return;
	if (!b) {
		world_fail(w, "no body is called %s", name);
		return;
	}
	r->body_len = b->len - (size_t)cut;
	r->body = malloc(r->body_len + 1);
	memcpy(r->body, b->text, r->body_len);
	r->body[r->body_len] = '\0';
}

/* reply URL STATUS|hang|error … ; answer URL … */
static void do_reply(struct world *w, const struct line *l, FILE *in)
{
	struct reply *r = calloc(1, sizeof(*r));
	bool always = line_has(l, "always");

	(void)in;
	r->url = strdup(l->word[1]);
	r->status = strcmp(l->word[2], "hang") == 0 ? -1 : atol(l->word[2]);
	r->left = always ? -1 : (int)value_ms(l, "times", 1);
	r->etag = value_copy(l, "etag");
	r->modified = value_copy(l, "modified");
	r->location = value_copy(l, "location");
	r->im = value_copy(l, "im");
	r->vary = value_copy(l, "vary");
	r->type = value_copy(l, "type");
	r->text = value_copy(l, "text");
	r->error = line_value(l, "error") ? class_of(line_value(l, "error")) : ERR_TEMP;
	r->delay = value_ms(l, "delay", 50);
	r->retry_after = value_ms(l, "retry-after", -1);
	r->max_age = value_ms(l, "max-age", -1);
	r->reach = line_has(l, "unreached")  ? FETCH_UNREACHED
		   : line_has(l, "no-route") ? FETCH_NO_ROUTE
					     : FETCH_UNKNOWN;
	r->no_host = line_has(l, "no-host");
	r->connects = line_has(l, "connects");
	r->crowded = line_has(l, "crowded");
	r->date_off = value_ms(l, "date", 0);
	r->no_date = line_has(l, "no-date");
	r->conditional = line_has(l, "conditional");
	r->sent = line_has(l, "sent");
	r->private_host = line_has(l, "private");
	reply_body(w, r, l);
	if (strcmp(l->word[0], "reply") == 0)
		TAILQ_INSERT_TAIL(&w->replies, r, link);
	else
		TAILQ_INSERT_TAIL(&w->answers, r, link);
}

/* forget URL: removes its replies. */
static void do_forget(struct world *w, const struct line *l, FILE *in)
{
	struct reply *r;

	(void)in;
	TAILQ_FOREACH (r, &w->replies, link) {
		if (strcmp(r->url, l->word[1]) == 0)
			r->left = 0;
	}
	TAILQ_FOREACH (r, &w->answers, link) {
		if (strcmp(r->url, l->word[1]) == 0)
			r->left = 0;
	}
}

static void do_life(struct world *w, const struct line *l, FILE *in)
{
	struct conf *conf = NULL;

	(void)in;
	if (strcmp(l->word[0], "start") == 0) {
		world_start(w, line_has(l, "once"));
	} else if (strcmp(l->word[0], "stop") == 0) {
		world_stop(w);
	} else if (strcmp(l->word[0], "crash") == 0) {
		world_crash(w);
	} else if (world_load(w, &conf)) {
		engine_reload(w->engine, conf);
		conf_unref(w->conf);
		w->conf = conf;
		world_advance(w, 0); /* feeds follow it in steps */
	}
}

static void do_time(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	if (strcmp(l->word[0], "advance") == 0)
		world_advance(w, line_ms(l->word[1]));
	else {
		clock_virtual_step(line_ms(l->word[1]));
		w->stepped += line_ms(l->word[1]);
	}
}

/* network changed */
static void do_network(struct world *w, const struct line *l, FILE *in)
{
	(void)l;
	(void)in;
	engine_network_changed(w->engine);
}

/* suspend TIME: the monotonic clock does not advance. */
static void do_suspend(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	clock_virtual_suspend(line_ms(l->word[1]));
	engine_resume(w->engine, line_ms(l->word[1]));
}

/* clock synchronised | adrift */
static void do_clock(struct world *w, const struct line *l, FILE *in)
{
	(void)w;
	(void)in;
	clock_virtual_synchronise(line_has(l, "synchronised"));
}

static void do_disk(struct world *w, const struct line *l, FILE *in)
{
	(void)w;
	(void)in;
	disk_set(line_has(l, "full") ? DISK_FULL : line_has(l, "broken") ? DISK_BROKEN : DISK_OK);
}

/* jobs hold | run | take 200ms | mailbox 8 */
static void do_jobs(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	if (line_has(l, "hold"))
		w->hold_jobs = true;
	else if (line_has(l, "run"))
		world_release_jobs(w);
	else if (line_has(l, "take"))
		w->job_ms = line_ms(l->word[2]);
	else if (line_has(l, "mailbox"))
		w->mailbox = (size_t)line_ms(l->word[2]);
}

/* parser hold | run | take 200ms | fail CLASS TEXT | ok */
static void do_parser(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	if (line_has(l, "hold")) {
		w->hold_parsing = true;
	} else if (line_has(l, "run")) {
		world_release_parsing(w);
	} else if (line_has(l, "take")) {
		w->parse_ms = line_ms(l->word[2]);
	} else {
		free(w->parse_error.text);
		w->parse_error.text = l->n > 3 ? strdup(l->word[3]) : NULL;
		w->parse_error.cls = l->n > 3 ? class_of(l->word[2]) : ERR_NONE;
	}
}

/* secrets hold | run | take 200ms */
static void do_secrets(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	if (line_has(l, "hold"))
		w->hold_secrets = true;
	else if (line_has(l, "run"))
		world_release_secrets(w);
	else
		w->secret_ms = line_ms(l->word[2]);
}

/* ignore requests | messages | log EVENT */
static void do_ignore(struct world *w, const struct line *l, FILE *in)
{
	struct record_list *list = line_has(l, "requests") ? &w->requests : &w->sends;
	struct record *r;
	struct heard *h;

	(void)in;
	if (strcmp(l->word[1], "log") == 0) {
		TAILQ_FOREACH (h, &w->log, link)
			h->expected |= l->n > 2 && strstr(h->line, l->word[2]);
		return;
	}
	while ((r = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, r, link);
		record_free(r);
	}
}

static void do_expect(struct world *w, const struct line *l, FILE *in)
{
	(void)in;
	world_expect(w, l);
}

bool world_do(struct world *w, const struct line *l, FILE *in)
{
	static const struct {
		const char *name;
		size_t words;
		void (*fn)(struct world *, const struct line *, FILE *);
	} commands[] = {
		{"conf", 1, do_conf},
		{"crowd", 2, do_crowd},
		{"receivers", 3, do_receivers},
		{"services", 2, do_services},
		{"secret", 3, do_secret},
		{"body", 2, do_body},
		{"rss", 2, do_body},
		{"rdf", 2, do_body},
		{"atom", 2, do_body},
		{"many", 4, do_many},
		{"reply", 3, do_reply},
		{"answer", 3, do_reply},
		{"forget", 2, do_forget},
		{"publisher", 3, publisher_do},
		{"start", 1, do_life},
		{"stop", 1, do_life},
		{"crash", 1, do_life},
		{"reload", 1, do_life},
		{"advance", 2, do_time},
		{"step", 2, do_time},
		{"network", 2, do_network},
		{"suspend", 2, do_suspend},
		{"hub", 4, hub_do},
		{"silence", 4, operator_silence},
		{"ack", 3, operator_ack},
		{"clock", 2, do_clock},
		{"disk", 2, do_disk},
		{"jobs", 2, do_jobs},
		{"parser", 2, do_parser},
		{"secrets", 2, do_secrets},
		{"ignore", 2, do_ignore},
		{"expect", 2, do_expect},
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, l->word[0]) != 0)
			continue;
		if (l->n < commands[i].words)
			break;
		commands[i].fn(w, l, in);
		return true;
	}
	return false;
}
