/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/sink_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

void notify_load(struct notify_fixture *f, const char *keys)
{
	static const struct conf_env env = {.timezone = "UTC", .notify_types = sink_conf_type};
	char dir[] = "/tmp/nightdesk-notify.XXXXXX", path[64];
	FILE *out;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/nightdesk.conf", dir);
	out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out,
		"notify desk { %s }\nfeed f { url = http://a.example/ }\n"
		"watch w { query = 'x' notify = desk }\n",
		keys);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(path, 0644), 0);
	conf_load(dir, &env, &f->conf, &f->diags);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

void notify_unload(struct notify_fixture *f)
{
	conf_unref(f->conf);
	conf_diags_release(&f->diags);
}
