/* SPDX-License-Identifier: MIT */
#include "authorities.h"

#include <curl/curl.h>
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "1a2b3c4d.0" */
static bool authorities_is_hash(const char *name)
{
	return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' && name[9] &&
	       name[9 + strspn(name + 9, "0123456789")] == '\0';
}

size_t authorities_count_hashed(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t n = 0;

	while (dir && (entry = readdir(dir)) != NULL)
		n += authorities_is_hash(entry->d_name);
	if (dir)
		closedir(dir);
	return n;
}

size_t authorities_count_in_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[256];
	size_t n = 0;

	while (file && fgets(line, sizeof(line), file))
		n += strncmp(line, "-----BEGIN CERTIFICATE-----", 27) == 0;
	if (file)
		fclose(file);
	return n;
}

const char *authorities_find_dir(void)
{
	static const char *const places[] = {
		AUTHORITIES_DIR, "/etc/pki/ca-trust/extracted/pem/directory-hash", /* Fedora */
	};
	const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
	const char *file = authorities_find_file();
	size_t listed = file ? authorities_count_in_file(file) : 0, hashed;

	/* Others read all that is in a directory. */
	if (!library || strncmp(library, "OpenSSL/", 8) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		hashed = authorities_count_hashed(places[i]);
		/* More in the file: the operator added an authority there only. */
		if (hashed > 0 && hashed >= listed)
			return places[i];
	}
	return NULL;
}

const char *authorities_find_file(void)
{
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt",		     /* Debian */
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora */
		"/etc/ssl/ca-bundle.pem",			     /* SUSE */
		"/etc/ssl/cert.pem",				     /* Alpine */
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}
