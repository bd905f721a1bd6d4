/* SPDX-License-Identifier: MIT */
/* nightdesk explain: the way of one item through every stage. */
#include <string.h>

#include "base/utf8.h"
#include "document/document.h"
#include "document/explanation.h"
#include "explain.h"
#include "stored.h"

#define OPT_WATCH  1
#define ARENA_MAX  ((size_t)256 * 1024 * 1024)
#define CANDIDATES 20

struct call {
	const struct cli *cli;
	const char *dir, *watch; /* watch NULL: all */
	bool json;
	struct conf *conf;
	struct store *store;
	struct arena *arena;
};

static int list_one(struct call *c, int64_t row, struct err *e)
{
	struct store_item_row item;
	bool found;
	int rc;

	arena_clear(c->arena);
	rc = store_item_get(c->store, row, c->arena, &item, &found, e);
	if (rc || !found)
		return rc;
	fprintf(stderr, "  #%lld  ", (long long)row);
	utf8_print(stderr, item.feed);
	fputs("  ", stderr);
	utf8_print(stderr, str_present(item.item.title) ? item.item.title : item.item.link);
	fputc('\n', stderr);
	return 0;
}

/* More than one item goes by that name: which are there? */
static int list_candidates(
	struct call *c, const char *name, const int64_t *rows, size_t n, struct err *e)
{
	int rc = 0;

	cli_complain("%s names %s%zu items; explain one of them by its number ('#7'):", name,
		n == CANDIDATES ? "at least " : "", n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = list_one(c, rows[i], e);
	return rc;
}

static int explain(struct call *c, const char *name, const struct conf_watch *watch)
{
	int64_t rows[CANDIDATES];
	struct desk_explanation x;
	struct err e = {0};
	size_t n = 0;
	int rc = desk_find_items(c->store, c->conf, str_of(name), rows, CANDIDATES, &n, &e);

	if (rc == 0 && n == 0) {
		cli_complain("no item goes by %s: it takes an item's id, its link, the id of an "
			     "alert, or a number ('#7')",
			name);
		return CLI_FINDINGS;
	}
	if (rc == 0 && n > 1) {
		rc = list_candidates(c, name, rows, n, &e);
		return rc ? cli_stored_code(rc, &e) : CLI_FINDINGS;
	}
	if (rc == 0)
		rc = desk_explain(c->store, c->conf, rows[0], watch, c->arena, &x, &e);
	if (rc == 0 && c->json)
		document_print(document_explanation(&x), stdout);
	else if (rc == 0)
		explain_print(c->cli, &x);
	return cli_stored_code(rc, &e);
}

static int open_and_explain(struct call *c, const char *name)
{
	const struct conf_watch *watch = NULL;
	int code;

	c->conf = cli_conf_watch(c->cli, c->dir, c->watch, &code);
	if (!c->conf)
		return code;
	if (c->watch)
		watch = conf_find_watch(c->conf, str_of(c->watch));
	if (c->watch && !watch)
		return cli_no_watch(c->cli, c->dir, c->watch);
	c->arena = arena_new(ARENA_MAX);
	if (!c->arena) {
		cli_complain("out of memory");
		return CLI_OSERR;
	}
	code = cli_open_store(c->cli, c->dir, &c->store);
	return code ? code : explain(c, name, watch);
}

static int run(const struct cli *cli, const struct cli_command *self, int argc, char **argv)
{
	struct call c = {.cli = cli, .dir = CLI_CONF_DIR};
	struct cli_args args;
	const char *value;
	int id, code;

	cli_args_init(&args, self, argc, argv);
	while ((id = cli_args_next(&args, &value)) > 0) {
		switch (id) {
		case CLI_OPT_CONF: c.dir = value; break;
		case CLI_OPT_JSON: c.json = true; break;
		case OPT_WATCH: c.watch = value; break;
		}
	}
	if (id < 0)
		return CLI_USAGE;
	if (argc - args.next != 1)
		return cli_usage(self, "needs one item");
	code = open_and_explain(&c, argv[args.next]);
	store_close(c.store);
	arena_free(c.arena);
	conf_unref(c.conf);
	return cli_finish(code);
}

static const struct cli_option options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{OPT_WATCH, "--watch", "NAME", "only what this watch says of it"},
	{0},
};

extern const struct cli_command cmd_explain;
const struct cli_command cmd_explain = {
	.name = "explain",
	.operands = "ITEM",
	.summary = "the way of one item: when it came, what matched it or why not, who was told",
	.options = options,
	.detail = "ITEM is an item's id, its link, the id of an alert, or its number ('#7'). Where "
		  "several go by\n"
		  "the same name they are listed, and nothing is explained. The watches are those "
		  "of the\n"
		  "configuration as it is now; alerts and deliveries are what was recorded then.",
	.run = run,
};
