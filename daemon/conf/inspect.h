/* SPDX-License-Identifier: MIT */
/* Checks the files that a configuration needs besides its text: credentials, and their rights. */
#ifndef CONF_INSPECT_H
#define CONF_INSPECT_H

#include "draft.h"
#include "generation.h"

/*
 * Reports each credential that is missing, cannot be read, is readable by others or does not hold
 * what it should, and, for `check`, files of the configuration that the service cannot read.
 * generation: the one that is being loaded, for its directories.
 */
void conf_inspect(struct conf_draft *d, const struct conf_files *files,
	const struct conf_generation *generation);

#endif
