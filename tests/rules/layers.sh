#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The rooms: a file includes its own room and rooms of lower rank only, headers run in no circle,
# and third-party headers stand only where docs/DESIGN.md allows them.
set -u
cd "$(dirname "$0")/../.." || exit 1

includes() { # the includes of all files as "FILE KIND NAME", KIND " or <
	grep -nHE '^[[:space:]]*#[[:space:]]*include' daemon/*/*.c include/*/*.h |
		sed -nE 's/^([^:]+):[0-9]+:[[:space:]]*#[[:space:]]*include[[:space:]]*(["<])([^">]+)[">].*/\1 \2 \3/p'
}

includes | awk '
BEGIN {
	split("base 1 feed 2 watch 2 conf 3 store 3 story 3 desk 4 sink 4 engine 5 io 6 cli 7", r)
	for (i = 1; i in r; i += 2) rank[r[i]] = r[i + 1]
	# Header (a name, or a directory with its slash) and the rooms that may include it.
	n = split("openssl/ base:libxml/ feed:iconv.h feed:libpsl.h feed:curl/urlapi.h feed io:" \
		"curl/ io:event2/ io:sqlite3.h store:pcre2.h watch:idn2.h watch:libstemmer.h watch:" \
		"unicase.h watch:unictype.h watch:uninorm.h watch:uniwbrk.h watch:uniwidth.h watch:unistr.h watch:" \
		"unitypes.h watch:unigbrk.h watch:unistring/version.h watch:uthash.h *:utlist.h *:utarray.h *:jansson.h *:" \
		"sys/queue.h *", t, ":")
	for (i = 1; i <= n; i++) { split(t[i], p, " "); name = p[1]; sub(/^[^ ]+ /, "", t[i]); third[name] = t[i] }
	# What belongs to the C library, the kernel and the compiler.
	m = split("aio arpa/inet assert ctype dirent dlfcn emmintrin endian errno fcntl ftw getopt " \
		"glob grp immintrin inttypes langinfo limits linux/filter linux/magic linux/openat2 " \
		"linux/seccomp linux/sockios linux/landlock locale malloc math net/if netdb netinet/in " \
		"netinet/tcp poll pthread pwd sched search signal stdalign stdarg stdatomic stdbool " \
		"stddef stdint stdio stdlib stdnoreturn string strings sys/epoll sys/eventfd sys/file " \
		"sys/ioctl sys/mman sys/prctl sys/random sys/resource sys/select sys/signalfd " \
		"sys/socket sys/stat sys/statvfs sys/syscall sys/time sys/timerfd sys/types sys/uio " \
		"sys/un sys/utsname sys/vfs sys/wait sysexits syslog termios time unistd utime wchar " \
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
{
	file = $1; split(file, part, "/"); room = part[2]
	if (!(room in rank)) { complain("the room " room " is not one of the house"); next }
	if ($2 == "<") {
		if (!($3 in libc) && !allowed($3, room)) complain("<" $3 "> has no place in " room)
		next
	}
	if (split($3, q, "/") != 2 || !(q[1] in rank)) { complain("\"" $3 "\" names no room"); next }
	if (q[1] != room && rank[q[1]] >= rank[room]) complain("\"" $3 "\" is not below " room)
	if (part[1] == "include") edge[part[2] "/" part[3]] = edge[part[2] "/" part[3]] " " $3
}
# Takes away headers that include nothing that is left; what stays runs in a circle.
END {
	do {
		gone = 0
		for (h in edge) {
			k = split(edge[h], to, " "); free = 1
			while (k) { if (to[k] in edge) free = 0; k-- }
			if (free) { delete edge[h]; gone = 1 }
		}
	} while (gone)
	for (h in edge) { print "include/" h ": includes itself, by a circle over" edge[h]; bad++ }
	print (bad ? "not ok" : "ok") " - includes follow the rooms"
	exit bad > 0
}'
