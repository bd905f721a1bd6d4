#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What each type of receiver consists of: daemon/sink/NAME.c, of which nothing else uses anything but the
# sink itself; a row in sinks.h; its section in nightdesk-notify(5); its golden messages; and, of a service
# over HTTP, a strict receiver in tests/system/receivers. The source of a service names no other service, and
# no other source names it. Needs a finished build for the symbols.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
manual=docs/man/nightdesk-notify.5
out=$(mktemp)
trap 'rm -f "$out"' EXIT

names=$(sed -nE 's/^\tSINK\(([a-z]+)\).*/\1/p' daemon/sink/sinks.h)
# Of these others test requests and answers: webhooks.py, and standard tools.
local_types=" webhook smtp syslog journal exec file stdout "

check() { # TYPE
	local source=daemon/sink/$1.c object=$build/obj/sink/$1.o
	[ -f "$source" ] || { echo "$1: no $source"; return; }
	[ "$(grep -c "^\.Ss Type $1\$" $manual)" = 1 ] || echo "$1: no section in $manual"
	for end in conf txt; do
		[ -f "tests/golden/messages/$1.$end" ] || echo "$1: no tests/golden/messages/$1.$end"
	done
	case $local_types in *" $1 "*) return ;; esac
	[ -f "tests/system/receivers/$1.py" ] || echo "$1: no strict receiver"
	grep -q "^class Service" "tests/system/receivers/$1.py" 2>/dev/null || echo "$1: its receiver has no class Service"
	grep -lE "\"$1\"|\<sink_$1\>" -r daemon include | grep -vxF "$source" | sed "s/\$/ names the type $1/"
	if [ -f "$object" ] && command -v nm >/dev/null; then
		nm -g --defined-only "$object" | awk -v own="sink_$1" '$3 != own && $3 !~ /^__odr_asan\./ {print own ": other files may use " $3}'
	fi
}

for name in $names; do
	check "$name"
done >"$out"
# The other way round: no section, receiver or message of a type that does not exist.
{
	sed -nE 's/^\.Ss Type ([a-z]+)$/\1/p' $manual
	# NAME_more.py: another way to send to the same service.
	printf '%s\n' tests/system/receivers/*.py tests/golden/messages/*.conf | sed -E 's/.*\/([a-z]+)(_[a-z]+)?\.[a-z]+$/\1/'
} | sort -u | grep -vxF "$names" | sed 's/$/: is no type/' >>"$out"

if [ -n "$names" ] && [ ! -s "$out" ]; then
	echo "ok - a receiver is one source file, one row, its section of the manual and its tests"
else
	sed 's/^/# /' "$out"
	echo "not ok - a receiver is one source file, one row, its section of the manual and its tests"
fi
