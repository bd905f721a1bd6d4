/* SPDX-License-Identifier: MIT */
/*
 * Mail servers: where the mail of an alert goes, and what the replies mean. No text of feeds is in
 * the envelope.
 */
#include <stdio.h>
#include <string.h>

#include "conf/address.h"
#include "conf/form.h"
#include "mail.h"

#define MESSAGE_MAX ((size_t)128 * 1024)

struct smtp {
	const char *server, *from;
	struct conf_list to;
	const char *user, *password_credential;
	const char *hello, *template;
	int starttls; /* enum smtp_starttls */
};

enum smtp_starttls { SMTP_TLS_BY_DEFAULT = -1, SMTP_TLS_OFFERED, SMTP_TLS_REQUIRED, SMTP_TLS_OFF };
static const char *const tls_words[] = {"opportunistic", "required", "off", NULL};

static const struct conf_key_row smtp_keys[] = {
	{CONF_KEY("server", SERVER, smtp, server), .told = "none",
		.help = "smtp://host:587 or smtps://host"},
	{CONF_KEY("starttls", ENUM, smtp, starttls),
		.told = "required; opportunistic on this machine without a user",
		.words = tls_words, .help = "whether the connection must be encrypted"},
	{CONF_KEY("user", TEXT, smtp, user), .told = "none", .max = 200,
		.help = "user name at the mail server"},
	{CONF_KEY("password-credential", CREDENTIAL, smtp, password_credential), .told = "none",
		.help = "name of the credential that holds the password"},
	{CONF_KEY("from", MAIL, smtp, from), .told = "none",
		.help = "the address that mail comes from"},
	{CONF_KEY("to", MAILS, smtp, to), .told = "none", .min = 1, .max = 100,
		.help = "the addresses that mail goes to"},
	{CONF_KEY("hello", HELLO, smtp, hello), .told = "this host, or the domain of from",
		.help = "the name that nightdesk gives to the mail server"},
	SINK_TEMPLATE_KEY(smtp, PROSE),
	{0},
};

static void smtp_check(struct conf_check *c, const void *settings)
{
	static const char *const schemes[] = {"smtp://", "smtps://", NULL};
	const struct smtp *s = settings;

	if (!conf_check_given(c, "server"))
		conf_check_error(c, NULL, "needs server, such as \"smtp://mail.example.org:587\"");
	if (!conf_check_given(c, "from"))
		conf_check_error(c, NULL, "needs from");
	if (!conf_check_given(c, "to"))
		conf_check_error(c, NULL, "needs to");
	if (!s->user != !s->password_credential)
		conf_check_error(c, NULL, "needs user and password-credential, both or neither");
	if (s->template)
		(void)sink_template_check(c, "template", s->template);
	conf_check_server(
		c, "server", s->server, schemes, "write smtp://host:587 or smtps://host:465");
	if (s->starttls == SMTP_TLS_OFF && s->user && s->server &&
		str_starts(str_of(s->server), STR("smtp://")))
		conf_check_error_at(c, "starttls", "leave starttls out, or use smtps://",
			"the password would go over the network unencrypted");
}

/* RFC 5321 §4.1.1.1: what a server that insists on a full name accepts of it. */
static bool smtp_is_full_name(struct str s)
{
	return memchr(s.p, '.', s.n) && !str_ends(s, STR(".local")) &&
	       !str_starts(s, STR("localhost"));
}

/* Without the key: the host if its name is a full one, else the domain of the sender. */
static struct str smtp_hello(const struct sink_context *ctx)
{
	const struct smtp *n = ctx->notify->settings;
	struct str host = str_of(ctx->hostname);

	if (n->hello)
		return str_of(n->hello);
	return str_present(host) && smtp_is_full_name(host) ? host
							    : str_of(strrchr(n->from, '@') + 1);
}

/* words are separated by spaces. */
static bool smtp_is_among(struct str words, struct str word)
{
	const char *p = words.n ? words.p : NULL, *end = p ? p + words.n : NULL;

	for (; p && (p = memmem(p, (size_t)(end - p), word.p, word.n)); p++)
		if ((p == words.p || p[-1] == ' ') && (p + word.n == end || p[word.n] == ' '))
			return true;
	return false;
}

/* Mail to a server on the same machine does not go over a network. */
static bool smtp_is_local(const char *server)
{
	static const uint8_t loopback[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
	static const char *const schemes[] = {"smtp://", "smtps://", NULL};
	uint8_t a[16];
	unsigned port;
	struct str host;

	if (conf_form_server(str_of(server), schemes, &host, &port) < 0)
		return false;
	return str_is(host, "::1") ||
	       (address_of_host(host, a) == 0 && memcmp(a, loopback, sizeof(loopback)) == 0);
}

static int smtp_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct smtp *n = ctx->notify->settings;
	const struct mail mail = {.alert = m->alerts,
		.zone = ctx->notify->zone,
		.from = n->from,
		.to = &n->to,
		.template = n->template};
	struct buf message;

	out->transport = SINK_SMTP;
	out->url = str_of(n->server);
	out->from = str_of(n->from);
	out->hello = smtp_hello(ctx);
	out->to = arena_array(arena, n->to.n, sizeof(*out->to));
	if (!out->to)
		return err_nomem(e);
	for (size_t i = 0; i < n->to.n; i++)
		if (!smtp_is_among(ctx->served, n->to.v[i]))
			out->to[out->n_to++] = n->to.v[i];
	out->needless = out->n_to == 0;
	out->starttls_required =
		n->starttls == SMTP_TLS_REQUIRED ||
		(n->starttls == SMTP_TLS_BY_DEFAULT && (n->user || !smtp_is_local(n->server)));
	out->starttls_off = n->starttls == SMTP_TLS_OFF;
	/* RFC 7435: where plain text would do, encryption without authentication does too. */
	out->any_certificate = !out->starttls_required && !n->user &&
			       str_starts(str_of(n->server), STR("smtp://"));
	if (n->user) {
		out->user = str_of(n->user);
		out->password = arena_str(arena, sink_secret(ctx, n->password_credential));
	}
	buf_init(&message, MESSAGE_MAX);
	mail_compose(&mail, &message);
	return sink_text_keep(&message, arena, &out->body, e);
}

const struct sink_type sink_smtp = {
	.conf = {"smtp", smtp_keys, sizeof(struct smtp), smtp_check, .people = true},
	.render = smtp_render,
	.judge = sink_smtp_judge,
	.window = 1,
	.max_bytes = MESSAGE_MAX,
};
