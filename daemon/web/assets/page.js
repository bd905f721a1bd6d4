// SPDX-License-Identifier: MIT
/*
 * What the page gains by a script: it stays up to date, draws the feed wall, and has keys. Without
 * it the page is complete. Text of others only ever becomes text nodes, or comes as elements of the
 * same page, which is read again after every event.
 */
"use strict";
(() => {
	const SILENCE = 40000;    // ms without an event, of which one comes every 15 s
	const REFRESH_GAP = 1000; // ms between two readings of the page
	const RECONNECT = 5000;
	const WALL_ALERTS = 8;    // on a wall screen, as the page has there
	const NAMES = 200;        // names of feeds in one answer

	const body = document.body;
	const root = body.dataset.root || "";
	const onWall = body.classList.contains("wall");
	const byId = id => document.getElementById(id);
	const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];

	function make(tag, attributes, ...content) {
		const e = document.createElement(tag);
		for (const [name, value] of Object.entries(attributes || {}))
			e.setAttribute(name, value);
		e.append(...content);
		return e;
	}

	/* --- times: in the reader's zone, and how long ago --- */

	const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
	const zone = byId("zone");
	const offset = d => -60 * d.getTimezoneOffset();
	const translated = zone && offset(new Date()) !== Number(zone.dataset.offset);
	const two = n => String(n).padStart(2, "0");
	const clock = d => two(d.getHours()) + ":" + two(d.getMinutes());

	function offsetText(d) {
		const o = offset(d), minutes = Math.abs(o) / 60;
		return (o < 0 ? "-" : "+") + two(Math.floor(minutes / 60)) + ":" + two(minutes % 60);
	}

	function stamp(d) {
		const now = new Date();
		const day = d.getDate() + " " + MONTHS[d.getMonth()] + " ";
		if (d.getFullYear() !== now.getFullYear())
			return day + d.getFullYear() + " " + clock(d);
		return d.toDateString() === now.toDateString() ? clock(d) : day + clock(d);
	}

	function age(ms) {
		const s = Math.max(0, Math.floor(ms / 1000));
		if (s < 60)
			return s + " s";
		if (s < 3600)
			return Math.floor(s / 60) + " min";
		return s < 2 * 86400 ? Math.floor(s / 3600) + " h" : Math.floor(s / 86400) + " days";
	}

	function translate(scope) {
		for (const t of translated ? all("time[datetime]", scope) : []) {
			const d = new Date(t.dateTime);
			t.firstChild.data = stamp(d) + ("ago" in t.dataset ? " · " : "");
			t.title = d.getFullYear() + "-" + two(d.getMonth() + 1) + "-" + two(d.getDate()) + " " +
				clock(d) + ":" + two(d.getSeconds()) + offsetText(d);
		}
	}

	function tickTimes() {
		for (const t of all("time[data-ago]")) {
			const ms = Date.now() - new Date(t.dateTime);
			const text = ms < 0 ? "in " + age(-ms) : age(ms) + " ago";
			const at = t.querySelector(".ago");
			if (at && at.textContent !== text)
				at.textContent = text;
		}
	}

	/* --- what the stream is doing, in words --- */

	const line = byId("live");
	const words = make("span", { id: "stream" });
	const lasting = make("span", { "aria-live": "off" });
	let state = "", since = new Date();

	function say(next) {
		if (next === state)
			return;
		state = next;
		since = new Date();
		const signs = { live: ["●", "good"], lost: ["✕", "bad"], paused: ["‖", "warn"] };
		words.className = signs[state][1];
		words.replaceChildren(make("span", { class: "sign", "aria-hidden": "true" }, signs[state][0]), " ");
		if (state === "lost")
			words.append("lost ", lasting, " ago, retrying");
		else
			words.append(state === "live" ? "live since " + clock(since) : "paused at " + clock(since));
		tickWords();
	}

	function tickWords() {
		if (state === "lost")
			lasting.textContent = age(Date.now() - since);
	}

	/* --- the page, read again --- */

	const signatures = new WeakMap();
	const list = byId("alerts");
	const pill = byId("new");
	const title = document.title;
	const pending = new Map(); // id → article
	let request = null, timer = 0, refreshed = 0, stale = false;

	/* Of what came from the daemon: what a script changes, or time does, is left out. */
	const sign = e => e.innerHTML.replace(/<span class="ago">[^<]*/g, "");
	const live = scope => all("[data-live]", scope);
	const hasFocus = e => e.contains(document.activeElement) || (!getSelection().isCollapsed && e.contains(getSelection().anchorNode));

	function adopt(e) {
		const mine = document.importNode(e, true);
		all("script", mine).forEach(s => s.remove());
		signatures.set(mine, sign(e));
		translate(mine);
		return mine;
	}

	function replaceChanged(old, fresh) {
		if (!fresh || sign(fresh) === signatures.get(old))
			return;
		if (hasFocus(old)) {
			stale = true;
			return;
		}
		const mine = adopt(fresh);
		signatures.set(old, signatures.get(mine));
		old.className = mine.className;
		old.replaceChildren(...mine.childNodes);
	}

	function takeAlerts(fresh) {
		const rows = all("article[data-row]", list).map(a => Number(a.dataset.row));
		const oldest = rows.length ? Math.min(...rows) : 0;
		const news = [];
		for (const a of all("article", fresh)) {
			const old = byId(a.id);
			if (old)
				replaceChanged(old, a);
			else if (Number(a.dataset.row) > oldest)
				news.push([a.id, adopt(a)]);
		}
		const older = [...pending].filter(([id]) => !news.some(([n]) => n === id));
		pending.clear();
		[...news, ...older].forEach(([id, a]) => pending.set(id, a));
		if (onWall)
			showNew();
		else
			showPill();
	}

	function showPill() {
		const n = pending.size, text = n + " new ";
		document.title = (n ? "(" + n + ") " : "") + title;
		if (!pill || (pill.textContent || "").startsWith(text))
			return;
		pill.hidden = !n;
		pill.replaceChildren();
		if (!n)
			return;
		const button = make("button", { type: "button" }, text, make("span", { "aria-hidden": "true" }, "↑"));
		button.addEventListener("click", () => {
			showNew();
			const first = list.querySelector("article");
			focusOn(first);
			first.scrollIntoView({ block: "center" });
		});
		pill.append(button);
	}

	function showNew() {
		if (!pending.size)
			return;
		if (!list.querySelector("article"))
			list.replaceChildren();
		list.prepend(...pending.values());
		pending.clear();
		showPill();
		if (onWall)
			all("article", list).slice(WALL_ALERTS).forEach(a => a.remove());
	}

	/* A wall screen does not scroll: rows that have no room are left out, not cut. */
	function fitWall() {
		for (const row of onWall ? all("tbody tr") : [])
			row.hidden = false;
		for (const row of onWall ? all("tbody tr").reverse() : [])
			row.hidden = row.getBoundingClientRect().bottom > row.closest("section").getBoundingClientRect().bottom;
	}

	function merge(page, whole) {
		live().forEach(e => replaceChanged(e, page.querySelector('[data-live="' + e.dataset.live + '"]')));
		const fresh = page.getElementById("alerts");
		if (list && fresh && whole)
			list.replaceChildren(...all("article", adopt(fresh)));
		else if (list && fresh)
			takeAlerts(fresh);
		tickTimes();
		fitWall();
	}

	/* whole: after a change of the filters, whose result replaces the list. */
	function refresh(whole) {
		clearTimeout(timer);
		timer = 0;
		refreshed = Date.now();
		stale = false;
		if (request)
			request.abort();
		request = new XMLHttpRequest();
		request.open("GET", location.href.split("#")[0]);
		request.responseType = "document";
		request.onload = e => {
			const page = e.target.response;
			if (e.target.status === 200 && page && page.getElementById("main"))
				merge(page, whole);
		};
		request.send();
	}

	function changed() {
		stale = true;
		if (timer || state === "paused" || (onWall && document.hidden) || !(list || live().length))
			return;
		timer = setTimeout(() => refresh(false), Math.max(0, refreshed + REFRESH_GAP - Date.now()));
	}

	/* --- the stream --- */

	let source = null, heard = 0, last = "", status = "", retry = 0;

	function hear(e) {
		heard = Date.now();
		last = (e && e.lastEventId) || last;
		if (state !== "live" && state !== "paused") {
			if (state === "lost")
				changed();
			say("live");
		}
	}

	function connect() {
		clearTimeout(retry);
		if (source)
			source.close();
		heard = Date.now();
		source = new EventSource(root + "api/v1/events" + (last ? "?after=" + encodeURIComponent(last) : ""));
		source.onopen = () => hear();
		source.onerror = lose;
		source.addEventListener("alert", e => { hear(e); changed(); });
		source.addEventListener("reset", e => { hear(e); changed(); });
		source.addEventListener("feeds", e => { hear(e); wall.take(JSON.parse(e.data)); });
		source.addEventListener("status", e => {
			const { time, ...rest } = JSON.parse(e.data), text = JSON.stringify(rest);
			hear(e);
			if (status && status !== text)
				changed();
			status = text;
		});
	}

	function lose() {
		if (state !== "paused")
			say("lost");
		if (source.readyState === EventSource.CLOSED)
			retry = setTimeout(connect, RECONNECT);
	}

	function disconnect() {
		clearTimeout(retry);
		if (source)
			source.close();
		source = null;
	}

	function resume() {
		if (state !== "paused") {
			state = "";
			words.className = "";
			words.textContent = "connecting";
		}
		connect();
		changed();
	}

	function tick() {
		if (document.hidden)
			return;
		tickWords();
		if (source && Date.now() - heard > SILENCE) {
			lose();
			connect();
		}
	}

	/* --- the feed wall: one letter a feed --- */

	const wall = (() => {
		const canvas = byId("wall");
		const caption = make("p", { class: "quiet wall-name", "aria-hidden": "true" }, "\u00a0");
		let letters = "", generation = 0, signs = {}, names = new Map(), found = null, only = "", columns = 1, cell = 1;
		let search = null, asked = new Set();

		const inks = { f: "good", g: "bad", x: "bad", u: "soft" };

		/* Shapes differ as well: full, hollow, half, dot. */
		function drawCell(c, letter, x, y, size) {
			const gap = size > 5 ? 1 : 0.5, s = size - gap;
			if (letter === "x" || letter === "g")
				c.fillRect(x, y, s, s);
			else if (letter === "f")
				c.fillRect(x + s * 0.2, y + s * 0.2, s * 0.6, s * 0.6);
			else if (letter === "l" || letter === "i")
				c.fillRect(x, y, s / 2, s);
			else if (letter === "u")
				c.fillRect(x + s * 0.35, y + s * 0.35, s * 0.3, s * 0.3);
			else
				c.strokeRect(x + 0.75, y + 0.75, s - 1.5, s - 1.5);
		}

		function draw() {
			if (!canvas || !letters)
				return;
			canvas.hidden = false;
			const style = getComputedStyle(body), width = canvas.clientWidth, high = onWall ? innerHeight / 4 : 420;
			const forced = matchMedia("(forced-colors: active)").matches;
			const ink = name => forced ? "CanvasText" : style.getPropertyValue("--" + name).trim();
			cell = Math.max(3, Math.min(14, Math.floor(Math.sqrt(width * high / letters.length) * 2) / 2));
			columns = Math.max(1, Math.floor(width / cell));
			const height = Math.ceil(letters.length / columns) * cell, scale = devicePixelRatio || 1;
			canvas.width = Math.round(width * scale);
			canvas.height = Math.round(height * scale);
			canvas.style.height = height + "px";
			const c = canvas.getContext("2d");
			c.scale(scale, scale);
			c.lineWidth = 1.5;
			const colours = Object.fromEntries(["good", "bad", "warn", "soft", "rule"].map(n => [n, ink(n)]));
			let shown = 0;
			for (let i = 0; i < letters.length; i++) {
				const match = (!found || found.has(i)) && (!only || only === letters[i]);
				shown += match;
				c.globalAlpha = match ? 1 : 0.25;
				c.fillStyle = c.strokeStyle = match ? colours[inks[letters[i]] || "warn"] : colours.rule;
				drawCell(c, letters[i], (i % columns) * cell, Math.floor(i / columns) * cell, cell);
			}
			canvas.dataset.shown = shown;
			fitWall();
		}

		function take(e) {
			if (e.generation !== generation) {
				names = new Map();
				asked = new Set();
				generation = e.generation;
			}
			if (e.signs)
				signs = e.signs;
			if (e.wall !== undefined)
				letters = e.wall;
			for (const [at, text] of e.changes || [])
				letters = letters.slice(0, at) + text + letters.slice(at + text.length);
			if (!(onWall && document.hidden))
				draw();
		}

		function nameAt(i) {
			const from = Math.floor(i / NAMES) * NAMES;
			if (names.has(i) || asked.has(from))
				return names.get(i);
			asked.add(from);
			fetch(root + "api/v1/wall?from=" + from + "&limit=" + NAMES).then(r => r.json()).then(o => {
				if (o.generation !== generation)
					return;
				o.names.forEach((name, k) => names.set(from + k, name));
				point(i);
			}).catch(() => asked.delete(from));
			return undefined;
		}

		function placeOf(e) {
			const box = canvas.getBoundingClientRect(), x = Math.floor((e.clientX - box.left) / cell);
			const i = Math.floor((e.clientY - box.top) / cell) * columns + x;
			return x < columns && i >= 0 && i < letters.length ? i : -1;
		}

		function point(i) {
			const name = i < 0 ? "" : nameAt(i);
			caption.textContent = name ? name + " · " + (signs[letters[i]] || "") : "\u00a0";
		}

		function filter(text, letter) {
			only = letter;
			if (search)
				search.abort();
			if (!text) {
				found = null;
				draw();
				return;
			}
			search = new AbortController();
			fetch(root + "api/v1/wall?q=" + encodeURIComponent(text), { signal: search.signal }).then(r => r.json()).then(o => {
				if (o.generation !== generation)
					return;
				found = new Set(o.found);
				draw();
			}).catch(() => {});
		}

		if (canvas) {
			canvas.after(caption);
			canvas.addEventListener("mousemove", e => point(placeOf(e)));
			canvas.addEventListener("mouseleave", () => point(-1));
			canvas.addEventListener("click", e => {
				const name = nameAt(placeOf(e));
				if (name)
					location.href = root + "feeds/" + encodeURIComponent(name);
			});
			addEventListener("resize", draw);
			matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
		}
		return { take, filter, draw, letter: i => Object.keys(signs)[i] || "" };
	})();

	/* --- filters: the answer without the button, and in the address --- */

	function watchFilters(form) {
		let wait = 0;
		const apply = () => {
			const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
			history.replaceState(null, "", location.pathname + (query.toString() ? "?" + query : ""));
			refresh(true);
		};
		const now = () => {
			const text = form.elements.q, choice = form.elements.state;
			wall.filter(text ? text.value.trim() : "", choice && choice.selectedIndex > 0 ? wall.letter(choice.selectedIndex - 1) : "");
		};
		form.addEventListener("input", () => {
			now();
			clearTimeout(wait);
			wait = setTimeout(apply, 150);
		});
		now();
	}

	/* --- keys --- */

	const KEYS = [["j", "next"], ["k", "previous"], ["o", "open"], ["e", "explain"], ["/", "find"], ["?", "all keys"]];
	const kept = (() => {
		try {
			return localStorage;
		} catch {
			return {};
		}
	})();
	let keysOn = kept["nightdesk-keys"] !== "off";

	const dialog = make("dialog", { "aria-labelledby": "keys-title" });
	const hints = make("span", { class: "hints" });
	const targetIn = e => e && (e.querySelector("h3 a[href], th a[href]") || e.querySelector("a[href]"));

	function focusOn(e) {
		const target = targetIn(e);
		if (target)
			target.focus();
	}

	function entries() {
		const articles = all("#main article:not([hidden])");
		return articles.length ? articles : all("#main tbody tr");
	}

	const current = () => document.activeElement.closest("article, tbody tr");

	function move(by) {
		const e = entries(), at = e.indexOf(current());
		const next = e[at < 0 ? 0 : Math.max(0, Math.min(e.length - 1, at + by))];
		focusOn(next);
		if (next)
			next.scrollIntoView({ block: "nearest" });
	}

	function openCurrent(selector) {
		const e = current(), link = e && (selector ? e.querySelector(selector) : targetIn(e));
		if (link)
			link.click();
	}

	const actions = {
		j: () => move(1),
		k: () => move(-1),
		o: () => openCurrent(""),
		e: () => openCurrent('.meta a[href*="alerts/"]'),
		"/": () => (byId("filter") || document.querySelector("input[type=search]")).focus(),
		"?": () => dialog.showModal(),
	};

	function onKey(e) {
		if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing)
			return;
		const typing = e.target.closest("input, select, textarea");
		if (e.key === "Escape" && typing && !dialog.open) {
			typing.blur();
			return;
		}
		if (!keysOn || typing || dialog.open || !Object.hasOwn(actions, e.key))
			return;
		e.preventDefault();
		actions[e.key]();
	}

	function showHints() {
		hints.replaceChildren();
		if (keysOn)
			KEYS.forEach(([key, what], i) => hints.append(i ? ", " : "", make("kbd", {}, key), " " + what));
	}

	function makeDialog() {
		const box = make("input", { type: "checkbox", id: "keys-on" });
		const close = make("button", { type: "button" }, "Close");
		const facts = make("dl");
		const more = { j: "next alert", k: "previous alert", o: "open it at its publisher", e: "explain why it matched",
			"/": "go to the search or filter", "?": "this list" };
		for (const [key] of KEYS)
			facts.append(make("dt", {}, make("kbd", {}, key)), make("dd", {}, more[key]));
		facts.append(make("dt", {}, make("kbd", {}, "Esc")), make("dd", {}, "leave a field, close this list"));
		box.checked = keysOn;
		box.addEventListener("change", () => {
			keysOn = box.checked;
			kept["nightdesk-keys"] = keysOn ? "on" : "off";
			showHints();
		});
		close.addEventListener("click", () => dialog.close());
		dialog.append(make("h2", { id: "keys-title" }, "Keys"), facts,
			make("p", {}, make("label", {}, box, " Keys without Ctrl or Alt are on")), close);
		body.append(dialog);
	}

	function makeControls() {
		const pause = make("button", { type: "button", "aria-pressed": "false" }, "Pause");
		const help = make("button", { type: "button" }, "Keys");
		pause.addEventListener("click", () => {
			const on = state !== "paused";
			pause.setAttribute("aria-pressed", String(on));
			say(on ? "paused" : source && source.readyState === EventSource.OPEN ? "live" : "lost");
			if (!on && stale)
				changed();
		});
		help.addEventListener("click", () => dialog.showModal());
		const row = make("div", { class: "state-line" });
		line.before(row);
		row.append(line, make("div", { class: "controls" }, hints, pause, help));
		showHints();
	}

	/* --- the beginning --- */

	if (!line || !zone)
		return;
	live().concat(list ? all("article", list) : []).forEach(e => signatures.set(e, sign(e)));
	line.replaceChildren(words, zone);
	words.textContent = "connecting";
	if (translated) {
		translate(document);
		zone.textContent = " · times are " + Intl.DateTimeFormat().resolvedOptions().timeZone + " " + offsetText(new Date());
	}
	if (pill)
		pill.setAttribute("role", "status");
	makeDialog();
	makeControls();
	all("form.filters").filter(() => list || live().length).forEach(watchFilters);
	document.addEventListener("keydown", onKey);
	document.addEventListener("focusout", () => setTimeout(() => stale && changed(), 100));
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) {
			/* Browsers open six connections to a server: tabs behind others must not take all of them. */
			if (!list)
				disconnect();
			return;
		}
		if (!source) {
			resume();
			stale = true;
		}
		tick();
		tickTimes();
		wall.draw();
		if (stale)
			changed();
	});
	addEventListener("pagehide", disconnect);
	addEventListener("pageshow", e => e.persisted && resume());
	last = (list && (list.querySelector("article") || {}).id) || "";
	connect();
	setInterval(tick, 1000);
	setInterval(() => document.hidden || tickTimes(), onWall ? 1000 : 5000);
})();
