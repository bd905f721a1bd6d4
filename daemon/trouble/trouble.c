/* SPDX-License-Identifier: MIT */
#include "trouble/trouble.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "group.h"

#define NOTICE_PAUSE CLOCK_MINUTE /* between two notices of the same kind */
#define GATHER_MIN   (2 * CLOCK_SECOND)
#define DETAIL_MAX   ((size_t)400)
#define SUBJECT_MAX  ((size_t)200)

const struct trouble_row trouble_rows[TROUBLE_KINDS] = {
#define TROUBLE(id, word, ...) [TROUBLE_##id] = {.name = word, __VA_ARGS__},
#include "trouble/kinds.def"
};

enum trouble_kind trouble_kind_of(struct str name)
{
	int k = 0;

	while (k < TROUBLE_KINDS && !str_is(name, trouble_rows[k].name))
		k++;
	return (enum trouble_kind)k;
}

static void trouble_group_init(struct trouble_group *g)
{
	for (int state = 0; state < TROUBLE_STATES; state++)
		TAILQ_INIT(&g->in[state]);
	TAILQ_INIT(&g->ends);
}

struct troubles *troubles_new(void (*wake)(void *arg), void *arg)
{
	struct troubles *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	for (int k = 0; k < TROUBLE_KINDS; k++)
		trouble_group_init(&t->groups[k]);
	TAILQ_INIT(&t->gone);
	t->wake = wake;
	t->arg = arg;
	t->next = INT64_MAX;
	return t;
}

static size_t trouble_part(struct str subject)
{
	return subject.n ? digest_fast64(subject, 0) % TROUBLE_PARTS : 0;
}

static struct trouble_entry **trouble_table(struct trouble_group *g, struct str subject)
{
	return &g->parts[trouble_part(subject)];
}

/* Out of the list of its state, which the caller changes. */
static void trouble_unlink(struct trouble_group *g, struct trouble_entry *x)
{
	TAILQ_REMOVE(&g->in[x->state], x, link);
	g->n[x->state]--;
}

static void trouble_link(struct trouble_group *g, struct trouble_entry *x, enum trouble_state s)
{
	x->state = s;
	TAILQ_INSERT_TAIL(&g->in[s], x, link);
	g->n[s]++;
}

static void trouble_set_state(struct troubles *t, struct trouble_entry *x, enum trouble_state s)
{
	struct trouble_group *g = &t->groups[x->is.kind];

	trouble_unlink(g, x);
	trouble_link(g, x, s);
}

static void trouble_set_end(struct troubles *t, struct trouble_entry *x, int64_t at)
{
	struct trouble_list *ends = &t->groups[x->is.kind].ends;

	if (x->ends_at != INT64_MAX)
		TAILQ_REMOVE(ends, x, ends_link);
	if (at != INT64_MAX)
		TAILQ_INSERT_TAIL(ends, x, ends_link); /* all of a kind last equally long */
	x->ends_at = at;
}

static void trouble_entry_free(struct trouble_entry *x)
{
	free(x->detail);
	free(x);
}

static void trouble_drop(struct troubles *t, struct trouble_entry *x)
{
	struct trouble_group *g = &t->groups[x->is.kind];

	trouble_set_end(t, x, INT64_MAX);
	trouble_unlink(g, x);
	HASH_DEL(*trouble_table(g, x->is.subject), x);
	trouble_entry_free(x);
}

static void trouble_drop_gone(struct troubles *t)
{
	struct trouble_entry *x;

	while ((x = TAILQ_FIRST(&t->gone))) {
		TAILQ_REMOVE(&t->gone, x, link);
		trouble_entry_free(x);
	}
}

void troubles_free(struct troubles *t)
{
	struct trouble_entry *x;

	if (!t)
		return;
	trouble_drop_gone(t);
	for (int k = 0; k < TROUBLE_KINDS; k++)
		for (int state = 0; state < TROUBLE_STATES; state++)
			while ((x = TAILQ_FIRST(&t->groups[k].in[state])))
				trouble_drop(t, x);
	free(t);
}

