/* SPDX-License-Identifier: MIT */
/*
 * Taking our secrets out of foreign text. A server that refuses a request may repeat what it was
 * sent: the path of a webhook, a token, a login. No text of another party is logged, stored or
 * shown before redact_text() has been over it with the secrets of that request.
 *
 * Found in any letter case, percent-encoded or decoded, as entities or escapes of JSON, in base64,
 * and in parts.
 */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Is it the name of a parameter, header or key whose value is a secret: "access_token", "apikey",
 * "X-Amz-Signature", "key2"; not "keyword" and "author"?
 */
bool redact_names_secret(struct str name);

struct redact {
	struct redact_needle {
		char *p; /* in the normal form of redact.c; malloc'd, wiped */
		size_t n;
		bool word; /* a part of an address: only as a whole word */
	} * v;
	size_t n, cap;
	bool failed; /* out of memory: redact_text() keeps nothing */
};

/* Zeroed, it holds no secrets. All copy what they are given. */
void redact_add(struct redact *r, struct str secret); /* a token, or an address with one */
void redact_add_login(struct redact *r, struct str user, struct str password);
/* "Name: value": adds the value if the name says that it is a secret. */
void redact_add_header(struct redact *r, struct str line);
/* The password and the tokens in an address that may be shown otherwise. */
void redact_add_tokens(struct redact *r, struct str url);
void redact_release(struct redact *r); /* wipes it; it is then empty */

/* Replaces the secrets in text, in place. Returns its length, which does not grow. */
size_t redact_text(const struct redact *r, char *text, size_t n);
void redact_z(const struct redact *r, char *text); /* the same for a string */

/*
 * Appends an address, absolute or relative, with "***" in place of the login and of the parameters
 * of its query and fragment whose names say that they are secrets ("token", "api_key").
 */
void redact_show_url(struct buf *out, struct str url);

#endif
