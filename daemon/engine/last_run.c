/* SPDX-License-Identifier: MIT */
#include "engine/last_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"

#define STEPS	    2
#define SUSPECTS    64
#define PAUSE_FIRST (5 * CLOCK_SECOND)
#define PAUSE_MAX   (5 * CLOCK_MINUTE)
#define PAUSE_AFTER 2 /* failures; after one alone the restart of the service manager is enough */
#define MAGIC	    "nightdesk run 1"

/* The file, in the byte order of the machine: it never leaves it. */
struct last_run_image {
	char magic[16];
	uint32_t failures;
	uint32_t unused;
	char steps[STEPS][LAST_RUN_FEED_MAX];	    /* "": nothing is being done */
	struct last_run_suspect suspects[SUSPECTS]; /* feed "": unused */
};

struct last_run {
	int fd;
	atomic_bool finished; /* last_run_begin marks no more */
	size_t n_suspects;
	struct last_run_image image;
};

/* --- the file --- */

/* Best effort: on a full or failing disk the daemon goes on without this memory. */
static void last_run_write(struct last_run *r, const void *part, size_t n)
{
	off_t at = (off_t)((const char *)part - (const char *)&r->image);

	while (pwrite(r->fd, part, n, at) < 0 && errno == EINTR)
		;
}

static void last_run_write_all(struct last_run *r)
{
	last_run_write(r, &r->image, sizeof(r->image));
}

static bool last_run_is_valid(const struct last_run_image *m)
{
	bool valid = memcmp(m->magic, MAGIC, sizeof(m->magic)) == 0;

	for (size_t i = 0; i < STEPS; i++)
		valid = valid && memchr(m->steps[i], '\0', LAST_RUN_FEED_MAX);
	for (size_t i = 0; i < SUSPECTS; i++)
		valid = valid && memchr(m->suspects[i].feed, '\0', LAST_RUN_FEED_MAX);
	return valid;
}

/* Anything else than a whole file of ours is as good as none. */
static void last_run_read(struct last_run *r)
{
	ssize_t n = pread(r->fd, &r->image, sizeof(r->image), 0);

	if (n == (ssize_t)sizeof(r->image) && last_run_is_valid(&r->image))
		return;
	r->image = (struct last_run_image){.magic = MAGIC};
}

static int last_run_open_file(struct last_run *r, const char *state, struct err *e)
{
	char *path = NULL;
	int rc = 0;

	if (asprintf(&path, "%s.run", state) < 0)
		return err_nomem(e);
	r->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (r->fd < 0 || flock(r->fd, LOCK_EX | LOCK_NB) != 0)
		rc = err_set(e, err_class_of(errno), "%s: %s", path, strerror(errno));
	free(path);
	return rc;
}

/* --- suspects --- */

static struct last_run_suspect *last_run_look_up(struct last_run *r, struct str feed)
{
	for (size_t i = 0; i < SUSPECTS && r->n_suspects > 0; i++) {
		if (*r->image.suspects[i].feed && str_is(feed, r->image.suspects[i].feed))
			return &r->image.suspects[i];
	}
	return NULL;
}

/* An unused entry, else the one that has waited for the longest time. */
static struct last_run_suspect *last_run_make_room(struct last_run *r)
{
	struct last_run_suspect *oldest = &r->image.suspects[0];

	for (size_t i = 0; i < SUSPECTS; i++) {
		struct last_run_suspect *s = &r->image.suspects[i];

		if (!*s->feed)
			return s;
		if (s->until < oldest->until)
			oldest = s;
	}
	return oldest;
}

/* Short at first: what was under way when the process was killed from outside is innocent. */
static int64_t last_run_wait(uint32_t times)
{
	static const int64_t waits[] = {
		CLOCK_MINUTE, 10 * CLOCK_MINUTE, CLOCK_HOUR, 6 * CLOCK_HOUR, CLOCK_DAY};
	const uint32_t last = sizeof(waits) / sizeof(waits[0]) - 1;

	return waits[times - 1 < last ? times - 1 : last];
}

