/* SPDX-License-Identifier: MIT */
/* /alerts: the stored alerts, with filters in the query string. */
#ifndef WEB_ALERT_LIST_H
#define WEB_ALERT_LIST_H

#include "route.h"

web_read_fn web_alert_list_read;

#endif
