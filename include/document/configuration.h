/* SPDX-License-Identifier: MIT */
/* Documents about configuration files. */
#ifndef DOCUMENT_CONFIGURATION_H
#define DOCUMENT_CONFIGURATION_H

#include <jansson.h>
#include <stdbool.h>

#include "conf/conf.h"

/*
 * A list of "feeds.d/a.conf:3:5: text", one for each warning (or error), at most max. The caller
 * owns the reference.
 */
json_t *document_diags(const struct conf_diags *d, bool warnings, size_t max);

#endif
