"""How long the page takes to open and to redraw in a real chromium, and what twenty readers at once cost.

    make bench-page     into benchmarks/PAGE.md (about three minutes; needs chromium)

Each redraw is a choice that was not seen before, so that nothing kept answers it. The floor is the same choice asked of
a session in one process, without a page: what the drawing itself takes.
"""

import argparse
import asyncio
import json
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import tornado.httpclient
import tornado.websocket
from playwright.sync_api import Page, sync_playwright

from casetimeline.explore.session import Session
from casetimeline.vocabulary import COLUMN_NAMES

ROOT = Path(__file__).parent.parent
TABLES = ("measures.csv", "rules.csv", "comparators.csv")
READERS = 20


def long_case(data: Path, rows: int) -> None:
    """A case of many rows: two measures by the week, and a drug. Its numbers mean nothing."""
    folder = data / "long"
    folder.mkdir()
    about = (
        "case_id: long\nanalysis: {reference: tocilizumab, baseline: last_before}\ntime_zero: {label: first visit}\n"
    )
    (folder / "case.yaml").write_text(about, encoding="utf-8")
    facts = [{"kind": "treatment", "code": "tocilizumab", "start": "21 d", "dose": "8", "dose_unit": "mg/kg"}]
    for week in range((rows - 1) // 2 + 1):
        facts.append({"kind": "observation", "code": "mrss", "start": f"{7 * week} d", "value": str(46 - week % 20)})
        value, limits = str(900 - 3 * week), {"ref_low": "26", "ref_high": "192"}
        facts.append(
            {"kind": "observation", "code": "ck", "start": f"{7 * week} d", "value": value, "unit": "U/L", **limits}
        )
    lines = [{"case_id": "long", "source": "made", **fact} for fact in facts[:rows]]
    table = [",".join(COLUMN_NAMES), *(",".join(line.get(name, "") for name in COLUMN_NAMES) for line in lines)]
    (folder / "timeline.csv").write_text("\n".join(table) + "\n", encoding="utf-8")


FIRST = (("Preset for export", "frontiers"), ("Reference treatment", "tocilizumab"), ("Baseline", "first"))


def walk(references: tuple[str, ...]) -> list[tuple[str, str]]:
    """Changes of one control each, by its label, from `FIRST` on: to a choice that was not there before."""
    changes, baselines = [], ["first", "last_before", "worst_before"]
    for figure in ("measure", "00_course", "08_change"):
        changes.append(("Figure", figure))
        for number, reference in enumerate(references):
            changes += [("Reference treatment", reference)] * (number > 0)
            changes += [("Baseline", baseline) for baseline in baselines[1:]]
            # The next goes on from where this one ends.
            baselines = [baselines[-1], *baselines[:-1]]
        references = (references[-1], *references[:-1])
    return changes


def in_chromium(page: Page, changes: list[tuple[str, str]]) -> list[float]:
    """Seconds from the change of a control to the figure in the page, as the page itself measures them."""
    seconds = []
    for label, value in changes:
        control = page.get_by_label(label, exact=True)
        before = page.locator(".ct-page").get_attribute("data-redraws")
        control.select_option(value)
        page.locator(f'.ct-page:not([data-redraws="{before}"])').wait_for()
        seconds.append(int(page.locator(".ct-page").get_attribute("data-redraw-ms")) / 1000)
    return seconds


def in_one_process(data: Path, case: str, changes: list[tuple[str, str]]) -> list[float]:
    """Seconds of the same changes in a session without a page."""
    names = {
        "Figure": "figure",
        "Reference treatment": "reference",
        "Baseline": "baseline",
        "Preset for export": "preset",
    }
    session, choice, seconds = Session(data, case), {"case": case}, []
    list(session.answers({"do": "show", "choice": choice}))
    for label, value in changes:
        choice[names[label]] = value
        start = time.perf_counter()
        list(session.answers({"do": "show", "choice": choice}))
        seconds.append(time.perf_counter() - start)
    return seconds


def opened(page: Page, address: str) -> float:
    """Seconds from asking for the page to its first figure."""
    start = time.perf_counter()
    page.goto(address)
    page.locator(".ct-page[data-redraws]").wait_for()
    return time.perf_counter() - start


async def reader(address: str, choice: dict[str, str]) -> tuple[float, object]:
    """One reader: seconds to the first view, and the socket, still open."""
    start = time.perf_counter()
    request = tornado.httpclient.HTTPRequest(address.replace("http", "ws", 1).replace("/?", "/session?"))
    socket = await tornado.websocket.websocket_connect(request, max_message_size=50_000_000)
    await socket.write_message(json.dumps({"do": "show", "n": 1, "choice": choice}))
    while json.loads(await socket.read_message())["is"] != "view":
        pass
    return time.perf_counter() - start, socket


async def together(address: str, server: psutil.Process) -> tuple[list[float], list[float]]:
    """Seconds to the first view, and the memory of each session in MB, of readers who come at the same moment.

    Each asks for another figure than the one that was drawn before the session was forked.
    """
    baselines = ("phase=1", "phase=2", "phase=4", "first")
    choices = [{"case": "fu-2025", "figure": "08_change", "baseline": baselines[i % 4]} for i in range(READERS)]
    came = await asyncio.gather(*(reader(address, choice) for choice in choices))
    forks = [child for child in server.children(recursive=True) if child.children()]
    sessions = [session for fork in forks for session in fork.children()]
    # Its share: memory that several hold together is counted once.
    memory = [session.memory_full_info().pss / 1e6 for session in sessions]
    for _, socket in came:
        socket.close()
        while await socket.read_message() is not None:
            pass
    return [seconds for seconds, _ in came], memory


def line(what: str, figures: list[float], goal: str, unit: str = "s") -> str:
    """A row of the table: median, smallest and largest."""
    told = f"{statistics.median(figures):.2f} | {min(figures):.2f} to {max(figures):.2f}"
    return f"| {what} | {len(figures)} | {told} {unit} | {goal} |"


def measured(data: Path) -> list[str]:
    """The rows of the table."""
    command = [sys.executable, "-m", "casetimeline", "app", "--data", str(data), "--case", "fu-2025", "--port", "0"]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://\S+", server.stdout.readline())[0]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                lines += of_one_reader(page, address, data)
                browser.close()
            seconds, memory = asyncio.run(together(address, psutil.Process(server.pid)))
        finally:
            server.terminate()
    lines.append(line(f"{READERS} readers at one moment: first view", seconds, "all served"))
    lines.append(line(f"{READERS} readers at one moment: memory of a session", memory, "stated", "MB"))
    return lines


def of_one_reader(page: Page, address: str, data: Path) -> list[str]:
    """The rows of the page as one reader has it."""
    lines = [line("the page opens", [opened(page, address) for _ in range(7)], "under 2 s")]
    for case, name, goal, references in (
        ("fu-2025", "the index case", "under 0.3 s", ("tocilizumab", "cyclophosphamide", "glucocorticoids")),
        ("long", "a case of 200 rows", "under 1 s", ("tocilizumab",)),
    ):
        opened(page, f"{address}&case={case}")
        changes = [*FIRST, *walk(references)]
        there, floor = (
            seconds[len(FIRST) :] for seconds in (in_chromium(page, changes), in_one_process(data, case, changes))
        )
        lines.append(line(f"a control changes, {name}: in chromium", there, goal))
        lines.append(line(f"a control changes, {name}: a session alone", floor, ""))
        ratio = statistics.median(there) / statistics.median(floor)
        lines.append(f"| the page by the session alone, {name} | | {ratio:.2f} | | |")
    return lines


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "benchmarks" / "PAGE.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        data.mkdir()
        for name in TABLES:
            shutil.copy(ROOT / "data" / name, data / name)
        shutil.copytree(ROOT / "data" / "fu-2025", data / "fu-2025")
        long_case(data, 200)
        lines = measured(data)
    head = [
        "# The page, measured",
        "",
        f"{psutil.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; `make bench-page` on "
        f"{time.strftime('%Y-%m-%d')}. Seconds depend on the machine. No choice was seen before it was measured.",
        "",
        "| what | times | median | smallest to largest | goal |",
        "|---|---|---|---|---|",
    ]
    text = "\n".join([*head, *lines]) + "\n"
    options.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
