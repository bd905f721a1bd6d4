#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Deterministic workloads for the benchmarks, from invented words.

workload.py feeds DIR DOCUMENTS MIN-ITEMS MAX-ITEMS MEAN-BYTES SEED
    RSS 2.0 (seven in ten) and Atom 1.0 documents as newsrooms publish them: some with escaped
    HTML, most with CDATA; item bodies of about MEAN-BYTES with links and pictures in them.
workload.py items FILE COUNT SEED
    JSON lines of items for `nightdesk match`, 500 to 3,000 bytes of text each.
workload.py watches DIR COUNT SEED
    A configuration directory with COUNT watches over the same vocabulary.
workload.py words FILE
    The vocabulary: common English words, then the invented ones, the more frequent first.
"""
import bisect
import itertools
import json
import math
import os
import random
import sys
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

CONSONANTS = "b c d f g h k l m n p r s t v w z br ch cl dr gr pl pr sh sl st str th tr".split()
VOWELS = "a e i o u ai ea ee io ou".split()
ENDS = ["", "", "", "n", "r", "s", "t", "l", "d", "ng", "nt", "st", "ly", "tion", "ing", "ed"]
COMMON = ("the of and to in a is that for it was on with as by at from be this have not are but had "
          "his they will which their said an were she he we would been has who its more about one").split()


class Words:
    """A vocabulary of 60,000 words drawn with Zipf's law, between common English ones."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        make = random.Random(7)
        seen = dict.fromkeys(COMMON)
        while len(seen) < 60000:
            w = "".join(make.choice(CONSONANTS) + make.choice(VOWELS)
                        for _ in range(make.choice((1, 2, 2, 3)))) + make.choice(ENDS)
            seen[w] = None
        self.words = list(seen)[len(COMMON):]
        self.cum = list(itertools.accumulate(1 / (i + 20) ** 0.95 for i in range(len(self.words))))

    def word(self):
        if self.r.random() < 0.42:
            return self.r.choice(COMMON)
        return self.words[bisect.bisect(self.cum, self.r.random() * self.cum[-1])]

    def name(self):
        return self.word().capitalize()

    def sentence(self):
        n = self.r.randint(6, 28)
        w = [self.word() for _ in range(n)]
        for i in range(n):
            x = self.r.random()
            if x < 0.08:
                w[i] = w[i].capitalize()
            elif x < 0.11:
                w[i] += ","
        w[0] = w[0].capitalize()
        return " ".join(w) + self.r.choice((".", ".", ".", ".", "?", "."))

    def text(self, size):
        out, n = [], 0
        while n < size:
            s = self.sentence()
            out.append(s)
            n += len(s) + 1
        return out

    def title(self):
        return " ".join(self.sentence().split(" ")[:self.r.randint(5, 12)]).rstrip(".,?")


def body(words, size):
    r, sentences, out, i = words.r, words.text(size), [], 0
    while i < len(sentences):
        k = r.randint(1, 4)
        p = " ".join(sentences[i:i + k])
        i += k
        if r.random() < 0.25:
            p = p.replace(" ", ' <a href="https://example.org/%d?a=1&amp;b=2">' % r.randrange(10 ** 6), 1) + "</a>"
        if r.random() < 0.08:
            p += '<img src="https://img.example.org/%d.jpg" alt="photo" width="640" height="360" />' % r.randrange(10 ** 8)
        out.append("<p>" + p + "</p>")
    return "\n".join(out)


def rfc5322(t):
    return t.strftime("%a, %d %b %Y %H:%M:%S +0000")


def rfc3339(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def rss(words, host, n, when, escaped, size):
    r = words.r
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
           'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
           'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
           'xmlns:media="http://search.yahoo.com/mrss/"><channel><title>%s</title><link>%s/</link>'
           '<atom:link href="%s/rss" rel="self" type="application/rss+xml"/>'
           '<description>News of %s</description><language>en</language><ttl>15</ttl>'
           % (words.name(), host, host, words.name())]
    for i in range(n):
        when -= timedelta(seconds=r.randrange(60, 7200))
        html = body(words, size())
        out.append('<item>\n<title>%s</title>\n<link>%s/2026/%d</link>\n'
                   '<guid isPermaLink="false">%s#%d</guid>\n<pubDate>%s</pubDate>\n'
                   '<dc:creator><![CDATA[%s %s]]></dc:creator>\n<category>%s</category>\n'
                   '<description>%s</description>\n'
                   '<media:content url="https://img.example.org/%d.jpg" medium="image"/>\n'
                   '<content:encoded>%s</content:encoded>\n</item>'
                   % (words.title(), host, r.randrange(10 ** 8), host, i, rfc5322(when), words.name(),
                      words.name(), words.name(), " ".join(words.text(150))[:300],
                      r.randrange(10 ** 8), escape(html) if escaped else "<![CDATA[%s]]>" % html))
    return "\n".join(out) + "\n</channel></rss>\n"


