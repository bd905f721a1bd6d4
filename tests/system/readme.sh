#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every command of README works in a clone of HEAD on a booted Debian 12 that has nothing but git, prints
# what README says, and leads to an alert by mail. Then the life of the package: reinstallation, upgrade,
# removal, purge.
#
# The packages that README installs are downloaded before the boot: the booted machine reaches no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/system/lib/box.sh
box_begin "the commands of README" readme
clone=$root/srv/nightdesk
root_copy "$root" || { echo "ok - the commands of README # SKIP no package archive"; exit 0; }
git clone -q . "$clone" || exit 1
mkdir "$dir/blocks" && python3 tests/system/lib/readme.py extract README.md "$dir/blocks" || exit 1

# What `apt-get install` and packaging/apt-install are called with in README.
packages=$(cat "$dir"/blocks/*.sh | sed -n 's/.*apt-get install //p' | tr ' ' '\n' | grep -E '^[a-z]')
sections=$(cat "$dir"/blocks/*.sh packaging/quickstart packaging/test |
	sed -n 's,.*packaging/apt-install ,,p' | tr ' ' '\n' | sort -u)
for section in $sections; do
	packages="$packages $(sed -n "/^\[$section\]/,/^\[/s/^[a-z].*/&/p" packaging/debian.txt)"
done
root_run "$root" sh -c "apt-get update -q && export DEBIAN_FRONTEND=noninteractive &&
	apt-get install -yq --no-install-recommends systemd systemd-sysv git &&
	apt-get install -dyq --no-install-recommends $(echo $packages)" </dev/null >"$dir/apt.log" 2>&1 ||
	{ tail -n 5 "$dir/apt.log"; echo "ok - the commands of README # SKIP no packages"; exit 0; }
# The servers of the example feeds are this machine, which refuses them: without any network, status would
# rightly end with 1.
address=93.184.215.14
echo "$address $(sed -n 's,.*https://\([^/]*\)/.*,\1,p' conf/feeds.d/*.conf | tr '\n' ' ')" >>"$root/etc/hosts"
box_boot "$root" "$dir/boot.log" || { echo "not ok - the container boots"; exit 1; }
nsenter -t "$box_leader" -n ip address add "$address/32" dev lo || exit 1

in_clone() { # COMMAND…: with a fresh environment
	in_box env -i HOME=/srv LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		sh -c 'cd /srv/nightdesk && exec "$@"' sh "$@"
}

# run_block FILE: its output in $dir/out. Returns 1 if a command fails, 2 if the output is another.
run_block() {
	local expected=${1%.sh}.expected
	in_clone timeout 600 bash -e -o pipefail -c "$(cat "$1")" </dev/null >"$dir/out" 2>&1 || return 1
	[ ! -e "$expected" ] || python3 tests/system/lib/readme.py compare "$expected" "$dir/out" || return 2
}

for block in "$dir"/blocks/*.sh; do
	name="README: $(head -n 1 "$block")"
	run_block "$block"
	rc=$?
	# A command that only looks may look before the daemon is done.
	for _ in $(seq 20); do
		[ $rc -ne 0 ] && ! grep -qv '^nightdesk ' "$block" || break
		sleep 0.5
		run_block "$block"
		rc=$?
	done
	if [ $rc -eq 0 ]; then
		echo "ok - $name"
		continue
	fi
	echo "not ok - $name"
	[ $rc -eq 1 ] && echo "# a command failed:" || echo "# README says that it prints something else:"
	tail -n 60 "$dir/out" | sed 's/^/# /'
done

# --- the life of the package ---

apt() { in_clone sh -c "DEBIAN_FRONTEND=noninteractive apt-get -yq $*" </dev/null; }
pid() { in_box systemctl show -p MainPID --value nightdesk; }
active() { in_box systemctl -q is-active nightdesk; }
etc=$root/etc/nightdesk

rm -rf "$etc" "$root/var/lib/nightdesk"
check "the package starts the service and makes the directory for secrets" \
	'apt install "./build/nightdesk_*.deb" && active &&
	[ "$(in_box stat -c "%U %G %a" /etc/nightdesk/credentials)" = "root nightdesk 2750" ]'
echo "# mine" >>"$etc/feeds.d/public.conf"
rm "$etc/watchlists.d/embassy.conf"
echo 'feed own { url = "https://own.example/feed" }' >"$etc/feeds.d/own.conf"
# shellcheck disable=SC2034
old=$(pid)
check "a later build can be made" \
	'rm -rf "$clone/build/later" && in_clone sh -c "dpkg-deb -R build/nightdesk_*.deb build/later &&
	sed -i \"s/^Version: .*/&.1/\" build/later/DEBIAN/control && dpkg-deb -b build/later build/later.deb"'
check "an upgrade restarts the service and keeps the administrator's files and removals" \
	'apt install ./build/later.deb && active && [ "$(pid)" != "$old" ] &&
	grep -q "^# mine" "$etc/feeds.d/public.conf" && [ -e "$etc/feeds.d/own.conf" ] &&
	[ ! -e "$etc/watchlists.d/embassy.conf" ]'
check "removal ends the service and keeps configuration and database" \
	'apt remove nightdesk && ! active && [ ! -e "$root/usr/bin/nightdesk" ] &&
	[ -e "$etc/feeds.d/own.conf" ] && [ -e "$root/var/lib/nightdesk/nightdesk.db" ]'
check "purge removes them" \
	'apt purge nightdesk && [ ! -e "$etc" ] && [ ! -e "$root/var/lib/nightdesk" ] &&
	[ -z "$(find "$root/etc/systemd" "$root/var/lib/systemd" -name "*nightdesk*")" ]'
