/* SPDX-License-Identifier: MIT */
#include "flight.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/digest.h"
#include "ingest.h"

void flight_release(struct flight *f)
{
	free(f->v);
}

void flight_set(struct flight *f, struct str notify, const int64_t *ids, size_t n)
{
	uint64_t hash = digest_fast64(notify, 0);
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].notify != hash)
			f->v[kept++] = f->v[i];
	f->n = kept;
	if (n && !array_room(&f->v, f->n, &f->room, n, sizeof(*f->v))) {
		f->unknown = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		f->v[f->n++] = (struct flight_part){hash, ids[i]};
}

void flight_end(struct flight *f, int64_t id)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].id == id) {
			f->v[i] = f->v[--f->n];
			return;
		}
}

bool flight_has(const struct flight *f, int64_t id)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].id == id)
			return true;
	return f->unknown;
}

void desk_set_in_flight(struct desk *d, struct str notify, const int64_t *ids, size_t n)
{
	flight_set(&d->flight, notify, ids, n);
}

void desk_end_flight(struct desk *d, int64_t id)
{
	flight_end(&d->flight, id);
}
