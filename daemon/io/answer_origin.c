/* SPDX-License-Identifier: MIT */
#include "answer_origin.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "base/digest.h"
#include "http_headers.h"
#include "store/documents.h"

#define VALUE_MAX  400
#define ISSUER_MAX 300

void answer_origin_init(struct buf *out)
{
	buf_init(out, STORE_ORIGIN_MAX / 2);
}

static X509 *origin_certificate(CURL *easy)
{
	const struct curl_tlssessioninfo *info = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || !info ||
		info->backend != CURLSSLBACKEND_OPENSSL || !info->internals)
		return NULL;
	return SSL_get0_peer_certificate(info->internals);
}

static void origin_add_certificate(struct buf *out, X509 *certificate)
{
	char issuer[ISSUER_MAX];
	unsigned char hash[SHA256_SIZE];
	unsigned n = 0;

	if (X509_NAME_oneline(X509_get_issuer_name(certificate), issuer, (int)sizeof(issuer)) !=
		NULL)
		buf_printf(out, "issuer %s\n", issuer);
	if (X509_digest(certificate, EVP_sha256(), hash, &n) == 1 && n == sizeof(hash)) {
		buf_addz(out, "certificate ");
		digest_hex(out, hash, sizeof(hash));
		buf_addc(out, '\n');
	}
}

/* Also called for answers before the last: 1xx, and that of a proxy to CONNECT. */
void answer_origin_hear(struct buf *out, CURL *easy)
{
	X509 *certificate = origin_certificate(easy);
	const char *peer = NULL;

	buf_clear(out);
	if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &peer) == CURLE_OK && peer && *peer)
		buf_printf(out, "peer %s\n", peer);
	if (certificate)
		origin_add_certificate(out, certificate);
}

/* Those that identify the document, date it, or sign it. */
void answer_origin_end(struct buf *out, CURL *easy)
{
	static const char *const names[][2] = {{"Date", "date"}, {"Age", "age"},
		{"Last-Modified", "last-modified"}, {"ETag", "etag"},
		{"Content-Type", "content-type"}, {"Content-Encoding", "content-encoding"},
		{"Content-Digest", "content-digest"}, {"Repr-Digest", "repr-digest"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = http_headers_get(easy, names[i][0], VALUE_MAX);

		if (value)
			buf_printf(out, "%s: %s\n", names[i][1], value);
	}
}
