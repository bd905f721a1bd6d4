/* SPDX-License-Identifier: MIT */
#include "trouble/trouble.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

#define NOTICE_PAUSE  CLOCK_MINUTE /* between two notices of the same kind */
#define GATHER_MIN    (2 * CLOCK_SECOND)
#define FEEDS_PERCENT 5 /* may fail before an operator must act */
#define DETAIL_MAX    ((size_t)400)
#define SUBJECT_MAX   ((size_t)200)

const struct trouble_row trouble_rows[TROUBLE_KINDS] = {
#define TROUBLE(id, word, ...) [TROUBLE_##id] = {.name = word, __VA_ARGS__},
#include "trouble/kinds.def"
};

enum trouble_state { TROUBLE_IN_GRACE, TROUBLE_DUE, TROUBLE_TOLD, TROUBLE_ENDING };

struct trouble_entry {
	struct trouble is; /* its strings are owned by the entry */
	enum trouble_state state;
	int64_t due_at;	 /* when the grace ended or ends; ENDING: when it ended */
	int64_t ends_at; /* by itself; INT64_MAX: never */
	char *detail;
	struct trouble_entry *gone; /* the next one in troubles.gone */
	UT_hash_handle hh;
	char key[]; /* the kind as a byte, then the subject */
};

struct troubles {
	struct trouble_entry *entries; /* by key, in the order in which they began */
	struct trouble_entry *gone;    /* taken by the last call of troubles_take() */
	void (*wake)(void *arg);
	void *arg;
	int64_t next;
	bool taking;			   /* inside troubles_take() */
	int64_t said_at[TROUBLE_KINDS][2]; /* last notice: of a begin, of an end; 0: none */
	size_t count[TROUBLE_KINDS];	   /* DUE and TOLD */
};

enum trouble_kind trouble_kind_of(struct str name)
{
	int k = 0;

	while (k < TROUBLE_KINDS && !str_is(name, trouble_rows[k].name))
		k++;
	return (enum trouble_kind)k;
}

struct troubles *troubles_new(void (*wake)(void *arg), void *arg)
{
	struct troubles *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->wake = wake;
	t->arg = arg;
	t->next = INT64_MAX;
	return t;
}

static void trouble_entry_free(struct trouble_entry *x)
{
	free(x->detail);
	free(x);
}

static bool trouble_counts(const struct trouble_entry *x)
{
	return x->state == TROUBLE_DUE || x->state == TROUBLE_TOLD;
}

static void trouble_drop(struct troubles *t, struct trouble_entry *x)
{
	HASH_DEL(t->entries, x);
	t->count[x->is.kind] -= trouble_counts(x);
	trouble_entry_free(x);
}

static void trouble_drop_gone(struct troubles *t)
{
	struct trouble_entry *x;

	while ((x = t->gone)) {
		t->gone = x->gone;
		trouble_entry_free(x);
	}
}

void troubles_free(struct troubles *t)
{
	struct trouble_entry *x, *next;

	if (!t)
		return;
	trouble_drop_gone(t);
	HASH_ITER (hh, t->entries, x, next)
		trouble_drop(t, x);
	free(t);
}

/* --- entries --- */

static void trouble_set_state(struct troubles *t, struct trouble_entry *x, enum trouble_state s)
{
	t->count[x->is.kind] -= trouble_counts(x);
	x->state = s;
	t->count[x->is.kind] += trouble_counts(x);
}

static size_t trouble_make_key(
	char key[SUBJECT_MAX + 1], enum trouble_kind kind, struct str subject)
{
	size_t n = subject.n < SUBJECT_MAX ? subject.n : SUBJECT_MAX;

	key[0] = (char)kind;
	if (n)
		memcpy(key + 1, subject.p, n);
	return n + 1;
}

static struct trouble_entry *trouble_find(
	const struct troubles *t, enum trouble_kind kind, struct str subject)
{
	struct trouble_entry *x;
	char key[SUBJECT_MAX + 1];
	size_t n = trouble_make_key(key, kind, subject);

	HASH_FIND(hh, t->entries, key, n, x);
	return x;
}

static struct trouble_entry *trouble_add(
	struct troubles *t, enum trouble_kind kind, struct str subject)
{
	char key[SUBJECT_MAX + 1];
	size_t n = trouble_make_key(key, kind, subject);
	struct trouble_entry *x = calloc(1, sizeof(*x) + n + 1);

	if (!x)
		return NULL; /* the next begin adds it */
	memcpy(x->key, key, n);
	x->is.kind = kind;
	if (n > 1)
		x->is.subject = str_slice(x->key + 1, n - 1);
	x->ends_at = INT64_MAX;
	HASH_ADD_KEYPTR(hh, t->entries, x->key, n, x);
	if (table_has(x))
		return x;
	free(x);
	return NULL;
}

