/* SPDX-License-Identifier: MIT */
/* The commands that the control socket accepts. */
#ifndef SERVE_COMMANDS_H
#define SERVE_COMMANDS_H

#include "io/control.h"

void command_run(void *daemon, struct control_call *call, const json_t *request);

#endif
