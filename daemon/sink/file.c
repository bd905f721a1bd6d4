/* SPDX-License-Identifier: MIT */
/* A file of JSON Lines: the document of the webhook on a line of its own, appended. */
#include "sinks.h"

struct file {
	const char *path, *mode;
	bool unsynced;
};

static const char *const file_sync_words[] = {"yes", "no", NULL};

static const struct conf_key_row file_keys[] = {
	{CONF_KEY("path", PATH, file, path), .required = true,
		.help = "the file that each alert is appended to, as a line of JSON"},
	{CONF_KEY("mode", TEXT, file, mode), .fallback = "0640", .max = 4,
		.help = "the permissions of the file where nightdesk creates it"},
	{CONF_KEY("sync", EITHER, file, unsynced), .fallback = "yes", .words = file_sync_words,
		.help = "whether a line must be on the disk to count as delivered"},
	{0},
};

/* Three octal digits, with a 0 before them or not: "0640". Returns -1 for anything else. */
static int file_read_mode(const char *s)
{
	int mode = 0, digits = 0;

	for (; s && *s; s++, digits++) {
		if (*s < '0' || *s > '7')
			return -1;
		mode = mode * 8 + (*s - '0');
	}
	return digits < 3 || mode > 0777 ? -1 : mode;
}

static void file_check(struct conf_check *c, const void *settings)
{
	const struct file *f = settings;

	if (conf_check_given(c, "path") && (!f->path || f->path[0] != '/'))
		conf_check_error_at(c, "path", "write \"/var/lib/nightdesk/alerts.jsonl\"",
			"path: a file is named by its path from /");
	if (file_read_mode(f->mode) < 0)
		conf_check_error_at(
			c, "mode", "write digits such as 0640", "mode: this is no file mode");
	else if (file_read_mode(f->mode) & 2)
		conf_check_error_at(
			c, "mode", "write 0640", "mode: everybody could write to the file");
}

static int file_render(const struct sink_context *ctx, const struct notice *m, struct arena *arena,
	struct sink_request *out, struct err *e)
{
	const struct file *f = ctx->notify->settings;

	out->transport = SINK_FILE;
	out->path = str_of(f->path);
	out->mode = (unsigned)file_read_mode(f->mode);
	out->sync = !f->unsynced;
	return sink_document_line(m, arena, &out->body, e);
}

/* Whatever is wrong is wrong with the file or its disk. */
static void file_judge(const struct sink_answer *a, struct arena *arena, struct sink_verdict *out)
{
	sink_write_judge(a, arena, out);
	if (out->kind != SINK_DELIVERED)
		*out = (struct sink_verdict){.kind = SINK_TROUBLE, .answer = out->answer};
}

const struct sink_type sink_file = {
	.conf = {"file", file_keys, sizeof(struct file), file_check, .utc = true},
	.render = file_render,
	.judge = file_judge,
	.window = 8,
	.max_bytes = SINK_LINE_MAX,
	.sends_json = true,
	.grows = true,
};
