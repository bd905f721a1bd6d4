/* SPDX-License-Identifier: MIT */
/* Metrics, health and status, see web_now_fn. Each but healthz asks the daemon a command. */
#ifndef WEB_STATUS_H
#define WEB_STATUS_H

#include "route.h"

web_now_fn web_status_healthz, web_status_readyz, web_status_metrics, web_status_document;
/* Ends the calls that wait for an answer of the admin. */
void web_status_release(struct web_site *s);

#endif
