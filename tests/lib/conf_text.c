/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include <unistd.h>

#include "lib/conf_text.h"
#include "sink/sink.h"

struct conf *conf_text_load(const char *blocks)
{
	char dir[] = "/tmp/nightdesk-hosts-XXXXXX", file[100];
	struct conf_env env = {.notify_types = sink_conf_type};
	struct conf_diags diags;
	struct conf *c = NULL;
	FILE *out;

	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/nightdesk.conf", dir);
	out = fopen(file, "w");
	assert_non_null(out);
	fputs(blocks, out);
	fclose(out);
	(void)conf_load(dir, &env, &c, &diags);
	for (size_t i = 0; !c && i < diags.n; i++)
		print_error("%s\n", diags.v[i].text);
	conf_diags_release(&diags);
	unlink(file);
	rmdir(dir);
	assert_non_null(c);
	return c;
}
