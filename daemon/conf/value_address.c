/* SPDX-License-Identifier: MIT */
/* Values that are addresses: URLs, proxies, headers, networks. */
#include "value.h"

#include "conf/form.h"

#define LISTEN_PATH_MAX 112 /* "unix:" and what struct sockaddr_un holds */

/* NULL: memory ran out. */
static const char *value_encode_url(const struct conf_reading *r, struct str s)
{
	const char *kept;
	struct buf b;

	buf_init(&b, 3 * s.n + 1);
	conf_form_encode_url(s, &b);
	kept = buf_failed(&b) ? NULL : arena_strdup(r->draft->arena, buf_z(&b));
	r->draft->nomem |= !kept;
	buf_release(&b);
	return kept;
}

/* The same, but keeps nothing. */
static enum conf_url value_judge_url(const struct conf_reading *r, struct str s)
{
	enum conf_url url;
	struct buf b;

	buf_init(&b, 3 * s.n + 1);
	conf_form_encode_url(s, &b);
	r->draft->nomem |= buf_failed(&b);
	url = buf_failed(&b) ? CONF_URL_BAD : conf_form_url(buf_str(&b));
	buf_release(&b);
	return url;
}

static bool value_report_scheme(const struct conf_reading *r, const struct conf_value *v)
{
	ptrdiff_t sign = str_find(v->text, STR(":/"));
	size_t n = sign < 0 ? 0 : (size_t)sign + 1;
	const char *help = NULL;
	struct str rest;

	while (n < v->text.n && v->text.p[n] == '/')
		n++;
	rest = str_slice(v->text.p + n, v->text.n - n);
	if (rest.n && memchr(rest.p, '.', rest.n) && !memchr(rest.p, '@', rest.n))
		help = arena_printf(
			r->draft->scratch, "write https://%s", conf_show(r->draft->diags, rest));
	return conf_value_report(r, v, help, "this must begin with https:// or http://");
}

/* Where a login in an address belongs. */
static const char *address_login_help(const struct conf_reading *r)
{
	if (r->row->type == CONF_TYPE_TARGET)
		return "put the whole address into a credential and use url-credential";
	return "use the keys user and password-credential";
}

bool conf_value_check_url(const struct conf_reading *r, const struct conf_value *v)
{
	enum conf_url url = value_judge_url(r, v->text);

	if (url == CONF_URL_SCHEME)
		return value_report_scheme(r, v);
	if (url == CONF_URL_PASSWORD)
		return conf_value_report(r, v, address_login_help(r),
			"a name or password does not belong in an address");
	return url == CONF_URL_GOOD ||
	       conf_value_report(r, v, "write scheme, host and path: https://desk.example/feed",
		       "this is no complete address");
}

bool conf_value_check_proxy(const struct conf_reading *r, const struct conf_value *v)
{
	static const char *const schemes[] = {"http://", "https://", "socks5h://", NULL};
	struct str host;
	unsigned port = 0;

	if (memchr(v->text.p, '@', v->text.n))
		return conf_value_report(r, v, "let the proxy know this machine by its address",
			"a proxy with a login is not supported");
	return (conf_form_server(v->text, schemes, &host, &port) >= 0 && port) ||
	       conf_value_report(r, v,
		       "write http://host:port, https://host:port or socks5h://host:port; with "
		       "socks5h the proxy resolves names",
		       "this is no proxy");
}

bool conf_value_check_listen(const struct conf_reading *r, const struct conf_value *v)
{
	struct str host;
	unsigned port;

	if ((v->text.n == 0 || str_is(v->text, "systemd")) && !r->row->required)
		return true;
	if (str_starts(v->text, STR("unix:/")))
		return v->text.n <= LISTEN_PATH_MAX ||
		       conf_value_report(r, v, "choose a shorter path",
			       "the path of a socket has at most 107 bytes");
	return (conf_form_listen(v->text, &host, &port) && port) ||
	       conf_value_report(r, v,
		       "write an address of this machine and a port, 0.0.0.0:8441 or [::]:8441, or "
		       "unix:/run/nightdesk/hub.sock",
		       "this is no address to listen on");
}

bool conf_value_check_header(const struct conf_reading *r, const struct conf_value *v)
{
	static const char *const ours[] = {"Host", "Content-Length", "Transfer-Encoding",
		"Connection", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Upgrade",
		"TE", "Trailer", "Expect", "webhook-id", "webhook-timestamp", "webhook-signature"};
	const char *colon = v->text.n ? memchr(v->text.p, ':', v->text.n) : NULL;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (str_eq_nocase(
			    str_slice(v->text.p, (size_t)(colon - v->text.p)), str_of(ours[i])))
			return conf_value_report(
				r, v, NULL, "this header is nightdesk's own to set");
	return true;
}

bool conf_value_store_url(const struct conf_reading *r, const struct conf_value *v, void *field)
{
	const char *kept = v->text.n ? value_encode_url(r, v->text) : NULL;

	*(const char **)field = kept;
	return kept || !v->text.n;
}

bool conf_value_store_networks(
	const struct conf_reading *r, const struct conf_node *node, void *field)
{
	struct conf_poll *p =
		(struct conf_poll *)(void *)((char *)field -
					     offsetof(struct conf_poll, private_networks));
	bool good = true;

	if (node->n_values == 1 && str_is(node->values[0].text, "deny")) {
		p->private_networks = CONF_PRIVATE_DENY;
		return true;
	}
	if (node->n_values == 1 && str_is(node->values[0].text, "allow")) {
		p->private_networks = CONF_PRIVATE_ALLOW;
		return true;
	}
	p->private_networks = CONF_PRIVATE_LIST;
	p->allow = arena_array(r->draft->arena, node->n_values, sizeof(*p->allow));
	if (!p->allow)
		return !(r->draft->nomem = true);
	for (p->n_allow = 0; p->n_allow < node->n_values; p->n_allow++) {
		const struct conf_value *v = &node->values[p->n_allow];

		if (!conf_form_cidr(v->text, &p->allow[p->n_allow]))
			good = conf_value_report(r, v,
				"write deny, allow, or a list of blocks such as { 10.0.0.0/8 }",
				"this is no block of addresses");
	}
	return good;
}

bool conf_value_check_domain(const struct conf_reading *r, const struct conf_value *v)
{
	struct str s = v->text;
	size_t skip = str_starts(s, STR("*.")) ? 2 : str_starts(s, STR(".")) ? 1 : 0;

	if (conf_form_domain(s))
		return true;
	if (conf_form_domain(str_slice(s.p + skip, s.n - skip)))
		return conf_value_report(r, v,
			arena_printf(r->draft->scratch, "write %s: what is below it belongs to it",
				conf_show(r->draft->diags, str_slice(s.p + skip, s.n - skip))),
			"this is no domain");
	return conf_value_report(r, v,
		"write a name alone, without scheme, port or path: example.org",
		"this is no domain");
}
