#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The service in a booted Debian 12, with credentials that only systemd can read: a test message and alerts are
# sent with them. When it is stopped by SIGSTOP the watchdog of systemd restarts it, and nothing is lost.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/system/lib/box.sh
box_start "the watchdog of systemd" watchdog
box_install >/dev/null || { echo "not ok - make install"; exit 1; }

key=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
echo "1 nothing new" >"$dir/items"
: >"$dir/got"
nsenter -t "$box_leader" -n env PYTHONPATH=tests/system/lib python3 tests/system/lib/box_servers.py \
	"$dir/items" "$dir/got" $key "$dir/urls" &
servers=$!
trap 'kill "$servers"; box_end' EXIT
for _ in $(seq 100); do [ -s "$dir/urls" ] && break; sleep 0.1; done
{ read -r feed && read -r hook; } <"$dir/urls" || exit 1

rm -f "$root"/etc/nightdesk/*.d/*.conf
cat >"$root/etc/nightdesk/nightdesk.conf" <<END
poll { every = "2s" private-networks = "allow" }
feed f { url = "$feed" }
watch w { query = 'siren*' notify = { desk } }
notify desk { type = "webhook" url-credential = "hook" secret-credential = "key" }
END
mkdir -p "$root/etc/systemd/system/nightdesk.service.d"
(umask 077 && echo "$hook" >"$root/etc/hook.credential" && echo $key >"$root/etc/key.credential")
cat >"$root/etc/systemd/system/nightdesk.service.d/test.conf" <<END
[Service]
LoadCredential=hook:/etc/hook.credential
LoadCredential=key:/etc/key.credential
WatchdogSec=10s
END

wait_for() { # COMMAND: for a minute
	for _ in $(seq 300); do eval "$1" && return; sleep 0.2; done
	return 1
}
check "the service starts with credentials that only root can read" \
	'in_box systemctl daemon-reload && in_box systemctl start nightdesk && [ "$(state ActiveState)" = active ]'
check "a test message is sent with them, by the daemon" \
	'in_box nightdesk test-notify desk && grep -q "^204 .*a nightdesk test message" "$dir/got"'
check "and so is an alert" \
	'wait_for "in_box nightdesk feeds show f | grep -q \"last poll\"" && echo "2 sirens at the port" >>"$dir/items" &&
	wait_for "grep -q \"^204 .*2 sirens\" $dir/got"'
check "neither is in the log" '! in_box journalctl -u nightdesk --no-pager | grep -E "$key|$hook"'

old=$(state MainPID) restarts=$(state NRestarts)
# The pid is 0 if nothing runs; kill 0 would signal the process group of this test.
check "a stopped process is ended by the watchdog and restarted" \
	'[ "$old" -gt 0 ] && in_box kill -STOP "$old" && echo "3 sirens in the night" >>"$dir/items" &&
	wait_for "[ \$(state NRestarts) -gt $restarts ]" &&
	wait_for "[ \$(state ActiveState) = active ] && [ \$(state MainPID) != $old ]" &&
	in_box journalctl -u nightdesk --no-pager | grep -i "watchdog timeout"'
check "the next process alerts of what was published while it was stopped" 'wait_for "grep -q \"^204 .*3 sirens\" $dir/got"'
check "each alert came once, and was signed" \
	'[ "$(grep -c "2 sirens" "$dir/got")" = 1 ] && [ "$(grep -c "3 sirens" "$dir/got")" = 1 ] && ! grep -v "^204 " "$dir/got"'
check "no feed and no receiver is reported as failing" \
	'! in_box journalctl -u nightdesk --no-pager | grep -E "event=(poll-failed|delivery-failed|feed-suspected|notify-failing)"'

# A pause shorter than the limit of the watchdog does no harm.
old=$(state MainPID)
check "a pause of two seconds is none" \
	'in_box kill -STOP "$old" && sleep 2 && in_box kill -CONT "$old" && echo "4 sirens again" >>"$dir/items" &&
	wait_for "grep -q \"^204 .*4 sirens\" $dir/got" && [ "$(state MainPID)" = "$old" ]'
