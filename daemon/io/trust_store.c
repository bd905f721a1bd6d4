/* SPDX-License-Identifier: MIT */
#include "trust_store.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include "authorities.h"
#include "base/clock.h"

#define LOOK_MS	   CLOCK_SECOND /* between two looks whether a file was changed */
#define STORES_MAX 16		/* ca-files; more are read for each connection */

/* What tells one state of a file from another. */
struct trust_mark {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct trust_store {
	const struct trust_stores *of;
	char *file; /* ca-file; NULL: the authorities of the system alone */
	X509_STORE *store;
	struct trust_mark of_file, of_system;
	int64_t made_at, looked_at; /* monotonic */
	LIST_ENTRY(trust_store) link;
};

struct trust_stores {
	const char *ca_dir, *ca_file; /* of the system: one of them, or neither */
	bool openssl;		      /* libcurl has this library too */
	LIST_HEAD(, trust_store) all;
	unsigned n;
};

static struct trust_mark trust_mark_of(const char *path)
{
	struct stat st;

	if (!path || stat(path, &st) != 0)
		return (struct trust_mark){0};
	return (struct trust_mark){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
}

static bool trust_mark_same(const struct trust_mark *a, const struct trust_mark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static const char *trust_stores_system(const struct trust_stores *t)
{
	return t->ca_dir ? t->ca_dir : t->ca_file;
}

/* NULL: a file cannot be read, or memory ran out. */
static X509_STORE *trust_store_make(const struct trust_stores *t, const char *file)
{
	X509_STORE *s = X509_STORE_new();
	bool ok = s && X509_STORE_set_flags(
			       s, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN) == 1;

	/* A directory is searched for what a server needs, a file is read whole. */
	ok = ok && (!t->ca_dir || X509_STORE_load_path(s, t->ca_dir) == 1);
	ok = ok && (t->ca_dir || !t->ca_file || X509_STORE_load_file(s, t->ca_file) == 1);
	ok = ok && (!file || X509_STORE_load_file(s, file) == 1);
	if (ok)
		return s;
	X509_STORE_free(s);
	return NULL;
}

static void trust_store_free(struct trust_stores *t, struct trust_store *s)
{
	LIST_REMOVE(s, link);
	t->n--;
	X509_STORE_free(s->store);
	free(s->file);
	free(s);
}

static struct trust_store *trust_store_add(struct trust_stores *t, const char *file)
{
	struct trust_store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->of = t;
	s->file = file ? strdup(file) : NULL;
	if (file && !s->file) {
		free(s);
		return NULL;
	}
	LIST_INSERT_HEAD(&t->all, s, link);
	t->n++;
	return s;
}

static struct trust_store *trust_store_find(struct trust_stores *t, const char *file)
{
	struct trust_store *s;

	LIST_FOREACH (s, &t->all, link)
		if (s->file && file ? strcmp(s->file, file) == 0 : s->file == file)
			return s;
	return t->n < STORES_MAX ? trust_store_add(t, file) : NULL;
}

/* Connections that are open keep the store that they were checked with. */
static void trust_store_look(struct trust_store *s)
{
	const struct trust_stores *t = s->of;
	struct trust_mark of_file, of_system;
	int64_t now = clock_mono();

	if (s->store && now - s->looked_at < LOOK_MS)
		return;
	of_file = trust_mark_of(s->file);
	of_system = trust_mark_of(trust_stores_system(t));
	s->looked_at = now;
	if (s->store && now - s->made_at < CLOCK_DAY && trust_mark_same(&of_file, &s->of_file) &&
		trust_mark_same(&of_system, &s->of_system))
		return;
	X509_STORE_free(s->store);
	s->store = trust_store_make(t, s->file);
	s->of_file = of_file;
	s->of_system = of_system;
	s->made_at = now;
}

/* curl calls this before each TLS handshake, with an https proxy too. */
static CURLcode trust_store_use(CURL *easy, void *context, void *arg)
{
	struct trust_store *s = arg;

	(void)easy;
	trust_store_look(s);
	if (!s->store)
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set1_cert_store(context, s->store);
	return CURLE_OK;
}

#define SET(option, value) (ok = curl_easy_setopt(easy, option, value) == CURLE_OK && ok)

static bool trust_stores_set(CURL *easy, const char *file, const char *dir, struct trust_store *s)
{
	bool ok = true;

	SET(CURLOPT_CAINFO, file);
	SET(CURLOPT_CAPATH, dir);
	SET(CURLOPT_PROXY_CAINFO, file);
	SET(CURLOPT_PROXY_CAPATH, dir);
	if (s) {
		SET(CURLOPT_SSL_CTX_FUNCTION, trust_store_use);
		SET(CURLOPT_SSL_CTX_DATA, s);
	}
	return ok;
}

#undef SET

bool trust_stores_apply(struct trust_stores *t, CURL *easy, const char *file)
{
	struct trust_store *s = t->openssl ? trust_store_find(t, file) : NULL;

	/*
	 * libcurl reads nothing of the path, because the store is replaced. It keeps it from
	 * reusing a connection for a feed that trusts others than those that its server was
	 * checked with.
	 */
	if (s)
		return trust_stores_set(easy, NULL, file ? file : trust_stores_system(t), s);
	if (file)
		return trust_stores_set(easy, file, AUTHORITIES_DIR, NULL);
	return !trust_stores_system(t) || trust_stores_set(easy, t->ca_file, t->ca_dir, NULL);
}

struct trust_stores *trust_stores_new(void)
{
	const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
	struct trust_stores *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ca_dir = authorities_find_dir();
	t->ca_file = t->ca_dir ? NULL : authorities_find_file();
	LIST_INIT(&t->all);
	t->openssl = library && strncmp(library, "OpenSSL/", 8) == 0 && trust_stores_system(t);
	return t;
}

void trust_stores_free(struct trust_stores *t)
{
	while (t && !LIST_EMPTY(&t->all))
		trust_store_free(t, LIST_FIRST(&t->all));
	free(t);
}
