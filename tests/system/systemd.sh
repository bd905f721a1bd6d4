#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The service in a booted Debian 12: after `make install` it starts, reports ready, reloads, refuses an
# invalid configuration, is restarted after kill -9, stops, and is removed by `make uninstall`.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/system/lib/box.sh
box_start "the service under systemd" boot

check "an installation below DESTDIR changes nothing outside of it" \
	'box_install DESTDIR=/opt/staging && [ -x "$root/opt/staging/usr/bin/nightdesk" ] &&
	! in_box getent passwd nightdesk && [ ! -e "$root/etc/nightdesk" ]'
check "after make install the service starts and reports ready, as printed" \
	'box_install >"$dir/next" && grep -q "^  systemctl enable --now nightdesk" "$dir/next" && in_box systemctl enable --now nightdesk && [ "$(state ActiveState)" = active ]'
check "the directory for secrets exists, writable by root and readable by the group of the service" \
	'[ "$(in_box stat -c "%U %G %a" /etc/nightdesk/credentials)" = "root nightdesk 2750" ]'
check "a second installation succeeds, and systemd reloads the unit" \
	'in_box touch /lib/systemd/system/nightdesk.service && box_install &&
	[ "$(state NeedDaemonReload)" = no ]'
check "the service runs as its own user" '[ "$(in_box ps -o user= -p "$(state MainPID)")" = nightdesk ]'
check "the service has a status text" '[ -n "$(state StatusText)" ]'
check "and leaves no core dump, which would have its secrets" '[ "$(state LimitCORE)" = 0 ]'
check "the control socket answers" 'in_box nightdesk status | grep "runs as process"'
check "a reload succeeds" 'in_box systemctl reload nightdesk'
check "an invalid configuration is refused and the old one stays" \
	'echo "watch x { query = '"'a AND b OR c'"' }" >"$root/etc/nightdesk/watchlists.d/zz.conf";
	! in_box systemctl reload nightdesk && [ "$(state ActiveState)" = active ]'
rm -f "$root/etc/nightdesk/watchlists.d/zz.conf"
check "a reload succeeds after the error is corrected" 'in_box systemctl reload nightdesk'
cat >"$root/etc/nightdesk/notify.d/local.conf" <<'X'
notify pager { type = exec command = { /bin/sh, -c, "grep -q alert.test && id -un >&2; exit 0" } }
notify lines { type = file path = /var/lib/nightdesk/alerts.jsonl }
notify journal { type = journal }
notify local { type = syslog }
X
check "inside the sandbox a program is started, and a file, the journal and the log are written" \
	'in_box systemctl reload nightdesk && in_box nightdesk test-notify pager && in_box nightdesk test-notify lines &&
	in_box nightdesk test-notify journal && in_box nightdesk test-notify local &&
	grep -q alert.test "$root/var/lib/nightdesk/alerts.jsonl"'
check "the journal has the fields of an alert" \
	'for i in $(seq 20); do in_box journalctl -o json NIGHTDESK_TYPE=alert.test --no-pager | grep -q NIGHTDESK_DOCUMENT && break;
	sleep 0.5; done; in_box journalctl -o json NIGHTDESK_TYPE=alert.test --no-pager >"$dir/entry" &&
	grep -q "\"PRIORITY\" *: *\"5\"" "$dir/entry" && grep -q "\"SYSLOG_IDENTIFIER\" *: *\"nightdesk\"" "$dir/entry" &&
	grep -q "\"MESSAGE_ID\" *: *\"d7c8dc29e0cb420191fe520176291d66\"" "$dir/entry"'
rm -f "$root/etc/nightdesk/notify.d/local.conf"
check "the receivers are removed again" 'in_box systemctl reload nightdesk'
old=$(state MainPID)
# The pid is 0 if nothing runs; kill 0 would signal the process group of this test.
check "the service is restarted after kill -9" \
	'[ "$old" -gt 0 ] && in_box kill -9 "$old" && for i in $(seq 40); do sleep 0.5; [ "$(state MainPID)" != "$old" ] &&
	[ "$(state ActiveState)" = active ] && break; done; [ "$(state MainPID)" != "$old" ]'
# Eight starts in a row were more than the limit of five in 300 seconds that systemd has by default.
check "systemd never gives up restarting it" \
	'for i in $(seq 8); do in_box systemctl restart nightdesk || exit 1; done;
	[ "$(state ActiveState)" = active ] && [ "$(state StartLimitIntervalUSec)" = 0 ]'
kill_it() { # and wait for the next process
	local pid
	pid=$(state MainPID)
	[ "$pid" -gt 0 ] && in_box kill -9 "$pid" || return 1
	for _ in $(seq 120); do
		[ "$(state MainPID)" != "$pid" ] && [ "$(state MainPID)" -gt 0 ] && return
		sleep 0.5
	done
	return 1
}
check "after two kills in a row the start is delayed, and the status says so" \
	'kill_it && for i in $(seq 40); do [ "$(state ActiveState)" = active ] && break; sleep 0.5; done; kill_it &&
	for i in $(seq 40); do state StatusText | grep -q "ended unexpectedly 2 times in a row" && break; sleep 0.2; done;
	[ "$(state ActiveState)" = activating ] && state StatusText | grep "starts in"'
check "it starts after the delay" \
	'for i in $(seq 60); do [ "$(state ActiveState)" = active ] && break; sleep 0.5; done; [ "$(state ActiveState)" = active ]'
check "the service stops within five seconds" \
	'start=$(date +%s%N); in_box systemctl stop nightdesk; took=$((($(date +%s%N) - start) / 1000000));
	[ "$took" -lt 5000 ] && [ "$(state Result)" = success ]'

remove_in_box() { in_box env -u BUILD -u DESTDIR PURGE="${1:-}" make -s -C /opt/nightdesk uninstall; }
check "make uninstall ends the service and keeps configuration and state" \
	'in_box systemctl start nightdesk && remove_in_box && [ "$(state ActiveState)" = inactive ] &&
	[ ! -e "$root/usr/bin/nightdesk" ] && [ -e "$root/etc/nightdesk/nightdesk.conf" ] &&
	[ -e "$root/var/lib/nightdesk/nightdesk.db" ]'
check "make uninstall PURGE=yes removes them" \
	'remove_in_box yes && [ ! -e "$root/etc/nightdesk" ] && [ ! -e "$root/var/lib/nightdesk" ]'
