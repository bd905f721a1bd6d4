/* SPDX-License-Identifier: MIT */
/*
 * The engine and the reference evaluator of tests/lib/plain_item.h on random queries and items:
 * equal results and hits. PAIRS and SEED in the environment set their number and the seed.
 */
#include "lib/unit.h"

#include <stdlib.h>

#include "lib/plain_query.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/rng.h"
#include "watch/scratch.h"

#define WATCHES 16
#define ITEMS	32
#define PAIRS	20000

static struct rng rng;
/*
 * Kinds of terms other than literal words in a set: the engine has another path for each, and for
 * none.
 */
enum {
	STARTS = 1,
	ENDS = 2,
	FUZZY = 4,
	SPELT = 8,
	STEMS = 16,
};
static unsigned kinds;

static size_t pick(size_t n)
{
	return (size_t)rng_below(&rng, n);
}

#define ONE_OF(list) (list)[pick(sizeof(list) / sizeof((list)[0]))]

/* --- items --- */

static const char *const words[] = {"embassy", "Embassies", "embassy's", "kyiv", "Kyiv\u2019s",
	"Kiev", "leave", "leaving", "leaves", "a", "b", "a", "b", "c", "WHO", "who", "Who",
	"Z\u00fcrich", "zurich", "Lo\u0301dz", "\u0141\u00f3d\u017a", "\u041a\u0438\u0457\u0432",
	"\u0391\u03b8\u03ae\u03bd\u03b1", "\u5927\u4f7f\u9928", "\u5927\u4f7f",
	"\u30a6\u30af\u30e9\u30a4\u30ca", "U.S.", "O'Brien", "l'ambassade", "non-essential",
	"100,000", "3.5", "\u0e01\u0e32\u0e23", "\u0939\u093f\u0928\u094d\u0926\u0940",
	"\u0627\u0644\u0633\u0641\u0627\u0631\u0629", "\ud55c\uad6d", "\u1208\u1230", "relocate",
	"relocating", "relocat", "draw", "down", "so\u00adft", "Kiev.He", "stra\u00dfe", "STRASSE",
	"\u0130zmir", "\u00c6ther"};
static const char *const more_words[] = {
	/* signs */
	"$GM", "gm", "#brief", "#Briefing", "#\u200fbrief", "#b", "$100", "#COVID-19", "covid",
	"19",
	/* apostrophes */
	"NATO'nun", "nato", "Lloyd's", "lloyd", "NATO\u2019s", "Qur\u02bean", "qur",
	"\u02bfAl\u012b", "ali", "can't", "O`Brien", "\u043e\u0431'\u0454\u043a\u0442",
	"L'Ukraine's", "rock'n'roll", "rock", "EU:n", "eu", "EU.Norland", "norland", "foo_bar",
	"foo", "bar", "x\u200by",
	/* Hebrew, Arabic, Persian, Icelandic, digits */
	"\u05e6\u05d4\"\u05dc", "\u05e6\u05d4\u05f4\u05dc", "\u05e6\u05d4\u201d\u05dc",
	"\u05d2\u05f3\u05d5\u05e8\u05d2'\u05d9\u05d4", "\u05e8\u05d7\u05f3", "\u05e8\u05d7",
	"\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd",
	"\u0625\u064a\u0631\u0627\u0646", "\u0627\u06cc\u0631\u0627\u0646",
	"\u0627\u064a\u0640\u0631\u0627\u0646", "\u0645\u06cc\u200c\u0634\u0648\u062f",
	"\u0633\u0641\u0627\u0631\u0629", "\u0633\u0641\u0627\u0631\u0647", "Gu\u00f0mundur",
	"gudmundur", "\u00de\u00f3r", "thor", "\u0664\u0665", "45", "\u096a\u096b"};
static const char *const joints[] = {" ", " ", " ", " ", " ", " ", ", ", "-", ". ", "! ", "\n",
	"\n\n", " (", ") ", "... ", ".\u201d ", "\u3002", " \U0001F600 ", "_", ":", "\u200b",
	"\u202f", " #", "$", "#\u2060", "'", "\u2019", " \u02bf", "."};

