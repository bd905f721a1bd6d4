/* SPDX-License-Identifier: MIT */
/* A fetch as text, for people. */
#ifndef CLI_FETCH_PRINT_H
#define CLI_FETCH_PRINT_H

#include "document/fetch.h"

/* On standard output; the error, if there is one, on standard error. */
void fetch_print(const struct document_fetch *f);

#endif
