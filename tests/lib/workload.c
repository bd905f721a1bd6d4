/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/workload.h"

char *workload_slurp(const char *dir, const char *name, size_t *n)
{
	char path[4096];
	FILE *f;
	char *p;
	long size;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET)) {
		perror(path);
		exit(2);
	}
	p = calloc(1, (size_t)size + 1);
	if (!p || fread(p, 1, (size_t)size, f) != (size_t)size)
		exit(2);
	fclose(f);
	*n = (size_t)size;
	return p;
}

void workload_read_items(struct workload *l, const char *dir)
{
	size_t cap = 0;

	*l = (struct workload){0};
	l->text = workload_slurp(dir, "items.txt", &l->bytes);
	for (char *p = l->text, *end; *p; p = end + 1) {
		char *tab;

		end = strchr(p, '\n');
		if (!end)
			break;
		tab = memchr(p, '\t', (size_t)(end - p));
		if (l->n_items == cap) {
			cap = cap ? cap * 2 : 1024;
			l->items = realloc(l->items, cap * sizeof(*l->items));
		}
		l->items[l->n_items++] = (struct workload_item){
			.title = str_slice(p, tab ? (size_t)(tab - p) : 0),
			.body = str_slice(tab ? tab + 1 : p, (size_t)(end - (tab ? tab + 1 : p))),
			.all = str_slice(p, (size_t)(end - p)),
		};
	}
}

void workload_release(struct workload *l)
{
	free(l->items);
	free(l->text);
}

static void workload_put_term(struct buf *q, char *term)
{
	char *near = strstr(term, " ~10 ");

	if (near) {
		*near = '\0';
		buf_printf(q, "(\"%s\" NEAR/10 \"%s\")", term, near + 5);
	} else {
		buf_printf(q, "\"%s\"", term);
	}
}

static void workload_put_group(struct buf *q, char *group)
{
	char *rest = group + 1, *term;
	const char *join = "";

	if (q->len)
		buf_addz(q, *group == '-' ? " NOT " : " AND ");
	buf_addc(q, '(');
	while ((term = strsep(&rest, "|"))) {
		buf_addz(q, join);
		workload_put_term(q, term);
		join = " OR ";
	}
	buf_addc(q, ')');
}

bool workload_next_query(char **rest, struct buf *q)
{
	char *line = strsep(rest, "\n"), *group;

	buf_clear(q);
	if (!line || !*line)
		return false;
	while ((group = strsep(&line, "\t")))
		workload_put_group(q, group);
	return true;
}
