/* SPDX-License-Identifier: MIT */
/* The commands of scripts that a hub gives; see tests/scenario/README. */
#include "scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/digest.h"
#include "engine/websub.h"

/* What was last posted to a hub for that topic. */
struct hub_form {
	char *topic, *callback, *secret; /* secret: NULL: none */
	TAILQ_ENTRY(hub_form) link;
};

static void hub_form_free(struct hub_form *f)
{
	free(f->topic);
	free(f->callback);
	free(f->secret);
	free(f);
}

/* The decoded value of that parameter, or NULL. */
static char *hub_read(const char *form, const char *name)
{
	size_t n = strlen(name);
	const char *p = form;
	struct buf b;
	char *value;

	while (strncmp(p, name, n) != 0 || p[n] != '=') {
		p = strchr(p, '&');
		if (!p)
			return NULL;
		p++;
	}
	buf_init(&b, 65536);
	for (p += n + 1; *p && *p != '&'; p++) {
		if (*p != '%') {
			buf_addc(&b, *p);
			continue;
		}
		buf_addc(&b, (char)(ascii_hex_value(p[1]) << 4 | ascii_hex_value(p[2])));
		p += 2;
	}
	value = strdup(buf_z(&b));
	buf_release(&b);
	return value;
}

static struct hub_form *hub_find(struct world *w, const char *topic)
{
	struct hub_form *f;

	TAILQ_FOREACH (f, &w->forms, link)
		if (strcmp(f->topic, topic) == 0)
			return f;
	return NULL;
}

void hub_note(struct world *w, const char *form)
{
	struct hub_form *f = calloc(1, sizeof(*f)), *before;

	f->topic = hub_read(form, "hub.topic");
	f->callback = hub_read(form, "hub.callback");
	f->secret = hub_read(form, "hub.secret");
	before = hub_find(w, f->topic);
	if (before && !f->secret && before->secret)
		f->secret = strdup(before->secret); /* unsubscribe */
	if (before) {
		TAILQ_REMOVE(&w->forms, before, link);
		hub_form_free(before);
	}
	TAILQ_INSERT_TAIL(&w->forms, f, link);
}

void hub_release(struct world *w)
{
	struct hub_form *f;

	while ((f = TAILQ_FIRST(&w->forms)) != NULL) {
		TAILQ_REMOVE(&w->forms, f, link);
		hub_form_free(f);
	}
}

static struct str hub_token(const struct hub_form *f)
{
	return str_of(strrchr(f->callback, '/') + 1);
}

static int hub_verify(struct world *w, const struct line *l, const struct hub_form *f)
{
	const char *lease = line_value(l, "lease"), *topic = line_value(l, "of");
	const struct websub_question q = {.token = hub_token(f),
		.mode = str_of(l->word[1]),
		.topic = str_of(topic ? topic : f->topic),
		.reason = str_of(line_value(l, "reason")),
		.lease_s = line_ms(lease) / 1000};

	return engine_websub_verify(w->engine, &q);
}

static void hub_sign(const struct hub_form *f, struct str body, const char *how, struct buf *out)
{
	const char *key = strcmp(how, "wrong") == 0 || !f->secret ? "wrong" : f->secret;
	uint8_t mac[SHA256_SIZE];

	digest_hmac_sha256(str_of(key), body, mac);
	buf_addz(out, "sha256=");
	for (size_t i = 0; i < sizeof(mac); i++)
		buf_printf(out, "%02x", mac[i]);
}

static int hub_push(struct world *w, const struct line *l, const struct hub_form *f)
{
	const struct body *b = body_find(w, line_value(l, "body"));
	const char *sign = line_value(l, "signed"), *of = line_value(l, "of");
	struct websub_content c = {.token = hub_token(f), .content_type = STR("text/xml")};
	struct buf signature, link;
	int status;

	buf_init(&signature, 256);
	buf_init(&link, 4096);
	c.body = str_slice(b->text, b->len);
	hub_sign(f, c.body, sign ? sign : "", &signature);
	if (!sign || strcmp(sign, "no") != 0)
		c.signature = buf_str(&signature);
	buf_printf(&link, "<%s>; rel=self", of ? of : f->topic);
	c.link = buf_str(&link);
	status = engine_websub_push(w->engine, &c);
	buf_release(&signature);
	buf_release(&link);
	return status;
}

/* hub subscribe|unsubscribe|denied|push TOPIC STATUS … */
void hub_do(struct world *w, const struct line *l, FILE *in)
{
	const struct hub_form *f = hub_find(w, l->word[2]);
	int status, want = atoi(l->word[3]);

	(void)in;
	if (!f) {
		world_fail(w, "no hub was asked for %s", l->word[2]);
		return;
	}
	status = strcmp(l->word[1], "push") == 0 ? hub_push(w, l, f) : hub_verify(w, l, f);
	if (status != want)
		world_fail(w, "the hub gets a %d", status);
}
