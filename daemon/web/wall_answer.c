/* SPDX-License-Identifier: MIT */
#include "wall_answer.h"

#include "api.h"
#include "document/wall.h"

#define FOUND_NAMES 50
#define WALL_MAX    ((size_t)4 * 1024 * 1024)

/* A number of at most nine digits; otherwise: what it is if it is absent. False: malformed. */
static bool wall_parameter(struct web_call *c, const char *name, size_t otherwise, size_t *out)
{
	struct str s = web_call_parameter(c, name);
	size_t n = 0;

	*out = otherwise;
	if (!str_present(s))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || s.n > 9)
			return false;
		n = n * 10 + (size_t)(s.p[i] - '0');
	}
	*out = n;
	return true;
}

static int wall_make(struct web_call *c, struct store *store, json_t **out, struct err *e)
{
	struct str q = web_call_parameter(c, "q"), from = web_call_parameter(c, "from");
	size_t at, limit;
	struct buf signs;
	int rc;

	*out = NULL;
	if (!wall_parameter(c, "from", 0, &at) ||
		!wall_parameter(c, "limit", str_present(q) ? FOUND_NAMES : 100, &limit))
		return err_set(e, ERR_CONF, "from and limit are numbers");
	if (limit > DOCUMENT_WALL_NAMES_MAX)
		limit = DOCUMENT_WALL_NAMES_MAX;
	if (str_present(q) || str_present(from)) {
		*out = str_present(q) ? document_wall_search(c->conf, q, limit)
				      : document_wall_names(c->conf, at, limit);
		return 0;
	}
	buf_init(&signs, WALL_MAX);
	rc = document_wall_read(c->conf, store, c->now, &signs, e);
	if (!rc)
		*out = document_wall(document_wall_generation(c->conf), buf_str(&signs));
	buf_release(&signs);
	return rc;
}

int web_wall_answer(struct web_call *c, struct store *store, struct err *e)
{
	json_t *doc;
	int rc = wall_make(c, store, &doc, e);

	return rc ? rc : api_send(c, doc, e);
}
