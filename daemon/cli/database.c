/* SPDX-License-Identifier: MIT */
#include "database.h"

#include <unistd.h>

#include "conf_dir.h"
#include "report.h"

int database_result(int rc, const struct err *e)
{
	int code = report_result(rc, e);

	return rc && e->cls == ERR_PERM ? CLI_NOPERM : code;
}

int database_open(const struct cli *cli, const char *dir, struct store **out)
{
	struct conf_dir_paths paths;
	struct err e = {0};
	int code = conf_dir_find_paths(cli, dir, &paths);

	*out = NULL;
	if (code)
		return code;
	code = database_result(store_open(out, paths.database, STORE_READ, &e), &e);
	if (e.cls == ERR_INPUT && access(paths.database, F_OK) == 0)
		code = CLI_DATAERR; /* the file is damaged, or of another program */
	conf_dir_release_paths(&paths);
	return code;
}
