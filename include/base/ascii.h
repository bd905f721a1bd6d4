/* SPDX-License-Identifier: MIT */
/*
 * Character classes of ASCII, independent of the locale. Bytes from 0x80 on belong to no class and
 * are returned unchanged. The predicates take an int: a char, signed or not, or a code point.
 */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>

static inline bool ascii_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool ascii_is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool ascii_is_alpha(int c)
{
	return ascii_is_lower(c | 0x20);
}

static inline bool ascii_is_alnum(int c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* As isspace() in the C locale: space \t \n \v \f \r. */
static inline bool ascii_is_space(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* White space of XML 1.0 §2.3 and of JSON (RFC 8259 §2): space \t \n \r. */
static inline bool ascii_is_xml_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline char ascii_lower(char c)
{
	return ascii_is_upper(c) ? (char)(c | 0x20) : c;
}

static inline char ascii_upper(char c)
{
	return ascii_is_lower(c) ? (char)(c & ~0x20) : c;
}

/* Value of a hexadecimal digit in either case; -1 if c is none. */
static inline int ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
