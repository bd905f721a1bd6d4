/* SPDX-License-Identifier: MIT */
/* Files that commands read whole. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/buf.h"

/*
 * Appends a file, or standard input for "-", up to the limit of out; see buf_failed(). A file that
 * is gzip is unpacked as far as it is valid. Returns CLI_OK, or another code after a message.
 */
int input_read_file(const char *path, struct buf *out);

#endif
