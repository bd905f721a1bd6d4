/* SPDX-License-Identifier: MIT */
/* Help texts, made from the rows of the commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "command.h"

void help_print_commands(FILE *to); /* all commands, one a line */
void help_print(const struct cli_command *c);

#endif