def atom(words, host, n, when, escaped, size):
    r = words.r
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
           '<title>%s</title><id>%s/</id><link rel="self" href="%s/atom.xml"/><link href="%s/"/>'
           '<updated>%s</updated>' % (words.name(), host, host, host, rfc3339(when))]
    for _ in range(n):
        when -= timedelta(seconds=r.randrange(60, 7200))
        link = "%s/2026/%d" % (host, r.randrange(10 ** 8))
        html = body(words, size())
        out.append('<entry><title>%s</title><link rel="alternate" type="text/html" href="%s"/>'
                   '<id>%s</id><published>%s</published><updated>%s</updated>'
                   '<author><name>%s %s</name></author><category term="%s"/>'
                   '<content type="html">%s</content></entry>'
                   % (words.title(), link, link, rfc3339(when), rfc3339(when), words.name(),
                      words.name(), words.name(),
                      escape(html) if escaped else "<![CDATA[%s]]>" % html))
    return "\n".join(out) + "\n</feed>\n"


def feeds(directory, documents, low, high, mean, seed):
    words = Words(seed)
    r = words.r
    os.makedirs(directory, exist_ok=True)
    for d in range(documents):
        m = mean * math.exp(r.gauss(-0.18, 0.6))
        when = datetime(2026, 9, 20, tzinfo=timezone.utc) - timedelta(seconds=r.randrange(86400))
        make = atom if r.random() < 0.3 else rss
        text = make(words, "https://news%05d.example.org" % d, r.randint(low, high), when,
                    r.random() < 0.25, lambda: max(120, m * math.exp(r.gauss(-0.08, 0.4))))
        with open("%s/f%05d.xml" % (directory, d), "w", encoding="utf-8") as f:
            f.write(text)


def items(path, count, seed):
    words = Words(seed)
    with open(path, "w", encoding="utf-8") as f:
        for i in range(count):
            f.write(json.dumps({"id": str(i), "title": words.title(),
                                "body": " ".join(words.text(words.r.randint(350, 2850)))}) + "\n")


def query(words):
    r = words.r

    def rare():
        return words.words[r.randrange(300, len(words.words))]

    def group(n):
        return " OR ".join(rare() if r.random() < 0.65 else '"%s %s"' % (rare(), rare())
                           for _ in range(n))

    x = r.random()
    if x < 0.4:
        return "(%s) AND (%s)" % (group(r.randint(2, 4)), group(r.randint(2, 4)))
    if x < 0.65:
        return group(r.randint(3, 8))
    if x < 0.85:
        return "(%s NEAR/10 %s) AND (%s)" % (words.word(), rare(), group(4))
    return "%s AND (%s) NOT %s" % (rare(), group(3), words.word())


def watches(directory, count, seed):
    words = Words(seed)
    os.makedirs(directory + "/watchlists.d", exist_ok=True)
    with open(directory + "/nightdesk.conf", "w", encoding="utf-8") as f:
        f.write('daemon { state = "%s/state.db" }\n' % directory)
    with open(directory + "/watchlists.d/all.conf", "w", encoding="utf-8") as f:
        for i in range(count):
            f.write("watch w%d { query = '%s' }\n" % (i, query(words)))


def vocabulary(path):
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(COMMON + Words(0).words) + "\n")


def main():
    what, *args = sys.argv[1:] or [""]
    if what == "feeds" and len(args) == 6:
        feeds(args[0], *map(int, args[1:]))
    elif what == "items" and len(args) == 3:
        items(args[0], *map(int, args[1:]))
    elif what == "watches" and len(args) == 3:
        watches(args[0], *map(int, args[1:]))
    elif what == "words" and len(args) == 1:
        vocabulary(args[0])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