static void trouble_set_detail(struct trouble_entry *x, struct str detail)
{
	size_t n = detail.n < DETAIL_MAX ? detail.n : DETAIL_MAX;
	char *copy;

	if (!str_present(detail) || str_eq(x->is.detail, str_slice(detail.p, n)))
		return;
	copy = malloc(n + 1);
	if (!copy)
		return;
	memcpy(copy, detail.p, n);
	copy[n] = '\0';
	free(x->detail);
	x->detail = copy;
	x->is.detail = str_slice(copy, n);
}

/* --- time --- */

static int64_t trouble_gather(enum trouble_kind kind)
{
	int64_t ms = trouble_rows[kind].gather;

	return ms > GATHER_MIN ? ms : GATHER_MIN;
}

/* When a notice with this entry is due, if it is alone; INT64_MAX: it needs none. */
static int64_t trouble_notice_at(const struct troubles *t, const struct trouble_entry *x)
{
	bool ending = x->state == TROUBLE_ENDING;
	int64_t at, said = t->said_at[x->is.kind][ending];

	if (x->state == TROUBLE_TOLD)
		return INT64_MAX;
	at = x->due_at + trouble_gather(x->is.kind);
	return said && at < said + NOTICE_PAUSE ? said + NOTICE_PAUSE : at;
}

static int64_t trouble_next_of(const struct troubles *t, const struct trouble_entry *x)
{
	int64_t at = trouble_notice_at(t, x);

	if (x->state == TROUBLE_IN_GRACE && x->due_at < at)
		at = x->due_at;
	return x->ends_at < at ? x->ends_at : at;
}

static void trouble_wake(struct troubles *t, const struct trouble_entry *x)
{
	int64_t at = trouble_next_of(t, x);

	if (at >= t->next)
		return;
	t->next = at;
	if (!t->taking)
		t->wake(t->arg);
}

int64_t troubles_next(const struct troubles *t)
{
	return t->next;
}

/* --- begin and end --- */

void trouble_begin(
	struct troubles *t, enum trouble_kind kind, struct str subject, struct str detail)
{
	const struct trouble_row *row = &trouble_rows[kind];
	struct trouble_entry *x = trouble_find(t, kind, subject);
	int64_t now = clock_mono();

	if (!x) {
		x = trouble_add(t, kind, subject);
		if (!x)
			return;
		x->is.since = clock_wall();
		x->due_at = now + row->grace;
		trouble_set_state(t, x, row->grace ? TROUBLE_IN_GRACE : TROUBLE_DUE);
	} else if (x->state == TROUBLE_ENDING) {
		trouble_set_state(t, x, TROUBLE_TOLD);
	}
	trouble_set_detail(x, detail);
	if (row->lasts)
		x->ends_at = now + row->lasts;
	trouble_wake(t, x);
}

void trouble_skip_grace(struct troubles *t, enum trouble_kind kind, struct str subject)
{
	struct trouble_entry *x = trouble_find(t, kind, subject);

	if (!x || x->state != TROUBLE_IN_GRACE)
		return;
	x->due_at = clock_mono();
	trouble_set_state(t, x, TROUBLE_DUE);
	trouble_wake(t, x);
}

static void trouble_end_entry(struct troubles *t, struct trouble_entry *x)
{
	if (x->state == TROUBLE_ENDING)
		return;
	x->ends_at = INT64_MAX;
	if (x->state == TROUBLE_TOLD) {
		trouble_set_state(t, x, TROUBLE_ENDING);
		x->due_at = clock_mono();
		trouble_wake(t, x);
		return;
	}
	trouble_drop(t, x);
}

void trouble_end(struct troubles *t, enum trouble_kind kind, struct str subject)
{
	struct trouble_entry *x = trouble_find(t, kind, subject);

	if (x)
		trouble_end_entry(t, x);
}

void trouble_remember(struct troubles *t, enum trouble_kind kind, struct str subject, int64_t since,
	struct str detail)
{
	const struct trouble_row *row = &trouble_rows[kind];
	struct trouble_entry *x = trouble_find(t, kind, subject);
	bool over = !x && row->until_start;

	if (!x)
		x = trouble_add(t, kind, subject);
	if (!x)
		return;
	trouble_set_state(t, x, TROUBLE_TOLD);
	x->is.since = since;
	if (!x->detail)
		trouble_set_detail(x, detail);
	if (row->lasts && x->ends_at == INT64_MAX)
		x->ends_at = clock_mono() + row->lasts;
	if (over)
		trouble_end_entry(t, x);
	else
		trouble_wake(t, x);
}

