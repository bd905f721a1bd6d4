/* SPDX-License-Identifier: MIT */
/* The address of an HTTP service: a URL in the configuration, or in a credential. */
#ifndef SINK_TARGET_H
#define SINK_TARGET_H

#include "conf/check.h"
#include "sinks.h"

struct sink_target {
	const char *url, *url_credential;
};

/* Key rows for a settings struct with a struct sink_target as that member. */
#define SINK_TARGET_KEYS(settings, member)                                                         \
	{CONF_KEY("url", TARGET, settings, member.url), .told = "none",                            \
		.help = "the address that alerts are posted to"},                                  \
	{                                                                                          \
		CONF_KEY("url-credential", CREDENTIAL, settings, member.url_credential),           \
			.told = "none",                                                            \
			.help = "name of the credential that holds the address, where it is a "    \
				"secret"                                                           \
	}

/* Reports a block without exactly one of the two keys. */
void sink_target_check(struct conf_check *c);
/* Copies the URL into arena. -ERR_CONF if the credential does not contain an http or https URL. */
int sink_target_url(const struct sink_context *ctx, const struct sink_target *t,
	struct arena *arena, struct str *out, struct err *e);

#endif
