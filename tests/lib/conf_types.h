/* SPDX-License-Identifier: MIT */
/* Receiver types for tests of room conf, which does not know the real ones. */
#ifndef LIB_CONF_TYPES_H
#define LIB_CONF_TYPES_H

#include "conf/schema.h"

struct test_hook {
	const char *url, *url_credential;
	struct conf_list keys;
};

struct test_mail {
	const char *server, *tag;
	struct conf_list to;
	int level, strict;
};

/* Returns the i-th type, NULL past the last. */
const struct conf_notify_type *test_types(size_t i);

#endif
