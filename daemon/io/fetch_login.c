/* SPDX-License-Identifier: MIT */
#include "fetch_login.h"

#include <string.h>

bool fetch_login_given(const struct fetch_request *r)
{
	return r->user || r->bearer || r->client_certificate;
}

#define SET(option, value) (ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok)

/* The key comes from memory: libcurl copies it, and never writes it to a file. */
static bool fetch_login_set_certificate(CURL *c, const struct fetch_request *r)
{
	const char *key = r->client_key ? r->client_key : "";
	struct curl_blob blob = {
		.data = (void *)(uintptr_t)key, .len = strlen(key), .flags = CURL_BLOB_COPY};
	bool ok = true;

	SET(CURLOPT_SSLCERT, r->client_certificate);
	SET(CURLOPT_SSLCERTTYPE, "PEM");
	SET(CURLOPT_SSLKEYTYPE, "PEM");
	/* Otherwise OpenSSL would ask a terminal for the passphrase of an encrypted key. */
	SET(CURLOPT_KEYPASSWD, "");
	SET(CURLOPT_SSLKEY_BLOB, &blob);
	return ok;
}

bool fetch_login_set(CURL *c, const struct fetch_request *r)
{
	bool ok = true;

	if (r->user) {
		SET(CURLOPT_HTTPAUTH, (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
		SET(CURLOPT_USERNAME, r->user);
		SET(CURLOPT_PASSWORD, r->password ? r->password : "");
	}
	if (r->bearer) {
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		SET(CURLOPT_XOAUTH2_BEARER, r->bearer);
	}
	if (r->client_certificate)
		ok = fetch_login_set_certificate(c, r) && ok;
	return ok;
}

#undef SET