static const char *pick_word(void)
{
	return pick(3) ? ONE_OF(words) : ONE_OF(more_words);
}

static void put_text(struct buf *out, size_t most)
{
	size_t n = pick(most + 1);

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addz(out, ONE_OF(joints));
		buf_addz(out, pick_word());
	}
}

struct made {
	struct buf text;
	struct str categories[2], groups[2];
	struct watch_view view;
};

static void make_item(struct made *m)
{
	static const char *const langs[] = {"en", "en-gb", "fr", NULL};
	static const char *const sites[] = {"bbc.co.uk", "news.bbc.co.uk", "a.com", NULL};
	static const char *const feeds[] = {"bbc", "cnn", NULL};
	static const char *const sources[] = {"BBC", "ap", NULL};
	static const char *const tiers[] = {"wire", "official", NULL};
	size_t at[6];

	buf_clear(&m->text);
	put_text(&m->text, 6);
	at[0] = m->text.len;
	put_text(&m->text, pick(12) ? 22 : 250);
	at[1] = m->text.len;
	put_text(&m->text, 3);
	at[2] = m->text.len;
	put_text(&m->text, 3);
	at[3] = m->text.len;
	put_text(&m->text, 2);
	at[4] = m->text.len;
	buf_reserve(&m->text, 1);
	m->view = (struct watch_view){
		.title = str_slice(buf_z(&m->text), at[0]),
		.body = str_slice(buf_z(&m->text) + at[0], at[1] - at[0]),
		.author = str_slice(buf_z(&m->text) + at[1], at[2] - at[1]),
		.categories = m->categories,
		.n_categories = pick(3),
		.url = str_of("https://www.bbc.co.uk/news/World-1"),
		.site = str_of(ONE_OF(sites)),
		.feed = str_of(ONE_OF(feeds)),
		.source = str_of(ONE_OF(sources)),
		.tier = str_of(ONE_OF(tiers)),
		.sources = (uint32_t)pick(4),
		.lang = str_of(ONE_OF(langs)),
		.groups = m->groups,
		.n_groups = pick(3),
		.published = pick(3) ? (int64_t)pick(5) * CLOCK_HOUR : STAMP_NONE,
		.first_seen = 2 * CLOCK_HOUR,
		.now = 5 * CLOCK_HOUR,
	};
	m->categories[0] = str_slice(buf_z(&m->text) + at[2], at[3] - at[2]);
	m->categories[1] = str_slice(buf_z(&m->text) + at[3], at[4] - at[3]);
	m->groups[0] = STR("wires");
	m->groups[1] = STR("world");
}

/* --- queries --- */

static void put_expression(struct buf *q, unsigned depth, bool field);

static void put_phrase(struct buf *q)
{
	size_t n = 1 + pick(3);
	bool sloppy = n > 1 && pick(3) == 0;

	buf_addc(q, '"');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(q, ' ');
		if (!sloppy && i && i + 1 < n && pick(3) == 0)
			buf_addc(q, '?');
		else
			buf_addz(q, pick_word());
	}
	buf_addc(q, '"');
	if (sloppy)
		buf_printf(q, "~%zu", pick(5));
}

