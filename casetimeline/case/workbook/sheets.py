"""The sheets of a workbook: their fields, a case as rows of text, and the vocabulary for the drop-downs."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from ...characters import acting_character
from ...faults import Fault, TimelineError, fault
from ...values import list_grades
from ...vocabulary import BASELINE_RULES, CASE_ID_WORDS, CLAIM_KEYS, CLAIM_TESTS, COLUMN_NAMES, COLUMNS
from ..form.about import check_shape
from ..form.patient import PARTS, patient_cells
from ..model import Vocabulary
from ..tables.separated import read_table

HOW_TO, CASE, SOURCES, PHASES = "How to", "Case", "Sources", "Phases"
TIMELINE, CLAIMS, CAVEATS, WORDS, FAULTS = "Timeline", "Claims", "Caveats", "Words", "Faults"
MEASURES = "Measures"
# The columns, and keys of the sheet Case, in which a date may stand.
DATED = ("start", "end", "year", "time_zero: date", "patient: onset")
# What is read back; the other sheets explain, and what is written there is not used.
READ = (CASE, SOURCES, PHASES, TIMELINE, CLAIMS, CAVEATS, MEASURES)
EXPLAINING = (HOW_TO, WORDS, FAULTS)

# Rows that are prepared below what is filled in.
PREPARED = {CASE: 20, SOURCES: 20, PHASES: 30, TIMELINE: 200, CLAIMS: 50, CAVEATS: 50, MEASURES: 20}

# The most that a cell of a workbook holds, counted as the file format counts: in units of UTF-16.
LONGEST_CELL = 32_767


class Field(NamedTuple):
    """A line of a form or a column of a table: its name, and what it means."""

    name: str
    meaning: str


def _in_workbook(meaning: str) -> str:
    """The meaning of a column of timeline.csv, said to somebody who has the workbook before them."""
    for file, sheet in (
        ("If case.yaml lists `sources`, one of them.", "An id of the sheet Sources."),
        ("measures.csv", "the sheet Words"),
    ):
        meaning = meaning.replace(file, sheet)
    return meaning


CASE_HEADER = (
    Field("key", "What is asked for. `name: part` is one part of it, as in `patient: age`."),
    Field("value", "Yours to fill in. A blank is not written."),
    Field("what it means", "An explanation; it is not read."),
)

CASE_KEYS = (
    Field(
        "case_id",
        f"The name of the case's folder: {CASE_ID_WORDS}. Each row of Timeline bears it.",
    ),
    Field("title", "What the case is, in one line."),
    Field("diagnosis", "The diagnosis, as the source prints it."),
    *(Field(f"patient: {name}", meaning) for name, meaning in PARTS.items()),
    Field("time_zero: label", "What day 0 is, for example `admission` or `first infusion`."),
    Field("time_zero: date", "The date of day 0 if it is known: 2024-01-10, 2024-01 or 2024."),
    Field("analysis: reference", "The treatment or event that the baseline comes before: a code of Timeline."),
    Field(
        "analysis: baseline",
        "How the baseline is chosen. "
        + "; ".join(f"`{name}`: {meaning}" for name, meaning in BASELINE_RULES.items())
        + ".",
    ),
    Field(
        "analysis: cva",
        "Analytical coefficient of variation of the laboratory in percent, if it is reported: 3 or 2.5.",
    ),
)
CARE_MEANING = "Where the manuscript has this item of the CARE checklist."

TABLES = {
    SOURCES: (
        Field("id", "A short name, which the rows of Timeline bear as their source: `chart`, `Author 2020, abstract`."),
        Field("authors", "Names between commas, or semicolons where a name has a comma."),
        Field("title", "Title of the publication."),
        Field("container", "Journal, book or site."),
        Field("year", "Year of the publication."),
        Field("volume", "Volume."),
        Field("pages", "Pages, as in 196-197."),
        Field("doi", "As 10.1136/bcr-2012-007834. With a DOI, PMID or address each row needs its quote."),
        Field("pmid", "Number in PubMed."),
        Field("url", "Address."),
        Field("reference", "In place of the columns from authors to url: the id of a work of references.json."),
        Field("text", "The file of the case's folder that holds the text of the source; each row is held against it."),
        Field(
            "sha256", "In place of `text`: the digest that `casetimeline prove` gives, of a text that is not stored."
        ),
        Field("licence", "Licence of the source, as printed."),
        Field("read", "What of the source was read: `abstract`, `complete text`."),
    ),
    PHASES: (
        Field("number", "The number of the phase, as in the column phase of Timeline: 1, 2, 3 ..."),
        Field("name", "Its name: `Before treatment`."),
    ),
    TIMELINE: tuple(Field(column.name, _in_workbook(column.meaning)) for column in COLUMNS),
    CLAIMS: tuple(
        Field(name, meaning)
        for name, meaning in zip(
            CLAIM_KEYS,
            (
                "What the source itself claims, in its words.",
                "What is computed to check the claim. "
                + "; ".join(f"`{name}`: {meaning}" for name, (_, meaning) in CLAIM_TESTS.items())
                + ".",
                "An observation code of the sheet Words.",
                "The value that is claimed.",
                "Its unit.",
                "The number of the phase in which it is looked for.",
                "The time from day 0 within which it is looked for: `9 mo`.",
                "For `meets`: a name of the column 'rule' on the sheet Words.",
                "For `given`: a code of Timeline.",
                "For `given`: the dose.",
                "For `given`: the unit of the dose.",
                "For `given`: the interval, as in `4 wk`.",
                "For `given`: how many times: `4`, `3..4`, `>=2`.",
                "For `none_happen`: the code of the event, or several with a blank between.",
                "For `not_measured`: what would be needed to check the claim.",
                "For `no_rule`: what this project has not, as in `band of severity for the skin score`.",
            ),
            strict=True,
        )
    ),
    CAVEATS: (
        Field("measure", "A code of the sheet Words, or `treatments`."),
        Field("sentence", "What the source leaves open, one sentence a row; it is shown in the report."),
    ),
    MEASURES: (
        Field("code", "A measure of this case alone, which the sheet Words does not have: letters, digits, `_`."),
        Field("kind", "`observation`."),
        Field("label", "Its name, as the report shows it."),
        Field("unit", "The unit that its values are converted to; blank for a finding."),
        Field("grades", "Of a finding, from the best to the worst: `none|present`, `none|mild|severe`."),
        Field("better", "`lower` or `higher`; blank where neither is."),
        Field("abbrev", "A short name; blank: the label."),
        Field(
            "units",
            "Each unit read, with its factor: `mg/L=1|mg/dL=10`; `(blank)=1`: none is printed; blank: the unit alone.",
        ),
        Field("low", "The lowest value of its scale."),
        Field("high", "The highest value of its scale."),
        Field("whole", "`yes` where its values are whole numbers."),
        Field(
            "scale",
            "`ratio`, or blank: 0 is none of it; `interval`: as degrees Celsius, without percentages; `ordinal`: "
            "grades in numbers; `titre`: steps of a dilution.",
        ),
        Field("definition", "What is measured."),
        Field("synonyms", "Other names that are read as the code, joined by `|`."),
    ),
}

STEPS = (
    "Case: fill in the column value. The case_id is the name of the folder; leave a line blank if it is not known.",
    "Sources: one row each. Give each an id; the rows of Timeline name it.",
    "Phases: number and name the stretches of the case in the order in which it is told: 1, 2, 3 ...",
    "Timeline: one row a recorded fact; its kind is chosen from a list. Every row needs a phase or a start.",
    "Timeline: write what the source prints. Nothing is estimated; what is not reported stays blank, or its row has "
    "the state not_reported.",
    "Claims and Caveats: may stay empty. Claims are what the source itself says of its results; caveats are what it "
    "leaves open.",
    "Measures: may stay empty. A row for each measure that Words does not have; it is known in this case alone.",
    "Words lists the codes, units, limits and grades that are known. How to and Words are not read.",
    "A point is always the decimal point: 1.234 is one and 234 thousandths. A comma is refused where it may part the "
    "thousands.",
    "Comments of cells are not read, and cells that are struck through are read as any other; both are named.",
    "All cells are text, so that 2005-08 and 3-4 stay what you typed. Formulas, merged cells, and hidden rows, columns "
    "or sheets are refused.",
    "Save as Excel workbook (.xlsx), then in a terminal: make import CASE={case_id}",
    "Each fault is then named by its cell, and a copy of the workbook, {case_id}.faults.xlsx, shows the cells in red.",
    "When there is no fault: make report CASE={case_id}",
)


_ELSEWHERE = ("sources", "phases", "claims", "caveats")


def grids_of(about: dict, facts: pd.DataFrame, measures: str = "") -> dict[str, list[list[str]]]:
    """The rows of each sheet, the header first; those of Measures from the text of a measures.csv.

    Raises
    ------
    TimelineError
        If a text cannot stand in a cell, or case.yaml holds lists or mappings where a form has one line.

    Examples
    --------
    >>> grids = grids_of({"case_id": "a", "phases": {"1": "start"}}, pd.DataFrame({"code": ["ck"]}))
    >>> grids["Phases"], grids["Case"][1][:2], grids["Timeline"][1][:4]
    ([['number', 'name'], ['1', 'start']], ['case_id', 'a'], ['', '', '', 'ck'])
    """
    file = f"{about.get('case_id', '')}/case.yaml"
    misshapen = [Fault(file, None, *misfit) for misfit in check_shape(about)]
    if misshapen:
        raise TimelineError(misshapen)
    sources, claims = about.get("sources", []), about.get("claims", [])
    more = read_table(measures, f"{about.get('case_id', '')}/measures.csv").frame.to_dict("records") if measures else []
    caveats = [[code, text] for code, texts in about.get("caveats", {}).items() for text in texts or [""]]
    names = [name for name in facts.columns if name not in ("line", *COLUMN_NAMES)]
    columns = [*COLUMN_NAMES, *names]
    table = facts.reindex(columns=columns, fill_value="")
    grids = {
        CASE: [[entry.name for entry in CASE_HEADER], *_form(about, file)],
        SOURCES: _table([entry.name for entry in TABLES[SOURCES]], sources),
        PHASES: [["number", "name"], *([str(number), name] for number, name in about.get("phases", {}).items())],
        TIMELINE: [[name.strip() for name in columns], *table.to_numpy().tolist()],
        CLAIMS: _table(list(CLAIM_KEYS), claims),
        CAVEATS: [["measure", "sentence"], *caveats],
        MEASURES: _table([entry.name for entry in TABLES[MEASURES]], more),
    }
    for name, rows in grids.items():
        for row in rows:
            for text in row:
                _check(text, f"the sheet {name} of {file}")
    return grids


def _table(columns: list[str], items: list[dict[str, str]]) -> list[list[str]]:
    columns = list(dict.fromkeys([*columns, *(name for item in items for name in item)]))
    return [columns, *([item.get(name, "") for name in columns] for item in items)]


def _form(about: dict, file: str) -> Iterator[list[str]]:
    """Lines of the form: those that every case has, in their order, then those that this case has beside them."""
    texts = dict(_lines(about, file))
    meanings = dict(CASE_KEYS)
    for key in dict.fromkeys([*meanings, *texts]):
        care = CARE_MEANING if key.startswith("care: ") else ""
        yield [key, texts.get(key, ""), meanings.get(key, care).replace("`", "'")]


def _lines(about: dict, file: str) -> Iterator[tuple[str, str]]:
    for key, content in about.items():
        if key in _ELSEWHERE:
            continue
        content = patient_cells(content) if key == "patient" else content
        parts = {f"{key}: {name}": value for name, value in content.items()} if isinstance(content, dict) else {}
        for name, value in (parts if isinstance(content, dict) else {key: content}).items():
            if not isinstance(value, str) or ":" in key:
                expected = "a text, or names with a text each; a workbook has one line for each"
                raise TimelineError([fault(str(value), expected, at=file, column=name)])
            yield name, value


def _check(text: str, where: str) -> None:
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_CELL:
        length = f"a text of {len(text)} characters"
        raise TimelineError([fault(length, f"at most {LONGEST_CELL}, the most that a cell holds", at=where)])
    odd = acting_character(text)
    if odd:
        raise TimelineError([fault(odd, "text", at=where)])


def vocabulary_rows(vocabulary: Vocabulary) -> list[list[str]]:
    """The rows of the sheet Words: the vocabulary, and beside it every unit and every rule.

    The codes of observations come first.
    """
    measures = vocabulary.measures
    ordered = measures.iloc[(measures["kind"] != "observation").to_numpy().argsort(kind="stable")]
    rows = [
        [
            code,
            row["label"],
            row["kind"],
            row["unit"],
            ", ".join(name or "(none)" for name in row["units"]),
            _limit(row["low"]),
            _limit(row["high"]),
            list_grades(row["grades"]),
        ]
        for code, row in ordered.iterrows()
    ]
    units = list(dict.fromkeys(name for units in ordered["units"] for name in units if name))
    rules = [] if vocabulary.rules is None else list(vocabulary.rules["rule"])
    width = len(rows[0])
    rows += [[""] * width for _ in range(max(len(units), len(rules)) - len(rows))]
    for number, row in enumerate(rows):
        row += ["", *(words[number] if number < len(words) else "" for words in (units, rules))]
    header = ["code", "label", "kind", "unit", "allowed units", "lowest", "highest", "grades"]
    return [[*header, "", "every unit", "every rule"], *rows]


def _limit(number: float) -> str:
    return f"{number:g}" if math.isfinite(number) else ""