/* --- entries --- */

static struct trouble_entry *trouble_find(
	const struct troubles *t, enum trouble_kind kind, struct str subject)
{
	size_t n = subject.n < SUBJECT_MAX ? subject.n : SUBJECT_MAX;
	struct trouble_entry *x;

	subject = str_slice(n ? subject.p : "", n);
	HASH_FIND(hh, t->groups[kind].parts[trouble_part(subject)], subject.p, n, x);
	return x;
}

/* NULL: out of memory; the next begin adds it. */
static struct trouble_entry *trouble_add(
	struct troubles *t, enum trouble_kind kind, struct str subject, enum trouble_state state)
{
	size_t n = subject.n < SUBJECT_MAX ? subject.n : SUBJECT_MAX;
	struct trouble_group *g = &t->groups[kind];
	struct trouble_entry *x = calloc(1, sizeof(*x) + n + 1);

	if (!x)
		return NULL;
	if (n)
		memcpy(x->subject, subject.p, n);
	x->is.kind = kind;
	if (n)
		x->is.subject = str_slice(x->subject, n);
	x->ends_at = INT64_MAX;
	HASH_ADD_KEYPTR(hh, *trouble_table(g, x->is.subject), x->subject, n, x);
	if (!table_has(x)) {
		free(x);
		return NULL;
	}
	trouble_link(g, x, state);
	return x;
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
	int64_t at, said = t->groups[x->is.kind].said_at[ending];

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

/* Only the first entry of each list is looked at: it changes before the others. */
static int64_t trouble_next_of_group(const struct troubles *t, const struct trouble_group *g)
{
	const struct trouble_entry *x = TAILQ_FIRST(&g->ends);
	int64_t at, next = x ? x->ends_at : INT64_MAX;

	for (int state = 0; state < TROUBLE_STATES; state++) {
		x = TAILQ_FIRST(&g->in[state]);
		at = x ? trouble_next_of(t, x) : INT64_MAX;
		next = at < next ? at : next;
	}
	return next;
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
		x = trouble_add(t, kind, subject, row->grace ? TROUBLE_IN_GRACE : TROUBLE_DUE);
		if (!x)
			return;
		x->is.since = clock_wall();
		x->due_at = now + row->grace;
	} else if (x->state == TROUBLE_ENDING) {
		trouble_set_state(t, x, TROUBLE_TOLD);
	}
	trouble_set_detail(x, detail);
	if (row->lasts)
		trouble_set_end(t, x, now + row->lasts);
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
	trouble_set_end(t, x, INT64_MAX);
	if (x->state == TROUBLE_TOLD) {
		trouble_set_state(t, x, TROUBLE_ENDING);
		x->due_at = clock_mono();
		trouble_wake(t, x);
		return;
	}
	trouble_drop(t, x);
}

bool trouble_exists(const struct troubles *t, enum trouble_kind kind, struct str subject)
{
	const struct trouble_entry *x = trouble_find(t, kind, subject);

	return x && (x->state == TROUBLE_DUE || x->state == TROUBLE_TOLD);
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
		x = trouble_add(t, kind, subject, TROUBLE_TOLD);
	else
		trouble_set_state(t, x, TROUBLE_TOLD);
	if (!x)
		return;
	x->is.since = since;
	if (!x->detail)
		trouble_set_detail(x, detail);
	if (row->lasts && x->ends_at == INT64_MAX)
		trouble_set_end(t, x, clock_mono() + row->lasts);
	if (over)
		trouble_end_entry(t, x);
	else
		trouble_wake(t, x);
}

static void trouble_prune_list(struct troubles *t, struct trouble_list *list,
	bool (*exists)(void *arg, const struct trouble_row *row, struct str subject), void *arg)
{
	struct trouble_entry *x, *next;

	for (x = TAILQ_FIRST(list); x; x = next) {
		next = TAILQ_NEXT(x, link);
		if (!exists(arg, &trouble_rows[x->is.kind], x->is.subject))
			trouble_end_entry(t, x);
	}
}

