#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What root's `check` says of files that the service's user cannot read. The user nightdesk exists only in
# a mount namespace of this test.
set -u
failed=0
if [ "${1:-}" != inside ]; then
	if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
		echo "ok - rights of the service # SKIP needs root and mount namespaces"
		exit 0
	fi
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	{ cat /etc/passwd; echo 'nightdesk:x:4242:4242::/:/bin/false'; } >"$dir/passwd"
	{ cat /etc/group; echo 'nightdesk:x:4242:'; } >"$dir/group"
	unshare -m "$0" inside "$dir"
	exit
fi
dir=$2
grep -q '^nightdesk:' /etc/passwd || { mount --bind "$dir/passwd" /etc/passwd && mount --bind "$dir/group" /etc/group; } || exit 1

say() { # say OK TEXT
	if [ "$1" = 0 ]; then echo "ok - $2"; else
		echo "not ok - $2"
		sed 's/^/# /' "$dir/out"
		failed=1
	fi
}

# expect EXIT PATTERN TEXT: the exit status of check, and what it prints; PATTERN "": nothing of rights.
expect() {
	"$NIGHTDESK" check -c "$dir/conf" >"$dir/out" 2>&1
	code=$?
	if [ -n "$2" ]; then grep -q "$2" "$dir/out"; else ! grep -q "cannot read it" "$dir/out"; fi
	[ $? = 0 ] && [ $code = "$1" ]
	say $? "$3"
}

fine() {
	chmod 755 "$dir" "$dir/conf" "$dir/conf/feeds.d"
	chmod 644 "$dir/conf/nightdesk.conf" "$dir/conf/feeds.d/a.conf"
	chmod 2750 "$dir/conf/credentials"
	chmod 640 "$dir/conf/credentials/chat"
	chgrp -R nightdesk "$dir/conf/credentials"
}

mkdir -p "$dir/conf/feeds.d" "$dir/conf/credentials"
echo 'notify a { type = slack url-credential = "chat" }' >"$dir/conf/nightdesk.conf"
echo 'feed a { url = "https://a.example/feed" }' >"$dir/conf/feeds.d/a.conf"
echo 'https://a.example/hook' >"$dir/conf/credentials/chat"
fine
expect 0 "" "all can be read"
(umask 027 && rm "$dir/conf/credentials/chat" && echo 'https://a.example/' >"$dir/conf/credentials/chat")
expect 0 "" "a new file inherits the group of the directory"
chmod 600 "$dir/conf/credentials/chat"
expect 1 "nightdesk.conf:1:42: credential chat: the user nightdesk cannot read it: .*/chat belongs to root:nightdesk and has the mode 0600" "a credential of root alone"
fine; chgrp root "$dir/conf/credentials/chat"
expect 1 "chat belongs to root:root and has the mode 0640" "a credential of another group"
fine; chmod 700 "$dir/conf/credentials"
expect 1 "credentials/ belongs to root:nightdesk and has the mode 2700" "a directory of root alone"
fine; chmod 600 "$dir/conf/feeds.d/a.conf"
expect 1 "^feeds.d/a.conf: the user nightdesk cannot read it" "a file of the configuration"
fine; chmod 700 "$dir/conf/feeds.d"
expect 1 "^feeds.d: the user nightdesk cannot read it" "a directory of the configuration"
fine; chmod 711 "$dir/conf/feeds.d"
expect 1 "^feeds.d: the user nightdesk cannot read it" "a directory that cannot be listed"
fine; chmod 700 "$dir"
expect 1 "conf: the user nightdesk cannot read it: .* has the mode 0700" "a directory above"
fine; chgrp -R root "$dir/conf/credentials"; chmod 700 "$dir/conf/credentials"
expect 0 "" "a configuration of which nothing belongs to the service is not its"
exit $failed
