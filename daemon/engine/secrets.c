/* SPDX-License-Identifier: MIT */
#include "engine/secrets.h"

#define SECRET_MAX 4096

void secrets_wipe(struct secrets *s)
{
	conf_secret_wipe(&s->url);
	conf_secret_wipe(&s->signing[0]);
	conf_secret_wipe(&s->signing[1]);
	conf_secret_wipe(&s->password);
}

static int read_one(
	const struct conf *c, const char *name, struct buf *b, struct str *shown, struct err *e)
{
	int rc = name ? conf_secret_read(c, name, b, e) : 0;

	if (rc == 0 && name)
		*shown = buf_str(b);
	return rc;
}

int secrets_read(
	const struct conf *c, const struct conf_notify *n, struct secrets *s, struct err *e)
{
	int rc;

	*s = (struct secrets){0};
	buf_init(&s->url, SECRET_MAX);
	buf_init(&s->signing[0], SECRET_MAX);
	buf_init(&s->signing[1], SECRET_MAX);
	buf_init(&s->password, SECRET_MAX);
	rc = read_one(c, n->url_credential, &s->url, &s->shown.url, e);
	if (rc == 0)
		rc = read_one(c, n->password_credential, &s->password, &s->shown.password, e);
	for (size_t i = 0; rc == 0 && i < n->secret_credentials.n && i < 2; i++) {
		rc = read_one(
			c, n->secret_credentials.v[i].p, &s->signing[i], &s->shown.signing[i], e);
		s->shown.n_signing = i + 1;
	}
	return rc;
}
