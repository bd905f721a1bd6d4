/* SPDX-License-Identifier: MIT */
/* Queries of other products: translation and errors. */
#include "lib/unit.h"

#include <stdbool.h>

#include "base/buf.h"
#include "lib/cost.h"
#include "watch/watch.h"

static void on_diag(void *ctx, const struct query_diag *d)
{
	if (!d->warning)
		buf_printf(ctx, "%zu %s\n", d->offset, d->text);
}

/* Appends the watch in our language, or its errors. */
static void read_as(const char *dialect, const char *query, struct buf *out)
{
	struct watch_builder *b = watch_builder_new();
	struct str q = str_of(query);
	struct watch_def def = {
		.name = STR("w"), .queries = &q, .n_queries = 1, .dialect = str_of(dialect)};
	struct watch_set *set;
	size_t index;

	if (watch_builder_add(b, &def, &index, on_diag, out) < 0) {
		watch_builder_free(b);
		return;
	}
	assert_int_equal(watch_builder_finish(b, &set, NULL), 0);
	watch_set_print(set, 0, out);
	watch_set_free(set);
}

struct row {
	const char *dialect, *theirs, *ours;
};

static void check_rows(const struct row *rows, size_t n, bool begins)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct buf out;
		const char *got;

		buf_init(&out, 1 << 20);
		read_as(rows[i].dialect, rows[i].theirs, &out);
		got = buf_z(&out);
		if (begins ? strncmp(got, rows[i].ours, strlen(rows[i].ours)) != 0
			   : strcmp(got, rows[i].ours) != 0)
			wrong++, print_error("%s: %s\n  is %s\n  not %s\n", rows[i].dialect,
					 rows[i].theirs, got, rows[i].ours);
		buf_release(&out);
	}
	assert_int_equal(wrong, 0);
}

#define CHECK(rows)  check_rows(rows, sizeof(rows) / sizeof((rows)[0]), false)
#define ERRORS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), true)

static void brandwatch(void **state)
{
	static const struct row rows[] = {
		{"brandwatch", "(apple OR samsung) NEAR/5 phone*",
			"(apple OR samsung) NEAR/5 phone*"},
		{"brandwatch", "apple NEAR/2f phone NOT title:pie",
			"(apple ONEAR/2 phone) NOT title:pie"},
		{"brandwatch", "#brief* AND $GM NOT #Save_It", "#brief* AND $GM NOT #Save_It"},
		{"brandwatch", "\"#brief\" AND צה\"ל AND \"דובר צה”ל\"",
			"\"#brief\" AND \"צה\"ל\" AND \"דובר צה”ל\""},
		{"meltwater", "#brief OR $GM", "#brief OR $GM"},
		{"factiva", "#brief", "\"#brief\""},
		{"nexis", "צה\"ל", "\"צה\"ל\""},
		{"lucene", "צה\"ל #b", "\"צה\"ל\" OR \"#b\""},
		{"brandwatch", "xmas NEAR/0f \"mince pie\"", "xmas ONEAR/0 \"mince pie\""},
		{"brandwatch", "a1 NEAR/2 b1 NEAR/3 c1", "a1 NEAR/2 b1 NEAR/3 c1"},
		{"brandwatch", "{BBC} AND \"a news\"~3", "{BBC} AND \"a news\"~3"},
		{"brandwatch", "bel??ve AND customi?e", "bel??ve AND customi?e"},
		{"brandwatch", "apple AND (pear OR plum) NOT (pie OR jam)",
			"apple AND (pear OR plum) NOT (pie OR jam)"},
		{"brandwatch", "apple AND -pie", "apple NOT pie"},
		{"brandwatch", "apple -pie", "apple NOT pie"},
		{"brandwatch", "title:(apple OR pear) AND author:smith",
			"title:(apple OR pear) AND author:smith"},
		{"brandwatch", "site:bbc.co.uk AND url:msn.com/news AND language:en",
			"site:bbc.co.uk AND url:msn.com/news AND lang:en"},
		{"brandwatch", "site:(a.com OR b.com) AND x1", "(site:a.com OR site:b.com) AND x1"},
		{"brandwatch", "<<<fruit>>> apple <<<x OR (>>>AND pie<<<>>>", "apple AND pie"},
		{"brandwatch", "near5 AND \"AND\"", "\"near5\" AND \"AND\""},
	};
	static const struct row errors[] = {
		{"brandwatch", "apple AND pear OR plum", "15 OR: AND and OR are mixed"},
		{"brandwatch", "apple or pear", "6 or: an operator is missing"},
		{"brandwatch", "apple pear", "6 pear: an operator is missing before it"},
		{"brandwatch", "apple title:pie", "6 title:pie: an operator is missing"},
		{"brandwatch", "apple AND engagementtype:comment",
			"10 engagementtype:: not supported"},
		{"brandwatch", "apple AND country:fr", "10 country:: not supported"},
		{"brandwatch", "apple AND city:x", "10 city:: not supported"},
		{"brandwatch", "apple AND links:msn.com", "10 links:: not supported"},
		{"brandwatch", "raw:Google", "0 raw:: not supported"},
		{"brandwatch", "apple AND <<<pie", "10 <<<: a comment that is never closed"},
		{"brandwatch", "apple~5", "0 apple~5: ~ after a word"},
		{"brandwatch", "apple NEAR/501 pie", "6 NEAR/501: no such distance"},
		{"brandwatch", "apple OR NOT pie", "9 NOT without anything"},
		{"brandwatch", "apple AND - pie", "10 -: a dash on its own"},
		{"brandwatch", "site:*.com AND x1", "5 *.com: a wildcard in a value"},
		{"brandwatch", "site:(a.com AND b.com)", "6 a.com AND b.com: not a list"},
		{"brandwatch", "site:", "4 a value is missing"},
	};

	(void)state;
	CHECK(rows);
	ERRORS(errors);
}

