/* SPDX-License-Identifier: MIT */
/* Assertions of fuzz targets, which no build leaves out. */
#ifndef LIB_ALWAYS_H
#define LIB_ALWAYS_H

#include <stdlib.h>

#define ALWAYS(truth)                                                                              \
	do {                                                                                       \
		if (!(truth))                                                                      \
			abort();                                                                   \
	} while (0)

#endif
