/* SPDX-License-Identifier: MIT */
/* The verbs of `nightdesk feeds`; each is one row of the table in feeds.c. */
#ifndef CLI_FEEDS_H
#define CLI_FEEDS_H

#include <stdbool.h>

#include "command.h"

struct feeds_call {
	const struct cli *cli;
	const struct cli_command *self;
	const char *dir; /* of -c */
	bool json, dry_run;
	int argc; /* what stands behind the verb */
	char **argv;
};

int feeds_list(const struct feeds_call *call);
int feeds_show(const struct feeds_call *call);
int feeds_import(const struct feeds_call *call);
int feeds_export(const struct feeds_call *call);

#endif
