/* SPDX-License-Identifier: MIT */
#include "authorities.h"

#include <curl/curl.h>
#include <dirent.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

bool authorities_are_hashed(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)) != NULL)
		found = strspn(entry->d_name, "0123456789abcdef") == 8 &&
			strcmp(entry->d_name + 8, ".0") == 0;
	if (dir)
		closedir(dir);
	return found;
}

const char *authorities_find_dir(void)
{
	static const char *const places[] = {
		AUTHORITIES_DIR, "/etc/pki/ca-trust/extracted/pem/directory-hash", /* Fedora */
	};
	const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;

	/* Others read all that is in a directory. */
	if (!library || strncmp(library, "OpenSSL/", 8) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (authorities_are_hashed(places[i]))
			return places[i];
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
