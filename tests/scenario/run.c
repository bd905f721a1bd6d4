/* SPDX-License-Identifier: MIT */
/*
 * Plays every script of tests/scenario (or those named) through the real engine, desk and store,
 * and prints one TAP line for each. V=1 shows the whole log of a failure.
 */
#include "scenario/world.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "feed/parse.h"

/* Splits in place; a word may contain quotes, which protect blanks; \" is one. */
static void cut(struct line *l)
{
	char *p = l->text, *out;

	l->n = 0;
	while (l->n < WORDS_MAX) {
		bool quoted = false;

		p += strspn(p, " \t\n");
		if (*p == '\0' || *p == '#')
			return;
		l->word[l->n++] = out = p;
		for (; *p && (quoted || !strchr(" \t\n", *p)); p++) {
			if (*p == '\\' && p[1])
				*out++ = *++p;
			else if (*p == '"')
				quoted = !quoted;
			else
				*out++ = *p;
		}
		if (*p)
			p++;
		*out = '\0';
	}
}

static void play(struct world *w, FILE *in)
{
	struct line l = {0};
	size_t cap = 0;

	while (!w->failed && getline(&l.text, &cap, in) > 0) {
		w->line++;
		cut(&l);
		if (l.n > 0 && !world_do(w, &l, in))
			world_fail(w, "what is \"%s\"?", l.word[0]);
	}
	free(l.text);
	if (w->failed && w->engine)
		world_crash(w);
	else
		world_end(w);
}

static bool run_one(const char *file)
{
	const char *name = strrchr(file, '/');
	FILE *in = fopen(file, "r");
	struct world w;
	struct heard *h;

	world_init(&w, file);
	if (in)
		play(&w, in);
	else
		world_fail(&w, "cannot be read");
	if (in)
		fclose(in);
	if (w.failed && getenv("V")) {
		TAILQ_FOREACH (h, &w.log, link)
			printf("#   %s\n", h->line);
	}
	printf("%s - scenario %s\n", w.failed ? "not ok" : "ok", name ? name + 1 : file);
	world_release(&w);
	return !w.failed;
}

int main(int argc, char **argv)
{
	bool good = true;
	glob_t g;

	disk_install();
	feed_parse_global_init();
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		good &= run_one(argv[i]);
	if (argc == 1 && glob("tests/scenario/*.scn", 0, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			good &= run_one(g.gl_pathv[i]);
		globfree(&g);
	}
	feed_parse_global_cleanup();
	return good ? 0 : 1;
}
