#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Test suites of other feed parsers, converted to neutral cases: every `core` case passes in text
# mode, or is listed in conformance-exceptions.tsv with a reason: a standard that decides against
# the case, or else a policy of ours; at most 2 % of a suite differ by policy.
set -u
here=$(dirname "$0")
corpus=${SHARED:-../shared}/corpus
if [ ! -d "$corpus/feedparser" ] || [ ! -x /usr/bin/python3 ]; then
	echo "ok - conformance with feedparser and gofeed # SKIP no corpus here"
	exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
exec /usr/bin/python3 - "$NIGHTDESK" "$corpus" "$here/conformance-exceptions.tsv" "$dir" "${LIST:-}" <<'EOF'
import json, pathlib, subprocess, sys

nightdesk, corpus, exceptions, tmp, verbose = sys.argv[1:6]
corpus = pathlib.Path(corpus)


def headers(case):
    """Returns the options equivalent to the HTTP response of a case."""
    http = case.get('http')
    if not http:
        return []
    have = {k.lower(): v for k, v in (http.get('headers') or {}).items()}
    args = []
    if http.get('url'):
        args += ['--url', http['url']]
    for name in ('content-type', 'content-language'):
        if have.get(name):
            args += ['--' + name, have[name]]
    return args


def run(args, files):
    out = subprocess.run([nightdesk, 'parse', '--json', *args, *map(str, files)],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith(b'{')]


def parse_all(suite, out):
    plain, special = [], []
    for f in sorted((corpus / suite).glob('*.expect.json')):
        case = json.loads(f.read_text(encoding='utf-8'))
        doc = corpus / suite / (case['name'] + '.xml')
        args = headers(case)
        if args:
            special.append((case['name'], args, doc))
        else:
            plain.append(doc)
    for doc in run([], plain):
        (out / (pathlib.Path(doc['file']).stem + '.json')).write_text(json.dumps(doc))
    for name, args, doc in special:
        (out / (name + '.json')).write_text(json.dumps(run(args, [doc])[0]))


def known():
    rows = {}
    try:
        for line in open(exceptions, encoding='utf-8'):
            if line.strip() and not line.startswith('#'):
                suite, name, reason = line.rstrip('\n').split('\t')
                rows[(suite, name)] = reason
    except FileNotFoundError:
        pass
    return rows


excused = known()
for suite in ('feedparser', 'gofeed'):
    out = pathlib.Path(tmp) / suite
    out.mkdir()
    parse_all(suite, out)
    scored = subprocess.run(['/usr/bin/python3', corpus / 'tools/score.py', corpus / suite, out,
                             '--mode', 'text', '--level', 'core', '--list-fails'],
                            stdout=subprocess.PIPE, check=True).stdout.decode()
    total = int(scored.split(':')[1].split('/')[1].split()[0])
    fails = {line.split()[0]: line for line in scored.splitlines()[1:]
             if line and not line.startswith(' ')}
    new = [n for n in fails if (suite, n) not in excused]
    stale = [n for s, n in excused if s == suite and n not in fails]
    if verbose:
        print(scored)
    for n in new:
        print('# ' + fails[n])
    for n in stale:
        print('# passes now, take it off the list: ' + n)
    ok = not new and not stale and total > 200
    print('%s - %s: %d of %d core cases pass, %d excused' % (
        'ok' if ok else 'not ok', suite, total - len(fails), total, len(fails) - len(new)))
    policy = [n for (s, n), why in excused.items() if s == suite and why.startswith('policy')]
    few = len(policy) * 50 < total
    print('%s - %s: the exceptions by policy are under 2 %%' % ('ok' if few else 'not ok', suite))
EOF
