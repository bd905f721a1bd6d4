/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include "base/ascii.h"

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_slice(s.p, prefix.n), prefix);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_slice(s.p, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_slice(s.p + (s.n - suffix.n), suffix.n), suffix);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

struct str str_trim(struct str s)
{
	while (s.n && ascii_is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

ptrdiff_t str_find(struct str haystack, struct str needle)
{
	const char *hit;

	if (needle.n == 0)
		return 0;
	hit = haystack.n ? memmem(haystack.p, haystack.n, needle.p, needle.n) : NULL;
	return hit ? hit - haystack.p : -1;
}
