#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The systemd units: all settings are known, its sandbox has an exposure of at most 1.5, and an
# installation puts all files in place without changing existing ones, and can be undone.
set -u
unit=systemd/nightdesk.service socket=systemd/nightdesk-status.socket
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

if command -v systemd-analyze >/dev/null; then
	if systemd-analyze security --offline=true --threshold=15 "$unit" >"$dir/out" 2>&1; then
		echo "ok - the unit's exposure is 1.5 or better"
	else
		tail -n 3 "$dir/out"
		echo "not ok - the unit's exposure is 1.5 or better"
	fi
	# The program and its manual may not be installed here; all other messages are errors.
	systemd-analyze verify --man=no "$unit" "$socket" 2>&1 | grep -E 'nightdesk(-status)?\.(service|socket)' |
		grep -v 'is not executable' >"$dir/out"
	if [ -s "$dir/out" ]; then
		cat "$dir/out"
		echo "not ok - systemd knows every setting of the units"
	else
		echo "ok - systemd knows every setting of the units"
	fi
else
	echo "ok - the unit # SKIP no systemd-analyze"
fi

printf '#!/bin/sh\n' >"$dir/binary"
place() { DESTDIR="$dir/root" bindir=/opt/bin packaging/install "$dir/binary" >"$dir/out" 2>&1; }
if place && [ -x "$dir/root/opt/bin/nightdesk" ] &&
	grep -q '^ExecStart=/opt/bin/nightdesk run$' "$dir/root/lib/systemd/system/nightdesk.service" &&
	[ -f "$dir/root/usr/share/bash-completion/completions/nightdesk" ] &&
	[ -f "$dir/root/usr/share/zsh/vendor-completions/_nightdesk" ] &&
	[ -f "$dir/root/usr/share/fish/vendor_completions.d/nightdesk.fish" ] &&
	cmp -s conf/nightdesk.conf "$dir/root/etc/nightdesk/nightdesk.conf" &&
	cmp -s "$socket" "$dir/root/lib/systemd/system/nightdesk-status.socket" &&
	[ -f "$dir/root/usr/lib/sysusers.d/nightdesk.conf" ]; then
	echo "ok - an installation puts program, unit, user and example in place"
else
	cat "$dir/out"
	echo "not ok - an installation puts program, unit, user and example in place"
fi
echo "# mine" >"$dir/root/etc/nightdesk/nightdesk.conf"
rm -f "$dir/root/etc/nightdesk/feeds.d/"*
if place && [ "$(cat "$dir/root/etc/nightdesk/nightdesk.conf")" = "# mine" ] &&
	[ -z "$(ls "$dir/root/etc/nightdesk/feeds.d")" ]; then
	echo "ok - a second installation does not change the administrator's files"
else
	cat "$dir/out"
	echo "not ok - a second installation does not change the administrator's files"
fi

remove() { DESTDIR="$dir/root" bindir=/opt/bin PURGE=${1:-} packaging/install --remove >"$dir/out" 2>&1; }
if remove && [ -z "$(find "$dir/root" -type f ! -path "$dir/root/etc/nightdesk/*")" ] &&
	[ "$(cat "$dir/root/etc/nightdesk/nightdesk.conf")" = "# mine" ] &&
	[ ! -e "$dir/root/usr/share/doc/nightdesk" ] && grep -q '^kept: .*/etc/nightdesk ' "$dir/out"; then
	echo "ok - make uninstall removes what was installed and keeps the configuration"
else
	cat "$dir/out"
	find "$dir/root" -type f
	echo "not ok - make uninstall removes what was installed and keeps the configuration"
fi
mkdir -p "$dir/root/var/lib/nightdesk"
if remove yes && [ ! -e "$dir/root/etc/nightdesk" ] && [ ! -e "$dir/root/var/lib/nightdesk" ]; then
	echo "ok - with PURGE=yes configuration and state are removed too"
else
	cat "$dir/out"
	echo "not ok - with PURGE=yes configuration and state are removed too"
fi
