/* SPDX-License-Identifier: MIT */
/* Loads a configuration from its text. */
#ifndef LIB_CONF_TEXT_H
#define LIB_CONF_TEXT_H

#include "conf/conf.h"

/* Fails the test if there are errors. The caller drops the reference. */
struct conf *conf_text_load(const char *blocks);

#endif
