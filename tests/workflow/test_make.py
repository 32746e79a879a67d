"""`make report` as a user runs it: every case, twice, after a change, with bad input, and when a notebook fails."""

import functools
import hashlib
import html
import io
import itertools
import json
import re
import shutil
from html.parser import HTMLParser

import docx
import pypdfium2
import pytest
from conftest import CASES, CAUSAL, NOTEBOOKS, ROOT, casetimeline, copy_project, make_project_of, run, shorten
from matplotlib.figure import Figure

from casetimeline.case.read import read_case
from casetimeline.report.artwork import without_notes
from casetimeline.report.leaks import find_leaks
from casetimeline.workflow.notebook import read_notebook


def make(project, *arguments, **environment):
    # The copy's own package, not the one that the environment was set up with.
    return run("make", *arguments, cwd=project, PYTHONPATH=str(project), **environment)


# Tests that need the reports of all cases run on one worker: those reports are made once.
together = pytest.mark.xdist_group("every_case")


@pytest.fixture(scope="session")
def every_case(tmp_path_factory):
    """A copy of the project with the report of every case, run as `make -j2`."""
    project = copy_project(tmp_path_factory.mktemp("every") / "project")
    printed = {}
    for case_id in CASES:
        done = make(project, "-j2", "report", f"CASE={case_id}", TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="1")
        assert done.returncode == 0, done.stderr
        printed[case_id] = done
    return project, printed


@pytest.fixture
def home(request):
    """The report of a case: of the index case the one of the gate, of each other one of those above."""
    if request.param == "fu-2025":
        return request.getfixturevalue("report_of_index_case")
    return request.getfixturevalue("every_case")[0] / "build" / request.param


# For each case; in the gate for the index case.
each_report = pytest.mark.parametrize(
    "home",
    [pytest.param(case_id, marks=() if case_id == "fu-2025" else [pytest.mark.product, together]) for case_id in CASES],
    indirect=True,
)


@pytest.fixture
def built(every_case, tmp_path):
    """A copy of that, with its results, to be changed by a test."""
    return shutil.copytree(every_case[0], tmp_path / "built", symlinks=True)


@functools.cache
def words_of(case_id):
    """Words that only this case's own data hold."""
    texts = {}
    for other in CASES:
        text = "".join(
            (ROOT / "data" / other / name).read_text(encoding="utf-8") for name in ("case.yaml", "timeline.csv")
        )
        texts[other] = set(re.findall(r"[a-z]{5,}|[a-z]+\d+[a-z\d-]*|\d{2,}", text.lower().replace("_", " ")))
    others = set.union(*(words for other, words in texts.items() if other != case_id))
    return texts[case_id] - others


@functools.cache
def static_words():
    words = set()
    for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        for cell in read_notebook(path).cells:
            if cell.cell_type == "markdown":
                words |= set(re.findall(r"[a-z\d]+", cell.source.lower()))
    return words


