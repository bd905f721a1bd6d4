/* SPDX-License-Identifier: MIT */
/* The arguments of a command, read as its row says. */
#include "lib/unit.h"

#include "base/clock.h"
#include "cli/command.h"

static const char *const words[] = {"red", "green", NULL};

static const struct cli_option rows[] = {
	CLI_OPTION_CONF,
	{CLI_OPTION("--flag", NULL, CLI_FLAG, all, "")},
	{CLI_OPTION("--text", "T", CLI_TEXT, query, "")},
	{CLI_OPTION("--texts", "T", CLI_TEXTS, stems, "")},
	{CLI_OPTION("--since", "2d", CLI_SINCE, since, "")},
	{CLI_OPTION("--count", "N", CLI_COUNT, samples, ""), .fallback = "7", .max = 9},
	{CLI_OPTION("--word", "W", CLI_WORD, state, ""), .words = words},
	{0},
};

static struct cli_options got;
static char operands[256];

static int note(const struct cli_call *call)
{
	got = call->options;
	operands[0] = '\0';
	for (size_t i = 0; i < call->n_operands; i++) {
		strcat(operands, call->operands[i]);
		strcat(operands, " ");
	}
	return 40;
}

static int note_other(const struct cli_call *call)
{
	note(call);
	return 41;
}

static const struct cli_command plain = {
	.name = "plain",
	.operands = "X…",
	.min = 1,
	.max = 3,
	.run = note,
	.options = rows,
};

static const struct cli_command verbs = {
	.name = "verbs",
	.verbs = (const struct cli_verb[]){{.name = "list", .run = note},
		{.name = "show", .operand = "ID", .run = note_other}, {0}},
	.options = rows,
};

/* line: the arguments, separated by spaces */
static int run(const struct cli_command *c, const char *line)
{
	static char copy[512];
	char *argv[32] = {strdup("name")};
	struct cli cli = {0};
	int argc = 1, code;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	code = args_run(&cli, c, argc, argv);
	free(argv[0]);
	return code;
}

static void omitted_options_have_their_defaults(void **state)
{
	(void)state;
	assert_int_equal(run(&plain, "a"), 40);
	assert_string_equal(got.dir, CLI_CONF_DIR);
	assert_null(got.query);
	assert_false(got.all);
	assert_int_equal(got.stems.n, 0);
	assert_int_equal(got.since, STAMP_NONE);
	assert_int_equal(got.samples, 7);
	assert_int_equal(got.state, -1);
}

static void options_are_read_at_any_position(void **state)
{
	(void)state;
	assert_int_equal(run(&plain, "a --text t b --flag -cdir c --texts=x --texts y"), 40);
	assert_string_equal(operands, "a b c ");
	assert_string_equal(got.query, "t");
	assert_string_equal(got.dir, "dir");
	assert_true(got.all);
	assert_int_equal(got.stems.n, 2);
	assert_string_equal(got.stems.v[0], "x");
	assert_string_equal(got.stems.v[1], "y");
	assert_int_equal(run(&plain, "a -c --flag b --text= -"), 40);
	assert_string_equal(operands, "a b - ");
	assert_string_equal(got.dir, "--flag");
	assert_string_equal(got.query, "");
	assert_false(got.all);
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	assert_int_equal(run(&plain, "a --flag -- --text -x"), 40);
	assert_string_equal(operands, "a --text -x ");
	assert_true(got.all);
	assert_null(got.query);
}

static void values_are_checked(void **state)
{
	int64_t now = clock_wall();

	(void)state;
	assert_int_equal(run(&plain, "a --count 9 --word green --since 2h"), 40);
	assert_int_equal(got.samples, 9);
	assert_int_equal(got.state, 1);
	assert_in_range(got.since, now - 2 * CLOCK_HOUR, now - 2 * CLOCK_HOUR + CLOCK_MINUTE);
	for (const char *const *bad = (const char *const[]){"a --count 10", "a --count x",
		     "a --count", "a --word blue", "a --since soon", "a --none", "a --flag=1",
		     "a --tex t", "", "a b c d", NULL};
		*bad; bad++)
		assert_int_equal(run(&plain, *bad), CLI_USAGE);
}

static void the_first_verb_is_the_default(void **state)
{
	(void)state;
	assert_int_equal(run(&verbs, ""), 40);
	assert_int_equal(run(&verbs, "--flag list"), 40);
	assert_string_equal(operands, "");
	assert_int_equal(run(&verbs, "show --flag 7"), 41);
	assert_string_equal(operands, "7 ");
	assert_true(got.all);
	for (const char *const *bad =
			(const char *const[]){"show", "show 1 2", "list 1", "none", NULL};
		*bad; bad++)
		assert_int_equal(run(&verbs, *bad), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(omitted_options_have_their_defaults),
		cmocka_unit_test(options_are_read_at_any_position),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(the_first_verb_is_the_default),
	};

	/* The messages about wrong arguments. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
