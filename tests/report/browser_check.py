"""Opens reports in a real browser, without a window.

    browser_check.py CHROMIUM FILE_OR_FOLDER... [--pictures FOLDER]

Each file, and each .html of a folder, is laid out at 400, 800 and 1600 pixels and for print, light and dark. Complains about
messages in the console, anything that is fetched, scripts, what is wider than the page, texts that leave their drawing or
their box, are too small to read, or lie over each other. With a folder, pictures and the PDF of each go there."""
import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# What is said of a page, as it is laid out now.
LOOK = r"""
(() => {
  const wrong = [];
  const text = (e) => (e.textContent || e.getAttribute('aria-label') || '').trim().slice(0, 60);
  const name = (e) => `${e.tagName.toLowerCase()} "${text(e)}"`;
  const shown = (e) => e.checkVisibility ? e.checkVisibility({contentVisibilityAuto: true}) : true;
  const page = document.documentElement;
  // There wide drawings and tables are pushed to the side.
  const narrow = page.clientWidth < 720;

  if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} wide, not ${page.clientWidth}`);
  for (const e of document.querySelectorAll('body *')) {
    if (!shown(e) || e.closest('.scroll') || e.closest('svg') || (narrow && e.closest('.drawing, .card'))) continue;
    const box = e.getBoundingClientRect();
    if (box.width === 0) continue;
    if (box.right > page.clientWidth + 0.5 || box.left < -0.5) wrong.push(`beyond the page: ${name(e)}`);
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline') wrong.push(`cut off: ${name(e)}`);
  }
  for (const svg of document.querySelectorAll('.drawing > svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')];
    const boxes = texts.map((t) => t.getBoundingClientRect());
    boxes.forEach((b, i) => {
      const out = Math.max(frame.left - b.left, b.right - frame.right, frame.top - b.top, b.bottom - frame.bottom);
      if (out > 1.5) wrong.push(`leaves its drawing by ${out.toFixed(1)}: ${name(texts[i])}`);
      const size = parseFloat(getComputedStyle(texts[i]).fontSize) * frame.width / svg.viewBox.baseVal.width;
      if (size < SMALLEST) wrong.push(`is ${size.toFixed(1)} pixels high: ${name(texts[i])}`);
    });
    for (let i = 0; i < boxes.length && boxes.length < 500; ++i) {
      for (let k = 0; k < i; ++k) {
        const wide = Math.min(boxes[i].right, boxes[k].right) - Math.max(boxes[i].left, boxes[k].left);
        const high = Math.min(boxes[i].bottom, boxes[k].bottom) - Math.max(boxes[i].top, boxes[k].top);
        // Boxes are about half as high again as letters.
        if (wide > 1 && high > 0.4 * Math.min(boxes[i].height, boxes[k].height)) {
          wrong.push(`over each other: ${name(texts[i])} and ${name(texts[k])}`);
        }
      }
    }
  }
  return wrong;
})()
"""


class Browser:
    """Chromium's DevTools protocol over two pipes."""

    def __init__(self, program, folder):
        to_browser, self.out = os.pipe()
        self.back, from_browser = os.pipe()

        def connect():
            # Above 4 first: neither pipe may lie where the other one has to go.
            ends = [os.dup(end) for end in (to_browser, from_browser, to_browser, from_browser)][2:]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars",
             "--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={folder}", "about:blank"],
            close_fds=False, preexec_fn=connect, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number = 0
        self.events = []
        self.rest = b""
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(domain + ".enable")

    def receive(self):
        while b"\0" not in self.rest:
            more = os.read(self.back, 1 << 20)
            if not more:
                raise RuntimeError("the browser ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, path):
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def value(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
        except (RuntimeError, OSError):
            pass
        self.process.wait(timeout=30)


def messages(events):
    """What the console says, and what was fetched."""
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded":
            yield "console: " + parameters["entry"]["text"]
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            yield "console: " + json.dumps(parameters)[:300]
        elif method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if parameters.get("type") != "Document" and not url.startswith("data:"):
                yield "fetches " + url


def check(browser, path, pictures):
    wrong = []
    browser.call("Emulation.setEmulatedMedia", media="screen")
    browser.call("Emulation.setDeviceMetricsOverride", width=1600, height=1000, deviceScaleFactor=1, mobile=False)
    browser.open(path)
    wrong += messages(browser.events)
    if browser.value("document.scripts.length") != 0:
        wrong.append("has scripts")
    if not browser.value("document.title.length > 0 && document.querySelectorAll('h1').length === 1"):
        wrong.append("has no title")
    # Between the margins of A4 and of Letter, at 96 pixels to the inch.
    layouts = [("800", "screen", 800, 8), ("1600", "screen", 1600, 9), ("400", "screen", 400, 7), ("A4", "print", 687, 7),
               ("Letter", "print", 710, 7)]
    for name, media, width, smallest in layouts:
        for scheme in ["light", "dark"]:
            if media == "print" and scheme == "dark":
                continue
            browser.call("Emulation.setEmulatedMedia", media=media,
                         features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
            found = browser.value(LOOK.replace("SMALLEST", str(smallest)))
            wrong += [f"{name} {scheme}: {complaint}" for complaint in found]
            if pictures and media != "print":
                height = browser.value("Math.ceil(document.documentElement.getBoundingClientRect().height)")
                clip = {"x": 0, "y": 0, "width": width, "height": min(height, 16000), "scale": 1}
                shot = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
                (pictures / f"{path.stem}-{name}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.call("Emulation.clearDeviceMetricsOverride")
    pdf = browser.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
    if pictures:
        (pictures / f"{path.stem}.pdf").write_bytes(base64.b64decode(pdf["data"]))
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chromium")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    files = [file for path in options.files for file in (sorted(path.glob("*.html")) if path.is_dir() else [path])]
    if not files:
        parser.error("no reports there")
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    count = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(options.chromium, folder)
        try:
            for path in files:
                for complaint in check(browser, path, options.pictures):
                    print(f"{path.name}: {complaint}")
                    count += 1
        finally:
            browser.close()
    print(f"{len(files)} reports, {count} complaints")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
