/* SPDX-License-Identifier: MIT */
/* nightdesk feeds: the row of the command, and OPML out. */
#include <stdio.h>

#include "conf_dir.h"
#include "document/feed.h"
#include "feed/opml.h"
#include "report.h"

#define OPML_MAX ((size_t)256 * 1024 * 1024)

/* --- export, without secrets --- */

static int feeds_write_opml(const struct conf *c, struct arena *a)
{
	struct feed_opml o = {.title = STR("nightdesk")};
	struct buf out;
	int rc;

	o.entries = arena_array(a, c->n_feeds + 1, sizeof(*o.entries));
	if (!o.entries)
		return -(int)ERR_NOMEM;
	for (size_t i = 0; i < c->n_feeds; i++) {
		const struct conf_feed *f = &c->feeds[i];

		if (f->url_credential) {
			report_error("feed %s is left out: its address is a secret", f->name);
			continue;
		}
		o.entries[o.n_entries++] = (struct feed_opml_entry){
			.title = str_of(f->title ? f->title : f->name),
			.url = str_of(f->url),
			.language = str_of(f->lang),
			.sitemap = f->sitemap,
			.groups = f->groups.v,
			.n_groups = f->groups.n,
		};
	}
	buf_init(&out, OPML_MAX);
	rc = feed_opml_write(&o, a, &out);
	if (buf_failed(&out))
		rc = -(int)ERR_NOMEM;
	if (rc == 0)
		fwrite(buf_z(&out), 1, out.len, stdout);
	buf_release(&out);
	return rc;
}

static int feeds_export(const struct cli_call *call)
{
	const struct cli_options *o = &call->options;
	struct arena *a;
	int code = CLI_OK;
	struct conf *c;

	if (o->json || o->dry_run)
		return report_usage(call->command,
			"export writes OPML, and takes neither --json nor --dry-run");
	c = conf_dir_load_sound(call->cli, o->dir, NULL, &code);
	if (!c)
		return code;
	a = arena_new(OPML_MAX);
	if (!a || feeds_write_opml(c, a))
		code = report_nomem();
	arena_free(a);
	conf_unref(c);
	return code;
}

static const struct cli_option feeds_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--state", "STATE", CLI_WORD, state, "list: only feeds in this state"),
		.words = document_feed_words},
	{CLI_OPTION("--dry-run", NULL, CLI_FLAG, dry_run,
		"import: print what would be written, write nothing")},
	{0},
};

const struct cli_command cmd_feeds = {
	.name = "feeds",
	.summary = "list, show or poll the configured feeds; import and export OPML",
	.verbs = (const struct cli_verb[]){{"list", NULL, feeds_list, CLI_ANY, false},
		{"show", "NAME", feeds_list, CLI_FEEDS, false},
		{"import", "FILE.opml", feeds_import, CLI_FILES, false},
		{"export", NULL, feeds_export, CLI_ANY, false},
		{"poll", "NAME…", feeds_poll, CLI_FEEDS, true}, {0}},
	.options = feeds_options,
	.detail =
		"list prints the state of each feed, the worst first, and why; show all that is\n"
		"known of one: its rhythm, what it costs, and when it is polled next. Both read\n"
		"the database.\n"
		"import reads an OPML list (- for standard input) and writes feeds.d/NAME.conf\n"
		"for each feed that is not configured yet; it never overwrites a file. Outlines\n"
		"that contain others become groups. What is left out is printed with the reason.\n"
		"export writes the configured feeds as OPML.\n"
		"poll has the running daemon poll these feeds, or all, now. Retry-After of a\n"
		"server forbids that: then it prints until when. Exit status: 1 a feed does not\n"
		"exist, 75 one that was named may not be asked yet, 69 no daemon runs.",
};