static void put_operand_term(struct buf *q)
{
	static const char *const starts[] = {"emb*", "k?iv", "le*", "rel*ng", "str*",
		"\u043a\u0438*", "\"U.S*\"", "\"le* b\"", "\"a ?\"", "\u30a6\u30af*", "k*", "a?",
		"he*", "#br*", "$g?", "EU.No*", "l'*bassade", "\u0627\u06cc*", "gu\u00f0*",
		"na*'n*"};
	static const char *const ends[] = {
		"*ssy", "*ea*", "?yiv", "#*ief", "*\u05e9\u05dc\u05d5\u05dd"};
	static const char *const fuzzy[] = {"kyiv~1", "leave~1", "embassy~2", "relocate~2",
		"z\u00fcrich~1", "\u043a\u0438\u0457\u0432~1"};
	static const char *const spelt[] = {"{WHO}", "{Kyiv}", "{Z\u00fcrich}", "{Kiev He}",
		"{a b}", "=leave", "=embassy", "{Lloyd's}", "{Lloyd}", "{NATO}", "{\u05e8\u05d7}",
		"{\u05e6\u05d4\"\u05dc}", "$GM", "#brief", "#leave", "#COVID-19", "{$GM}", "=$gm"};
	unsigned kind = 1u << pick(12);

	switch (kind & (kinds | ~31u)) {
	case STARTS: buf_addz(q, ONE_OF(starts)); break;
	case ENDS: buf_addz(q, ONE_OF(ends)); break;
	case FUZZY: buf_addz(q, ONE_OF(fuzzy)); break;
	case SPELT: buf_addz(q, ONE_OF(spelt)); break;
	case 32:
	case 64: put_phrase(q); break;
	default: buf_addz(q, pick_word()); break;
	}
}

/* An operand of NEAR. */
static void put_operand(struct buf *q, unsigned depth)
{
	size_t n = 2 + pick(2);

	if (depth == 0 || pick(3)) {
		put_operand_term(q);
		return;
	}
	buf_addc(q, '(');
	if (pick(2)) {
		for (size_t i = 0; i < n; i++) {
			buf_addz(q, i ? " OR " : "");
			put_operand(q, depth - 1);
		}
	} else {
		for (size_t i = 0; i < n; i++) {
			if (i)
				buf_printf(q, " %sNEAR/%zu ", pick(3) ? "" : "O", pick(5));
			put_operand(q, depth - 1);
		}
	}
	buf_addc(q, ')');
}

static void put_near(struct buf *q, bool field)
{
	static const char *const between[] = {
		" SENT ", " PARA ", " NOT NEAR/2 ", " NOT NEAR/0 ", " NEAR/3f ", " NEAR "};
	size_t n = 2 + pick(2);

	(void)field;
	buf_addc(q, '(');
	put_operand(q, 1);
	if (pick(3) == 0) {
		buf_addz(q, ONE_OF(between));
		put_operand(q, 1);
	} else {
		for (size_t i = 1; i < n; i++) {
			buf_printf(q, " %sNEAR/%zu ", pick(3) ? "" : "O", pick(6));
			put_operand(q, 1);
		}
	}
	buf_addc(q, ')');
}

static void put_leaf(struct buf *q, bool field)
{
	static const char *const attributes[] = {"feed:bbc", "group:wires", "lang:en",
		"site:bbc.co.uk", "url:news", "site:(a.com OR bbc.co.uk)", "words>5", "words<8",
		"age<2h", "author:kyiv", "category:\"a b\"", "title:leave", "body:(a NEAR/2 b)",
		"title:(embassy OR kyiv)"};
	static const char *const regexes[] = {
		"/emb[a-z]+/i", "/^a/", "/b$/", "/[A-Z]{3}/", "/\\bk\\w+/i", "/./"};

	switch (pick(8)) {
	case 0:
		if (!field) {
			buf_addz(q, ONE_OF(attributes));
			break;
		} /* fall through */
	case 1: buf_addz(q, ONE_OF(regexes)); break;
	case 2:
	case 3: put_near(q, field); break;
	default: put_operand_term(q); break;
	}
}

static void put_list(struct buf *q, const char *joint, size_t n, unsigned depth, bool field)
{
	for (size_t i = 0; i < n; i++) {
		buf_addz(q, i ? joint : "");
		put_expression(q, depth - 1, field);
	}
}

