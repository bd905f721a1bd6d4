/* SPDX-License-Identifier: MIT */
/*
 * The match workload (bench/workload.h), three ways: the engine; the plain evaluator of
 * tests/lib; and the engine without its index, every watch evaluated on every item.
 *
 * A small one is made by $SHARED/bench/gen_match.py. At full size, on request:
 *
 *     python3 $SHARED/bench/gen_match.py DIR 50000 100000
 *     WORKLOAD=DIR build/tests/unit/watch/workload
 *
 * WATCHES, ITEMS and PLAIN_ITEMS in the environment take the first watches, the first items, and
 * that many of these, spread, for the plain evaluator (2,000). PART=1/2 takes every second item.
 */
#include "lib/unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/workload.h"
#include "lib/plain_query.h"

#include "watch/scratch.h"

#define SMALL_ITEMS   "600" /* the index is rebuilt after 500 */
#define SMALL_WATCHES "1000"
#define STEPS	      ((uint64_t)1 << 30) /* of a watch evaluated alone */

struct watched {
	struct str text;
	struct query tree; /* of text, for the reference evaluator */
};

static struct {
	struct workload load;
	struct arena *arena;
	struct watched *watches;
	size_t n_watches;
	size_t n_items, plain_items, part, parts;
	struct watch_set *set;
} here;

