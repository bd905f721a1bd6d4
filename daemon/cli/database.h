/* SPDX-License-Identifier: MIT */
/* The database as commands read it, whether or not the daemon runs. */
#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

#include "base/err.h"
#include "command.h"
#include "store/store.h"

/* Opens the database of a configuration for reading. An exit code; *out is NULL on errors. */
int database_open(const struct cli *cli, const char *dir, struct store **out);
/* As report_result(), but without permission the exit code is CLI_NOPERM. */
int database_result(int rc, const struct err *e);

#endif
