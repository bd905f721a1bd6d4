# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# check NAME WANTED GOT: one line of the result, with the differences. The caller sets dir.
check() {
	if diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") >"${dir:?}/diff"; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		sed 's/^/# /' "$dir/diff"
	fi
}
