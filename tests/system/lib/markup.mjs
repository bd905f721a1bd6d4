// SPDX-License-Identifier: MIT
// What the parsers of Markdown and cards that services and their clients use make of our messages. Standard input: a
// line of JSON for each, {"parser": NAME, "body": TEXT}. Prints what is neither text nor markup of our own, and last how
// many messages it has read. The modules are those of NODE_PATH.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.env.NODE_PATH;
const require = createRequire(pathToFileURL(path.join(modules, "x.js")));
// The renderer of cards expects a browser.
globalThis.window = globalThis.self = globalThis;
globalThis.HTMLElement = class {};
globalThis.document = { createElement: () => ({ style: {}, classList: { add() {} }, setAttribute() {}, appendChild() {} }) };
const discord = require("discord-markdown-parser");
const { marked } = await import(pathToFileURL(path.join(modules, "marked/lib/marked.esm.js")));
const cards = require("adaptivecards/dist/adaptivecards.js");

function* walk(nodes) {
  for (const node of [].concat(nodes)) {
    yield node;
    if (Array.isArray(node.content)) yield* walk(node.content);
  }
}

const parsers = {
  discord(body) {
    const own = ["text", "br", "newline", "strong", "link", "blockQuote", "twemoji", "role"];
    return [...walk(discord.parse(JSON.parse(body).content, "extended"))].filter((n) => !own.includes(n.type));
  },
  markdown(body) {
    const own = ["text", "escape", "paragraph", "strong", "link", "blockquote", "space", "br"], others = [];
    marked.walkTokens(marked.lexer(JSON.parse(body).text, { gfm: true, breaks: true }), (t) => {
      if (!own.includes(t.type) || (t.type === "link" && !t.raw.startsWith("["))) others.push({ type: t.type, raw: t.raw });
    });
    return others;
  },
  card(body) {
    const context = new cards.SerializationContext(cards.Versions.v1_2), card = new cards.AdaptiveCard(), others = [];
    card.parse(JSON.parse(body).attachments[0].content, context);
    for (let i = 0; i < context.eventCount; i++) others.push(context.getEventAt(i).message);
    return others.concat(card.validateProperties().validationEvents.map((e) => e.message));
  },
};

const lines = fs.readFileSync(0, "utf8").split("\n").filter((line) => line);
for (const line of lines) {
  const { parser, body } = JSON.parse(line);
  for (const other of parsers[parser](body)) console.log(parser + ": " + JSON.stringify(other).slice(0, 200) + " in " + body.slice(0, 300));
}
console.log(lines.length + " messages");