static void last_run_suspect(struct last_run *r, const char *feed)
{
	struct last_run_suspect *s = last_run_look_up(r, str_of(feed));

	if (!s) {
		s = last_run_make_room(r);
		r->n_suspects += *s->feed == '\0';
		*s = (struct last_run_suspect){0};
		memcpy(s->feed, feed, strlen(feed) + 1);
	}
	if (s->times < UINT32_MAX)
		s->times++;
	s->fresh = true;
	s->until = clock_wall() + last_run_wait(s->times);
}

/* The clock may have been set back since, and a power failure may have left any number. */
static void last_run_check_suspects(struct last_run *r)
{
	int64_t now = clock_wall();

	for (size_t i = 0; i < SUSPECTS; i++) {
		struct last_run_suspect *s = &r->image.suspects[i];

		if (*s->feed && s->times == 0)
			*s->feed = '\0';
		if (*s->feed && s->until > now + last_run_wait(s->times))
			s->until = now + last_run_wait(s->times);
		r->n_suspects += *s->feed != '\0';
	}
}

const struct last_run_suspect *last_run_find(const struct last_run *r, struct str feed)
{
	return r ? last_run_look_up((struct last_run *)(uintptr_t)r, feed) : NULL;
}

void last_run_report(struct last_run *r, struct str feed)
{
	struct last_run_suspect *s = r ? last_run_look_up(r, feed) : NULL;

	if (!s)
		return;
	s->fresh = false;
	last_run_write(r, s, sizeof(*s));
}

void last_run_clear(struct last_run *r, struct str feed)
{
	struct last_run_suspect *s = r ? last_run_look_up(r, feed) : NULL;

	if (!s)
		return;
	*s = (struct last_run_suspect){0};
	r->n_suspects--;
	last_run_write(r, s, sizeof(*s));
}

/* --- runs --- */

int last_run_open(struct last_run **out, const char *state, struct err *e)
{
	struct last_run *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (!r)
		return err_nomem(e);
	rc = last_run_open_file(r, state, e);
	if (rc) {
		last_run_free(r);
		return rc;
	}
	last_run_read(r);
	last_run_check_suspects(r);
	for (size_t i = 0; i < STEPS; i++) {
		if (*r->image.steps[i])
			last_run_suspect(r, r->image.steps[i]);
		*r->image.steps[i] = '\0';
	}
	*out = r;
	return 0;
}

void last_run_free(struct last_run *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

unsigned last_run_failures(const struct last_run *r)
{
	return r ? r->image.failures : 0;
}

int64_t last_run_pause(const struct last_run *r)
{
	int64_t ms = PAUSE_FIRST;

	if (last_run_failures(r) < PAUSE_AFTER)
		return 0;
	for (unsigned n = PAUSE_AFTER; n < r->image.failures && ms < PAUSE_MAX; n++)
		ms *= 2;
	return ms < PAUSE_MAX ? ms : PAUSE_MAX;
}

void last_run_start(struct last_run *r)
{
	if (!r)
		return;
	if (r->image.failures < UINT32_MAX)
		r->image.failures++;
	last_run_write_all(r);
}

static void last_run_set_failures(struct last_run *r, uint32_t n)
{
	r->image.failures = n;
	last_run_write(r, &r->image.failures, sizeof(r->image.failures));
}

void last_run_settle(struct last_run *r)
{
	if (r)
		last_run_set_failures(r, 0);
}

void last_run_finish(struct last_run *r, bool clean)
{
	if (!r || atomic_exchange(&r->finished, true))
		return;
	memset(r->image.steps, 0, sizeof(r->image.steps));
	if (clean)
		r->image.failures = 0;
	last_run_write_all(r);
}

/* --- steps --- */

void last_run_begin(struct last_run *r, enum last_run_step step, struct str feed)
{
	char *name;

	if (!r || feed.n >= LAST_RUN_FEED_MAX || atomic_load(&r->finished))
		return;
	name = r->image.steps[step];
	memcpy(name, feed.p, feed.n);
	name[feed.n] = '\0';
	last_run_write(r, name, feed.n + 1);
}

void last_run_end(struct last_run *r, enum last_run_step step)
{
	if (!r || atomic_load(&r->finished))
		return;
	*r->image.steps[step] = '\0';
	last_run_write(r, r->image.steps[step], 1);
}
