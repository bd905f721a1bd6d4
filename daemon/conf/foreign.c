/* SPDX-License-Identifier: MIT */
#include "foreign.h"

#include <string.h>

#include "conf/schema.h"

/* Bytes in which the end of a list and of a comment is searched, which keeps the time linear. */
#define LIST_MAX    ((size_t)4096)
#define COMMENT_MAX ((size_t)16384)

static struct str foreign_rest(const struct conf_lexer *l)
{
	return str_slice(l->file->text.p + l->at.offset, l->file->text.n - l->at.offset);
}

static struct str foreign_line(struct str s)
{
	const char *end = s.n ? memchr(s.p, '\n', s.n) : NULL;

	return end ? str_slice(s.p, (size_t)(end - s.p)) : s;
}

/* Returns the last byte before l->at that is not a blank; '\n' at the start of a line. */
static char foreign_before(const struct conf_lexer *l)
{
	const char *p = l->file->text.p;
	size_t i = l->at.offset;

	while (i > 0 && (p[i - 1] == ' ' || p[i - 1] == '\t'))
		i--;
	return i > 0 ? p[i - 1] : '\n';
}

/* --- comments and semicolons --- */

static const struct {
	const char *open, *close; /* NULL: the end of the line */
	bool anywhere;		  /* not only at the start of a line */
} foreign_comments[] = {
	{"//", NULL, true},
	{"/*", "*/", true},
	{"<!--", "-->", false},
	{"--", NULL, false},
	{";", NULL, false},
	{"%", NULL, false},
};

size_t conf_foreign_comment(struct conf_lexer *l)
{
	struct str s = foreign_rest(l), line = foreign_line(s);
	char before = foreign_before(l);
	size_t i = 0, n = sizeof(foreign_comments) / sizeof(foreign_comments[0]);
	const char *close;
	ptrdiff_t end;

	while (i < n && (!str_starts(s, str_of(foreign_comments[i].open)) ||
				(!foreign_comments[i].anywhere && before != '\n')))
		i++;
	/* A value may begin so: source = //desk; a ; alone in its line is not a comment. */
	if (i == n || before == '=' || (*s.p == ';' && str_trim(line).n == 1))
		return 0;
	close = foreign_comments[i].close;
	if (!l->told_comment)
		conf_error(l->diags, l->at, "write # in its place, here and below",
			"%s begins no comment", foreign_comments[i].open);
	l->told_comment = true;
	if (!close)
		return line.n;
	s.n = s.n < COMMENT_MAX ? s.n : COMMENT_MAX;
	end = str_find(s, str_of(close));
	return end < 0 ? line.n : (size_t)end + strlen(close);
}

void conf_foreign_semicolon(struct conf_lexer *l)
{
	conf_error(l->diags, l->at, "delete it",
		foreign_before(l) == '}' ? "a semicolon after a block"
					 : "a semicolon at the end of a value");
}

/* --- signs and brackets --- */

size_t conf_foreign_equals(struct conf_lexer *l)
{
	static const char *const signs[] = {":=", "==", "=>"};
	struct str s = foreign_rest(l);

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (str_starts(s, str_of(signs[i]))) {
			conf_error(l->diags, l->at, "write key = value", "%s where a = belongs",
				signs[i]);
			return 2;
		}
	if (s.p[0] != ':' || (s.n > 1 && !strchr(" \t\r\n\"'{[", s.p[1])))
		return 0;
	conf_error(l->diags, l->at, "write key = value", "a : where a = belongs");
	return 1;
}

/* [::1] is an address. */
static bool foreign_is_address(struct str s)
{
	size_t colons = 0;

	for (size_t i = 0; i < s.n; i++) {
		colons += s.p[i] == ':';
		if (s.p[i] != ':' && s.p[i] != '.' && !strchr("0123456789abcdefABCDEF", s.p[i]))
			return false;
	}
	return colons > 1;
}

char conf_foreign_list(struct conf_lexer *l)
{
	struct str s = foreign_rest(l), inner;
	char close = s.p[0] == '[' ? ']' : ')', before = foreign_before(l);
	const char *end;

	s.n = s.n < LIST_MAX ? s.n : LIST_MAX;
	if (close == ')')
		s = foreign_line(s);
	end = memchr(s.p, close, s.n);
	if ((before != '=' && before != ':') || !end)
		return '\0';
	inner = str_slice(s.p + 1, (size_t)(end - s.p) - 1);
	/* (a OR b) is a query that is not quoted. */
	if (close == ')' ? !memchr(s.p, ',', inner.n + 1) : foreign_is_address(inner))
		return '\0';
	conf_error(l->diags, l->at, "write { a, b }", "a list stands in braces, not in %c %c",
		s.p[0], close);
	return close;
}

