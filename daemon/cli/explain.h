/* SPDX-License-Identifier: MIT */
/* Inside the command explain: the two ways to tell an item's way. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "command.h"
#include "desk/explain.h"

void explain_print(const struct cli *cli, const struct desk_explanation *x);
void explain_print_json(const struct desk_explanation *x);

#endif
