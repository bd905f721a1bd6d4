#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Layering: a file includes headers of its own room and public headers of rooms of lower rank; there
# is no include cycle; third-party headers are included only where docs/DESIGN.md allows them.
# A public header is include/ROOM/NAME.h, included as "ROOM/NAME.h". A private one is
# daemon/ROOM/NAME.h, included as "NAME.h", which is found in the directory of the including file
# only. include/ has no header that only its own room includes. A unit test may include private
# headers of its own room, as "ROOM/NAME.h"; tests/lib and the other tests may include any.
set -u
cd "$(dirname "$0")/../.." || exit 1

includes() { # the includes of all files as "FILE KIND NAME", KIND " or <
	grep -nHE '^[[:space:]]*#[[:space:]]*include' daemon/*/*.[ch] include/*/*.h tests/unit/*/*.c |
		sed -nE 's/^([^:]+):[0-9]+:[[:space:]]*#[[:space:]]*include[[:space:]]*(["<])([^">]+)[">].*/\1 \2 \3/p'
}

includes | awk '
BEGIN {
	split("base 1 text 2 feed 2 query 3 dialect 4 watch 5 alert 6 conf 7 store 7 story 7 desk 9 route 8 sink 8 trouble 8 " \
		"engine 10 io 11 document 11 admin 12 web 13 serve 14 demo 15 cli 16", r)
	for (i = 1; i in r; i += 2) rank[r[i]] = r[i + 1]
	# Header (a name, or a directory with its slash) and the rooms that may include it.
	n = split("openssl/ base:openssl/ssl.h io:openssl/x509_vfy.h io:libxml/ feed:iconv.h feed:libpsl.h feed:zlib.h feed:brotli/ feed:zstd.h feed:curl/urlapi.h feed io:" \
		"curl/ io:event2/ io:sqlite3.h store:pcre2.h watch:idn2.h query:libstemmer.h text:" \
		"unicase.h text:unictype.h text:uninorm.h text:uniwbrk.h text:uniwidth.h text:unistr.h text:" \
		"unitypes.h text:unigbrk.h text:unistring/version.h text:uthash.h base:utlist.h *:utarray.h *:jansson.h *:" \
		"sys/queue.h *", t, ":")
	for (i = 1; i <= n; i++) { split(t[i], p, " "); name = p[1]; sub(/^[^ ]+ /, "", t[i]); third[name] = t[i] }
	# Headers of the C library, the kernel and the compiler.
	m = split("aio arpa/inet assert ctype dirent dlfcn emmintrin endian errno fcntl ftw getopt " \
		"glob grp immintrin inttypes langinfo limits linux/filter linux/magic linux/openat2 " \
		"linux/seccomp linux/sockios linux/landlock linux/netlink linux/posix_acl " \
		"linux/posix_acl_xattr linux/rtnetlink locale malloc " \
		"math net/if netdb netinet/in netinet/tcp poll pthread pwd sched search signal spawn stdalign " \
		"stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings " \
		"sys/epoll sys/eventfd sys/file " \
		"sys/ioctl sys/mman sys/prctl sys/random sys/resource sys/select sys/signalfd " \
		"sys/socket sys/stat sys/statvfs sys/syscall sys/time sys/timerfd sys/timex sys/types sys/uio " \
		"sys/un sys/utsname sys/vfs sys/wait sys/xattr sysexits syslog termios time unistd utime wchar " \
		"xmmintrin", c, " ")
	for (i = 1; i <= m; i++) libc[c[i] ".h"] = 1
}
function complain(text) { print file ": " text; bad++ }
function allowed(name, room,    list, k, w) {
	list = (name in third) ? third[name] : ""
	if (list == "" && index(name, "/")) list = third[substr(name, 1, index(name, "/"))]
	if (list == "") return 0
	k = split(list, w, " ")
	while (k) { if (w[k] == "*" || w[k] == room) return 1; k-- }
	return 0
}
/^tests/ {
	file = $1; split(file, part, "/"); split($3, q, "/")
	if ($2 == "\"" && q[1] in rank && q[1] != part[3] && (getline h < ("include/" $3)) < 0)
		complain("\"" $3 "\" is private to " q[1])
	close("include/" $3)
	next
}
{
	file = $1; split(file, part, "/"); room = part[2]
	if (!(room in rank)) { complain("the room " room " is not in the table"); next }
	if ($2 == "<") {
		if (!($3 in libc) && !allowed($3, room)) complain("<" $3 "> is not allowed in " room)
		next
	}
	if (index($3, "/") == 0) { # private
		if (part[1] == "include") complain("a public header includes the private \"" $3 "\"")
		else if (part[3] ~ /\.h$/) edge[file] = edge[file] " daemon/" room "/" $3
		next
	}
	if (split($3, q, "/") != 2 || !(q[1] in rank)) { complain("\"" $3 "\" names no room"); next }
	if (q[1] != room || part[1] == "include") used["include/" $3] = 1
	if (q[1] != room && rank[q[1]] >= rank[room]) complain("\"" $3 "\" is not below " room)
	if (part[3] ~ /\.h$/) edge[file] = edge[file] " include/" $3
}
# Repeatedly removes headers that include no remaining one; the rest is on a cycle.
END {
	do {
		gone = 0
		for (h in edge) {
			k = split(edge[h], to, " "); free = 1
			while (k) { if (to[k] in edge) free = 0; k-- }
			if (free) { delete edge[h]; gone = 1 }
		}
	} while (gone)
	for (h in edge) { print h ": include cycle over" edge[h]; bad++ }
	while (("ls include/*/*.h" | getline h) > 0)
		if (!(h in used) && h != "include/base/banned.h") { # forced in by the Makefile
			print h ": no other room includes it: move it to daemon/"
			bad++
		}
	print (bad ? "not ok" : "ok") " - includes follow the rooms"
	exit bad > 0
}'
