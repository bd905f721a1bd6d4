/* SPDX-License-Identifier: MIT */
#include "transfer_error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "multi.h"

#define TEXT_OF(n)  TEXT_OF_(n)
#define TEXT_OF_(n) #n

struct transfer_error {
	CURLcode rc;
	enum err_class cls;
	const char *text;
	bool detail; /* append curl's message, which says more and never contains the URL */
};

/* In the order of a transfer: name, connection, TLS, response. */
static const struct transfer_error transfer_errors[] = {
	{CURLE_URL_MALFORMAT, ERR_CONF, "this is not a valid URL", false},
	{CURLE_UNSUPPORTED_PROTOCOL, ERR_PERM, "only http and https are fetched", false},
	{CURLE_COULDNT_RESOLVE_PROXY, ERR_TEMP, "the name of the proxy cannot be resolved", false},
	{CURLE_PROXY, ERR_TEMP, "the proxy could not connect", true},
	{CURLE_COULDNT_RESOLVE_HOST, ERR_TEMP, "no such host, or the name server does not answer",
		false},
	{CURLE_COULDNT_CONNECT, ERR_TEMP, "cannot connect", false},
	{CURLE_PEER_FAILED_VERIFICATION, ERR_TEMP, "its certificate is not valid", true},
	{CURLE_SSL_CONNECT_ERROR, ERR_TEMP, "the TLS handshake failed", true},
	{CURLE_USE_SSL_FAILED, ERR_TEMP, "the server does not offer the TLS that is required",
		false},
	{CURLE_SSL_CACERT_BADFILE, ERR_TEMP,
		"cannot read the CA certificates of ca-file, or of this machine", false},
	{CURLE_SSL_CERTPROBLEM, ERR_CONF, "the client certificate cannot be used", true},
	{CURLE_GOT_NOTHING, ERR_TEMP, "it closed the connection without an answer", false},
	{CURLE_WEIRD_SERVER_REPLY, ERR_TEMP, "its answer is invalid", true},
	{CURLE_SEND_ERROR, ERR_TEMP, "the connection broke while sending", false},
	{CURLE_RECV_ERROR, ERR_TEMP, "the connection broke while receiving", true},
	{CURLE_PARTIAL_FILE, ERR_TEMP, "the answer ended before its announced length", false},
	{CURLE_HTTP2, ERR_TEMP, "the HTTP/2 connection broke", false},
	{CURLE_HTTP2_STREAM, ERR_TEMP, "the HTTP/2 stream was closed early", false},
	{CURLE_BAD_CONTENT_ENCODING, ERR_TEMP, "the compression of its answer is broken", true},
	{MULTI_HEADERS, ERR_LIMIT,
		"its headers, trailers included, are larger than " TEXT_OF(
			MULTI_HEADER_KIB) " KiB, or more than " TEXT_OF(MULTI_HEADERS_MAX),
		false},
	{MULTI_FRAMING, ERR_LIMIT, "its answer consists of nearly empty chunks: refused", false},
	{CURLE_LOGIN_DENIED, ERR_PERM, "the login was refused", false},
	{MULTI_LOST, ERR_IO, "all transfers were restarted after an error in libcurl", false},
	{MULTI_LONG_HEADER, ERR_TEMP, "one of its headers is too large", false},
	{CURLE_OUT_OF_MEMORY, ERR_NOMEM, "out of memory", false},
};

static void transfer_error_set_timeout(struct err *e, CURL *easy, const char *where)
{
	curl_off_t connected = 0, reused = 0, total = 0;

	curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
	/* On a connection that was kept nothing connects. */
	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &reused);
	curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &total);
	if (connected == 0 && reused == 0)
		err_set(e, ERR_TEMP, "%s: no connection within %d s", where,
			(int)((total + 500000) / 1000000));
	else
		err_set(e, ERR_TEMP, "%s: too slow, given up after %d s", where,
			(int)((total + 500000) / 1000000));
}

