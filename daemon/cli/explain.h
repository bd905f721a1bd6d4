/* SPDX-License-Identifier: MIT */
/* The explanation of an item as text. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "command.h"
#include "desk/explain.h"

void explain_print(const struct cli *cli, const struct desk_explanation *x);

#endif
