/* SPDX-License-Identifier: MIT */
#include "desk/answers.h"

#include <math.h>

#define ANSWERS_KEEP (1 - 1.0 / 64) /* with each answer */

double answers_keep(unsigned same)
{
	return pow(ANSWERS_KEEP, same + 1.0);
}
