/* SPDX-License-Identifier: MIT */
/* The verbs of `nightdesk feeds` that have files of their own. */
#ifndef CLI_FEEDS_H
#define CLI_FEEDS_H

#include "command.h"

int feeds_import(const struct cli_call *call);
int feeds_export(const struct cli_call *call);

#endif
