/* SPDX-License-Identifier: MIT */
/* Parsers and validators of single values. Pure: they return false and report nothing. */
#ifndef CONF_FORM_H
#define CONF_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "conf/conf.h"

/* Units, the largest first; the last row has no name. */
struct conf_unit {
	const char *name;
	int64_t worth;
};
extern const struct conf_unit conf_duration_units[]; /* "30s 5m 2h 7d 500ms" */
extern const struct conf_unit conf_size_units[];     /* "64KiB 8MiB 1GiB", or bytes */
extern const struct conf_unit conf_count_units[];
/* A whole number and a unit; 0 needs none. */
bool conf_form_number(struct str s, const struct conf_unit *units, int64_t *n);
/* Letters of any script, digits and, not at the beginning, - _ . ; at most 100 bytes. */
bool conf_form_name(struct str s);
/* A file name in the credentials directory. */
bool conf_form_credential(struct str s);
/* The same characters, at most 32 bytes. */
bool conf_form_tag(struct str s);
/* local@domain of RFC 5321 in ASCII, without quoted strings; at most 254 bytes. */
bool conf_form_mail(struct str s);
/* RFC 5321 §4.1.1.1: a full domain name, or an address in brackets. */
bool conf_form_hello(struct str s);
/* "Name: value", RFC 9110 §5. */
bool conf_form_header(struct str s);
/* "name=value", a label of Prometheus; the value is one line and not empty. */
bool conf_form_label(struct str s);
bool conf_form_zone(struct str s); /* of tzdata, or a rule as in POSIX TZ */
/* A language tag of RFC 5646 in outline: "en", "en-GB", "zh-Hant-TW" */
bool conf_form_lang(struct str s);
/* "10.0.0.0/8", "fd00::/8", "192.168.1.7" */
bool conf_form_cidr(struct str s, struct conf_cidr *out);
/*
 * scheme://host[:port][/] with one of the schemes, a NULL-terminated list. Returns the index of the
 * scheme, or -1. *host: without brackets; *port: 0 if there is none.
 */
int conf_form_server(struct str s, const char *const *schemes, struct str *host, unsigned *port);
/* "host", "host:port", "[::1]:port"; *host and *port as above. */
bool conf_form_authority(struct str s, struct str *host, unsigned *port);
/*
 * Where to listen: "127.0.0.1:8440", "[::1]:8440", "0.0.0.0:0". *host: an address without brackets.
 * Port 0: any free one.
 */
bool conf_form_listen(struct str s, struct str *host, unsigned *port);
enum conf_url {
	CONF_URL_GOOD,
	CONF_URL_SCHEME,   /* neither http:// nor https:// */
	CONF_URL_PASSWORD, /* user:password@ in it */
	CONF_URL_BAD,
};
enum conf_url conf_form_url(struct str s);
/*
 * Appends the URL as it is requested: without blanks at its ends, the scheme in lower case, and
 * spaces, braces and other characters that have no place in a URL percent-encoded after the host.
 */
void conf_form_encode_url(struct str s, struct buf *out);
/* The name of a host or of a domain: labels with dots between them; an IPv4 address too. */
bool conf_form_domain(struct str s);
/* A token as services issue them: one word of visible ASCII characters. */
bool conf_form_token(struct str s);
/*
 * A key of Standard Webhooks. HMAC: "whsec_", which may be left out, and base64 of 24 to 64 bytes.
 * ed25519: "whsk_" and base64 of the 32 bytes of its seed, or of these and the 32 of its public
 * key.
 */
enum conf_signing { CONF_SIGNING_NONE, CONF_SIGNING_HMAC, CONF_SIGNING_ED25519 };
#define CONF_SIGNING_HELP                                                                          \
	"whsec_ and then base64 of 24 to 64 bytes, or whsk_ and base64 of an ed25519 key"
/*
 * Appends the bytes, of ed25519 the seed, to key, which the caller wipes. CONF_SIGNING_NONE: it is
 * none, or key has failed.
 */
enum conf_signing conf_form_signing_key(struct str s, struct buf *key);
/* The host of a URL that conf_form_url() accepts, IPv6 without brackets. */
struct str conf_form_url_host(struct str url);
/* "06:30", from 00:00 to 24:00; *minute: since midnight. */
bool conf_form_daytime(struct str s, int *minute);
/* "23:00-06:30" and perhaps a time zone, which is not checked; absent: none. */
bool conf_form_hours(struct str s, struct conf_hours *out, struct str *zone);
/* "15m" or "daily 06:30" */
bool conf_form_digest(struct str s, struct conf_digest *out);
/* "20/1h" */
bool conf_form_rate(struct str s, struct conf_rate *out);
/* "6h" or "6h drop" */
bool conf_form_expire(struct str s, struct conf_expire *out);
/* One line without control characters. */
bool conf_form_line(struct str s);

#endif