bool conf_foreign_ends(struct str s, size_t i)
{
	return i < s.n && (s.p[i] == ';' || s.p[i] == ']' || s.p[i] == ')');
}

/* --- sections of INI and TOML --- */

static bool foreign_is_section_sign(char c)
{
	return strchr("[]\"' .:", c) != NULL;
}

static struct str foreign_trim_section(struct str s)
{
	while (s.n && foreign_is_section_sign(s.p[0]))
		s = str_slice(s.p + 1, s.n - 1);
	while (s.n && foreign_is_section_sign(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool conf_foreign_section(struct conf_lexer *l, const struct conf_token *word)
{
	struct str s = l->file->text, name;
	const struct conf_kind_row *kind;
	const char *end, *help, *shown;
	size_t n = 0;

	s = foreign_line(str_slice(s.p + word->at.offset, s.n - word->at.offset));
	end = memchr(s.p, ']', s.n);
	if (word->text.p[0] != '[' || !end)
		return false;
	s = foreign_trim_section(str_slice(s.p, (size_t)(end - s.p)));
	while (n < s.n && !foreign_is_section_sign(s.p[n]))
		n++;
	kind = conf_schema_find_kind(str_slice(s.p, n));
	if (!kind && n && s.p[n - 1] == 's') /* [feeds] */
		kind = conf_schema_find_kind(str_slice(s.p, n - 1));
	name = kind ? foreign_trim_section(str_slice(s.p + n, s.n - n)) : s;
	shown = name.n ? conf_show(l->diags, name) : "NAME";
	if (kind)
		help = arena_printf(l->diags->arena, "write a block: %s %s%s{ key = value }",
			kind->name, kind->named ? shown : "", kind->named ? " " : "");
	else
		help = arena_printf(l->diags->arena,
			"write a block with its kind: feed %s { … }, watch %s { … } or notify %s { "
			"… }",
			shown, shown, shown);
	conf_error(l->diags, word->at, help, "a section in [ ], as in INI files");
	return true;
}

/* --- whole files --- */

static struct str foreign_skip_space(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[0]))
		s = str_slice(s.p + 1, s.n - 1);
	return s;
}

static bool foreign_is_json(struct str s)
{
	if (!s.n || !strchr("[{", s.p[0]))
		return false;
	s = foreign_skip_space(str_slice(s.p + 1, s.n - 1));
	return s.n && strchr("\"{", s.p[0]);
}

/* "feeds:" alone in its line and then an indented line or "- ". */
static bool foreign_is_yaml(struct str s)
{
	struct str line = str_trim(foreign_line(s)), next;
	size_t n = foreign_line(s).n + 1;

	if (str_is(line, "---"))
		return true;
	if (line.n < 2 || line.p[line.n - 1] != ':' || memchr(line.p, ' ', line.n) || n >= s.n)
		return false;
	next = str_slice(s.p + n, s.n - n);
	return str_starts(next, STR(" ")) || str_starts(next, STR("- "));
}

bool conf_foreign_file(const struct conf_source *file, struct conf_diags *diags)
{
	struct str s = foreign_skip_space(file->text);
	struct conf_at at = {file, 0, 1, 1};
	const char *what, *help = "write blocks: feed bbc { url = \"https://…\" }, see "
				  "nightdesk.conf(5)";

	if (str_starts(s, STR("<")) && !str_starts(s, STR("<!--"))) {
		what = str_find(s, STR("<opml")) >= 0 ? "OPML" : "XML or HTML";
		help = "nightdesk feeds import FILE.opml writes feeds.d from an OPML file";
	} else if (foreign_is_json(s)) {
		what = "JSON";
	} else if (foreign_is_yaml(s)) {
		what = "YAML";
	} else {
		return false;
	}
	at = conf_at_advance(at, (size_t)(s.p - file->text.p));
	conf_error(diags, at, help, "this is %s, not a configuration; the file was not read", what);
	return true;
}
