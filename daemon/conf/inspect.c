/* SPDX-License-Identifier: MIT */
#include "inspect.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "conf/form.h"
#include "reader.h"
#include "unit_credential.h"

#define UNITS	   "/etc/systemd/system"
#define SECRET_MAX 16384
#define WHY_MAX	   ((size_t)2 * PATH_MAX)

struct inspection {
	struct conf_draft *d;
	const struct conf_generation *generation;
	struct conf_reader reader;
	struct conf_names
		seen[CONF_HOLDS]; /* credentials that were looked at, by enum conf_holds */
};

/* The path of dir/name. False: too long. */
static bool inspect_make_path(char out[PATH_MAX], const char *dir, const char *name)
{
	return snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

/* --- what a credential holds --- */

static const char *inspect_content(enum conf_holds holds, struct str secret)
{
	struct buf key;
	const char *wrong = NULL;

	switch (holds) {
	case CONF_HOLDS_TEXT: break;
	case CONF_HOLDS_URL:
		switch (conf_form_url(str_trim(secret))) {
		case CONF_URL_GOOD:
		case CONF_URL_PASSWORD: break;
		case CONF_URL_SCHEME:
		case CONF_URL_BAD: wrong = "does not hold an http or https address"; break;
		}
		break;
	case CONF_HOLDS_TOKEN:
		if (!conf_form_token(str_trim(secret)))
			wrong = "holds no token, which is one word";
		break;
	case CONF_HOLDS_PRIVATE_KEY:
		if (str_find(secret, STR("-----BEGIN ENCRYPTED PRIVATE KEY-----")) >= 0 ||
			str_find(secret, STR("Proc-Type: 4,ENCRYPTED")) >= 0)
			wrong = "holds a key that asks for a passphrase, which the daemon cannot "
				"type: write it without one (openssl pkey)";
		else if (str_find(secret, STR("PRIVATE KEY-----")) < 0)
			wrong = "holds no private key in PEM form";
		break;
	case CONF_HOLDS_SIGNING_KEY:
		buf_init(&key, SECRET_MAX);
		if (!conf_form_signing_key(secret, &key) && !buf_failed(&key))
			wrong = "holds no signing key, which is " CONF_SIGNING_HELP;
		buf_wipe(&key);
		break;
	}
	return wrong;
}

/* --- where it is --- */

enum inspect_place { INSPECT_MISSING, INSPECT_OF_SYSTEMD, INSPECT_OWN, INSPECT_HIDDEN };

static enum inspect_place inspect_find(
	const struct inspection *in, const char *name, char path[PATH_MAX])
{
	const struct conf_generation *g = in->generation;
	char own[PATH_MAX];
	struct stat st;

	if (g->credentials_directory && inspect_make_path(path, g->credentials_directory, name) &&
		stat(path, &st) == 0)
		return INSPECT_OF_SYSTEMD;
	if (!inspect_make_path(own, g->conf.dir, "credentials") ||
		!inspect_make_path(path, own, name))
		return INSPECT_MISSING;
	if (stat(path, &st) == 0)
		return INSPECT_OWN;
	return errno == EACCES ? INSPECT_HIDDEN : INSPECT_MISSING;
}

static void inspect_report(const struct inspection *in, bool warning, struct conf_at at,
	const char *help, const char *text)
{
	/* The daemon starts and goes on without a credential: it is read when it is needed. */
	bool mild = warning || in->d->env->inspect == CONF_INSPECT_OWN;

	conf_report(in->d->diags, mild, at, help, "%s", text);
}

static void inspect_read(const struct inspection *in, const char *name, enum conf_holds holds,
	struct conf_at at, enum inspect_place place)
{
	const char *wrong;
	char text[ERR_TEXT_MAX];
	struct buf secret;
	struct err e;

	buf_init(&secret, SECRET_MAX);
	if (conf_secret_read(&in->generation->conf, name, &secret, &e) == 0) {
		wrong = inspect_content(holds, buf_str(&secret));
		snprintf(text, sizeof(text), "credential %s %s", name, wrong ? wrong : "");
		if (wrong)
			inspect_report(in, false, at, NULL, text);
	} else if (e.cls == ERR_CONF || !in->reader.name) {
		/* Only the service can tell what LoadCredential= gives it. */
		inspect_report(in, place == INSPECT_MISSING, at, NULL, e.text);
	}
	buf_wipe(&secret);
}

static void inspect_credential(
	const struct inspection *in, const char *name, enum conf_holds holds, struct conf_at at)
{
	char path[PATH_MAX];
	enum inspect_place place = inspect_find(in, name, path);
	/* The service gets a copy from systemd, which root can read in any case. */
	bool given = in->reader.name && conf_unit_gives_credential(UNITS, name);
	struct buf why;

	if ((place == INSPECT_HIDDEN && in->reader.name) || (place == INSPECT_MISSING && given))
		return; /* the service may read it, where this process cannot look */
	buf_init(&why, WHY_MAX);
	buf_printf(&why, "credential %s: ", name);
	if (place == INSPECT_OWN && !given && !conf_reader_may_read(&in->reader, path, &why))
		inspect_report(in, false, at, "give the file the group nightdesk and the mode 0640",
			buf_z(&why));
	else
		inspect_read(in, name, holds, at, place);
	buf_release(&why);
}

/* --- the blocks --- */

/* A program of a receiver: it must exist and be executable. */
static void inspect_program(const struct inspection *in, const struct conf_value *v)
{
	char text[ERR_TEXT_MAX];
	struct stat st;
	const char *wrong = NULL;

	if (stat(v->text.p, &st) != 0)
		wrong = errno == ENOENT || errno == ENOTDIR ? "there is no such program" : NULL;
	else if (!S_ISREG(st.st_mode) || !(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		wrong = "this is not executable";
	if (!wrong)
		return;
	snprintf(text, sizeof(text), "%s: %s", v->text.p, wrong);
	inspect_report(in, false, v->at, NULL, text);
}

/* Each key that holds names of credentials is named after them. */
static bool inspect_has_credentials(const struct conf_node *key)
{
	return str_find(key->word, STR("credential")) >= 0;
}

static void inspect_key(
	struct inspection *in, const struct conf_key_row *row, const struct conf_node *key)
{
	if (row->type == CONF_TYPE_COMMAND) {
		if (key->n_values && str_starts(key->values[0].text, STR("/")))
			inspect_program(in, &key->values[0]);
		return;
	}
	if ((row->type != CONF_TYPE_CREDENTIAL && row->type != CONF_TYPE_CREDENTIALS) ||
		!inspect_has_credentials(key))
		return;
	for (size_t i = 0; i < key->n_values; i++) {
		const struct conf_value *v = &key->values[i];

		if (conf_form_credential(v->text) &&
			conf_names_add(&in->seen[row->holds], v->text, key) == key)
			inspect_credential(in, v->text.p, row->holds, v->at);
	}
}

static void inspect_keys(
	struct inspection *in, const struct conf_key_row *rows, const struct conf_node *block)
{
	for (const struct conf_key_row *row = rows; row->key; row++) {
		const struct conf_node *key = conf_draft_key(block, row->key);

		if (key)
			inspect_key(in, row, key);
	}
}

/* How many names of credentials there are: most of 100,000 feeds have none. */
static size_t inspect_count(const struct conf_names *blocks)
{
	size_t n = 0;

	for (size_t i = 0; i < blocks->n; i++)
		for (const struct conf_node *k = blocks->v[i].node->first; k; k = k->next)
			if (inspect_has_credentials(k))
				n += k->n_values;
	return n;
}

/* Reports path, which is named as the place, if the service cannot read it. */
static bool inspect_path(const struct inspection *in, const struct conf_source *place,
	const char *path, const char *help)
{
	struct buf why;
	bool readable;

	buf_init(&why, WHY_MAX);
	readable = conf_reader_may_read(&in->reader, path, &why);
	if (!readable)
		inspect_report(in, false, (struct conf_at){.file = place}, help, buf_z(&why));
	buf_release(&why);
	return readable;
}

/* False: nothing of the configuration can be read. */
static bool inspect_files(const struct inspection *in, const struct conf_files *files)
{
	const char *dir = in->generation->conf.dir;
	static const char *const subs[] = {"feeds.d", "watchlists.d", "notify.d"};
	static const char help[] = "chmod 0755, or give it the group nightdesk and the mode 0750";
	const struct conf_source whole = {.name = dir};
	bool readable = true;
	char path[PATH_MAX];

	if (!inspect_path(in, &whole, dir, help))
		return false;
	for (size_t i = 0; i < 3; i++) {
		const struct conf_source place = {.name = subs[i]};

		if (inspect_make_path(path, dir, subs[i]) && !inspect_path(in, &place, path, help))
			readable = false;
	}
	/* Not once more for each file of a directory that was reported. */
	for (size_t i = 0; i < files->n && readable; i++)
		if (inspect_make_path(path, dir, files->v[i].name))
			(void)inspect_path(in, &files->v[i], path,
				"chmod 0644, or give it the group nightdesk and the mode 0640");
	return true;
}

void conf_inspect(struct conf_draft *d, const struct conf_files *files,
	const struct conf_generation *generation)
{
	const struct conf_names *feeds = &d->blocks[CONF_KIND_FEED],
				*notifies = &d->blocks[CONF_KIND_NOTIFY],
				*heartbeat = &d->blocks[CONF_KIND_HEARTBEAT];
	struct inspection in = {.d = d, .generation = generation};

	if (d->env->inspect == CONF_INSPECT_NONE)
		return;
	if (d->env->inspect == CONF_INSPECT_SERVICE)
		conf_reader_find(&in.reader, generation->conf.dir);
	if (in.reader.name && !inspect_files(&in, files))
		return;
	for (size_t i = 0; i < CONF_HOLDS; i++)
		if (!conf_names_init(&in.seen[i],
			    inspect_count(feeds) + inspect_count(notifies) +
				    inspect_count(heartbeat),
			    d->scratch)) {
			d->nomem = true;
			return;
		}
	for (size_t i = 0; i < feeds->n; i++)
		inspect_keys(&in, conf_kinds[CONF_KIND_FEED].keys, feeds->v[i].node);
	for (size_t i = 0; i < notifies->n; i++)
		if (d->notifies[i].type)
			inspect_keys(&in, d->notifies[i].type->keys, notifies->v[i].node);
	for (size_t i = 0; i < heartbeat->n; i++)
		inspect_keys(&in, conf_kinds[CONF_KIND_HEARTBEAT].keys, heartbeat->v[i].node);
}
