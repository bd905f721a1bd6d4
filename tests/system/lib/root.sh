# SPDX-License-Identifier: MIT
# Sourced by the tests that need a Debian 12 of their own: makes one with debootstrap, once for a
# build directory, and hands out copies. No test by itself.

# Says why such a test cannot run here, or nothing.
root_missing() {
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; return; }
	for tool in debootstrap systemd-nspawn nsenter git; do
		command -v "$tool" >/dev/null || { echo "needs $tool"; return; }
	done
}

# root_copy DIR: a minimal Debian 12, nothing but what debootstrap's minbase has.
root_copy() {
	local base=${ROOT_CACHE:-/var/tmp/nightdesk-root-bookworm}
	if [ ! -e "$base/.complete" ]; then
		rm -rf "$base"
		debootstrap --variant=minbase bookworm "$base" "${MIRROR:-http://deb.debian.org/debian}" \
			>"$base.log" 2>&1 || { tail -n 5 "$base.log"; return 1; }
		touch "$base/.complete"
	fi
	cp -a --reflink=auto "$base" "$1"
}

# root_run DIR COMMAND…: in the root, with the network of this machine for the package archive.
root_run() {
	local dir=$1
	shift
	systemd-nspawn -q -D "$dir" --register=no --keep-unit --pipe --resolv-conf=copy-host "$@"
}
