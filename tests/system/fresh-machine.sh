#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The two commands of README work in a clone of HEAD on a Debian 12 without additional packages.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/system/lib/root.sh

why=$(root_missing)
[ -z "$why" ] || { echo "ok - a fresh machine # SKIP $why"; exit 0; }
dir=$(mktemp -d /var/tmp/nightdesk-fresh-XXXXXX)
trap 'rm -rf "$dir"' EXIT
root_copy "$dir/root" || { echo "ok - a fresh machine # SKIP no package archive"; exit 0; }
git clone -q . "$dir/root/srv/nightdesk" || exit 1

# The commands are indented lines of README.
mapfile -t commands < <(grep -E '^    sh packaging/' README.md)
if [ "${#commands[@]}" -eq 2 ]; then
	echo "ok - README names two commands"
else
	echo "not ok - README names ${#commands[@]} commands, not two"
fi

one() {
	root_run "$dir/root" sh -c "cd /srv/nightdesk && $1" </dev/null >"$dir/out" 2>&1
	rc=$?
	if [ $rc -eq 0 ] && grep -qE "$2" "$dir/out"; then
		echo "ok - $1"
	else
		echo "not ok - $1 ended with $rc, or did not print $2"
		tail -n 40 "$dir/out"
	fi
}
one "${commands[0]# *}" 'Embassy relocation'
one "${commands[1]# *}" '^[0-9]+ passed, 0 failed'
