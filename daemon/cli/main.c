/* SPDX-License-Identifier: MIT */
#include <stdio.h>

int main(void)
{
	puts("nightdesk " NIGHTDESK_VERSION);
	return 0;
}
