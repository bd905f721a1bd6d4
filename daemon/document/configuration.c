/* SPDX-License-Identifier: MIT */
#include "document/configuration.h"

#include "base/buf.h"

#define DIAG_MAX ((size_t)8 * 1024)

json_t *document_diags(const struct conf_diags *d, bool warnings, size_t max)
{
	json_t *list = json_array();
	struct buf b;

	buf_init(&b, DIAG_MAX);
	for (size_t i = 0; i < d->n && json_array_size(list) < max; i++) {
		const struct conf_diag *v = &d->v[i];

		if (v->warning != warnings)
			continue;
		buf_clear(&b);
		if (v->place.file)
			buf_printf(&b, "%s:%u:%u: ", v->place.file, v->place.line, v->place.column);
		buf_addz(&b, v->text);
		json_array_append_new(list, json_stringn(buf_z(&b), b.len));
	}
	buf_release(&b);
	return list;
}
