#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: the loop with many feeds. A daemon with 20,000 feeds (BENCH_SCALE=5: 100,000), each on an address
# of its own under 127.0.0.0/8 where nothing listens: a start, the first polls, reloads with nothing
# changed, all urls edited and all feeds renamed, a status. Printed are the callbacks of the loop by
# duration and by CPU time, and the longest of each.
set -eu
. tests/bench/tools/lib.sh
n=$((20000 * BENCH_SCALE))
dir=$(mktemp -d)
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null; rm -rf "$dir"' EXIT

# conf NAME PATH
conf() {
	cat >"$dir/nightdesk.conf" <<END
daemon { state = "$dir/state.db" control = "$dir/control.sock" log = "error" }
poll { every = "1h" private-networks = "allow" }
watch w { query = 'embassy' notify = { o } }
notify o { type = "stdout" }
END
	awk -v n="$n" -v name="$1" -v path="$2" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "feed %s%d { url = \"http://127.%d.%d.%d:9/%s\" }\n", name, i,
				1 + int(i / 62500), int(i / 250) % 250, i % 250 + 1, path
	}' >>"$dir/nightdesk.conf"
}

reload() { # as conf
	conf "$@"
	"$NIGHTDESK" reload -c "$dir" >/dev/null
	sleep 3
}

conf a 1
"$NIGHTDESK" run -c "$dir" >/dev/null 2>"$dir/log" &
daemon=$!
sleep 5
reload a 1
reload a 2
reload b 2
"$NIGHTDESK" status -c "$dir" --json | python3 -c '
import json, sys
status = json.load(sys.stdin)
loop = status["loop"]
print("%d feeds, %d polls, %d callbacks" % (status["feeds"]["configured"], status["polls"]["done"], loop["callbacks"]))
for what, key in (("duration", "histogram"), ("CPU time", "cpu_histogram")):
    print(what)
    for n, bound in zip(loop[key]["counts"], loop[key]["bounds"] + [None]):
        if n:
            print("%8d %s" % (n, "up to %g ms" % (bound / 1000) if bound else "longer"))
print("longest: %.1f ms (%s)" % (loop["longest_us"] / 1000, loop["longest"]))
print("most CPU: %.1f ms (%s)" % (loop["longest_cpu_us"] / 1000, loop["longest_cpu"]))'
