/* SPDX-License-Identifier: MIT */
/* Error messages and exit codes. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "base/err.h"
#include "command.h"

/* color: "nightdesk:" of errors in red. */
void report_init(bool color);
/* "nightdesk: text" on standard error; control characters are escaped. */
void report_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "nightdesk NAME: text" and the usage line on standard error. Returns CLI_USAGE. */
int report_usage(const struct cli_command *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "usage: nightdesk search [OPTION…] WORD…" and a line break. */
void report_print_usage(FILE *to, const struct cli_command *c);
/* Prints that the file cannot be read for the reason `why`; of an address, that fetch reads it.
 * Returns CLI_FINDINGS. */
int report_file(const char *path, int why);
/* Prints "out of memory". Returns CLI_OSERR. */
int report_nomem(void);
/* Returns CLI_OK for rc 0; otherwise prints the error and returns its exit code. */
int report_result(int rc, const struct err *e);
/* The same of files and the database: without permission the exit code is CLI_NOPERM. */
int report_access(int rc, const struct err *e);
/* The exit code of an error's class. */
int report_exit_code(const struct err *e);
/* Flushes standard output. Returns code, or CLI_IOERR after a message (disk full, closed pipe). */
int report_end(int code);

#endif
