/* SPDX-License-Identifier: MIT */
/* Where this machine has the certificates of authorities that servers are checked against. */
#ifndef IO_AUTHORITIES_H
#define IO_AUTHORITIES_H

#include <stddef.h>

#define AUTHORITIES_DIR "/etc/ssl/certs" /* Debian, SUSE, Arch */

/*
 * A directory in which the TLS library of libcurl reads only the certificate that it needs; NULL:
 * there is none, or the file has more of them. Of a file it reads all, which takes 20 ms: on the
 * loop, and once a day again.
 */
const char *authorities_find_dir(void);
/* A file with all of them, which libcurl >= 7.87 keeps for a day; NULL: there is none. */
const char *authorities_find_file(void);

/* How many certificates OpenSSL finds in that directory by the hashes of their names. */
size_t authorities_count_hashed(const char *dir);
/* How many certificates a file has; 0 if it cannot be read. */
size_t authorities_count_in_file(const char *path);

#endif
