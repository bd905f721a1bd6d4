#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Captured feeds: each gives the items of the index, each transcoded variant those of its UTF-8
# original; attack files cause no crash, hang or memory growth. Exceptions: corpus-exceptions.tsv.
set -u
here=$(dirname "$0")
corpus=${SHARED:-../shared}/corpus
if [ ! -d "$corpus/real" ] || [ ! -x /usr/bin/python3 ]; then
	echo "ok - captured feeds and attacks # SKIP no corpus here"
	exit 0
fi
exec /usr/bin/python3 - "$NIGHTDESK" "$corpus" "$here/corpus-exceptions.tsv" <<'EOF'
import csv, json, os, pathlib, resource, subprocess, sys

nightdesk, corpus, exceptions = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
# The shadow memory of a sanitizer does not count.
sanitized = bool(os.environ.get('SAN'))


def run(files):
    out = subprocess.run([nightdesk, 'parse', '--json', *map(str, files)],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return out, [json.loads(line) for line in out.stdout.splitlines()]


def report(name, bad):
    for line in bad:
        print('# ' + line)
    print(('not ok - ' if bad else 'ok - ') + name)


def real():
    excused = dict(line.rstrip('\n').split('\t')[:2] for line in open(exceptions)
                   if line.strip() and not line.startswith('#'))
    rows = list(csv.DictReader(open(corpus / 'real/index.tsv'), delimiter='\t',
                               quoting=csv.QUOTE_NONE))
    out, docs = run([corpus / 'real' / r['file'] for r in rows])
    bad = [] if len(docs) == len(rows) else ['%d answers for %d files' % (len(docs), len(rows))]
    for r, d in zip(rows, docs):
        n = str(len(d.get('items', [])))
        if n != excused.get(r['file'], r['items']):
            bad.append('%s: %s items, the index says %s' % (r['file'], n, r['items']))
    report('%d captured feeds yield their items' % len(rows), bad)


def transcoded():
    files = sorted((corpus / 'real-transcoded').glob('*.xml'))
    out, docs = run(files)
    twins = {f.name.rsplit('.', 2)[0]: d for f, d in zip(files, docs) if '.utf8.' in f.name}
    bad = []
    for f, d in zip(files, docs):
        twin = twins.get(f.name.rsplit('.', 2)[0])
        if not twin or not d.get('items') or any(d.get(k) != twin.get(k) for k in ('feed', 'items')):
            bad.append('%s differs (read as %s)' % (f.name, d.get('encoding')))
    report('%d transcoded feeds equal their UTF-8 twins' % len(files), bad)


def cost(file, enough=0):
    """Returns the minimum CPU seconds of several runs, since a busy machine can only add; stops early at `enough`."""
    best = float('inf')
    for _ in range(10):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        code = run([file])[0].returncode
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if code not in (0, 1):
            return float('inf')
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if best <= enough:
            break
    return best


def attacks():
    """Must run first: the peak memory of a child includes the size of this process at the fork."""
    files = [f for f in (corpus / 'attacks').rglob('*') if f.is_file()]
    generated = sorted((corpus / 'attacks/generated').glob('*.xml'))
    bad = []
    for at in range(0, len(files), 1000):
        subprocess.run([nightdesk, 'parse', '--count', *map(str, files[at:at + 1000])],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if peak > 64 * 1024 and not sanitized:
        bad.append('%d KiB of memory' % peak)
    # Sanitizers make elements dearer than text, and attacks have more of them.
    most = (6 if sanitized else 4) * cost(max((corpus / 'real').glob('*.xml'), key=lambda f: f.stat().st_size))
    for f in generated:
        took = cost(f, most)
        if took > most:
            bad.append('%s: %.3f s, %.3f are the most' % (f.name, took, most))
    for at in range(0, len(files), 500):
        out, docs = run(files[at:at + 500])
        if out.returncode not in (0, 1) or len(docs) != len(files[at:at + 500]):
            bad.append('%s…: status %d' % (files[at], out.returncode))
        bad += ['%s: refused without a reason' % d['file'] for d in docs
                if d['parse'] == 'error' and not d['problems'][0]['text']]
    report('%d attack files: no crash, none takes four times as long as the largest feed, or 64 MiB' % len(files), bad)


attacks()
real()
transcoded()
EOF
