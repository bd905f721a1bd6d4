/* SPDX-License-Identifier: MIT */
/* Where this machine has the certificates of authorities that servers are checked against. */
#ifndef IO_AUTHORITIES_H
#define IO_AUTHORITIES_H

#include <stdbool.h>

#define AUTHORITIES_DIR "/etc/ssl/certs" /* Debian, SUSE, Arch */

/*
 * A directory in which the TLS library of libcurl reads only the certificate that it needs; NULL:
 * there is none. Of a file it reads all, which takes 20 ms: on the loop, and once a day again.
 */
const char *authorities_find_dir(void);
/* A file with all of them, which libcurl >= 7.87 keeps for a day; NULL: there is none. */
const char *authorities_find_file(void);

/* Whether OpenSSL finds certificates in that directory by the hashes of their names. */
bool authorities_are_hashed(const char *dir);

#endif
