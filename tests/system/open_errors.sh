#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each system call of a start that can fail by exhaustion or by the disk fails once, the n-th for every n:
# reading the configuration, opening the database after a clean stop and after kill -9. A restart may
# mend it, so it must end with 71, 74 or 75 (or go on), and never be called damage, a permission or an error
# in the configuration. A missing permission ends with 77.
set -u
cd "$(dirname "$0")/../.." || exit 1
strace -qq -e inject=getpid:error=EIO true 2>/dev/null ||
	{ echo "ok - a failed system call at a start # SKIP no strace"; exit 0; }
: "${NIGHTDESK:=build/nightdesk}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/conf" "$dir/conf/feeds.d" "$dir/clean" "$dir/killed"
cat >"$dir/conf/nightdesk.conf" <<END
daemon { state = "$dir/state.db" control = "$dir/control.sock" }
poll { private-networks = "allow" }
watch w { query = 'ship' notify = { out } }
notify out { type = "stdout" }
END

wait_for() { for _ in $(seq 200); do eval "$1" && return; sleep 0.05; done; return 1; }
"$NIGHTDESK" run --once -c "$dir/conf" >/dev/null 2>&1 && cp "$dir"/state.db* "$dir/clean"
rm -f "$dir"/state.db*
"$NIGHTDESK" run -c "$dir/conf" >/dev/null 2>"$dir/log" &
pid=$!
wait_for 'grep -q event=started "$dir/log"'
kill -9 $pid
wait $pid 2>/dev/null
cp "$dir"/state.db* "$dir/killed"

inject() { # state directory, system call, errno, n; runs a start in which the n-th such call fails
	rm -f "$dir"/state.db*
	cp "$dir/$1"/* "$dir"
	strace -qq -f -o "$dir/trace" -P "$dir/conf" -P "$dir/conf/nightdesk.conf" -P "$dir/conf/feeds.d" \
		-P "$dir/state.db" -P "$dir/state.db-wal" -P "$dir/state.db-shm" -P "$dir/state.db.lock" \
		-e trace="$2" -e inject="$2:error=$3:when=$4" \
		"$NIGHTDESK" run --once -c "$dir/conf" >/dev/null 2>"$dir/log"
	rc=$?
	grep -q INJECTED "$dir/trace"
}

each() { # what, state, system call, errno, statuses that are right
	local n bad=''
	for n in $(seq 200); do
		inject "$2" "$3" "$4" "$n" || break
		case " 0 $5 " in
		*" $rc "*) ;;
		*) bad="$bad $n:$rc" ;;
		esac
		[ "$4" = EACCES ] ||
			! grep -qE 'damaged|class=(config|access|permanent|input)|errors? in the conf' "$dir/log" ||
			bad="$bad $n:text"
	done
	[ "$n" -gt 1 ] || bad=' nothing was injected'
	if [ -z "$bad" ]; then
		echo "ok - $1: $4 of $3, $((n - 1)) places"
	else
		echo "not ok - $1: $4 of $3:$bad"
		sed 's/^/# /' "$dir/log"
	fi
}

for state in clean killed; do
	each "a start after '$state'" $state pread64 EIO "71 74 75"
	each "a start after '$state'" $state pread64 ENOMEM "71 74 75"
	each "a start after '$state'" $state openat EMFILE "71 74 75"
	each "a start after '$state'" $state openat EIO "71 74 75"
	each "a start after '$state'" $state fcntl ENOLCK "71 74 75"
	each "a start after '$state'" $state mmap ENOMEM "71 74 75"
done
each "reading the configuration" clean read EIO "71 74 75"
each "a start" clean openat EACCES "77 75"