def said_by(notebook):
    """The text that a reader of an executed notebook sees, without the drawing commands of its figure."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        for output in cell.get("outputs", []):
            svg = output.data.get("image/svg+xml", "")
            parts += re.findall(r"<(?:title|desc)[^>]*>(.*?)</", svg, re.S) + re.findall(r"<!-- (.*?) -->", svg)
            parts += [output.data.get("text/plain", "")]
    return html.unescape("\n".join(parts)).lower()


@functools.cache
def words_of_the_package():
    # Simulated patients, which no report of a published case shows, are given drugs of the vocabulary.
    modules = {*(ROOT / "casetimeline").rglob("*.py")} - {ROOT / "casetimeline/case/simulated.py"}
    return {word for path in modules for word in _words(path.read_text(encoding="utf-8"))}


def _words(text):
    return set(re.findall(r"[a-z\d]+", text.lower().replace("_", " ")))


@pytest.mark.product
@each_report
def test_no_notebook_speaks_of_another_case(home):
    shared = static_words() | {word for word in words_of_the_package() if word.isalpha()}
    rules = {word for name in ("rules.csv", "comparators.csv", "measures.csv") for word in _words_of_table(name)}
    case_id = home.name
    for path in sorted((home / "notebooks").glob("*.ipynb")):
        # The address of a work says nothing of a patient, nor does a place on the sheet, with its thousandths.
        said = _words(re.sub(r"https?://[^\s<]+|\d+\.\d{3,}", "", said_by(read_notebook(path))))
        assert case_id.split("-")[0] in said
        for other in set(CASES) - {case_id}:
            strange = (words_of(other) & said) - shared - rules - words_of(case_id) - _numbers_of_axes(said)
            assert not strange, f"{path.stem} of {case_id} speaks of {other}: {sorted(strange)}"


def _words_of_table(name):
    text = (ROOT / "data" / name).read_text(encoding="utf-8").lower()
    # The drugs of the vocabulary are words of cases, not of rules.
    lines = [line for line in text.splitlines() if ",treatment," not in line and ",event," not in line]
    return _words("\n".join(lines))


def _numbers_of_axes(said):
    return {word for word in said if word.isdigit() and int(word) <= 100}


@each_report
def test_no_sentence_about_a_case_is_causal(home):
    seen = 0
    for path in (home / "notebooks").glob("*.ipynb"):
        for cell in read_notebook(path).cells:
            for output in cell.get("outputs", []):
                page = output.data.get("text/html", "")
                if page.startswith("<p>"):
                    seen += 1
                    assert not CAUSAL.search(page), CAUSAL.search(page)
    # The notebook of the skin has two.
    assert seen >= 11


def test_the_static_text_names_no_drug_and_no_case():
    drugs = {
        word
        for line in (ROOT / "data/measures.csv").read_text(encoding="utf-8").lower().splitlines()
        if ",treatment," in line
        for word in re.findall(r"[a-z]{5,}", line.split(",treatment,")[0].replace("_", " "))
    }
    assert len(drugs) > 10
    # Words of treatments that are no drug of a case; doses of glucocorticoids are told in equivalents of prednisone.
    plain = {"pulse", "trial", "medical", "therapy", "prednisone", "glucocorticoids", "intravenous"}
    assert not (drugs | set(CASES) | {"fu", "tcz", "cyc"}) & (static_words() - plain)
    assert not drugs & (words_of_the_package() - plain)


def test_the_index_case_says_what_is_known_and_what_is_not(report_of_index_case):
    notebooks = (report_of_index_case / "notebooks").glob("*.ipynb")
    said = {path.stem: said_by(read_notebook(path)) for path in notebooks}
    for words in (
        "46 points at baseline",
        "32 points (after escalation): change -14 points (-30.4 %)",
        "size part met; time part cannot be determined",
        "larger than 6.8 points (one examiner); larger than 8.0 points (one examiner after teaching)",
        "larger than 12.8 points (two examiners); not larger than 15.0 points (examiners in training)",
        "who scored the skin, and whether one examiner scored both times, is not reported",
        "whether the mrss of 46 was measured before or after the first therapy is not said",
        "regression to the mean",
    ):
        assert words in said["01_skin"], words
    assert "923 u/l at baseline" in said["02_muscle"]
    assert "the value is not reported (after escalation), so no change can be computed" in said["02_muscle"]
    assert "present to absent: resolved" in said["03_pericardium"]


@pytest.mark.product
@each_report
def test_the_report_is_one_page_without_any_request(home):
    page = (home / "report.html").read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(page)
    assert reader.fetched == []
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    # One figure a notebook, but for those of a measure that the case does not mention; they are named instead.
    chapters = [path.stem for path in NOTEBOOKS if f'id="{path.stem}"' in page]
    assert reader.figures == len(chapters) >= 4
    # Ids inside a figure are names in XML, or the page is no valid HTML.
    figures = " ".join(re.findall(r"<svg.*?</svg>", page, re.S))
    assert not [told for told in re.findall(r'\sid="([^"]*)"', figures) if not re.fullmatch(r"[A-Za-z_][\w.-]*", told)]
    # Of a measure that no reader of such a case would miss nothing is said.
    measures = {"01_skin": "mrss", "02_muscle": "ck", "03_pericardium": "pericardial_effusion", "09_context": "mrss"}
    codes = {*read_case(ROOT / "data" / home.name).facts["code"]}
    for stem in (path.stem for path in NOTEBOOKS):
        named = re.search(rf"(\(notebooks? [^)]*|Not shown here: notebook )\b{stem}\b", page)
        assert stem in chapters or named or measures.get(stem, stem) not in {*codes, stem}, stem
    assert f"<h1>Case {home.name}:" in page
    order = [
        'id="course"',
        'id="results"',
        'id="references"',
        'id="recorded-rows"',
        'id="06_reported"',
        'id="colophon"',
    ]
    assert [*map(page.index, order)] == sorted(map(page.index, order))
    # The figure on the page is the published one, byte by byte, but that its notes stand in its legend, that marks are
    # links, and that letters stand once.
    unlinked = re.sub(
        r'<a class="row" href="#row-\d+" aria-label="[^"]*"(?: tabindex="-1")?>(<g .*?)</a>', r"\1", page, flags=re.S
    )
    unlinked = unlinked.replace('role="group" aria-labelledby', 'role="img" aria-labelledby')
    told = with_outlines(unlinked)
    for stem in chapters:
        published = (home / f"figures/{stem}.svg").read_text(encoding="utf-8").strip()
        assert with_outlines(without_notes(published)) in told
    project = home.parents[1]
    assert not [path for path in (home, project / "notebooks", project / "data") if str(path) in page]
    assert "Traceback" not in page


def overprinted(content) -> list[tuple[str, str]]:
    """The words of a PDF that stand over other words of their page: lines that share two fifths of their height."""
    found = []
    with pypdfium2.PdfDocument(content) as opened:
        for page in opened:
            text = page.get_textpage()
            boxes = [text.get_rect(place) for place in range(text.count_rects())]
            # What is less than three points high is no line of text.
            boxes = [box for box in boxes if min(box[2] - box[0], box[3] - box[1]) > 3]
            for one, other in itertools.combinations(boxes, 2):
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                if wide > 2 and high > 0.4 * min(one[3] - one[1], other[3] - other[1]):
                    found.append((text.get_text_bounded(*one), text.get_text_bounded(*other)))
    return found


def test_a_caption_over_the_last_line_of_a_paragraph_is_found():
    figure = Figure()
    for place, words in ((0.5, "the last line of the Results"), (0.51, "Table 2. Treatments and procedures")):
        figure.text(0.1, place, words)
    written = io.BytesIO()
    figure.savefig(written, format="pdf")
    assert overprinted(written.getvalue())


@pytest.mark.product
@each_report
def test_no_text_of_a_page_stands_over_another(home):
    for name in ("report", "supplement"):
        assert not overprinted(home / f"{name}.pdf")


@each_report
def test_figures_and_tables_have_one_number_in_all_files_and_a_pdf_is_copied_as_it_reads(home):
    pages = {}
    for name in ("report", "supplement"):
        with pypdfium2.PdfDocument(home / f"{name}.pdf") as opened:
            pages[name] = " ".join(page.get_textpage().get_text_bounded() for page in opened)
    # No mark stands within a word or an address, and no blank but the plain one; a document has a title, not an id.
    assert not [mark for mark in "\u200b\u00a0" if mark in "".join(pages.values())]
    assert f"Case {home.name}" not in "".join(pages.values())
    told = {name: re.sub(r"\s+", " ", text) for name, text in pages.items()}
    page = html.unescape((home / "report.html").read_text(encoding="utf-8"))
    legends = (home / "manuscript/figure-legends.md").read_text(encoding="utf-8")
    figures = re.findall(r"\*\*Figure (\w+)\. ([^*]+)\.\*\*", legends)
    assert [number for number, _ in figures] == ["1", *(f"S{number}" for number in range(1, len(figures)))]
    for number, title in figures:
        assert f"Figure {number}. {title}" in told["report" if number == "1" else "supplement"]
        assert f"Figure {number}. {title}" in page
    tables = docx.Document(home / "manuscript/table1.docx").paragraphs
    captions = [text.text.replace("\u00a0", " ") for text in tables if text.style.name == "Caption"]
    # Those of the report have its numbers; where it lacks a measure, the table of all has that of the supplement.
    numbered = [caption for caption in captions if not caption.startswith("Table S1.")]
    assert all(caption in told["supplement"] for caption in captions if caption not in numbered)
    assert [caption[:8] for caption in numbered] == ["Table 1.", "Table 2."][: len(numbered)]
    assert numbered and all(caption in told["report"] for caption in numbered)
    assert captions[: len(numbered)] == numbered and len(captions) <= len(numbered) + 1


def with_outlines(text):
    """SVG with the outline of each letter, and where it stands, in place of its name."""
    letter = r'\s*<path id="([\w.-]+)" ((?:d="[^"]*" )?transform="[^"]*")/>'
    outlines = dict(re.findall(letter, text))
    bare = re.sub(r"\s*<defs>\s*</defs>", "", re.sub(letter, "", text))

    def drawn(found):
        values = dict(re.findall(r'([\w:]+)="([^"]*)"', found[0]))
        name = (values.get("href") or values["xlink:href"])[1:]
        x, y = re.findall(r"[-\d.]+", values.get("transform", "")) or (values.get("x", "0"), values.get("y", "0"))
        return f"[{outlines[name]} at {x} {y}]" if name in outlines else found[0]

    return re.sub(r"<use [^>]*/>", drawn, bare)


class Reader(HTMLParser):
    """Collects what a browser would fetch, the ids, and elements that are never closed."""

    void = frozenset({"meta", "br", "hr", "img", "input", "link", "col"})

    def __init__(self):
        super().__init__()
        self.fetched, self.ids, self.open, self.figures = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        # The script of the page stands in it.
        if tag in ("link", "iframe", "object", "img", "image"):
            self.fetched.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "srcset", "data") and value]
        if tag == "use" and not (values.get("xlink:href") or values.get("href") or "").startswith("#"):
            self.fetched.append("use")
        if tag == "a" and not re.match("#|https?:|data:", values.get("href") or "#"):
            self.fetched.append(values["href"])
        self.ids += [values["id"]] if "id" in values else []
        self.figures += tag == "figure"
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_readme_names_what_a_report_holds(report_of_index_case):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = readme.partition("## What `make report` writes")[2].partition("\n## ")[0]
    # A folder is named with its slash; a table by its stem.
    names = {f"{path.name}/" if path.is_dir() else path.name for path in report_of_index_case.iterdir()}
    names |= {path.stem for path in (report_of_index_case / "tables").iterdir()}
    assert len(names) > 14 and not [name for name in names if f"`{name}`" not in told]


@each_report
def test_the_chain_of_identity_reaches_the_manifest(home):
    manifest = json.loads((home / "manifest.json").read_text())
    assert manifest["case_id"] == home.name
    assert len(manifest["outputs"]) >= 44
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((home / name).read_bytes()).hexdigest() == digest
    for path in (home / "figures").glob("*.svg"):
        assert f"case {home.name}</title>" in path.read_text(encoding="utf-8")


@pytest.mark.product
@together
def test_the_run_ends_with_five_lines(every_case):
    _, printed = every_case
    lines = printed["fu-2025"].stdout.strip().splitlines()
    # Where the page lies is told once, as a path from here.
    assert [line.split()[0] for line in lines] == ["fu-2025:", "mRSS", "CK", "Effusion", "made"]
    assert "46 points \N{RIGHTWARDS ARROW} 32 points: \N{MINUS SIGN}14 points (\N{MINUS SIGN}30.4 %)" in lines[1]
    assert lines[4].startswith("made      build/fu-2025/report.html")
    lines = printed["fu-2025"].stderr.splitlines()
    assert [line.partition(", ")[0] for line in lines] == [f"fu-2025: {n} of 9 notebooks" for n in range(1, 10)]
    assert sorted(line.partition(", ")[2] for line in lines) == [path.stem for path in NOTEBOOKS]


@pytest.mark.product
@together
def test_two_runs_give_the_same_bytes(every_case, project):
    first = every_case[0] / "build/fu-2025"
    done = make(project, "report", TZ="America/New_York", LC_ALL="C.UTF-8", PYTHONHASHSEED="2", MPLBACKEND="svg")
    assert done.returncode == 0, done.stderr
    second = project / "build/fu-2025"
    names = [path.relative_to(first) for path in sorted(first.rglob("*")) if path.is_file()]
    assert {path.suffix for path in names} >= {".html", ".pdf", ".docx", ".ipynb", ".svg", ".png", ".json", ".bib"}
    assert names == [path.relative_to(second) for path in sorted(second.rglob("*")) if path.is_file()]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


BAD = """case_id,phase,kind,code,value,unit,start,end,source
bad,1,observation,mrss,52,,,,chart
bad,1,observation,ck,9,furlong,,,chart
bad,2,observation,ck,9,U/L,,,chart
bad,2,observation,ck,8,U/L,,,chart
bad,3,treatment,tocilizumab,,,20 d,10 d,chart
"""


@pytest.mark.product
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BAD, ["line 2, column value", "line 3, column unit", "line 5, column value", "line 6, column end"]),
        ("", ["expected a header and at least one row"]),
        (None, ["expected a case of this folder"]),
    ],
)
def test_bad_input_ends_in_one_message_and_nothing_half_made(project, content, said):
    if content is not None:
        (project / "data/bad").mkdir()
        (project / "data/bad/case.yaml").write_text("case_id: bad\nanalysis: {baseline: first}\n")
        (project / "data/bad/timeline.csv").write_text(content)
    done = make(project, "-j4", "report", "CASE=bad")
    assert done.returncode != 0
    for words in said:
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "build/bad").exists()


@pytest.mark.product
@pytest.mark.parametrize("case_id", ["../fu-2025", "a b", "a;b", ""])
def test_a_name_that_is_no_id_leaves_no_trace(project, case_id):
    done = make(project, "report", f"CASE={case_id}")
    assert done.returncode != 0 and "is not a case id" in done.stderr
    assert not (project / "build").exists()


@pytest.mark.product
@together
def test_no_case_is_withheld_for_a_name_that_it_does_not_hold(every_case, tmp_path):
    """Short names, which hide in ordinary words, and numbers, over all that the reports hold."""
    names = (
        "Doe",
        "Ina",
        "Ian",
        "Lee Ann",
        "Jürgen Weiß",
        "Søren Łukasik",
        "Иванов",
        "Schroeder",
        "00471122",
        "4711-22",
    )
    (tmp_path / "deny.txt").write_text("\n".join(names), encoding="utf-8")
    for case_id in CASES:
        case = read_case(ROOT / "data", case_id)
        assert find_leaks(every_case[0] / "build" / case_id, case, tmp_path / "deny.txt") == [], case_id


@pytest.mark.product
def test_a_failed_notebook_leaves_nothing_that_passes_for_new(tmp_path):
    project = make_project_of(tmp_path, "02_muscle", "03_pericardium")
    shorten(project / "data/fu-2025", "ck", "pericardial_effusion", "tocilizumab")
    home, path = project / "build/fu-2025", project / "notebooks/02_muscle.ipynb"
    assert make(project, "report").returncode == 0 and (home / "report.html").exists()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("ct.summarise_muscle(analysis", "ct.summarise_muscle(cake"), encoding="utf-8")
    done = make(project, "report")
    assert done.returncode != 0
    assert "02_muscle.ipynb, case fu-2025: cell [12] failed with NameError: name 'cake' is not defined" in done.stderr
    assert "Traceback" not in done.stderr
    assert "The half-run notebook is build/fu-2025/failed/02_muscle.ipynb" in done.stderr
    # Nothing of the earlier report is there to pass for new.
    left = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    assert left == ["failed/02_muscle.ipynb"]
    assert "NameError" in (home / "failed/02_muscle.ipynb").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert make(project, "report").returncode == 0
    assert (home / "report.html").exists() and not (home / "failed").exists()


@pytest.mark.product
def test_a_notebook_that_draws_another_case_is_refused(tmp_path):
    project = make_project_of(tmp_path, "01_skin")
    path = project / "notebooks/01_skin.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("read_case(data_dir, case_id,", 'read_case(data_dir, \\"ferreira2017\\",'))
    done = make(project, "report")
    assert done.returncode != 0 and "it published no figure of case fu-2025" in done.stderr


@pytest.mark.product
def test_a_notebook_without_a_parameter_of_the_run_is_refused(tmp_path):
    project = make_project_of(tmp_path, "01_skin", "03_pericardium")
    path = project / "notebooks/01_skin.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("baseline_rule = ", "baselin_rule = ", 1), encoding="utf-8")
    done = make(project, "report")
    assert done.returncode != 0 and not (project / "build/fu-2025").exists()
    assert "found 'baseline_rule'; expected one of the notebook's parameters: case_id, data_dir" in done.stderr


@pytest.mark.product
def test_another_baseline_rule_goes_from_make_to_the_page(tmp_path):
    project = make_project_of(tmp_path, "03_pericardium")
    done = make(project, "report", "CASE=kamata2012", "BASELINE=phase=2")
    assert done.returncode == 0, done.stderr
    page = (project / "build/kamata2012/report.html").read_text(encoding="utf-8")
    # "a massive pericardial effusion", and at last "only a residual amount".
    assert "massive to residual" in page
    manifest = json.loads((project / "build/kamata2012/manifest.json").read_text())
    assert manifest["case_id"] == "kamata2012"
    assert manifest["parameters"] == {"baseline_rule": "phase=2", "presets": []}


@pytest.mark.product
@together
def test_compare_and_accept(built):
    project = built
    for name in ("notebooks", "figures"):
        # A name that begins with a dot is what JupyterLab left here.
        for path in (ROOT / name).glob("[!.]*.*"):
            assert (project / name / path.name).read_bytes() == path.read_bytes()
    assert casetimeline("compare", "build/fu-2025", cwd=project).returncode == 0
    figure = project / "figures/01_skin.svg"
    figure.write_text(figure.read_text(encoding="utf-8").replace("-14 points", "-15 points"), encoding="utf-8")
    (project / "figures/05_extra.svg").write_text("<svg/>")
    done = casetimeline("compare", "build/fu-2025", cwd=project)
    assert done.returncode == 1
    assert "figures/01_skin.svg, line 3: found 'another result'" in done.stderr
    assert "figures/05_extra.svg" in done.stderr
    assert make(project, "accept").returncode == 0
    assert casetimeline("compare", "build/fu-2025", cwd=project).returncode == 0
    assert "execute" not in make(project, "-n", "report").stdout


@pytest.mark.product
def test_help_is_the_default_and_names_every_target_to_whom_it_is_for(project):
    done = make(project)
    users, maintainers = (re.findall(r"^  make (\S+) ", part, re.M) for part in done.stdout.split("To maintain the"))
    assert users == ["report", "series", "figures", "verify", "new", "import", "app", "lab", "test"]
    assert {"test-browser", "accept", "pictures", "lock", "bench", "equal", "mutants", "clean"} <= set(maintainers)
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()
    assert sorted([*users, *maintainers, "help"]) == sorted(targets)
    # Each option of the first lines is explained below them.
    options = set(re.findall(r"^(?:export )?([A-Z]+) \?=", text, re.M))
    assert options == {name for line in done.stdout.splitlines() for name in re.findall(r"\b([A-Z]+)=", line[:18])}


@pytest.fixture
def makefile(tmp_path):
    """A folder with the Makefile and no more than it takes to say what would be run."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv").mkdir()
    for name in ("requirements.lock", "pyproject.toml", ".venv/.ready"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            ("report", "BASLINE=phase=4"),
            "BASLINE is no option of make report, which takes .*; did you mean BASELINE[?]",
        ),
        (("report", "CAES=kamata2012"), "CAES is no option of make report, which takes .*; did you mean CASE[?]"),
        (("report", "CASES=kamata2012"), "CASES is no option of make report, which takes .*; did you mean CASE[?]"),
        (("figures", "preset=wiley"), "preset is no option of make figures, which takes .*; did you mean PRESET[?]"),
        (("series", "CASE=fu-2025"), "CASE is no option of make series, which takes .*; did you mean CASES[?]"),
        # Nothing that clean takes is like it; and a BUILD elsewhere is not what it removes.
        (("clean", "BUILD=elsewhere"), "BUILD is no option of make clean, which takes PYTHON[.]"),
        (("report", "KERNEL=Cold"), "KERNEL='Cold' is no kind of kernels: warm or cold[.]"),
        (("a'b=1",), "a'b is no option of make, which takes .*[.]"),
    ],
)
def test_an_option_that_a_target_does_not_take_is_refused(makefile, asked, message):
    done = make(makefile, "-n", *asked)
    assert done.returncode == 2 and re.search(rf"casetimeline: {message}", done.stderr), done.stderr


