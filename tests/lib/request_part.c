/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/request_part.h"

json_t *request_json(const struct sink_fixture *f)
{
	json_t *root =
		json_loadb(f->request.body.p, f->request.body.n, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	return root;
}

struct str request_text(json_t *root, const char *path)
{
	char key[64];

	while (*path) {
		size_t n = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		root = json_is_array(root) ? json_array_get(root, (size_t)atoi(key))
					   : json_object_get(root, key);
		path += n + (path[n] == '.');
	}
	return json_is_string(root) ? str_slice(json_string_value(root), json_string_length(root))
				    : STR("");
}

struct str request_field(const struct sink_fixture *f, const char *name, struct buf *out)
{
	struct str rest = f->request.body;

	buf_init(out, 32768);
	while (rest.n) {
		size_t n = strcspn(rest.p, "&"), sign = strcspn(rest.p, "=");

		if (str_is(str_slice(rest.p, sign), name)) {
			for (size_t i = sign + 1; i < n; i++) {
				char hex[3] = {0};

				if (rest.p[i] == '%')
					memcpy(hex, rest.p + i + 1, 2);
				buf_addc(out, *hex ? (char)strtoul(hex, NULL, 16) : rest.p[i]);
				i += *hex ? 2 : 0;
			}
			return buf_str(out);
		}
		n += n < rest.n;
		rest = str_slice(rest.p + n, rest.n - n);
	}
	return STR_NONE;
}
