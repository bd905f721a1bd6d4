/* SPDX-License-Identifier: MIT */
/* /alerts/ID: one alert, why it was raised, how its item was edited, and where it was sent. */
#ifndef WEB_ALERT_PAGE_H
#define WEB_ALERT_PAGE_H

#include "route.h"

web_read_fn web_alert_page_read;

#endif
