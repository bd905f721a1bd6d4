/* SPDX-License-Identifier: MIT */
/*
 * Errors: a class, which decides what the caller does, and a message for the user.
 *
 * Functions that can fail return 0 or -(int)class and take a `struct err *`, which may be NULL and
 * is not changed on success. The message says what happened, where, and what to do. It contains no
 * secret; input bytes in it are escaped when it is printed, by base/log or the command.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_class {
	ERR_NONE = 0,
	ERR_TEMP,   /* temporary: retry later */
	ERR_PERM,   /* permanent: a retry would fail again */
	ERR_ACCESS, /* permanent until someone changes an owner, group or mode */
	ERR_INPUT,  /* invalid input */
	ERR_LIMIT,  /* input larger than a limit */
	ERR_CONF,   /* invalid configuration or command line */
	ERR_NOMEM,  /* out of memory */
	ERR_IO,	    /* disk or file descriptor */
	ERR_BUG,    /* an invariant is violated */
};

#define ERR_TEXT_MAX 512

struct err {
	enum err_class cls;
	char text[ERR_TEXT_MAX]; /* truncated between code points if too long */
};

/* Sets *e (when not NULL) and returns -(int)cls. The arguments may point into e->text. */
int err_set(struct err *e, enum err_class cls, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int err_nomem(struct err *e);
/*
 * The class of a system call that failed with this errno. Exhaustion (memory, descriptors, space)
 * and failures of the disk pass or need a restart, and are never a fault of the configuration.
 */
enum err_class err_class_of(int errnum);
/* Whether nightdesk or the machine lacked something for a moment: not the fault of any input. */
bool err_is_exhaustion(enum err_class cls);
/* Whether rc is that of an error that passes without a restart: temporary, or out of memory. */
bool err_passes(int rc);
/*
 * One lower-case word: "temporary", "permanent", "access", "input", "limit", "config", "memory",
 * "io", "bug"
 */
const char *err_class_name(enum err_class cls);

#endif
