/* SPDX-License-Identifier: MIT */
/* nightdesk alerts: its verbs and options. */
#include "alerts.h"

#include "document/delivery.h"

static const struct cli_option alerts_options[] = {
	CLI_OPTION_CONF,
	CLI_OPTION_JSON,
	{CLI_OPTION("--watch", "NAME", CLI_TEXT, watch, "list, tail: only of this watch"),
		.values = CLI_WATCHES},
	{CLI_OPTION("--since", "2d", CLI_SINCE, since,
		"list, tail: those that were raised since then")},
	{CLI_OPTION("--priority", "PRIORITY", CLI_WORD, priority,
		 "list, tail: only of this priority or a higher one"),
		.words = alert_priority_words},
	{CLI_OPTION("--state", "STATE", CLI_WORD, state,
		 "list: only those with a delivery in this state"),
		.words = document_delivery_states},
	{CLI_OPTION("--unacknowledged", NULL, CLI_FLAG, unacknowledged,
		"list: only those that nobody acknowledged")},
	{CLI_OPTION("--evidence", NULL, CLI_FLAG, evidence,
		"show: what the feed said, when it was read and from where, its deliveries")},
	{CLI_OPTION("--limit", "N", CLI_COUNT, limit, "list: at most N, 0 for all"),
		.fallback = "50"},
	{CLI_OPTION(
		"--by", "WHO", CLI_TEXT, by, "ack: who has taken it, if it is not you (the user)")},
	{0},
};

const struct cli_command cmd_alerts = {
	.name = "alerts",
	.summary = "list, show, follow or acknowledge alerts",
	.verbs = (const struct cli_verb[]){{"list", NULL, alerts_list, CLI_ANY, false},
		{"show", "ID", alerts_show, CLI_ALERTS, false},
		{"ack", "ID…", alerts_ack, CLI_ALERTS, true},
		{"tail", NULL, alerts_tail, CLI_ANY, false}, {0}},
	.options = alerts_options,
	.detail = "list shows the newest first, show one alert with its passage and deliveries, "
		  "tail\n"
		  "new ones as they come, until it is interrupted. ack records who has taken an "
		  "alert,\n"
		  "ends its escalation, and tells those who got it; the first one counts. An ID "
		  "may be\n"
		  "that of a digest, for all its alerts. All work whether or not the daemon runs.",
};
