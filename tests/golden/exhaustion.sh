#!/bin/bash
# SPDX-License-Identifier: MIT
# A start with too few descriptors: a restart may succeed, so it must not end with one of the statuses
# that stop the restarts (65, 73, 77, 78 in systemd/nightdesk.service), nor blame the configuration.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/conf"
cat >"$dir/conf/nightdesk.conf" <<END
daemon { state = "$dir/state.db" control = "$dir/control.sock" }
watch w { query = 'ship' notify = { out } }
notify out { type = "stdout" }
END

start() ( # with at most $1 descriptors
	exec >"$dir/out" 2>"$dir/log" 3<&- 4<&- 5<&-
	ulimit -c 0 -n "$1" && exec "$NIGHTDESK" run --once -c "$dir/conf"
)

bad='' started=0
for n in $(seq 4 64); do
	start "$n"
	rc=$?
	case $rc in
	0) started=1; break ;;
	65 | 73 | 77 | 78) bad="$bad $n:$rc" ;;
	1) grep -q 'loading shared libraries' "$dir/log" || bad="$bad $n:$rc" ;;
	esac
	if grep -qE 'class=(config|access|permanent|input)|errors? in the configuration' "$dir/log"; then
		bad="$bad $n:$(tail -n 1 "$dir/log")"
	fi
done
if [ -z "$bad" ] && [ $started = 1 ]; then
	echo "ok - too few descriptors are temporary at a start"
else
	echo "not ok - too few descriptors are temporary at a start:$bad; started: $started"
fi