static void meltwater(void **state)
{
	static const struct row rows[] = {
		{"meltwater", "apple near phone AND “new york”",
			"(apple NEAR/4 phone) AND \"new york\""},
		{"meltwater", "apple ONEAR phone", "apple ONEAR/4 phone"},
		{"meltwater", "apple ONEAR/3 phone^2", "apple ONEAR/3 phone"},
		{"meltwater", "apple and (watch or iwatch)^9 not \"apple juice\"",
			"apple AND (watch OR iwatch) NOT \"apple juice\""},
		{"meltwater", "(shop OR shops) NEAR/10 (center OR centers)",
			"(shop OR shops) NEAR/10 (center OR centers)"},
		{"meltwater", "internat* AND title:embassy", "internat* AND title:embassy"},
		{"meltwater", "ingress:embassy", "LEAD/50(embassy)"},
	};
	static const struct row errors[] = {
		{"meltwater", "a1 AND b1 OR c1", "10 OR: AND and OR are mixed"},
		{"meltwater", "a1 b1", "3 b1: an operator is missing"},
		{"meltwater", "\"apple pie\"~3", "0 \"apple pie\"~3: ~ after a phrase"},
		{"meltwater", "{Apple}", "0 {Apple}: brackets of this kind"},
		{"meltwater", "country:fr AND x1", "0 country:: not supported"},
		{"meltwater", "^9", "0 ^: an operator without a term"},
	};

	(void)state;
	CHECK(rows);
	ERRORS(errors);
}

