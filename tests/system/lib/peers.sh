#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints the directory of a Debian 12 with the servers that tests play with and that cannot be installed beside
# others: Debian has room for one mail server and for one system log. Made once for all tests; on failure, the
# last line says why.
set -u
cd "$(dirname "$0")/../../.." || exit 1
. tests/system/lib/root.sh
peers=${PEERS_CACHE:-/var/tmp/nightdesk-peers-bookworm}

why=$(root_missing)
[ -z "$why" ] || { echo "$why"; exit 1; }
exec 9>"$peers.lock" && flock 9 || exit 1
if ! cmp -s packaging/debian.txt "$peers/.complete"; then
	rm -rf "$peers"
	root_copy "$peers" 9>&- || { echo "no package archive"; exit 1; }
	mkdir -p "$peers/opt/packaging"
	cp packaging/apt-install packaging/debian.txt "$peers/opt/packaging"
	root_run "$peers" sh /opt/packaging/apt-install peers </dev/null >"$peers.log" 2>&1 9>&- ||
		{ tail -n 5 "$peers.log"; echo "no package archive"; exit 1; }
	cp packaging/debian.txt "$peers/.complete"
fi
echo "$peers"
