"""The marks of every figure as outputs of an analysis, each with the rows that it rests on."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pandas as pd

from ...prose import told_of
from ...rules import CLAIM, DERIVED, OF_A_RECORD, VERDICT, Analysis, analyse, outputs_of, table_of
from ..drawn import drawn_values
from ..gallery import draw_figures

MARK = "mark"
_OF_CLAIMS, _OF_POSITIONS = "05_claims", "06_reported"
# A measure has a panel of these if it has records enough.
_PANELS, _TREATMENTS = ("00_course", "08_change"), "Treatments"
# A mark of a record has its line as its name, some with a part; one of a rule has the name of the rule, which may look
# like a line.
_RECORD = re.compile(r"([0-9]+)(?:-(?:[0-9]+|otherwise|perhaps))?")
_DRAWN = ("panel", "element", "of", "line", "said")
_OF_RULES = ("band", "important", "class")


def told_and_drawn(analysis: Analysis) -> pd.DataFrame:
    """Every derived value, verdict, claim, sentence and mark of a case, with the rows that each rests on.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.

    Returns
    -------
    DataFrame
        The table of `told_of`, then that of `marks_of`.
    """
    analysis = analyse(analysis)
    outputs = told_of(analysis)
    return pd.concat([outputs, marks_of(analysis, outputs)], ignore_index=True)


def marks_of(analysis: Analysis, outputs: pd.DataFrame | None = None) -> pd.DataFrame:
    """What each mark of each figure says, with the rows that it rests on.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.
    outputs : DataFrame, optional
        The table of `outputs_of` for it.

    Returns
    -------
    DataFrame
        As for `marks_from`.
    """
    analysis = analyse(analysis)
    outputs = outputs_of(analysis) if outputs is None else outputs
    drawn = ((name, drawn_values(figure)) for name, figure in draw_figures(analysis))
    return marks_from(drawn, outputs, analysis.case.facts["line"])


def marks_from(drawn: Iterable[tuple[str, pd.DataFrame]], outputs: pd.DataFrame, lines: Iterable[int]) -> pd.DataFrame:
    """What each mark of some figures says, with the rows that it rests on.

    A mark that belongs to a record rests on what that record rests on; one that belongs to none, such as a level, a
    limit or a published arm, on the records of its panel. Marks without words go with one that has some, and the place
    of a mark on the page is not compared.

    Parameters
    ----------
    drawn : iterable of (str, DataFrame)
        The name of each figure, and its `drawn_values`.
    outputs : DataFrame
        The table of `outputs_of`.
    lines : iterable of int
        Every line of the timeline.

    Returns
    -------
    DataFrame
        The columns of `outputs_of`, one row for each words of a mark: its KIND is `mark`, its KEY the line, if it
        belongs to a record, the figure, panel, element and measure, and a number where several are of the same.
    """
    records, claims = _grounds(outputs)
    rows, everything = [], {*lines}
    for name, values in drawn:
        # Where one artist drew several marks, each of them has its words.
        worded = values[values["said"] != ""].drop_duplicates(list(_DRAWN)).reset_index(drop=True)
        rows += _marks(name, worded, claims if name == _OF_CLAIMS else records, everything)
    return table_of(rows)


def _grounds(outputs: pd.DataFrame) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """The rows on which what is drawn of each line rests, and those of each claim by its number."""
    records: dict[int, set[int]] = defaultdict(set)
    claims: list[set[int]] = []
    for kind, key, lines in zip(outputs["KIND"], outputs["KEY"], outputs["LINES"], strict=True):
        line, _, part = key.partition(":")
        if kind == VERDICT or (kind == DERIVED and part in OF_A_RECORD):
            records[int(line)].update(lines)
        elif kind == CLAIM:
            claims.append({*lines})
    return records, dict(enumerate(claims, 1))


def _marks(
    name: str, drawn: pd.DataFrame, grounds: dict[int, set[int]], everything: set[int]
) -> Iterator[tuple[str, str, str, str, str, set[int]]]:
    owner = [_line_of(element, str(text)) for element, text in zip(drawn["element"], drawn["line"], strict=True)]
    of_panel: dict[tuple, set[int]] = defaultdict(set)
    for panel, measure, line in zip(drawn["panel"], drawn["of"], owner, strict=True):
        for key in ((panel, measure), (panel,), ()) if line is not None else ():
            of_panel[key] |= grounds.get(line, set())
    seen: Counter[str] = Counter()
    for row, line in zip(drawn.itertuples(), owner, strict=True):
        near = ((row.panel, row.of), (row.panel,), ())
        whole = next((of_panel[key] for key in near if of_panel[key]), set())
        lines, says = grounds.get(line, set()), row.said
        head, place = ("", str(row.line)) if line is None else (f"{line}:", str(row.line).removeprefix(str(line)))
        if name == _OF_CLAIMS and line is not None:
            head, says = "", re.sub(r"^claim [0-9]+, ", "", says)
        elif name == _OF_POSITIONS:
            # The number of a column is its place on the page, and a column is there if any fact has its position.
            says = re.sub(r", (?:phase |position )?[0-9]+: ", ": ", says, count=1)
            lines, place = (everything, says.rpartition(":")[0]) if line is None else (lines, place)
        elif line is None:
            lines = whole
        elif name in _PANELS and row.panel != _TREATMENTS:
            lines = lines | of_panel[(row.panel,)]
        # A panel of one position is called by its number, too.
        panel = re.sub(r"^(?:Phase|Position) [0-9]+: ", "", row.panel)
        key = f"{head}{name}:{panel}:{row.element}:{row.of}:{place}"
        seen[key] += 1
        what = f"figure {name}, {row.panel or 'under it'}, {row.element.replace('_', ' ')}"
        yield MARK, f"{key}:{seen[key]}", row.of, what, says, lines


def _line_of(element: str, text: str) -> int | None:
    """The line of the record that a mark belongs to, or the number of its claim."""
    match = None if element in _OF_RULES else _RECORD.fullmatch(text)
    return int(match[1]) if match else None
