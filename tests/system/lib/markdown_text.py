# SPDX-License-Identifier: MIT
"""What people see of Markdown in which only what nightdesk writes is markup: **strong**, [text](<address>) and
quotations. Every other character that could be markup must have a backslash before it, or be an entity."""
import html
import re

from receiver import JOINER, Shown, need, no_address

SPECIAL = set("\\`*_[]<>~|")


def shown_of(text, mention, entities=False):
    """mention: an expression for what the operator mentions, which stands before the first line. entities: are they read?"""
    shown = Shown()
    first = re.match(r"(?:%s )+" % mention, text)
    if first:
        shown.mentions += first.group(0).split()
        text = text[first.end():]
        shown.text = first.group(0)
    for line in text.split("\n"):
        if line.startswith("> "):
            line = line[2:]
        need(not re.match(r"\s*([-+=#>]|\d+[.)]\s)", line), "a list, heading or quotation: %r" % line)
        take(line, shown, entities)
        shown.text += "\n"
    no_address(shown.text)
    need(not re.search(r"@(?!%s| )\S" % JOINER, shown.text[first.end() if first else 0:]), "a name after @: %r" % shown.text)
    return shown


def take(line, shown, entities):
    at, strong = 0, None
    while at < len(line):
        link = re.compile(r"\[((?:\\.|[^\\\[\]])*)\]\(<(https?://[^<>\s]+)>\)").match(line, at)
        if line[at] == "\\":
            need(at + 1 < len(line) and re.match(r"[!-/:-@\[-`{-~]", line[at + 1]), "a stray backslash: %r" % line)
            shown.text += line[at + 1]
            at += 2
        elif line.startswith("**", at):
            if strong is not None:
                shown.strong.append(shown.text[strong:])
            strong = len(shown.text) if strong is None else None
            at += 2
        elif link:
            before = len(shown.text)
            take(link.group(1), shown, entities)
            shown.links.append((link.group(2), shown.text[before:]))
            at = link.end()
        elif entities and re.compile(r"&(#\d+|[a-z]+);").match(line, at):
            end = line.index(";", at) + 1
            shown.text += html.unescape(line[at:end])
            at = end
        else:
            need(line[at] not in SPECIAL, "markup at %r" % line[at:at + 40])
            need(not re.match(r":[A-Za-z0-9_+-]+:", line[at:]), "an emoji at %r" % line[at:at + 40])
            shown.text += line[at]
            at += 1
    need(strong is None, "no end of strong text: %r" % line)
