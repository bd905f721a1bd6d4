/* SPDX-License-Identifier: MIT */
/* What an answer to A-IM: feed is, and what is learnt of the server. */
#include "lib/unit.h"

#include "engine/delta.h"

static void answers_are_told_apart(void **state)
{
	static const struct {
		long status;
		const char *im;
		bool conditional;
		enum delta_answer want;
	} rows[] = {
		{200, NULL, true, DELTA_WHOLE},
		{200, "feed", true, DELTA_WHOLE},
		{226, NULL, true, DELTA_PART},
		{226, "feed", true, DELTA_PART},
		{226, " FEED ;q=1 , gzip,", true, DELTA_PART},
		{226, "feed", false, DELTA_WHOLE},
		{226, NULL, false, DELTA_WHOLE},
		{226, "vcdiff", true, DELTA_UNREADABLE},
		{226, "feed, diffe", true, DELTA_UNREADABLE},
		{226, "vcdiff", false, DELTA_UNREADABLE},
		{226, "", true, DELTA_PART},
		{226, ",,;", true, DELTA_PART},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fetch_answer a = {.status = rows[i].status, .im = rows[i].im};

		if (delta_answer_of(&a, rows[i].conditional) != rows[i].want)
			fail_msg("row %zu", i);
	}
}

static void the_server_is_learnt(void **state)
{
	static const struct {
		enum delta known;
		long status;
		const char *im, *vary;
		bool conditional, asked;
		enum delta want;
	} rows[] = {
		/* an answer that may be the same for both kinds of server */
		{DELTA_UNKNOWN, 304, NULL, NULL, true, true, DELTA_UNKNOWN},
		{DELTA_OFFERED, 304, NULL, NULL, true, true, DELTA_OFFERED},
		{DELTA_UNKNOWN, 200, NULL, NULL, true, true, DELTA_REFUSED},
		{DELTA_OFFERED, 200, NULL, NULL, true, true, DELTA_REFUSED},
		{DELTA_UNKNOWN, 226, NULL, NULL, true, true, DELTA_OFFERED},
		{DELTA_UNKNOWN, 200, "feed", NULL, true, true, DELTA_OFFERED},
		{DELTA_REFUSED, 200, NULL, "Cookie, a-im", true, false, DELTA_OFFERED},
		{DELTA_REFUSED, 200, NULL, "A-IMPROBABLE", true, false, DELTA_REFUSED},
		{DELTA_REFUSED, 200, NULL, "*", true, false, DELTA_REFUSED},
		/* a whole body: the next request asks once more */
		{DELTA_REFUSED, 200, NULL, NULL, false, false, DELTA_UNKNOWN},
		/* a server that means 200 */
		{DELTA_REFUSED, 226, NULL, NULL, true, false, DELTA_REFUSED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fetch_answer a = {
			.status = rows[i].status, .im = rows[i].im, .vary = rows[i].vary};

		if (delta_learn(rows[i].known, &a, rows[i].conditional, rows[i].asked) !=
			rows[i].want)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_told_apart),
		cmocka_unit_test(the_server_is_learnt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