static void factiva(void **state)
{
	static const struct row rows[] = {
		{"factiva", "embassy or kyiv and visa", "embassy OR (kyiv AND visa)"},
		{"factiva", "bill clinton or gore and george bush",
			"\"bill clinton\" OR (gore AND \"george bush\")"},
		{"factiva", "a1 and b1 not c1", "a1 AND (b1 NOT c1)"},
		{"factiva", "a1 or b1 not c1 and d1", "a1 OR (b1 NOT c1 AND d1)"},
		{"factiva", "a1 and [b1 or c1]", "a1 AND (b1 OR c1)"},
		{"factiva", "\"peas and carrots\"", "\"peas and carrots\""},
		{"factiva", "embassy staff near5 kyiv", "\"embassy staff\" NEAR/4 kyiv"},
		{"factiva", "carrefour near5 retail sales", "carrefour NEAR/4 \"retail sales\""},
		{"factiva", "embassy (kyiv or kiev)", "embassy ONEAR/0 (kyiv OR kiev)"},
		{"factiva", "\"world cup\" rugby", "\"world cup\" ONEAR/0 rugby"},
		{"factiva", "boeing 747/N30/british airways",
			"\"boeing 747\" NEAR/29 \"british airways\""},
		{"factiva", "president w/2 clinton", "president ONEAR/1 clinton"},
		{"factiva", "embassy adj1 staff", "embassy ONEAR/0 staff"},
		{"factiva", "embassy ADJ staff", "embassy ONEAR/0 staff"},
		{"factiva", "president % clinton", "\"president ? clinton\""},
		{"factiva", "vodafone same telecom*", "vodafone PARA telecom*"},
		{"factiva", "embass$3 same kyiv",
			"(embass OR embass? OR embass?? OR embass??"
			"?) PARA kyiv"},
		{"factiva", "earn$1 money", "\"earn money\" OR \"earn? money\""},
		{"factiva", "toyota/F50/", "LEAD/50(toyota)"},
		{"factiva", "university of chicago /f20/ and x1",
			"LEAD/20(\"university of chicago\") AND x1"},
		{"factiva", "a1 near5 b1/F50/", "LEAD/50(a1 NEAR/4 b1)"},
		{"factiva", "a1 or b1/F50/", "a1 OR LEAD/50(b1)"},
		{"factiva", "(a1 or b1)/F50/", "LEAD/50(a1 OR b1)"},
		{"factiva", "hd=embassy and wc>300", "title:embassy AND words>300"},
		{"factiva", "hd=embassy staff and wc < 300",
			"title:\"embassy staff\" AND words<300"},
		{"factiva", "hd=(a1 or b1) and wc=300",
			"title:(a1 OR b1) AND (words>299 AND words<301)"},
		{"factiva", "hd=embassy near5 kyiv", "title:(embassy NEAR/4 kyiv)"},
		{"factiva", "hlp=embassy and by=smith and la=(en or fr)",
			"LEAD/50(embassy) AND author:smith AND (lang:en OR lang:fr)"},
		{"factiva", "atleast3 embassy", "ATLEAST/3(embassy)"},
		{"factiva", "atleast10 olympics and atleast5 winter games",
			"ATLEAST/10(olympics) AND ATLEAST/5(\"winter games\")"},
		{"factiva", "atleast2 (a1 or b1)", "ATLEAST/2(a1 OR b1)"},
		{"factiva", "\"w/o\" and visa", "\"w/o\" AND visa"},
		{"factiva", "embassy near501 kyiv", "embassy NEAR/500 kyiv"},
		{"factiva", "wom?n and manufactur*", "wom?n AND manufactur*"},
	};
	static const struct row errors[] = {
		{"factiva", "embassy hd=kyiv", "8 a field prefix inside NEAR"},
		{"factiva", "re=usa and embassy", "0 re=: not supported"},
		{"factiva", "embassy and sn=ft", "12 sn=: not supported"},
		{"factiva", "date after -7 and embassy", "0 date: dates are not supported"},
		{"factiva", "closing date and bids", "8 date: dates are not supported"},
		{"factiva", "embassy near kyiv", "8 near: not supported"},
		{"factiva", "embassy w/o kyiv", "8 w/o: no such distance"},
		{"factiva", "embassy near502 kyiv", "8 near502: no such distance"},
		{"factiva", "embassy near0 kyiv", "8 near0: no such distance"},
		{"factiva", "embass$12", "0 embass$12: no such number of letters"},
		{"factiva", "% embassy", "0 %: one word between"},
		{"factiva", "(a1 or b1) % c1", "11 %: one word between"},
		{"factiva", "embassy~1", "0 embassy~1: ~ after a word"},
		{"factiva", "\"a1 b1\"~2", "0 \"a1 b1\"~2: ~ after a phrase"},
		{"factiva", "{Word}", "0 {Word}: brackets of this kind"},
		{"factiva", "a1 same b1 near5 c1", "0 PARA inside NEAR"},
		{"factiva", "wc>many", "0 wc>many: not a length in words"},
		{"factiva", "/F50/", "0 /F50/: an operator without a term"},
		{"factiva", "toyota/F0/", "6 LEAD/0: not a number from 1"},
		{"factiva", "visa and hd=wc>100",
			"12 words, age and sources do not belong to a field"},
	};

	(void)state;
	CHECK(rows);
	ERRORS(errors);
}

