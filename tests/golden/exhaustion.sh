#!/bin/bash
# SPDX-License-Identifier: MIT
# A start with too few descriptors, too small files or too little memory: a restart may succeed, so it must
# end neither by a signal (but for SIGABRT where libevent gives up for lack of memory) nor with one of the
# statuses that stop the restarts (65, 73, 77, 78 in systemd/nightdesk.service), nor blame the configuration.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/conf"
cat >"$dir/conf/nightdesk.conf" <<END
daemon { state = "$dir/state.db" control = "$dir/control.sock" }
watch w { query = 'ship' notify = { out } }
notify out { type = "stdout" }
END

start() ( # OPTION N: with that limit of ulimit
	exec 3<&- 4<&- 5<&-
	rm -f "$dir"/state.db*
	ulimit -c 0 && ulimit "$1" "$2" && "$NIGHTDESK" run --once -c "$dir/conf" 2>&1 >"$dir/out"
)

# try WHAT OPTION N…: with each limit, up to the first with which it starts
try() {
	local what=$1 option=$2 n rc bad='' started=0
	shift 2
	for n in "$@"; do
		# The log goes to a pipe, for which no limit of files counts.
		start "$option" "$n" 2>&1 | cat >"$dir/log"
		rc=${PIPESTATUS[0]}
		case $rc in
		0) started=1; break ;;
		65 | 73 | 77 | 78) bad="$bad $n:$rc" ;;
		# LeakSanitizer needs descriptors of its own at the end.
		1 | 127)
			grep -qE 'loading shared libraries|Fatal glibc error: cannot allocate|LeakSanitizer has encountered a fatal' "$dir/log" ||
				bad="$bad $n:$rc"
			;;
		# ThreadSanitizer writes a file of its own before main() can ignore SIGXFSZ.
		153) [ "${SAN:-}" = thread ] && [ "$n" = 0 ] || bad="$bad $n:$rc" ;;
		134) [ "$option" = -v ] && grep -q 'event=libevent-fatal' "$dir/log" || bad="$bad $n:$rc" ;;
		*) [ "$rc" -lt 128 ] || bad="$bad $n:$rc" ;;
		esac
		if grep -qE 'class=(config|access|permanent|input)|errors? in the configuration' "$dir/log"; then
			bad="$bad $n:$(tail -n 1 "$dir/log")"
		fi
	done
	if [ -z "$bad" ] && [ $started = 1 ]; then
		echo "ok - $what temporary at a start"
	else
		echo "not ok - $what temporary at a start:$bad; started: $started"
	fi
}

# shellcheck disable=SC2046
try "too few descriptors are" -n $(seq 4 64)
try "too small files are" -f 0 1 2 4 8 16 32 64 128 256 512 1024 4096
if [ -z "${SAN:-}" ]; then
	# shellcheck disable=SC2046
	try "too little memory is" -v $(seq 40000 1000 400000)
else
	echo "ok - too little memory is temporary at a start # SKIP sanitizers reserve terabytes"
fi

message=$(ulimit -f 0; { "$NIGHTDESK" check -c "$dir/conf" >"$dir/out"; } 2>&1)
rc=$?
case "$rc ${SAN:-}" in
"74 "* | "153 thread") echo "ok - a report past the limit of files is an error" ;;
*) echo "not ok - a report past the limit of files is an error: $rc $message" ;;
esac
