/* SPDX-License-Identifier: MIT */
#ifndef CONF_UNIT_CREDENTIAL_H
#define CONF_UNIT_CREDENTIAL_H

#include <stdbool.h>

/*
 * Does the unit of the service give it a credential of that name (LoadCredential=, SetCredential=
 * and their encrypted forms), as far as the administrator's files of the unit say? dir: of those
 * files, /etc/systemd/system.
 */
bool conf_unit_gives_credential(const char *dir, const char *name);

#endif