static void nexis(void **state)
{
	static const struct row rows[] = {
		{"nexis", "embassy or consulate and kyiv", "(embassy OR consulate) AND kyiv"},
		{"nexis", "relocat! w/5 embassy", "relocat* NEAR/4 embassy"},
		{"nexis", "richard near/3 branson", "richard NEAR/2 branson"},
		{"nexis", "a1 /5 b1", "a1 NEAR/4 b1"},
		{"nexis", "organi*ation pre/3 health", "organi?ation ONEAR/2 health"},
		{"nexis", "a1 +3 b1 and c1 onear/2 d1", "(a1 ONEAR/2 b1) AND (c1 ONEAR/1 d1)"},
		{"nexis", "embassy w/s kyiv", "embassy SENT kyiv"},
		{"nexis", "a1 /s b1 and c1 w/sent d1", "(a1 SENT b1) AND (c1 SENT d1)"},
		{"nexis", "a1 w/p b1 and c1 /p d1 and e1 w/para f1",
			"(a1 PARA b1) AND (c1 PARA d1) AND (e1 PARA f1)"},
		{"nexis", "embassy not w/5 football", "embassy NOT NEAR/4 football"},
		{"nexis", "rico not/5 puerto and a1 not /3 b1",
			"(rico NOT NEAR/4 puerto) AND (a1 NOT NEAR/2 b1)"},
		{"nexis", "draw down w/3 staff", "\"draw down\" NEAR/2 staff"},
		/* precedence: or, then the smallest number, /s, /p, and, and not */
		{"nexis", "a1 w/25 b1 w/5 c1", "a1 NEAR/24 (b1 NEAR/4 c1)"},
		{"nexis", "a1 w/5 b1 w/25 c1 w/3 d1", "a1 NEAR/4 b1 NEAR/24 (c1 NEAR/2 d1)"},
		{"nexis", "a1 w/5 b1 pre/5 c1", "a1 NEAR/4 b1 ONEAR/4 c1"},
		{"nexis", "a1 w/s b1 w/10 c1", "a1 SENT (b1 NEAR/9 c1)"},
		{"nexis",
			"bankrupt! w/25 discharg! and not student or college or education! w/5 "
			"loan",
			"(bankrupt* NEAR/24 discharg*) NOT ((student OR college OR education*) "
			"NEAR/4 loan)"},
		{"nexis", "a1 and not b1 and c1", "a1 NOT (b1 AND c1)"},
		{"nexis", "a1 but not b1", "a1 NOT b1"},
		{"nexis", "a1 NOT b1", "a1 NOT b1"},
		{"nexis", "smith & sons and at&t", "smith AND sons AND \"at&t\""},
		{"nexis", "headline (a1 /3 b1) and language ( \"english\" )",
			"title:(a1 NEAR/2 b1) AND lang:en"},
		{"nexis", "headlines (a1)", "headlines ONEAR/0 a1"},
		{"nexis", "headline(embassy) and not sport", "title:embassy NOT sport"},
		{"nexis", "headline(embassy w/3 kyiv) and byline(smith)",
			"title:(embassy NEAR/2 kyiv) AND author:smith"},
		{"nexis", "hlead(a1 or b1) and body(c1)", "LEAD/50(a1 OR b1) AND body:c1"},
		{"nexis", "atleast5(apple computer)", "ATLEAST/5(\"apple computer\")"},
		{"nexis", "hlead(allcaps(rico)) and atleast5(allcaps(RICO)) and nocaps(Apple)",
			"LEAD/50({RICO}) AND ATLEAST/5({RICO}) AND {apple}"},
		{"nexis", "allcaps(über)", "{ÜBER}"},
		{"nexis", "x1 and length > 300", "x1 AND words>300"},
		{"nexis", "x1 and LENGTH<50", "x1 AND words<50"},
		{"nexis", "x1 and length(> 300) and length aft 9", "x1 AND words>300 AND words>9"},
		{"nexis", "x1 and length is 300", "x1 AND (words>299 AND words<301)"},
		{"nexis", "length w/3 runway", "length NEAR/2 runway"},
		{"nexis", "x1 and language(english or french)", "x1 AND (lang:en OR lang:fr)"},
	};
	static const struct row errors[] = {
		{"nexis", "caps(who) and virus", "0 caps(: not supported"},
		{"nexis", "singular(x1) and plural(y1)",
			"0 singular(: not supported (nexis)\n17 plural(: not supported"},
		{"nexis", "embassy and subject(x1)", "12 subject(: not supported"},
		{"nexis", "x1 and publication(times)", "7 publication(: not supported"},
		{"nexis", "x1 and date > 1/1/2020", "7 date > 1/1/2020: dates are not supported"},
		{"nexis", "x1 and date(is 2020)", "7 date(is 2020: dates are not supported"},
		{"nexis", "embassy w/0 kyiv", "8 w/0: no such distance"},
		{"nexis", "embassy w/x kyiv", "8 w/x: no such distance"},
		{"nexis", "wom?n", "0 wom?n: a ? inside a word"},
		{"nexis", "a1 publication (times)", "3 publication (: not supported"},
		{"nexis", "embassy w/seg kyiv", "8 w/seg: not supported"},
		{"nexis", "embassy not w/s kyiv", "8 not w/s: not supported"},
		{"nexis", "embassy not w/p kyiv", "8 not w/p: not supported"},
		{"nexis", "embassy not/seg kyiv", "8 not/seg: not supported"},
		{"nexis", "embassy not pre/3 kyiv", "8 not pre/3: not supported"},
		{"nexis", "embassy pre/s kyiv", "8 pre/s: not supported"},
		{"nexis", "embassy +p kyiv", "8 +p: not supported"},
		{"nexis", "allcaps(a1 or b1)", "0 allcaps(a1 or b1): more than a word"},
		{"nexis", "allcaps(embass!)", "0 allcaps(embass!): more than a word"},
		{"nexis", "x1 and length > long", "7 length > long: not a length in words"},
		{"nexis", "embassy w/5 (a1 and b1)", "13 AND inside NEAR"},
		{"nexis", "embassy w/5 (not kyiv)", "13 NOT inside NEAR (read as our language)"},
		{"nexis", "embassy w/5 headline(kyiv)", "12 a field prefix inside NEAR"},
		{"nexis", "a1 w/p b1 w/s c1 w/2 d1", "7 SENT inside PARA"},
		{"nexis", "", "0 something is missing"},
		{"nexis", "a1 and", "5 something is missing"},
	};

	(void)state;
	CHECK(rows);
	ERRORS(errors);
}