def test_an_option_that_one_of_several_targets_takes_is_not_refused(makefile):
    assert make(makefile, "-n", "report", "verify", "CASE=a", "PRESET=wiley").returncode == 0
    # Help names all options; and another make hands down what it has looked at.
    assert make(makefile, "-n", "CASE=a").returncode == 0
    assert run("env", "MAKELEVEL=1", "make", "-n", "test-product", "SEED=1", cwd=makefile).returncode == 0


def test_each_target_takes_what_its_recipe_uses(makefile):
    text = (makefile / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    variables = dict(re.findall(r"^([A-Z_]+) :?= (.*)$", text, re.M))
    rules = {name: rule for rule in text.split("\n\n") for name in re.findall(r"^([a-z-]+):(?! .*:=).*##", rule, re.M)}
    options = {*variables["TAKEN"].split()}

    def used_in(rule):
        """The options that stand in a rule, in a variable or in another target that it uses."""
        names = re.findall(r"\$\(([A-Z_]+)\)", rule)
        others = [variables[name] for name in names if name in variables and name != "MAKE"]
        others += [rules[name] for name in re.findall(r"(?:MAKE\) --no-print-directory|figures:) ([a-z][a-z-]*)", rule)]
        return {*names} & options | {name for other in others for name in used_in(other)}

    assert {"report", "figures", "test-all", "bench"} < rules.keys()
    for target in rules.keys() - {"help"}:
        # Without an interpreter nothing is suggested.
        refused = make(makefile, "-n", target, "NONE=1", "PYTHON=none").stderr
        takes = {*re.search(r"which takes ([A-Z ]+)", refused)[1].split()}
        # How kernels start, and which interpreter an environment has, stand in the environment and in its own rule.
        assert takes - {"KERNEL", "PYTHON"} == used_in(rules[target]) - {"KERNEL", "PYTHON"}, target


def test_clean_leaves_what_somebody_edited(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("build/fu-2025/report.html", "build/_edited/fu-2025/results.md", "casetimeline/a.py", "tests/b.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert make(tmp_path, "clean").returncode == 0
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "Makefile",
        "a.py",
        "b.py",
        "results.md",
    ]
    shutil.rmtree(tmp_path / "build/_edited")
    assert make(tmp_path, "clean").returncode == 0 and not (tmp_path / "build").exists()