/* strerror_r() of glibc returns the text, which is not always in buf. */
static void transfer_error_add_errno(struct err *e, CURL *easy)
{
	char buf[128];
	size_t n = strlen(e->text);
	long code = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &code);
	if (code > 0 && code != EINPROGRESS)
		snprintf(e->text + n, sizeof(e->text) - n, " (%s)",
			strerror_r((int)code, buf, sizeof(buf)));
}

/*
 * curl and getaddrinfo(3) report a missing descriptor as a host that does not exist or cannot be
 * connected. Returns its errno, or 0.
 */
static int transfer_error_find_lack(CURL *easy, CURLcode rc)
{
	long code = 0;
	int fd;

	if (rc != CURLE_COULDNT_RESOLVE_HOST && rc != CURLE_COULDNT_RESOLVE_PROXY &&
		rc != CURLE_COULDNT_CONNECT && rc != CURLE_SSL_CACERT_BADFILE)
		return 0;
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &code);
	if (code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS || code == EINTR)
		return (int)code;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? errno : 0;
	close(fd);
	return 0;
}

/* The same for the thread in which libcurl calls getaddrinfo(3): only its message says so. */
static bool transfer_error_lacks_thread(CURLcode rc, const char *detail)
{
	return (rc == CURLE_COULDNT_RESOLVE_HOST || rc == CURLE_COULDNT_RESOLVE_PROXY) &&
	       strstr(detail, "thread failed to start") != NULL;
}

void transfer_error_set(
	struct err *e, CURL *easy, CURLcode rc, const char *where, const char *detail)
{
	const size_t n = sizeof(transfer_errors) / sizeof(transfer_errors[0]);
	int lack = transfer_error_find_lack(easy, rc);
	long request_size = 0;
	char text[128];

	if (lack) {
		err_set(e, ERR_IO, "%s: nightdesk cannot open anything now (%s)", where,
			strerror_r(lack, text, sizeof(text)));
		return;
	}
	if (transfer_error_lacks_thread(rc, detail)) {
		err_set(e, ERR_IO, "%s: nightdesk cannot start a thread now", where);
		return;
	}
	if (rc == CURLE_OPERATION_TIMEDOUT) {
		transfer_error_set_timeout(e, easy, where);
		return;
	}
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_size);
	/* The code for other schemes (ftp), but returned for the version in the answer too. */
	if (rc == CURLE_UNSUPPORTED_PROTOCOL && request_size > 0) {
		err_set(e, ERR_TEMP, "%s: its answer is not HTTP", where);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct transfer_error *m = &transfer_errors[i];

		if (m->rc != rc)
			continue;
		err_set(e, m->cls, m->detail && *detail ? "%s: %s (%s)" : "%s: %s", where, m->text,
			detail);
		if (rc == CURLE_COULDNT_CONNECT)
			transfer_error_add_errno(e, easy);
		return;
	}
	err_set(e, ERR_TEMP, "%s: %s", where, *detail ? detail : curl_easy_strerror(rc));
}

void transfer_error_show_url(char *out, size_t size, const char *url, bool with_path)
{
	CURLU *u = curl_url();
	char *text = NULL;
	size_t n;

	snprintf(out, size, "(invalid URL)");
	if (!u || curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
		curl_url_cleanup(u);
		return;
	}
	curl_url_set(u, CURLUPART_USER, NULL, 0);
	curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(u, CURLUPART_OPTIONS, NULL, 0);
	curl_url_set(u, CURLUPART_QUERY, NULL, 0);
	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (!with_path)
		curl_url_set(u, CURLUPART_PATH, NULL, 0);
	if (curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK) {
		n = strlen(text);
		if (!with_path && n && text[n - 1] == '/')
			text[n - 1] = '\0';
		snprintf(out, size, "%s", text);
	}
	curl_free(text);
	curl_url_cleanup(u);
}

bool transfer_error_is_cut(CURLcode rc)
{
	return rc == CURLE_PARTIAL_FILE || rc == CURLE_RECV_ERROR || rc == CURLE_HTTP2 ||
	       rc == CURLE_HTTP2_STREAM || rc == CURLE_OPERATION_TIMEDOUT;
}
