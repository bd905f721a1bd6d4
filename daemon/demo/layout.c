/* SPDX-License-Identifier: MIT */
/*
 * The directory holds the feeds of the made-up outlets, the example watchlists as they are shipped
 * (embedded at build time), here with a receiver, and one signed webhook back to the demo.
 */
#include "layout.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/digest.h"
#include "base/rng.h"
#include "newsroom.h"

EMBED(demo_embassy, "conf/watchlists.d/embassy.conf");
EMBED(demo_press, "conf/watchlists.d/press-freedom.conf");
EMBED(demo_infrastructure, "conf/watchlists.d/infrastructure.conf");

static const struct {
	const char *name, *text;
} watchlists[] = {
	{"watchlists.d/embassy.conf", demo_embassy},
	{"watchlists.d/press-freedom.conf", demo_press},
	{"watchlists.d/infrastructure.conf", demo_infrastructure},
};

static int layout_make_directory(const char *dir, const char *name, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0700) == 0)
		return 0;
	return err_set(e, ERR_IO, "cannot make %s: %s", path, strerror(errno));
}

static int layout_write_file(const char *dir, const char *name, struct str text, struct err *e)
{
	char path[128];
	FILE *f;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f || fwrite(text.p, 1, text.n, f) != text.n || fclose(f) != 0)
		return err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
	return 0;
}

static int layout_write_conf(const char *dir, const char *base_url, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b, (size_t)16 * 1024);
	buf_printf(&b,
		"daemon {\n  state = \"%s/nightdesk.db\"\n  control = \"%s/control.sock\"\n"
		"  status = \"systemd\"   # the demo opens the socket\n}\n"
		"poll {\n  every = \"1s\"\n  host-gap = \"0s\"\n  per-host = 4\n"
		"  private-networks = { 127.0.0.0/8 }\n}\n"
		"notify desk {\n  type = \"webhook\"\n  url = \"%s/alerts\"\n"
		"  secret-credential = \"demo-key\"\n}\n",
		dir, dir, base_url);
	for (const struct newsroom_outlet *o = newsroom_outlets; o->name; o++)
		buf_printf(&b,
			"feed %s {\n  url = \"%s/%s.xml\"\n  title = \"%s\"\n  groups = { %s "
			"}\n}\n",
			o->name, base_url, o->name, o->title, o->group);
	rc = layout_write_file(dir, "nightdesk.conf", buf_str(&b), e);
	buf_release(&b);
	return rc;
}

/*
 * The example watchlists send no alerts until the comment sign before `notify` is removed. Here
 * they also send edits.
 */
static int layout_write_watchlist(
	const char *dir, const char *name, const char *text, struct err *e)
{
	static const char quiet[] = "# notify";
	struct buf b;
	int rc;

	buf_init(&b, (size_t)16 * 1024);
	for (const char *at; (at = strstr(text, quiet)); text = at + 2)
		buf_printf(&b, "%.*son-update = \"alert\"\n  ", (int)(at - text), text);
	buf_addz(&b, text);
	rc = layout_write_file(dir, name, buf_str(&b), e);
	buf_release(&b);
	return rc;
}

static int layout_make_key(const char *dir, struct buf *secret, struct err *e)
{
	uint8_t key[32];

	if (rng_system_bytes(key, sizeof(key)) != 0)
		return err_set(e, ERR_IO, "the system returned no random bytes");
	buf_addz(secret, "whsec_");
	digest_base64(secret, key, sizeof(key));
	return layout_write_file(dir, "credentials/demo-key", buf_str(secret), e);
}

static int layout_fill(const char *base_url, const char *dir, struct buf *secret, struct err *e)
{
	int rc = layout_make_directory(dir, "watchlists.d", e);

	if (rc == 0)
		rc = layout_make_directory(dir, "credentials", e);
	for (size_t i = 0; rc == 0 && i < sizeof(watchlists) / sizeof(watchlists[0]); i++)
		rc = layout_write_watchlist(dir, watchlists[i].name, watchlists[i].text, e);
	if (rc == 0)
		rc = layout_write_conf(dir, base_url, e);
	return rc ? rc : layout_make_key(dir, secret, e);
}

int layout_create(
	const char *base_url, char *dir, size_t dir_size, struct buf *secret, struct err *e)
{
	int rc;

	snprintf(dir, dir_size, "/tmp/nightdesk-demo-XXXXXX");
	if (!mkdtemp(dir)) {
		rc = err_set(e, ERR_IO, "cannot make a directory in /tmp: %s", strerror(errno));
		dir[0] = '\0';
		return rc;
	}
	rc = layout_fill(base_url, dir, secret, e);
	if (rc) {
		layout_remove(dir);
		dir[0] = '\0';
	}
	return rc;
}

static int layout_remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void layout_remove(const char *dir)
{
	nftw(dir, layout_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
