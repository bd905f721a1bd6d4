/* SPDX-License-Identifier: MIT */
/* nightdesk version */
#include <stdio.h>

#include "command.h"

static int version_run(const struct cli_call *call)
{
	(void)call;
	puts("nightdesk " NIGHTDESK_VERSION);
	return CLI_OK;
}

const struct cli_command cmd_version = {
	.name = "version",
	.summary = "print the version",
	.run = version_run,
};
