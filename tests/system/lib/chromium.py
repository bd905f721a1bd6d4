# SPDX-License-Identifier: MIT
"""Headless Chromium, driven by its own protocol (chromedevtools.github.io/devtools-protocol) over a pipe."""
import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

PATIENCE = 30
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "ArrowLeft": 37, "ArrowRight": 39, " ": 32}


def found():
    return shutil.which("chromium")


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="nightdesk-chromium-")
        theirs, ours = os.pipe()
        answers, reports = os.pipe()
        theirs, reports = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (theirs, reports))  # they become 3 and 4
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "$@" 3<&%d 4>&%d' % (theirs, reports), "bash", found(), "--headless=new", "--remote-debugging-pipe",
             "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio", "--force-color-profile=srgb",
             "--font-render-hinting=none", "--user-data-dir=" + self.profile, "about:blank"],
            pass_fds=(theirs, reports), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(reports)
        self.to, self.answers = os.fdopen(ours, "wb", buffering=0), os.fdopen(answers, "rb")
        self.changed, self.n, self.results, self.events = threading.Condition(), 0, {}, []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        rest = b""
        for piece in iter(lambda: self.answers.read1(1 << 20), b""):
            *messages, rest = (rest + piece).split(b"\0")
            with self.changed:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self.results[message["id"]] = message
                    else:
                        self.events.append(message)
                self.changed.notify_all()

    def send(self, method, session=None, **params):
        with self.changed:
            self.n += 1
            n = self.n
            self.to.write(json.dumps({"id": n, "method": method, "params": params, **({"sessionId": session} if session else {})}).encode() + b"\0")
            if not self.changed.wait_for(lambda: n in self.results, PATIENCE):
                raise TimeoutError(method)
            answer = self.results.pop(n)
        if "error" in answer:
            raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
        return answer["result"]

    def page(self, width=1280, height=900, **how):
        return Page(self, width, height, **how)

    def close(self):
        try:
            self.send("Browser.close")
            self.process.wait(10)
        except (OSError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    """A tab with storage of its own. dark, reduced, forced: what the reader prefers; script: may it run?"""

    def __init__(self, browser, width, height, dark=False, script=True, scale=1, reduced=False, forced=False):
        self.browser = browser
        self.context = browser.send("Target.createBrowserContext")["browserContextId"]
        target = browser.send("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.send(domain + ".enable")
        self.size(width, height, scale)
        self.send("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"},
            {"name": "forced-colors", "value": "active" if forced else "none"}])
        self.send("Emulation.setScriptExecutionDisabled", value=not script)

    def send(self, method, **params):
        return self.browser.send(method, self.session, **params)

    def size(self, width, height, scale=1):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)

    def events(self, method):
        """The parameters of the events of that name so far."""
        with self.browser.changed:
            return [e["params"] for e in self.browser.events if e["method"] == method and e.get("sessionId") == self.session]

    def open(self, url):
        seen = len(self.events("Page.loadEventFired"))
        answer = self.send("Page.navigate", url=url)
        if "errorText" in answer:
            raise RuntimeError("%s: %s" % (url, answer["errorText"]))
        if not self.until(lambda: len(self.events("Page.loadEventFired")) > seen):
            raise TimeoutError(url)
        return self

    def js(self, text):
        """The value of an expression, or of the promise that it is."""
        answer = self.send("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError("%s: %s" % (text[:200], answer["exceptionDetails"].get("exception", answer["exceptionDetails"]).get("description")))
        return answer["result"].get("value")

    def until(self, condition, seconds=PATIENCE):
        """condition: an expression, or a function. Returns whether it came true."""
        deadline = time.time() + seconds
        while not (condition() if callable(condition) else self.js(condition)):
            if time.time() > deadline:
                return False
            time.sleep(0.03)
        return True

    def key(self, key, shift=False):
        code = KEYS.get(key, ord(key.upper()[0]))
        text = {"Enter": "\r", "Tab": ""}.get(key, key if len(key) == 1 else "")
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind if text or kind == "keyUp" else "rawKeyDown", key=key, windowsVirtualKeyCode=code,
                      modifiers=8 if shift else 0, **({"text": text} if text and kind == "keyDown" else {}))

    def write(self, text):
        self.send("Input.insertText", text=text)

    def mouse(self, x, y, click=False):
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased") if click else ():
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def focused(self):
        """Role and name of what has the focus, as assistive technology sees them."""
        element = self.send("Runtime.evaluate", expression="document.activeElement")["result"]["objectId"]
        nodes = self.send("Accessibility.getPartialAXTree", objectId=element, fetchRelatives=False)["nodes"]
        return nodes[0].get("role", {}).get("value", ""), nodes[0].get("name", {}).get("value", "")

    def complaints(self):
        """Errors of scripts, refused by the policy, and what the console was told."""
        texts = [e["exceptionDetails"].get("exception", {}).get("description", e["exceptionDetails"]["text"]) for e in self.events("Runtime.exceptionThrown")]
        texts += ["%s %s" % (e["entry"]["text"], e["entry"].get("url", "")) for e in self.events("Log.entryAdded") if e["entry"]["level"] == "error"]
        return texts

    def picture(self, path, height=None):
        """height: of the upper part of the document; None: what is in the window."""
        clip = {"clip": dict(self.js("({x: 0, y: 0, width: innerWidth, scale: 1})"), height=height)} if height else {}
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=bool(height), **clip)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def close(self):
        self.browser.send("Target.disposeBrowserContext", browserContextId=self.context)
