/* SPDX-License-Identifier: MIT */
#include "engine/secrets.h"

#define SECRET_BYTES_MAX 16384 /* a private key in PEM form */

void secrets_wipe(struct secrets *s)
{
	for (size_t i = 0; i < s->shown.n; i++)
		buf_wipe(&s->v[i]);
	s->shown.n = 0;
}

int secrets_read(
	const struct conf *c, const char *const *names, size_t n, struct secrets *s, struct err *e)
{
	int rc = 0;

	*s = (struct secrets){0};
	for (size_t i = 0; rc == 0 && i < n && i < SECRETS_MAX; i++) {
		buf_init(&s->v[i], SECRET_BYTES_MAX);
		s->shown.n = i + 1;
		rc = conf_secret_read(c, names[i], &s->v[i], e);
		s->shown.v[i] = (struct sink_secret){names[i], buf_str(&s->v[i])};
	}
	return rc;
}
