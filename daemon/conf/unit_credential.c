/* SPDX-License-Identifier: MIT */
#include "unit_credential.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define LINE_MAX_ 4096

static bool unit_line_gives(struct str line, struct str name)
{
	static const char *const keys[] = {"LoadCredential=", "LoadCredentialEncrypted=",
		"SetCredential=", "SetCredentialEncrypted="};

	line = str_trim(line);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct str key = str_of(keys[i]);

		if (!str_starts(line, key))
			continue;
		line = str_trim(str_slice(line.p + key.n, line.n - key.n));
		return str_starts(line, name) && (line.n == name.n || line.p[name.n] == ':');
	}
	return false;
}

static bool unit_file_gives(const char *path, struct str name)
{
	char line[LINE_MAX_];
	bool gives = false;
	FILE *f = fopen(path, "re");

	while (f && !gives && fgets(line, sizeof(line), f))
		gives = unit_line_gives(str_of(line), name);
	if (f)
		fclose(f);
	return gives;
}

bool conf_unit_gives_credential(const char *dir, const char *name)
{
	static const char *const places[] = {"nightdesk.service", "nightdesk.service.d/*.conf"};
	char pattern[PATH_MAX];
	bool gives = false;

	for (size_t i = 0; i < 2 && !gives; i++) {
		glob_t files = {0};

		if (snprintf(pattern, sizeof(pattern), "%s/%s", dir, places[i]) >= PATH_MAX)
			continue;
		if (glob(pattern, GLOB_NOSORT, NULL, &files) == 0)
			for (size_t k = 0; k < files.gl_pathc && !gives; k++)
				gives = unit_file_gives(files.gl_pathv[k], str_of(name));
		globfree(&files);
	}
	return gives;
}
