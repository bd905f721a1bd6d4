/* SPDX-License-Identifier: MIT */
/* Files that commands read whole. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/buf.h"

/*
 * Appends a file, or standard input for "-", up to the limit of out; see buf_failed(). Returns
 * CLI_OK, or CLI_FINDINGS after a message.
 */
int input_read_file(const char *path, struct buf *out);

#endif
