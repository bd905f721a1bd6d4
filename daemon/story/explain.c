/* SPDX-License-Identifier: MIT */
#include "story/window.h"

static void explain_variant(const struct story_match *m, struct buf *out)
{
	if (!m->n_differences)
		buf_addz(out, ", under another headline");
	for (size_t i = 0; i < m->n_differences; i++) {
		buf_addz(out, i ? ", " : ", but ");
		buf_adds(out, m->difference[i].old);
		buf_addz(out, " → ");
		buf_adds(out, m->difference[i].fresh);
	}
}

static void explain_copy(const struct story_match *m, struct buf *out)
{
	buf_printf(out, ", %.0f %%", m->share * 100);
	if (m->run)
		buf_printf(out, ", %zu words in a row", m->run);
}

void story_explain(const struct story_verdict *v, struct str of, struct buf *out)
{
	switch (v->match.relation) {
	case STORY_NEW:
		if (v->likeness <= 0)
			return;
		buf_addz(out, "tells the story of ");
		buf_adds(out, of);
		buf_printf(out, ", %.0f %% alike", v->likeness * 100);
		return;
	case STORY_COPY:
		buf_addz(out, v->match.by_headline ? "same headline as " : "same text as ");
		buf_adds(out, of);
		explain_copy(&v->match, out);
		return;
	case STORY_VARIANT:
		buf_addz(out, "same text as ");
		buf_adds(out, of);
		explain_variant(&v->match, out);
		return;
	}
}
