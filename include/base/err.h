/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, in a class that drives policy and a sentence for a person.
 *
 * Functions that can fail return int: 0, or -(int)class. They take a `struct err *` that may be
 * NULL; on success it is untouched. The text says what happened, where, and what to do; it never
 * holds a secret. Foreign bytes in it are escaped when it is printed, by base/log or the command.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_class {
	ERR_NONE = 0,
	ERR_TEMP,  /* will pass: try again later */
	ERR_PERM,  /* will not pass by itself */
	ERR_INPUT, /* what came in is not what it should be */
	ERR_LIMIT, /* what came in is larger than we take */
	ERR_CONF,  /* the configuration or the call is wrong */
	ERR_NOMEM, /* our own memory ran out */
	ERR_IO,	   /* disk or descriptor */
	ERR_BUG,   /* cannot happen */
};

#define ERR_TEXT_MAX 512

struct err {
	enum err_class cls;
	char text[ERR_TEXT_MAX]; /* valid UTF-8 if what was put in is; cut, never overrun */
};

/* Sets *e (when not NULL) and returns -(int)cls. */
int err_set(struct err *e, enum err_class cls, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Puts "fmt: " before the text that is there; keeps class. Returns -(int)e->cls. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_nomem(struct err *e);
/* One lower-case word: "temporary", "permanent", "input", "limit", "config", "memory", "io", "bug"
 */
const char *err_class_name(enum err_class cls);

#endif
