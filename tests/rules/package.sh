#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Debian package: it is built from what packaging/debian.txt names, its maintainer is written in one
# place, and the example watches alert nobody.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${NIGHTDESK:=build/nightdesk}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() { # TEXT CONDITION [SHOWN]
	if eval "$2"; then
		echo "ok - $1"
	else
		[ -z "${3:-}" ] || cat "$3"
		echo "not ok - $1"
	fi
}

# gcc and make are in Debian's build-essential; the package itself depends on ca-certificates.
awk '/^\[/ { on = $0 == "[build]"; next } on && /^[a-z]/' packaging/debian.txt |
	grep -vxE 'gcc|make|ca-certificates' | sort >"$dir/listed"
sed -n '/^Build-Depends:/,/^[A-Z]/s/^ \([a-z0-9.+-]*\).*/\1/p' packaging/debian/control | sort >"$dir/control"
diff "$dir/listed" "$dir/control" >"$dir/out"
check "the package is built from the packages of debian.txt" \
	'[ -s "$dir/control" ] && [ ! -s "$dir/out" ]' "$dir/out"

maintainer=$(sed -n 's/^Maintainer: //p' packaging/debian/control)
grep -rlF "$maintainer" packaging systemd Makefile docs README.md >"$dir/out"
check "the maintainer is one line of packaging/debian/control" \
	'[ "$(cat "$dir/out")" = packaging/debian/control ]' "$dir/out"

if [ -x "$NIGHTDESK" ]; then
	"$NIGHTDESK" check -c conf >"$dir/out" 2>&1
	watches=$(cat conf/watchlists.d/*.conf | grep -c "^watch")
	check "the example watches alert nobody, and check says what to add" \
		'[ "$(grep -c "notifies nobody$" "$dir/out")" = "$watches" ] &&
		grep -q "no errors, $watches warnings$" "$dir/out"' "$dir/out"
else
	echo "ok - the example watches # SKIP nothing is built"
fi