static void put_expression(struct buf *q, unsigned depth, bool field)
{
	size_t n = 2 + pick(3);

	if (depth == 0) {
		put_leaf(q, field);
		return;
	}
	switch (pick(9)) {
	case 0: put_leaf(q, field); return;
	case 1: buf_printf(q, "LEAD/%zu(", 1 + pick(12)); break;
	case 2:
		buf_printf(q, "ANY/%zu(", 1 + pick(n));
		put_list(q, ", ", n, depth, field);
		buf_addc(q, ')');
		return;
	case 3:
		buf_printf(q, "ATLEAST/%zu(", 1 + pick(4));
		put_operand(q, 2);
		buf_addc(q, ')');
		return;
	case 4:
		if (!field) {
			buf_addz(q, pick(2) ? "title:(" : "body:(");
			put_expression(q, depth - 1, true);
			buf_addc(q, ')');
			return;
		} /* fall through */
	default: buf_addc(q, '('); break;
	}
	if (pick(3) == 0) {
		put_expression(q, depth - 1, field);
		buf_addz(q, pick(2) ? " NOT " : " AND -");
		buf_addc(q, '(');
		put_expression(q, depth - 1, field);
		buf_addc(q, ')');
	} else
		put_list(q, pick(2) ? " OR " : pick(2) ? " AND " : " ", n, depth, field);
	buf_addc(q, ')');
}

/* --- both on one pair --- */

struct watch_made {
	struct buf query;
	struct arena *arena;
	struct query tree;
	bool stems;
};

struct answer {
	bool matched[WATCHES];
	struct buf hits[WATCHES];
};

static void put_hit(struct buf *out, int field, size_t offset, size_t length, struct str term)
{
	buf_printf(out, "%d %zu+%zu %.*s\n", field, offset, length, (int)term.n, term.p);
}

static void on_match(void *ctx, const struct watch_match *m)
{
	struct answer *a = ctx;

	a->matched[m->watch] = true;
	for (size_t i = 0; i < m->n_hits; i++)
		put_hit(&a->hits[m->watch], (int)m->hits[i].field, m->hits[i].offset,
			m->hits[i].length, m->hits[i].term);
}

/* Some queries have them at the top. */
static void put_sources(struct buf *q)
{
	static const char *const terms[] = {" AND sources>=1", " sources>=2", " sources>=3",
		" AND source:bbc", " source:(ap OR bbc)", " tier:wire",
		" (tier:wire AND sources>=2)"};

	while (pick(3) == 0)
		buf_addz(q, ONE_OF(terms));
}

/* A query that the builder accepts, and its tree for the reference evaluator. */
static void make_watch(struct watch_made *w, struct watch_builder *b)
{
	struct str text, stems[] = {STR("en"), STR("fr")};
	struct watch_def def = {.name = STR("w"), .queries = &text, .n_queries = 1, .stems = stems};
	struct query_reporter r;
	size_t index;

	do {
		r = (struct query_reporter){0};
		buf_clear(&w->query);
		arena_clear(w->arena);
		put_expression(&w->query, 1 + (unsigned)pick(3), false);
		put_sources(&w->query);
		text = buf_str(&w->query);
	} while (query_parse(w->arena, text, &r, &w->tree) < 0 ||
		 query_check(&w->tree, QUERY_USE_WATCH, true, watch_regex_check, &r) < 0);
	w->stems = kinds & STEMS && pick(3) == 0;
	def.n_stems = w->stems ? 2 : 0;
	assert_int_equal(watch_builder_add(b, &def, &index, NULL, NULL), 0);
}

