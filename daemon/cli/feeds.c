/* SPDX-License-Identifier: MIT */
/* nightdesk feeds: the list of feeds, in and out. */
#include "feeds.h"

#include <string.h>

#define OPT_DRY_RUN 1

static const struct verb {
	const char *name;
	int operands;
	int (*run)(const struct feeds_call *call);
} verbs[] = {
	{"list", 0, feeds_list},
	{"show", 1, feeds_show},
	{"import", 1, feeds_import},
	{"export", 0, feeds_export},
};

static int run_feeds(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct feeds_call call = {.cli = cli, .self = self, .dir = CLI_CONF_DIR};
	struct cli_args args;
	const char *value, *name;
	int id;

	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: call.dir = value; break;
		case CLI_OPT_JSON: call.json = true; break;
		case OPT_DRY_RUN: call.dry_run = true; break;
		}
	}
	if (id < 0)
		return CLI_USAGE;
	name = args.next < argc ? argv[args.next++] : "list";
	call.argc = argc - args.next;
	call.argv = argv + args.next;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		if (call.argc != verbs[i].operands)
			return cli_usage(self, "%s takes %s", name,
				verbs[i].operands ? "one operand" : "no more words");
		return verbs[i].run(&call);
	}
	return cli_usage(self, "there is no feeds %s", name);
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_DRY_RUN, "--dry-run", NULL, "import: say what would be written, write nothing"},
	{0},
};

extern const struct cli_command cmd_feeds;
const struct cli_command cmd_feeds = {
	.name = "feeds",
	.operands = "[list | show NAME | import FILE.opml | export]",
	.summary = "how the feeds are; take feeds from other readers, and give them",
	.options = options,
	.detail =
		"list (the default) and show tell how the feeds of the configuration are, from the "
		"database.\n"
		"import reads an OPML list (- for standard input) and writes feeds.d/NAME.conf for "
		"each feed that\n"
		"is not there yet; it never overwrites a file. Outlines that hold others become "
		"groups. What was\n"
		"left out is told with the reason. export writes the feeds of the configuration as "
		"OPML.",
	.run = run_feeds,
};