static void lucene(void **state)
{
	static const struct row rows[] = {
		{"lucene", "embassy consulate", "embassy OR consulate"},
		{"lucene", "a1 AND b1 OR c1", "(a1 AND b1) OR c1"},
		{"lucene", "a1 OR b1 AND c1", "a1 OR (b1 AND c1)"},
		{"lucene", "a1 && b1 || !c1", "a1 AND b1 NOT c1"},
		{"lucene", "NOT a1 AND b1", "NOT a1 AND b1"},
		{"lucene", "a1 AND -b1 AND !c1 AND NOT d1", "a1 NOT b1 NOT c1 NOT d1"},
		{"lucene", "+embassy kyiv -football", "embassy NOT football"},
		{"lucene", "+a1 +b1 c1 -d1 -(e1 f1)", "a1 AND b1 NOT d1 NOT (e1 OR f1)"},
		{"lucene", "(a1 b1) c1", "(a1 OR b1) OR c1"},
		{"lucene", "a1 and b1", "a1 OR \"and\" OR b1"},
		{"lucene", "title:embassy^2 AND zelensky~2", "title:embassy AND zelensky~2"},
		{"lucene", "title:(+a1 +\"b1 c1\")^2.5 AND zelensky~",
			"title:(a1 AND \"b1 c1\") AND zelensky~2"},
		{"lucene", "te?t* AND body:x1 AND category:y1",
			"te?t* AND body:x1 AND category:y1"},
		{"lucene", "a\\:b AND \"c\\\"d\"", "\"a:b\" AND \"c d\""},
		{"lucene", "(blue crab fish)@2", "ANY/2(blue, crab, fish)"},
		{"lucene", "(lang:en crab fish)@2", "ANY/2(lang:en, crab, fish)"},
		{"lucene", "((yellow OR blue) crab fish)@2", "ANY/2(yellow OR blue, crab, fish)"},
		{"lucene", "/[mb]oat.?/",
			"/(?<![\\p{L}\\p{N}])(?:[mb]oat[\\p{L}\\p{N}]?)(?![\\p{L}\\p{N}])/i"},
		{"lucene", "\"draw down\"~1", "draw ONEAR/1 down"},
		{"lucene", "\"draw down\"~3", "(draw ONEAR/3 down) OR (down ONEAR/1 draw)"},
		{"lucene", "\"draw down\"~2", "(draw ONEAR/2 down) OR (down ONEAR/0 draw)"},
		{"lucene", "\"a1 b1 c1\"~1", "\"a1 b1 c1\"~1"},
		{"lucene", "title:\"a b c d e f and\"~200", "title:\"a b c d e f and\"~200"},
		{"lucene", "\"draw-down-now\"~3", "\"draw-down-now\"~3"},
		{"lucene", "\"draw\"~3 AND \"draw down\"~0", "draw AND \"draw down\""},
		{"lucene", "site:bbc.co.uk AND lang:en", "site:bbc.co.uk AND lang:en"},
	};
	static const struct row errors[] = {
		{"lucene", "date:[2020 TO 2021]", "0 date:: not supported"},
		{"lucene", "[a TO b]", "0 [a TO b]: ranges are not supported"},
		{"lucene", "title:{a TO b}", "6 {a TO b}: ranges are not supported"},
		{"lucene", "meta.title:x1", "0 meta.title:: not supported"},
		{"lucene", "_exists_:title", "0 _exists_:: not supported"},
		{"lucene", "*:*", "0 a wildcard needs two letters"},
		{"lucene", "x1~0.8", "2 ~0.8: no such number of edits"},
		{"lucene", "kyi~1", "0 ~1 needs a word of at least 4 letters"},
		{"lucene", "\"relocat* staff\"", "0 \"relocat* staff\": a wildcard inside quotes"},
		{"lucene", "\"a b\"~x", "0 \"a b\"~x: no such distance"},
		{"lucene", "/a b/", "0 /a b/: more than letters"},
		{"lucene", "/a(?=b)/", "0 /a(?=b)/: more than letters"},
		{"lucene", "/a&b/", "0 /a&b/: more than letters"},
		{"lucene", "/[", "0 /[: a regular expression that is never closed"},
		{"lucene", "x1 AND fn:notWithin(a 2 b)",
			"7 fn:notWithin(a 2 b): Lucene's interval functions are not supported"},
		{"lucene", "fn:maxgaps(2 fn:atLeast(2 a b c)) OR x1 OR fn:or(a b)",
			"0 fn:maxgaps(2 fn:atLeast(2 a b c)): Lucene's interval functions are not "
			"supported (lucene)\n43 fn:or(a b): Lucene's interval"},
		{"lucene", "title:fn:ordered(a b)", "6 fn:ordered(a b): Lucene's interval"},
		{"lucene", "(a1 AND b1)@2",
			"0 (a1 AND b1)@2: @ after something that is not a list"},
		{"lucene", "((a1 b1))@2", "0 ((a1 b1))@2: @ after something that is not a list"},
		{"lucene", "(a1 b1)@3", "0 3 of 2 parts can never match"},
		{"lucene", "a1 AND (b1", "7 (: a bracket that is never closed"},
		{"lucene", "a1)", "2 ): a closing bracket"},
		{"lucene", "OR a1", "0 OR: an operator without a term"},
		{"lucene", "a1 AND AND b1", "7 AND: an operator without a term"},
		{"lucene", "a1 OR", "4 something is missing"},
		{"lucene", "-a1", "0 NOT without anything"},
		{"google", "a1", "0 dialect: not one"},
	};

	(void)state;
	CHECK(rows);
	ERRORS(errors);
}

