/* SPDX-License-Identifier: MIT */
/* The receiver of the demo's webhooks: checks the signature and prints the alert. */
#ifndef DEMO_RECEIVER_H
#define DEMO_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Returns true if the headers webhook-id, webhook-timestamp and webhook-signature fit the body and
 * the whsec_… secret: the check that any receiver of Standard Webhooks makes.
 */
bool receiver_verify(struct str secret, const char *id, const char *timestamp,
	const char *signature, struct str body);

/*
 * Prints the alert in the webhook body, with the time since `started` (wall ms). Returns false if
 * the body is not an alert document.
 */
bool receiver_print_alert(struct str body, bool color, int64_t started);

#endif