void troubles_prune(struct troubles *t,
	bool (*exists)(void *arg, const struct trouble_row *row, struct str subject), void *arg)
{
	struct trouble_entry *x, *next;

	HASH_ITER (hh, t->entries, x, next)
		if (!exists(arg, &trouble_rows[x->is.kind], x->is.subject))
			trouble_end_entry(t, x);
}

/* --- notices --- */

/* Applies what time alone changes. Returns the entry whose notice is due, or NULL. */
static struct trouble_entry *trouble_pass_time(struct troubles *t, int64_t now)
{
	struct trouble_entry *x, *next, *due = NULL;

	t->next = INT64_MAX;
	HASH_ITER (hh, t->entries, x, next) {
		int64_t at;

		if (x->state == TROUBLE_IN_GRACE && x->due_at <= now)
			trouble_set_state(t, x, TROUBLE_DUE);
		if (x->ends_at <= now) {
			bool told = x->state == TROUBLE_TOLD;

			trouble_end_entry(t, x);
			if (!told)
				continue;
		}
		at = trouble_next_of(t, x);
		if (at <= now && !due)
			due = x;
		if (at < t->next)
			t->next = at;
	}
	return due;
}

static bool trouble_belongs(
	const struct trouble_entry *x, enum trouble_kind kind, enum trouble_state state)
{
	return x->is.kind == kind && x->state == state;
}

/* Takes all entries in the state of the first from that state on. */
static size_t trouble_take_all(
	struct troubles *t, const struct trouble_entry *first, struct trouble *out)
{
	enum trouble_kind kind = first->is.kind;
	enum trouble_state state = first->state;
	struct trouble_entry *x, *next;
	size_t n = 0;

	HASH_ITER (hh, t->entries, x, next) {
		if (n == TROUBLE_TAKE_MAX)
			break;
		if (!trouble_belongs(x, kind, state))
			continue;
		if (out)
			out[n] = x->is;
		n++;
		if (!out)
			continue;
		if (state == TROUBLE_DUE) {
			trouble_set_state(t, x, TROUBLE_TOLD);
			continue;
		}
		HASH_DEL(t->entries, x);
		x->gone = t->gone;
		t->gone = x;
	}
	return n;
}

size_t troubles_take(struct troubles *t, enum trouble_kind *kind, bool *ended, struct trouble **out)
{
	const struct trouble_entry *first;
	int64_t now = clock_mono();

	*out = NULL;
	trouble_drop_gone(t);
	t->taking = true;
	first = trouble_pass_time(t, now);
	t->taking = false;
	if (!first)
		return 0;
	*kind = first->is.kind;
	*ended = first->state == TROUBLE_ENDING;
	*out = calloc(trouble_take_all(t, first, NULL), sizeof(**out));
	if (!*out)
		return 0; /* the next call tries again */
	t->said_at[*kind][*ended] = now;
	t->next = now; /* others may be due */
	return trouble_take_all(t, first, *out);
}

/* --- the current troubles --- */

size_t troubles_count(const struct troubles *t, enum trouble_kind kind)
{
	return t->count[kind];
}

size_t troubles_list(
	const struct troubles *t, enum trouble_kind kind, struct trouble *out, size_t max)
{
	const struct trouble_entry *x;
	size_t n = 0;

	if (max > t->count[kind])
		max = t->count[kind];
	for (x = t->entries; x && n < max; x = x->hh.next)
		if (x->is.kind == kind && trouble_counts(x))
			out[n++] = x->is;
	return n;
}

static bool trouble_has_named_feed(
	const struct troubles *t, enum trouble_kind kind, const struct conf *conf)
{
	const struct trouble_entry *x;
	const struct conf_feed *f;

	for (x = t->entries; x; x = x->hh.next) {
		if (x->is.kind != kind || !trouble_counts(x))
			continue;
		f = conf_find_feed(conf, x->is.subject);
		if (f && f->named)
			return true;
	}
	return false;
}

bool troubles_need_person(const struct troubles *t, enum trouble_kind kind, const struct conf *conf)
{
	bool any = false;

	if (kind == TROUBLE_KINDS) {
		for (int k = 0; k < TROUBLE_KINDS && !any; k++)
			any = troubles_need_person(t, (enum trouble_kind)k, conf);
		return any;
	}
	if (t->count[kind] == 0)
		return false;
	switch (trouble_rows[kind].person) {
	case TROUBLE_NO_PERSON: break;
	case TROUBLE_PERSON: return true;
	case TROUBLE_PERSON_FEEDS:
		return t->count[kind] * 100 > conf->n_feeds * FEEDS_PERCENT ||
		       trouble_has_named_feed(t, kind, conf);
	}
	return false;
}
