/* SPDX-License-Identifier: MIT */
/* The verbs of `nightdesk feeds` that have files of their own. */
#ifndef CLI_FEEDS_H
#define CLI_FEEDS_H

#include "command.h"

struct feeds_options {
	const char *dir;
	bool json, dry_run;
};

int feeds_import(const struct cli_call *call);
int feeds_export(const struct cli_call *call);

#endif
