"""The sheets of a case as an Excel workbook: their names, their columns, and what each asks for."""

from typing import NamedTuple

from ...vocabulary import BASELINE_RULES, CLAIM_KEYS, CLAIM_TESTS, COLUMNS

HOW_TO, CASE, SOURCES, PHASES = "How to", "Case", "Sources", "Phases"
TIMELINE, CLAIMS, CAVEATS, WORDS, FAULTS = "Timeline", "Claims", "Caveats", "Words", "Faults"
# What is read back; the other sheets explain, and what is written there is not used.
READ = (CASE, SOURCES, PHASES, TIMELINE, CLAIMS, CAVEATS)
EXPLAINING = (HOW_TO, WORDS, FAULTS)

# Rows that are prepared below what is filled in.
PREPARED = {CASE: 20, SOURCES: 20, PHASES: 30, TIMELINE: 200, CLAIMS: 50, CAVEATS: 50}

# The most that a cell of a workbook holds, counted as the file format counts: in units of UTF-16.
LONGEST_CELL = 32_767


class Entry(NamedTuple):
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
    Entry("key", "What is asked for. `name: part` is one part of it, as in `patient: age`."),
    Entry("value", "Yours to fill in. A blank is not written."),
    Entry("what it means", "An explanation; it is not read."),
)

CASE_KEYS = (
    Entry(
        "case_id",
        "The name of the case's folder: letters, digits, '.', '_' or '-', at most 64. Each row of Timeline bears it.",
    ),
    Entry("title", "What the case is, in one line."),
    Entry("diagnosis", "The diagnosis, as the source prints it."),
    Entry("patient: age", "Age in years, or `not reported`. Other rows may follow below, such as `patient: note`."),
    Entry("patient: sex", "`female`, `male`, or `not reported`."),
    Entry("time_zero: label", "What day 0 is, for example `admission` or `first infusion`."),
    Entry("time_zero: date", "The date of day 0 if it is known: 2024-01-10, 2024-01 or 2024."),
    Entry("analysis: reference", "The treatment or event that the baseline comes before: a code of Timeline."),
    Entry(
        "analysis: baseline",
        "How the baseline is chosen. "
        + "; ".join(f"`{name}`: {meaning}" for name, meaning in BASELINE_RULES.items())
        + ".",
    ),
    Entry(
        "analysis: cva",
        "Analytical coefficient of variation of the laboratory in percent, if it is reported: 3 or 2.5.",
    ),
)
CARE_MEANING = "Where the manuscript has this item of the CARE checklist."

TABLES = {
    SOURCES: (
        Entry("id", "A short name, which the rows of Timeline bear as their source: `chart`, `Author 2020, abstract`."),
        Entry("authors", "Names between commas, or semicolons where a name has a comma."),
        Entry("title", "Title of the publication."),
        Entry("container", "Journal, book or site."),
        Entry("year", "Year of the publication."),
        Entry("volume", "Volume."),
        Entry("pages", "Pages, as in 196-197."),
        Entry("doi", "As 10.1136/bcr-2012-007834. With a DOI, PMID or address each row needs its quote."),
        Entry("pmid", "Number in PubMed."),
        Entry("url", "Address."),
        Entry("licence", "Licence of the source, as printed."),
        Entry("read", "What of the source was read: `abstract`, `complete text`."),
    ),
    PHASES: (
        Entry("number", "The number of the phase, as in the column phase of Timeline: 1, 2, 3 ..."),
        Entry("name", "Its name: `Before treatment`."),
    ),
    TIMELINE: tuple(Entry(column.name, _in_workbook(column.meaning)) for column in COLUMNS),
    CLAIMS: tuple(
        Entry(name, meaning)
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
                "For `none_happen`: the code of the event, or several with a blank between.",
                "For `not_measured`: what would be needed to check the claim.",
            ),
            strict=True,
        )
    ),
    CAVEATS: (
        Entry("measure", "A code of the sheet Words, or `treatments`."),
        Entry("sentence", "What the source leaves open, one sentence a row; it is shown in the report."),
    ),
}

STEPS = (
    "Case: fill in the column value. The case_id is the name of the folder; leave a line blank if it is not known.",
    "Sources: one row each. Give each an id; the rows of Timeline name it.",
    "Phases: number and name the stretches of the case in the order in which it is told: 1, 2, 3 ...",
    "Timeline: one row a recorded fact: an observation, a treatment or an event. Every row needs a phase or a start.",
    "Timeline: write what the source prints. Nothing is estimated; what is not reported stays blank, or its row has "
    "the state not_reported.",
    "Claims and Caveats: may stay empty. Claims are what the source itself says of its results; caveats are what it "
    "leaves open.",
    "Words lists the codes, units, limits and grades that are known. How to and Words are not read.",
    "All cells are text, so that 2005-08 and 3-4 stay what you typed. Formulas, merged cells, and hidden rows, columns "
    "or sheets are refused.",
    "Save as Excel workbook (.xlsx), then in a terminal: make import CASE={case_id}",
    "Each fault is then named by its cell, and a copy of the workbook, {case_id}.faults.xlsx, shows the cells in red.",
    "When there is no fault: make report CASE={case_id}",
)
