# SPDX-License-Identifier: MIT
# Sourced by tests that boot the Debian 12 of root.sh: a container with systemd, without a network.

# box_boot ROOT LOG: boots it. Sets box_pid and box_leader; returns 1 if it does not come up.
box_boot() {
	systemd-nspawn -q -b -D "$1" --register=no --keep-unit --private-network \
		--console=pipe </dev/null >"$2" 2>&1 &
	box_pid=$!
	# The init process of the container: the child of systemd-nspawn.
	box_leader=
	for _ in $(seq 120); do
		box_leader=$(pgrep -P "$box_pid" -x systemd | head -n 1)
		[ -n "$box_leader" ] && nsenter -t "$box_leader" -a systemctl is-system-running 2>/dev/null |
			grep -qE 'running|degraded' && return 0
		sleep 0.5
	done
	cat "$2"
	return 1
}

box_stop() {
	[ -z "${box_pid:-}" ] || { kill "$box_pid" && wait "$box_pid"; } 2>/dev/null
}

in_box() { nsenter -t "$box_leader" -a "$@"; }
