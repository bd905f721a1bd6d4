/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* vsnprintf() may have truncated the text inside a code point. */
static void err_end_at_code_point(char *text, size_t len)
{
	if (len >= ERR_TEXT_MAX) {
		struct str cut = utf8_cut(str_slice(text, ERR_TEXT_MAX - 1), ERR_TEXT_MAX - 1);

		text[cut.n] = '\0';
	}
}

int err_set(struct err *e, enum err_class cls, const char *fmt, ...)
{
	va_list ap;
	char text[ERR_TEXT_MAX]; /* the arguments may point into e->text */
	int n;

	if (!e)
		return -(int)cls;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		text[0] = '\0';
	else
		err_end_at_code_point(text, (size_t)n);
	e->cls = cls;
	memcpy(e->text, text, sizeof(text));
	return -(int)cls;
}

int err_nomem(struct err *e)
{
	return err_set(e, ERR_NOMEM, "out of memory");
}

enum err_class err_class_of(int errnum)
{
	switch (errnum) {
	case 0: return ERR_NONE;
	case EACCES:
	case EPERM: return ERR_ACCESS;
	case ENOMEM: return ERR_NOMEM;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOLCK:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EAGAIN:
	case EINTR:
	case EBUSY:
	case ETXTBSY:
	case ETIMEDOUT: return ERR_TEMP;
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EEXIST:
	case ELOOP:
	case ENAMETOOLONG: return ERR_PERM;
	}
	return ERR_IO;
}

bool err_is_exhaustion(enum err_class cls)
{
	return cls == ERR_TEMP || cls == ERR_NOMEM || cls == ERR_IO;
}

bool err_passes(int rc)
{
	return rc == -(int)ERR_TEMP || rc == -(int)ERR_NOMEM;
}

const char *err_class_name(enum err_class cls)
{
	switch (cls) {
	case ERR_NONE: return "none";
	case ERR_TEMP: return "temporary";
	case ERR_PERM: return "permanent";
	case ERR_ACCESS: return "access";
	case ERR_INPUT: return "input";
	case ERR_LIMIT: return "limit";
	case ERR_CONF: return "config";
	case ERR_NOMEM: return "memory";
	case ERR_IO: return "io";
	case ERR_BUG: return "bug";
	}
	return "unknown";
}