static size_t number_of(const char *name, size_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

/* --- generating the workload --- */

static void on_diag(void *ctx, const struct query_diag *d)
{
	fail_msg("%s: %s", (const char *)ctx, d->text);
}

static void add_watch(struct watch_builder *b, struct str text)
{
	struct watched *w = &here.watches[here.n_watches];
	struct watch_def def = {.name = STR("w"), .queries = &w->text, .n_queries = 1};
	struct query_reporter r = {0};
	size_t index;

	w->text = arena_str(here.arena, text);
	assert_non_null(w->text.p);
	assert_int_equal(query_parse(here.arena, w->text, &r, &w->tree), 0);
	assert_int_equal(
		watch_builder_add(b, &def, &index, on_diag, (void *)(uintptr_t)w->text.p), 0);
	assert_int_equal(index, here.n_watches);
	here.n_watches++;
}

static void read_watches(const char *dir, size_t most)
{
	struct watch_builder *b = watch_builder_new();
	size_t n, cap = 0;
	char *text = workload_slurp(dir, "watches.tsv", &n), *rest = text;
	struct buf q;

	buf_init(&q, 1 << 16);
	while (here.n_watches < most && workload_next_query(&rest, &q)) {
		if (here.n_watches == cap) {
			cap = cap ? 2 * cap : 1024;
			here.watches = reallocarray(here.watches, cap, sizeof(*here.watches));
			assert_non_null(here.watches);
		}
		add_watch(b, buf_str(&q));
	}
	assert_int_equal(watch_builder_finish(b, &here.set, NULL), 0);
	buf_release(&q);
	free(text);
}

static void read_workload(const char *dir)
{
	const char *part = getenv("PART");

	workload_read_items(&here.load, dir);
	here.arena = arena_new((size_t)4 << 30);
	read_watches(dir, number_of("WATCHES", SIZE_MAX));
	here.n_items = number_of("ITEMS", SIZE_MAX);
	if (here.n_items > here.load.n_items)
		here.n_items = here.load.n_items;
	here.plain_items = number_of("PLAIN_ITEMS", 2000);
	if (here.plain_items > here.n_items)
		here.plain_items = here.n_items;
	here.part = 0;
	here.parts = 1;
	if (part && sscanf(part, "%zu/%zu", &here.part, &here.parts) == 2)
		here.part--;
	assert_true(here.n_watches && here.n_items && here.parts);
}

static bool ran(const char *const *argv)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (freopen("/dev/null", "w", stdout))
			execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* False: the generator is not available. */
static bool make_small(void)
{
	const char *shared = getenv("SHARED");
	char script[4096], dir[] = "/tmp/workload-XXXXXX";
	bool made;

	snprintf(script, sizeof(script), "%s/bench/gen_match.py", shared ? shared : "../shared");
	if (access(script, R_OK) != 0)
		return false;
	assert_non_null(mkdtemp(dir));
	made = ran((const char *[]){
		"/usr/bin/python3", script, dir, SMALL_ITEMS, SMALL_WATCHES, NULL});
	if (made)
		read_workload(dir);
	ran((const char *[]){"rm", "-r", dir, NULL});
	return made;
}

static int set_up(void **state)
{
	const char *dir = getenv("WORKLOAD");

	(void)state;
	if (dir)
		read_workload(dir);
	else
		make_small();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	watch_set_free(here.set);
	workload_release(&here.load);
	arena_free(here.arena);
	free(here.watches);
	return 0;
}

/* --- results in one form --- */

struct results {
	struct buf text; /* one line for each match, then one for each hit */
	size_t matches, hits;
};

static void add_match(struct results *t, size_t watch)
{
	buf_printf(&t->text, "%zu matches\n", watch);
	t->matches++;
}

static void add_hit(
	struct results *t, size_t watch, int field, size_t offset, size_t n, struct str term)
{
	buf_printf(&t->text, "%zu hit %d %zu+%zu %.*s\n", watch, field, offset, n, STR_ARG(term));
	t->hits++;
}

static void on_match(void *ctx, const struct watch_match *m)
{
	struct results *t = ctx;

	add_match(t, m->watch);
	for (size_t i = 0; i < m->n_hits; i++)
		add_hit(t, m->watch, (int)m->hits[i].field, m->hits[i].offset, m->hits[i].length,
			m->hits[i].term);
}

static void match_plain(struct plain *p, struct results *t)
{
	for (size_t w = 0; w < here.n_watches; w++) {
		bool matched = plain_match(p, here.watches[w].tree.root);

		if (p->too_much)
			fail_msg("watch %zu asks too much of the plain evaluator: %s", w,
				here.watches[w].text.p);
		if (!matched)
			continue;
		add_match(t, w);
		for (size_t i = 0; i < p->n_hits; i++)
			add_hit(t, w, (int)p->regions[p->hits[i].region].field, p->hits[i].offset,
				p->hits[i].length, p->hits[i].term);
	}
}

/* Every watch alone: with an index it would be evaluated only if a word of it occurs. */
static void match_each(struct watch_scratch *s, const struct watch_view *v, struct results *t)
{
	assert_int_equal(watch_scratch_read(s, v, NULL), 0);
	for (size_t w = 0; w < here.n_watches; w++) {
		watch_eval_begin(s);
		s->budget.steps = STEPS;
		if (watch_eval(s, here.set->program.watches[w].root, WATCH_NO_LEAD))
			add_match(t, w);
		assert_false(s->budget.overrun || s->item.failed);
	}
}

static void demand_same(
	size_t item, const char *whose, const struct results *other, const struct results *engine)
{
	const char *a = buf_z(&other->text), *b = buf_z(&engine->text);
	size_t x, y, at = 0, line = 0;
	struct str item_text;

	if (strcmp(a, b) == 0)
		return;
	for (; a[at] == b[at]; at++)
		line = a[at] == '\n' ? at + 1 : line;
	a += line;
	b += line;
	x = *a ? strtoul(a, NULL, 10) : SIZE_MAX;
	y = *b ? strtoul(b, NULL, 10) : SIZE_MAX;
	item_text = here.load.items[item].all;
	fail_msg("watch: %s\n%s: %.*s\nengine: %.*s\nitem %zu: %.*s",
		here.watches[x < y ? x : y].text.p, whose, (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b, item + 1, STR_ARG(item_text));
}

static struct watch_view view_of(size_t item)
{
	return (struct watch_view){.title = here.load.items[item].title,
		.body = here.load.items[item].body,
		.published = STAMP_NONE};
}

static void init_results(struct results *a, struct results *b)
{
	*a = *b = (struct results){0};
	buf_init(&a->text, 1 << 26);
	buf_init(&b->text, 1 << 26);
}

static void clear_results(struct results *a, struct results *b)
{
	assert_false(buf_failed(&a->text) || buf_failed(&b->text));
	buf_clear(&a->text);
	buf_clear(&b->text);
}

static void print(const char *whose, size_t items, const struct results *t)
{
	assert_true(t->matches > 0);
	print_message("the engine and %s agree: %zu watches on %zu items, %zu pairs, %zu matches, "
		      "%zu hits\n",
		whose, here.n_watches, items, here.n_watches * items, t->matches, t->hits);
}

/* --- the two comparisons --- */

static void the_engine_and_the_plain_evaluator_agree(void **state)
{
	static struct plain p;
	struct watch_scratch *s;
	struct results plain, engine;
	size_t items = 0;

	(void)state;
	if (!here.set)
		skip();
	s = watch_scratch_new(here.set);
	plain_init(&p);
	init_results(&plain, &engine);
	for (size_t i = here.part; i < here.plain_items; i += here.parts, items++) {
		size_t item = i * (here.n_items / here.plain_items);
		struct watch_view v = view_of(item);

		assert_int_equal(watch_set_match(here.set, s, &v, on_match, &engine, NULL), 0);
		assert_true(plain_item(&p, &v));
		match_plain(&p, &plain);
		demand_same(item, "plain", &plain, &engine);
		clear_results(&plain, &engine);
	}
	print("the plain evaluator", items, &engine);
	plain_release(&p);
	watch_scratch_free(s);
	buf_release(&plain.text);
	buf_release(&engine.text);
}

static void the_engine_agrees_without_its_index(void **state)
{
	struct watch_scratch *s, *each;
	struct results without, engine;
	size_t items = 0;

	(void)state;
	if (!here.set)
		skip();
	s = watch_scratch_new(here.set);
	each = watch_scratch_new(here.set);
	init_results(&without, &engine);
	for (size_t item = here.part; item < here.n_items; item += here.parts, items++) {
		struct watch_view v = view_of(item);

		assert_int_equal(watch_set_match_only(here.set, s, &v, on_match, &engine, NULL), 0);
		match_each(each, &v, &without);
		demand_same(item, "without index", &without, &engine);
		clear_results(&without, &engine);
	}
	print("the same without its index", items, &engine);
	watch_scratch_free(s);
	watch_scratch_free(each);
	buf_release(&without.text);
	buf_release(&engine.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_engine_and_the_plain_evaluator_agree),
		cmocka_unit_test(the_engine_agrees_without_its_index),
	};

	return cmocka_run_group_tests_name("watch workload", tests, set_up, tear_down);
}