static void on_help(void *ctx, const struct query_diag *d)
{
	buf_printf(ctx, "%s%zu %s\n  %s\n", d->warning ? "warning " : "", d->offset, d->text,
		d->help ? d->help : "");
}

/* Operators in lower case, and translations that match more than the product. */
static void dubious_parts_give_warnings(void **state)
{
	static const struct row rows[] = {
		{"brandwatch", "apple or pear",
			"6 or: an operator is missing before it (brandwatch)\n"
			"  operators are written in capitals there\n"},
		{"lucene", "a1 and b1", "warning 3 and is read as a word (lucene)\n"},
		{"lucene", "title:(a1 b1) not c1", "warning 14 not is read as a word (lucene)\n"},
		{"lucene", "x1 \"a1 b1 c1\"~2",
			"warning 3 other orders of these words are found more often than there"},
		{"lucene", "x1 \"a1 b1\"~2", ""},
		{"lucene", "and a1 \"or\" b1 \\and c1 or", ""},
		{"meltwater", "apple or pear", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct watch_builder *b = watch_builder_new();
		struct str q = str_of(rows[i].theirs);
		struct watch_def def = {.name = STR("w"),
			.queries = &q,
			.n_queries = 1,
			.dialect = str_of(rows[i].dialect)};
		struct buf out;
		size_t index;

		buf_init(&out, 1 << 16);
		watch_builder_add(b, &def, &index, on_help, &out);
		if (strncmp(buf_z(&out), rows[i].ours, strlen(rows[i].ours)) != 0 ||
			(!*rows[i].ours && out.len))
			fail_msg("%s: %s", rows[i].theirs, buf_z(&out));
		buf_release(&out);
		watch_builder_free(b);
	}
}

static void read_long(void *row, size_t n)
{
	const char *const *pasted = row;
	struct buf query, out;

	buf_init(&query, 1 << 20);
	buf_init(&out, 1 << 20);
	put_many(&query, n, pasted[1]);
	read_as(pasted[0], buf_z(&query), &out);
	assert_true(out.len > 0);
	buf_release(&query);
	buf_release(&out);
}

/* Each of these took a second when the end of a word was searched for repeatedly. */
static void long_queries_take_linear_time(void **state)
{
	static const char *rows[][2] = {{"brandwatch", "-"}, {"brandwatch", "title:"},
		{"meltwater", "ingress:"}, {"factiva", "hd="}, {"lucene", "+"}, {"lucene", "/x/"},
		{"nexis", "atleast2("}, {"lucene", "\"a b c\"~9 "}, {"factiva", "abc$9 or "},
		{"brandwatch", "<<<"}, {"brandwatch", "a OR <<<>>>"}, {"nexis", "headline "}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_linear(rows[i][1], read_long, rows[i], 16000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brandwatch),
		cmocka_unit_test(meltwater),
		cmocka_unit_test(factiva),
		cmocka_unit_test(nexis),
		cmocka_unit_test(lucene),
		cmocka_unit_test(dubious_parts_give_warnings),
		cmocka_unit_test(long_queries_take_linear_time),
	};

	return cmocka_run_group_tests_name("watch dialect", tests, NULL, NULL);
}
