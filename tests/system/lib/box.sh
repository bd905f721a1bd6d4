# SPDX-License-Identifier: MIT
# Sourced by tests that boot the Debian 12 of root.sh: a container with systemd, without a network.
. tests/system/lib/root.sh

# box_begin TITLE NAME: sets dir and root, a directory in it; the container is stopped and dir deleted when the
# test ends. Ends the test if it cannot run here.
box_begin() {
	local why
	why=$(root_missing)
	[ -z "$why" ] || { echo "ok - $1 # SKIP $why"; exit 0; }
	dir=$(mktemp -d "/var/tmp/nightdesk-$2-XXXXXX")
	root=$dir/root
	trap box_end EXIT
}

# box_start TITLE NAME: box_begin, box_fill and box_boot.
box_start() {
	box_begin "$@"
	box_fill "$root" "$dir/apt.log" || { echo "ok - $1 # SKIP no package archive"; exit 0; }
	box_boot "$root" "$dir/boot.log" || { echo "not ok - the container boots"; exit 1; }
}

box_end() {
	box_stop
	rm -rf "$dir"
}

# check NAME CONDITION: one line of the result. Of a failure it shows the end of the output, $dir/got if
# the test has that file, and the journal.
check() {
	if eval "$2" >"$dir/out" 2>&1; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		{
			tail -n 40 "$dir/out"
			[ ! -e "$dir/got" ] || cat "$dir/got"
			in_box journalctl -u nightdesk --no-pager -n 30
		} | sed 's/^/# /'
	fi
}

# state PROPERTY: prints that of the service.
state() { in_box systemctl show -p "$1" --value nightdesk; }

# box_fill ROOT LOG: a Debian 12 with systemd and what the program needs to run, with the program as built
# here and the files for `make install` in /opt/nightdesk. Returns 1 without a package archive.
box_fill() {
	root_copy "$1" || return 1
	mkdir -p "$1/opt/packaging" && cp packaging/apt-install packaging/debian.txt "$1/opt/packaging"
	root_run "$1" sh -c "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq \
		--no-install-recommends systemd systemd-sysv procps ca-certificates make &&
		sh /opt/packaging/apt-install run" </dev/null >"$2" 2>&1 || { tail -n 5 "$2"; return 1; }
	mkdir -p "$1/opt/nightdesk/build"
	cp -R Makefile README.md CHANGELOG.md LICENSE conf docs packaging systemd "$1/opt/nightdesk" &&
		cp "${NIGHTDESK:-build/nightdesk}" "$1/opt/nightdesk/build/nightdesk"
}

# box_install [VARIABLE=VALUE…]: `make install` in the machine that runs
box_install() {
	in_box env -u BUILD -u DESTDIR make -s -C /opt/nightdesk -o build/nightdesk install "$@"
}

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
