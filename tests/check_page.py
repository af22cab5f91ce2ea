#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page that `clpoisson bench --html` writes, laid out by a browser as wide as a phone and as a desk's screen: nothing
sticks out, every row has its bar and its figure, nothing comes from elsewhere. check_page.py CLPOISSON CHROMIUM"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

program, chromium = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:3])
PROBE = """<script>onload = () => { const rows = [...document.querySelectorAll(".row")];
parent.postMessage(JSON.stringify({page: document.documentElement.scrollWidth, window: innerWidth, rows: rows.length,
bars: rows.filter(r => r.querySelector(".bar").getBoundingClientRect().width >= 2).length,
inside: rows.filter(r => [...r.querySelectorAll("*")].every(e => { const b = e.getBoundingClientRect();
return b.left >= 0 && b.right <= innerWidth + 0.5; })).length,
figures: rows.filter(r => /[0-9]/.test(r.querySelector(".figure").textContent)).length}), "*"); }</script></body>"""
errors = []


def check(folder, page, count):
    """The page with that many rows, at both widths."""
    if re.search(r"https?:|src=|@import|url\(", page):
        errors.append("the page asks for something from elsewhere")
    (folder / "probe.html").write_text(page.replace("</body>", PROBE))
    for width in (390, 1280):
        # Headless windows are 500 wide at least: a frame makes a narrow one.
        (folder / "frame.html").write_text(
            "<script>onmessage = e => document.title = e.data</script>"
            f'<iframe src="probe.html" style="width:{width}px;height:3000px;border:0"></iframe>')
        shown = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu",
             f"--user-data-dir={folder}/profile", "--virtual-time-budget=5000", "--window-size=1400,3000", "--dump-dom",
             (folder / "frame.html").as_uri()], capture_output=True, text=True, timeout=120)
        title = re.search(r"<title>(\{.*?\})</title>", shown.stdout)
        if not title:
            errors.append(f"no page at {width}: {shown.stderr[-500:]}")
            continue
        found = json.loads(title[1].replace("&quot;", '"'))
        print(width, found)
        if found["page"] > width:
            errors.append(f"the page is {found['page']} wide in a window of {width}")
        for what in ("rows", "bars", "figures", "inside"):
            if found[what] != count:
                errors.append(f"at {width}: {found[what]} {what} for {count} rows")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    subprocess.run([program, "bench", "--quick", "--html", "page.html", "--json", "page.json"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    count = sum(len(device["rows"]) for device in json.loads((folder / "page.json").read_text())["devices"])
    check(folder, (folder / "page.html").read_text(), count)
    # Beside itself: a row for each of the two devices; the fastest of several variants stands for them.
    subprocess.run([program, "bench", "--compare", "page.json", "page.json", "--html", "both.html"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    rows = [row for device in json.loads((folder / "page.json").read_text())["devices"] for row in device["rows"]]
    operations = {(row["name"], row["coefficients"], row["precision"], *row["nodes"]) for row in rows}
    check(folder, (folder / "both.html").read_text(), 2 * len(operations))
print("\n".join(errors))
sys.exit(1 if errors else 0)
