/* SPDX-License-Identifier: MIT */
/* How a feed is let in: the keys that need or exclude each other. */
#include "draft.h"

static void login_check_password(
	struct conf_draft *d, const struct conf_node *block, const struct conf_login *l)
{
	if (!l->user == !l->password_credential || block->misspelt)
		return;
	conf_error(d->diags, block->at,
		l->user ? "put the password into the file credentials/NAME, and write "
			  "password-credential = NAME"
			: "write user = … too",
		"feed %s: user and password-credential go together",
		conf_show(d->diags, block->name));
}

static bool login_has_authorization(const struct conf_feed *f)
{
	for (size_t i = 0; i < f->headers.n; i++)
		if (str_starts_nocase(f->headers.v[i], STR("authorization:")))
			return true;
	return false;
}

/* One request has one Authorization. */
static void login_check_bearer(
	struct conf_draft *d, const struct conf_node *block, const struct conf_draft_feed *draft)
{
	const struct conf_login *l = &draft->login;

	if (l->bearer_credential && (l->user || l->password_credential))
		conf_error(d->diags, block->at, "leave one of them",
			"feed %s has both a login and bearer-credential",
			conf_show(d->diags, block->name));
	else if ((l->bearer_credential || l->user) && login_has_authorization(&draft->feed))
		conf_error(d->diags, conf_draft_key(block, "headers")->at, "leave one of them",
			"feed %s: the header Authorization is that of %s too",
			conf_show(d->diags, block->name), l->user ? "user" : "bearer-credential");
}

static void login_check_certificate(
	struct conf_draft *d, const struct conf_node *block, const struct conf_draft_feed *draft)
{
	const struct conf_login *l = &draft->login;
	const struct conf_feed *f = &draft->feed;

	if (!l->client_certificate != !l->client_key_credential && !block->misspelt)
		conf_error(d->diags, block->at,
			l->client_certificate
				? "put its key into the file credentials/NAME, and write "
				  "client-key-credential = NAME"
				: "write client-certificate = \"/…\" too",
			"feed %s: client-certificate and client-key-credential go together",
			conf_show(d->diags, block->name));
	else if (l->client_certificate && !f->url_credential && f->url &&
		 !str_starts(str_of(f->url), STR("https:")))
		conf_warn(d->diags, conf_draft_key(block, "client-certificate")->at, NULL,
			"client-certificate has no effect with an address without TLS");
}

void conf_draft_read_login(
	struct conf_draft *d, const struct conf_node *block, struct conf_draft_feed *draft)
{
	const struct conf_login *l = &draft->login;
	struct conf_login *kept;

	if (l->client_certificate && !*l->client_certificate)
		draft->login.client_certificate = NULL;
	login_check_password(d, block, l);
	login_check_bearer(d, block, draft);
	login_check_certificate(d, block, draft);
	if (!l->user && !l->password_credential && !l->bearer_credential &&
		!l->client_certificate && !l->client_key_credential)
		return;
	if (draft->feed.insecure_redirect)
		conf_warn(d->diags, conf_draft_key(block, "insecure-redirect")->at, NULL,
			"insecure-redirect has no effect with a login");
	kept = arena_zalloc(d->arena, sizeof(*kept));
	d->nomem |= !kept;
	if (kept)
		*kept = *l;
	draft->feed.login = kept;
}
