/* SPDX-License-Identifier: MIT */
/* Reads the arguments of a command as its row says, and runs it. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "command.h"

/*
 * argv[0] is the name of the command. Options may follow operands; "--" ends them. Values are given
 * as "--x V", "--x=V", "-cV". Reorders argv. Returns the exit code of the command, or CLI_USAGE
 * after a message.
 */
int args_run(const struct cli *cli, const struct cli_command *c, int argc, char **argv);

#endif
