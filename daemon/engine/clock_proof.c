/* SPDX-License-Identifier: MIT */
#include "clock_proof.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static struct clock_statement *clock_proof_find(struct clock_proof *p, const char *host)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->said[i].host, host) == 0)
			return &p->said[i];
	return NULL;
}

static struct clock_statement *clock_proof_add(struct clock_proof *p, const char *host)
{
	struct clock_statement *s = &p->said[p->next];

	p->next = (p->next + 1) % CLOCK_PROOF_HOSTS;
	if (p->n < CLOCK_PROOF_HOSTS)
		p->n++;
	snprintf(s->host, sizeof(s->host), "%s", host);
	return s;
}

void clock_proof_note(struct clock_proof *p, const char *host, int64_t date)
{
	struct clock_statement *s = clock_proof_find(p, host);

	if (!s)
		s = clock_proof_add(p, host);
	s->offset = date - clock_boot();
}

/* *against: one that disagrees, NULL: none does. */
static enum clock_verdict clock_proof_count(
	const struct clock_proof *p, const struct clock_statement **against)
{
	int64_t offset = clock_wall() - clock_boot();
	size_t agree = 0, disagree = 0;

	*against = NULL;
	for (size_t i = 0; i < p->n; i++) {
		int64_t off = offset - p->said[i].offset;

		if (off > -CLOCK_PROOF_MARGIN && off < CLOCK_PROOF_MARGIN) {
			agree++;
		} else {
			disagree++;
			*against = &p->said[i];
		}
	}
	if (agree >= CLOCK_PROOF_NEEDED && agree > disagree)
		return CLOCK_PROVEN;
	if (disagree >= CLOCK_PROOF_NEEDED && disagree > agree)
		return CLOCK_WRONG;
	return clock_is_synchronised() ? CLOCK_PROVEN : CLOCK_UNPROVEN;
}

static void clock_proof_begin_wrong(struct clock_proof *p, const struct clock_statement *against)
{
	char here[STAMP_TEXT_MAX], there[STAMP_TEXT_MAX], detail[FEED_HOST_MAX + 128];

	clock_rfc3339(clock_wall(), false, here);
	clock_rfc3339(against->offset + clock_boot(), false, there);
	snprintf(detail, sizeof(detail), "it says %s, %s says %s", here, against->host, there);
	trouble_begin(p->troubles, TROUBLE_CLOCK_WRONG, STR_NONE, str_of(detail));
}

enum clock_verdict clock_proof_judge(struct clock_proof *p, bool wanted)
{
	const struct clock_statement *against;
	enum clock_verdict verdict = clock_proof_count(p, &against);

	if (verdict == CLOCK_WRONG)
		clock_proof_begin_wrong(p, against);
	else
		trouble_end(p->troubles, TROUBLE_CLOCK_WRONG, STR_NONE);
	if (verdict == CLOCK_UNPROVEN && wanted)
		trouble_begin(p->troubles, TROUBLE_CLOCK_UNPROVEN, STR_NONE, STR_NONE);
	else
		trouble_end(p->troubles, TROUBLE_CLOCK_UNPROVEN, STR_NONE);
	return verdict;
}
