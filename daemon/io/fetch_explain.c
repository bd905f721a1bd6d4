/* SPDX-License-Identifier: MIT */
#include "fetch_explain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "http_headers.h"

bool fetch_explain_begin(struct fetch_details *d, CURL *easy)
{
	*d = (struct fetch_details){.name_us = -1,
		.connect_us = -1,
		.tls_us = -1,
		.first_us = -1,
		.valid_from = STAMP_NONE,
		.valid_until = STAMP_NONE};
	return curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L) == CURLE_OK;
}

/* curl has 0 for what was not reached, and for what there was no need of. */
static int64_t explain_time(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;

	curl_easy_getinfo(easy, info, &us);
	return us > 0 ? us : -1;
}

static void explain_protocol(struct fetch_details *d, CURL *easy)
{
	const char *name = NULL;
	long version = 0;

	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	switch (version) {
	case CURL_HTTP_VERSION_1_0: name = "1.0"; break;
	case CURL_HTTP_VERSION_1_1: name = "1.1"; break;
	case CURL_HTTP_VERSION_2_0: name = "2"; break;
	case CURL_HTTP_VERSION_3: name = "3"; break;
	default: break;
	}
	if (name)
		snprintf(d->http, sizeof(d->http), "%s", name);
}

static void explain_address(struct fetch_details *d, CURL *easy)
{
	const char *address = NULL;
	long port = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
	if (address)
		snprintf(d->address, sizeof(d->address), "%s", address);
	d->port = (unsigned)port;
}

/* "Nov 30 05:12:45 2026 GMT" */
static int64_t explain_stamp(const char *text)
{
	time_t at = curl_getdate(text, NULL);

	return at == (time_t)-1 ? STAMP_NONE : (int64_t)at * CLOCK_SECOND;
}

static void explain_certificate_line(struct fetch_details *d, const char *line)
{
	const char *value = strchr(line, ':');
	size_t n = value ? (size_t)(value - line) : 0;

	if (!value)
		return;
	value++;
	if (n == 7 && memcmp(line, "Subject", n) == 0)
		snprintf(d->subject, sizeof(d->subject), "%s", value);
	else if (n == 6 && memcmp(line, "Issuer", n) == 0)
		snprintf(d->issuer, sizeof(d->issuer), "%s", value);
	else if (n == 10 && memcmp(line, "Start date", n) == 0)
		d->valid_from = explain_stamp(value);
	else if (n == 11 && memcmp(line, "Expire date", n) == 0)
		d->valid_until = explain_stamp(value);
}

/* The first certificate is that of the server. */
static void explain_certificate(struct fetch_details *d, CURL *easy)
{
	struct curl_certinfo *chain = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
		chain->num_of_certs < 1)
		return;
	for (const struct curl_slist *l = chain->certinfo[0]; l; l = l->next)
		explain_certificate_line(d, l->data);
}

static void explain_header(CURL *easy, const char *name, char *out, size_t size)
{
	const char *value = http_headers_get(easy, name, 1024);

	if (value)
		snprintf(out, size, "%s", value);
}

void fetch_explain_end(struct fetch_details *d, CURL *easy)
{
	curl_off_t bytes = 0;

	d->name_us = explain_time(easy, CURLINFO_NAMELOOKUP_TIME_T);
	d->connect_us = explain_time(easy, CURLINFO_CONNECT_TIME_T);
	d->tls_us = explain_time(easy, CURLINFO_APPCONNECT_TIME_T);
	d->first_us = explain_time(easy, CURLINFO_STARTTRANSFER_TIME_T);
	d->total_us = explain_time(easy, CURLINFO_TOTAL_TIME_T);
	curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	d->body_bytes = (uint64_t)bytes;
	explain_protocol(d, easy);
	explain_address(d, easy);
	explain_certificate(d, easy);
	explain_header(easy, "Content-Encoding", d->encoding, sizeof(d->encoding));
	explain_header(easy, "Expires", d->expires, sizeof(d->expires));
	explain_header(easy, "Age", d->age, sizeof(d->age));
	explain_header(easy, "Server", d->server, sizeof(d->server));
}
