/* SPDX-License-Identifier: MIT */
/* Prints compiled steps as a query. */
#ifndef WATCH_PRINT_H
#define WATCH_PRINT_H

#include "base/buf.h"
#include "program.h"

/* inner: in brackets if it has several parts. */
void watch_print_step(const struct watch_program *p, uint32_t step, bool inner, struct buf *out);
/* Prints only the first n operands of a chain of NEARs. */
void watch_print_chain(const struct watch_program *p, uint32_t step, uint32_t n, struct buf *out);

#endif