void troubles_prune(struct troubles *t, enum trouble_of of,
	bool (*exists)(void *arg, const struct trouble_row *row, struct str subject), void *arg)
{
	for (int k = 0; k < TROUBLE_KINDS; k++)
		for (int state = 0; trouble_rows[k].of == of && state < TROUBLE_ENDING; state++)
			trouble_prune_list(t, &t->groups[k].in[state], exists, arg);
}

void troubles_end_subject(struct troubles *t, enum trouble_of of, struct str subject)
{
	for (int k = 0; k < TROUBLE_KINDS; k++)
		if (trouble_rows[k].of == of)
			trouble_end(t, (enum trouble_kind)k, subject);
}

/* --- notices --- */

/* Applies what time alone changes. */
static void trouble_pass_time(struct troubles *t, struct trouble_group *g, int64_t now)
{
	struct trouble_entry *x;

	while ((x = TAILQ_FIRST(&g->in[TROUBLE_IN_GRACE])) && x->due_at <= now)
		trouble_set_state(t, x, TROUBLE_DUE);
	while ((x = TAILQ_FIRST(&g->ends)) && x->ends_at <= now)
		trouble_end_entry(t, x);
}

/* The same for all kinds. Returns the entry whose notice is due first; NULL: none is due. */
static const struct trouble_entry *trouble_find_due(struct troubles *t, int64_t now)
{
	const struct trouble_entry *due = NULL;

	t->next = INT64_MAX;
	for (int k = 0; k < TROUBLE_KINDS; k++) {
		struct trouble_group *g = &t->groups[k];
		int64_t at;

		trouble_pass_time(t, g, now);
		at = trouble_next_of_group(t, g);
		if (at < t->next)
			t->next = at;
		for (int state = TROUBLE_DUE; state < TROUBLE_STATES; state++) {
			const struct trouble_entry *x = TAILQ_FIRST(&g->in[state]);

			at = x ? trouble_notice_at(t, x) : INT64_MAX;
			if (at <= now && (!due || at < trouble_notice_at(t, due)))
				due = x;
		}
	}
	return due;
}

/* Takes the first n entries in that state. */
static void trouble_take_first(struct troubles *t, enum trouble_kind kind, enum trouble_state state,
	struct trouble *out, size_t n)
{
	struct trouble_group *g = &t->groups[kind];

	for (size_t i = 0; i < n; i++) {
		struct trouble_entry *x = TAILQ_FIRST(&g->in[state]);

		out[i] = x->is;
		if (state == TROUBLE_DUE) {
			trouble_set_state(t, x, TROUBLE_TOLD);
			continue;
		}
		trouble_unlink(g, x);
		HASH_DEL(*trouble_table(g, x->is.subject), x);
		TAILQ_INSERT_TAIL(&t->gone, x, link);
	}
}

size_t troubles_take(struct troubles *t, enum trouble_kind *kind, bool *ended, struct trouble **out)
{
	const struct trouble_entry *first;
	struct trouble_group *g;
	enum trouble_state state;
	int64_t now = clock_mono();
	size_t n;

	*out = NULL;
	trouble_drop_gone(t);
	t->taking = true;
	first = trouble_find_due(t, now);
	t->taking = false;
	if (!first)
		return 0;
	*kind = first->is.kind;
	state = first->state;
	*ended = state == TROUBLE_ENDING;
	g = &t->groups[*kind];
	n = g->n[state] < TROUBLE_TAKE_MAX ? g->n[state] : TROUBLE_TAKE_MAX;
	*out = calloc(n, sizeof(**out));
	if (!*out)
		return 0; /* the next call tries again */
	g->said_at[*ended] = now;
	t->next = now; /* others may be due */
	trouble_take_first(t, *kind, state, *out, n);
	return n;
}
