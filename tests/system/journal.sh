#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Alerts to systemd-journald in a booted Debian 12: each is one entry with its fields, whatever the title says;
# what is raised while journald is restarted, or is not there at all, arrives later, and once.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/system/lib/box.sh
box_start "alerts to journald" journal
box_install >/dev/null || { echo "not ok - make install"; exit 1; }

: >"$dir/items"
nsenter -t "$box_leader" -n env PYTHONPATH=tests/system/lib python3 tests/system/lib/box_servers.py \
	"$dir/items" "$dir/hooks" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw "$dir/urls" &
servers=$!
trap 'kill "$servers"; box_end' EXIT
for _ in $(seq 100); do [ -s "$dir/urls" ] && break; sleep 0.1; done
read -r feed <"$dir/urls" || exit 1
rm -f "$root"/etc/nightdesk/*.d/*.conf
cat >"$root/etc/nightdesk/nightdesk.conf" <<END
daemon { flood-items = 0 flood-alerts = 0 }
poll { every = "2s" host-gap = "0s" private-networks = "allow" }
feed f { url = "$feed" first-run = "alert" }
watch w { query = 'siren*' notify = { desk } }
notify desk { type = "journal" }
END

wait_for() { # COMMAND: for a minute
	for _ in $(seq 120); do eval "$1" && return; sleep 0.5; done
	return 1
}
entries() { in_box journalctl -q --no-pager -o json NIGHTDESK_TYPE=alert.created; }
titles() { in_box journalctl -q --no-pager -o cat --output-fields=NIGHTDESK_TITLE NIGHTDESK_TYPE=alert.created; }
publish() { # FROM TO: items of these numbers; the newest comes first
	for i in $(seq "$1" "$2"); do sed -i "1i$i siren number $i;" "$dir/items"; done
}
each_once() { # UP TO
	titles | grep -o 'siren number [0-9]*;' | sort | uniq -c | awk -v n="$1" '$1 != 1 { bad = 1 } END { exit bad || NR != n }'
}

echo '0 siren &#10;&lt;0&gt;nightdesk[1]: forged &#10;PRIORITY=0&#10;MESSAGE=forged %n %s &amp;#27;[2J' >"$dir/items"
check "the service starts" 'in_box systemctl start nightdesk && [ "$(state ActiveState)" = active ]'
check "a title with line breaks is one entry" 'wait_for "[ \$(entries | wc -l) = 1 ]"'
check "of the priority of its alert, and it makes no other" \
	'in_box journalctl -q --no-pager -p 0..0 >"$dir/got"; [ ! -s "$dir/got" ] &&
	entries | python3 -c "import json,sys; e = json.loads(sys.stdin.readline());
assert e[\"PRIORITY\"] == \"5\" and e[\"NIGHTDESK_WATCH\"] == \"w\" and \"\\n\" not in e[\"MESSAGE\"], e
assert json.loads(e[\"NIGHTDESK_DOCUMENT\"])[\"type\"] == \"alert.created\""'
rm -f "$dir/got"

for n in 0 10 20 30; do
	publish $((n + 1)) $((n + 10))
	for _ in 1 2 3; do
		in_box systemctl reset-failed systemd-journald
		in_box systemctl restart systemd-journald
		sleep 0.7
	done
done
check "while journald is restarted again and again, all come, and once" 'wait_for "each_once 40"'

in_box systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald \
	2>/dev/null
check "journald is away" '[ ! -e "$root/run/systemd/journal/socket" ] || ! in_box pgrep -x systemd-journal'
rm -f "$root/run/systemd/journal/socket"
in_box rm -f /run/systemd/journal/socket
publish 41 60
check "what is raised while it is away waits" \
	'wait_for "[ \$(in_box nightdesk deliveries --state pending --json | wc -l) -ge 20 ]"'
check "journald is back" 'in_box systemctl reset-failed systemd-journald && in_box systemctl start systemd-journald.socket systemd-journald && in_box logger x'
check "and all of it arrives, once" 'wait_for "each_once 60"'
check "nothing waits any more" 'wait_for "[ -z \"\$(in_box nightdesk deliveries --state pending --json)\" ]" && each_once 60'
