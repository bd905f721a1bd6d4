#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every captured feed gives the same items and problems in chunks of 7 and 4,096 bytes as in one, those
# up to 60 KB also in single bytes.
set -u
real=${SHARED:-../shared}/corpus/real
name="captured feeds do not depend on how they are cut"
shopt -s nullglob
feeds=("$real"/*.xml "$real"/*.json)
[ ${#feeds[@]} -gt 0 ] || { echo "ok - $name # SKIP no corpus here"; exit 0; }
if CMOCKA_MESSAGE_OUTPUT=STDOUT "$BUILD/tests/unit/feed/chunks" "${feeds[@]}" 2>&1; then
	echo "ok - ${#feeds[@]} $name"
else
	echo "not ok - ${#feeds[@]} $name"
fi
