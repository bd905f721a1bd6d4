/* SPDX-License-Identifier: MIT */
/* The commands. A new one is a row here, and its functions in a file of this room. */
#include <string.h>

#include "command.h"

static const struct admin_command admin_commands[] = {
	{
		.name = "status",
		.right = ADMIN_LOOK,
		.always = true,
		.result_size = sizeof(struct metrics),
		.on_desk = admin_status_on_desk,
		.answer = admin_status_answer,
	},
	{
		.name = "reload",
		.right = ADMIN_CHANGE,
		.start = admin_reload_start,
		.answer = admin_reload_answer,
	},
	{
		.name = "retry",
		.right = ADMIN_CHANGE,
		.arguments = {{"delivery", JSON_INTEGER}},
		.result_size = sizeof(struct store_decided),
		.on_desk = admin_retry_on_desk,
		.answer = admin_retry_answer,
	},
	{
		.name = "drop",
		.right = ADMIN_CHANGE,
		.arguments = {{"delivery", JSON_INTEGER}},
		.result_size = sizeof(struct store_decided),
		.on_desk = admin_drop_on_desk,
		.answer = admin_drop_answer,
	},
};

const struct admin_command *admin_command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(admin_commands) / sizeof(admin_commands[0]); i++)
		if (strcmp(admin_commands[i].name, name) == 0)
			return &admin_commands[i];
	return NULL;
}
