# SPDX-License-Identifier: MIT
# Sourced by tests that need their own Debian 12: creates one with debootstrap, once per build
# machine, and copies it.

# Prints why such a test cannot run here, or nothing.
root_missing() {
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; return; }
	for tool in debootstrap systemd-nspawn nsenter pgrep git flock; do
		command -v "$tool" >/dev/null || { echo "needs $tool"; return; }
	done
}

# root_copy DIR: a minimal Debian 12, debootstrap's minbase.
root_copy() {
	local base=${ROOT_CACHE:-/var/tmp/nightdesk-root-bookworm}
	(
		flock 8 # tests run side by side
		[ ! -e "$base/.complete" ] || exit 0
		rm -rf "$base"
		debootstrap --variant=minbase bookworm "$base" "${MIRROR:-http://deb.debian.org/debian}" \
			>"$base.log" 2>&1 || { tail -n 5 "$base.log"; exit 1; }
		touch "$base/.complete"
	) 8>"$base.lock" || return 1
	cp -a --reflink=auto "$base" "$1"
}

# root_run DIR COMMAND…: runs in the root, with this machine's network for the package archive.
root_run() {
	local dir=$1
	shift
	systemd-nspawn -q -D "$dir" --register=no --keep-unit --pipe --resolv-conf=copy-host "$@"
}