/* False: skipped. */
static bool compare(struct plain *p, const struct watch_made *w, const struct answer *a, size_t i,
	uint64_t seed)
{
	struct buf hits;
	bool matched;

	p->n_stemmers = w->stems ? 2 : 0;
	matched = plain_match(p, w->tree.root);
	if (p->too_much)
		return false;
	buf_init(&hits, 1 << 24);
	for (size_t k = 0; matched && k < p->n_hits; k++)
		put_hit(&hits, (int)p->regions[p->hits[k].region].field, p->hits[k].offset,
			p->hits[k].length, p->hits[k].term);
	if (matched != a->matched[i] || strcmp(buf_z(&hits), buf_z(&a->hits[i])) != 0)
		fail_msg("SEED=%llu\nquery %s%s\ntitle %.*s\nbody  %.*s\nplain: %s\n%sengine: "
			 "%s\n%s",
			(unsigned long long)seed, buf_z(&w->query), w->stems ? " (stems)" : "",
			(int)p->view->title.n, p->view->title.p, (int)p->view->body.n,
			p->view->body.p, matched ? "match" : "no match", buf_z(&hits),
			a->matched[i] ? "match" : "no match", buf_z(&a->hits[i]));
	buf_release(&hits);
	return true;
}

/* Returns the number of pairs that were compared. */
static size_t run_set(struct plain *p, struct watch_made *made, struct made *item, uint64_t seed)
{
	static struct answer answer;
	struct watch_builder *b = watch_builder_new();
	struct watch_set *set;
	struct watch_scratch *s;
	size_t pairs = 0;

	rng_seed(&rng, seed);
	kinds = pick(4) ? (unsigned)pick(32) : 0;
	for (size_t i = 0; i < WATCHES; i++)
		make_watch(&made[i], b);
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	s = watch_scratch_new(set);
	for (size_t k = 0; k < ITEMS; k++) {
		const size_t *overruns;

		make_item(item);
		if (!plain_item(p, &item->view))
			continue;
		if (k == ITEMS / 4 || k == ITEMS / 2)
			watch_statistics_rebuild(&s->statistics);
		for (size_t i = 0; i < WATCHES; i++) {
			buf_init(&answer.hits[i], 1 << 24);
			answer.matched[i] = false;
		}
		assert_int_equal(watch_set_match(set, s, &item->view, on_match, &answer, NULL), 0);
		assert_int_equal(watch_scratch_overruns(s, &overruns), 0);
		for (size_t i = 0; i < WATCHES; i++) {
			pairs += compare(p, &made[i], &answer, i, seed);
			buf_release(&answer.hits[i]);
		}
	}
	watch_scratch_free(s);
	watch_set_free(set);
	return pairs;
}

static void the_engine_and_the_plain_evaluator_agree(void **state)
{
	static struct plain p;
	static struct watch_made made[WATCHES];
	static struct made item;
	const char *pairs = getenv("PAIRS"), *seed = getenv("SEED");
	size_t want = pairs ? strtoul(pairs, NULL, 10) : PAIRS, have = 0, sets = 0;
	uint64_t at = seed ? strtoull(seed, NULL, 10) : 0;
	struct rng start;

	(void)state;
	rng_system_bytes(&start, sizeof(start));
	if (!seed)
		at = rng_next(&start) >> 16;
	buf_init(&item.text, 1 << 20);
	for (size_t i = 0; i < WATCHES; i++) {
		buf_init(&made[i].query, 1 << 20);
		made[i].arena = arena_new(1 << 24);
	}
	plain_init(&p);
	p.stemmers[0] = text_stemmer_new(text_stem_algorithm(STR("en"), NULL));
	p.stemmers[1] = text_stemmer_new(text_stem_algorithm(STR("fr"), NULL));
	for (; have < want; sets++)
		have += run_set(&p, made, &item, at++);
	/* Few pairs may be skipped for too many combinations. */
	assert_true(have >= sets * WATCHES * ITEMS * 19 / 20);
	print_message("%zu pairs, %zu left out\n", have, sets * WATCHES * ITEMS - have);
	for (size_t i = 0; i < WATCHES; i++) {
		buf_release(&made[i].query);
		arena_free(made[i].arena);
	}
	plain_release(&p);
	for (size_t i = 0; i < 2; i++)
		text_stemmer_free(p.stemmers[i]);
	buf_release(&item.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_engine_and_the_plain_evaluator_agree),
	};

	return cmocka_run_group_tests_name("watch plain", tests, NULL, NULL);
}
