/* SPDX-License-Identifier: MIT */
#include "conf/names.h"

#include <stdint.h>

#include "base/digest.h"

bool conf_names_init(struct conf_names *n, size_t max, struct arena *arena)
{
	size_t slots = 8;

	while (slots < max * 2)
		slots *= 2;
	n->mask = slots - 1;
	n->slots = arena_array(arena, slots, sizeof(*n->slots));
	return n->slots != NULL;
}

static size_t names_first_slot(const struct conf_names *n, struct str name)
{
	return (size_t)digest_fast64(name, 0) & n->mask;
}

size_t conf_names_find(
	const struct conf_names *n, struct str name, conf_name_fn *name_of, const void *ctx)
{
	for (size_t i = names_first_slot(n, name); n->slots[i]; i = (i + 1) & n->mask)
		if (str_eq(name_of(ctx, n->slots[i] - 1), name))
			return n->slots[i] - 1;
	return CONF_NO_NAME;
}

void conf_names_add(struct conf_names *n, struct str name, size_t i)
{
	size_t slot = names_first_slot(n, name);

	while (n->slots[slot])
		slot = (slot + 1) & n->mask;
	n->slots[slot] = i + 1;
}
