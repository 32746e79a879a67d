"""The two files of a case as plain text: comments that a person wrote, and what a new case begins with."""

import re
from collections.abc import Iterable, Mapping

import yaml

from ..vocabulary import COLUMN_NAMES, check_case_id
from .form.about import parse_about
from .model import Recorded

_BREAK = re.compile(r"\r\n|\r|\n")
# YAML takes these for the end of a line, and then for a blank.
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")


def csv_line(cells: list[str]) -> str:
    """A row of timeline.csv. A first cell that begins with # stands in quotation marks, and is no comment.

    Examples
    --------
    >>> csv_line(["#1", "46", "a, b"])
    '"#1",46,"a, b"\\n'
    """
    quoted = ['"' + cell.replace('"', '""') + '"' if re.search(r'[",\r\n]|\A#', cell) else cell for cell in cells]
    return ",".join(quoted) + "\n"


# Columns that a file written here has only where a row fills them.
_SPARSE = ("anchor", "count", "site", "method", "by", "grade", "related")


def columns_to_write(names: Iterable[str], rows: Iterable[Mapping[str, str]]) -> list[str]:
    """The columns of a timeline.csv without those of rare use that no row fills.

    Examples
    --------
    >>> columns_to_write(["code", "end", "anchor", "count"], [{"code": "discharge", "count": "2"}])
    ['code', 'end', 'count']
    """
    filled = {name for row in rows for name, cell in row.items() if cell}
    return [name for name in names if name not in _SPARSE or name in filled]


def lines_of(row: str) -> int:
    """How many lines of a file a row takes: more than one where a cell has line breaks.

    Examples
    --------
    >>> lines_of("a,b\\n"), lines_of('a,"b\\r\\nc"\\n')
    (1, 2)
    """
    return len(_BREAK.findall(row))


class _Dumper(
    yaml.emitter.Emitter, yaml.serializer.Serializer, yaml.representer.Representer, yaml.resolver.BaseResolver
):
    """Block style in which `75` and `NO` stand as they are: every scalar of a case.yaml is read as text."""

    def __init__(self, stream, default_style=None, default_flow_style=False, **options):
        emitter = {name: options[name] for name in ("canonical", "indent", "width", "allow_unicode", "line_break")}
        yaml.emitter.Emitter.__init__(self, stream, **emitter)
        yaml.serializer.Serializer.__init__(self)
        yaml.representer.Representer.__init__(self, default_style, default_flow_style, options["sort_keys"])
        yaml.resolver.BaseResolver.__init__(self)

    def increase_indent(self, flow=False, indentless=False):
        """Lists stand deeper than their key."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        """Each text stands in full: an alias is refused when it is read."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if _OTHER_BREAKS.search(text) else None)


_Dumper.add_representer(str, _represent_text)


def yaml_bytes(about: dict) -> bytes:
    """The content of a case.yaml as text.

    Examples
    --------
    >>> print(yaml_bytes({"case_id": "0012", "sources": [{"id": "chart"}]}).decode(), end="")
    case_id: 0012
    sources:
      - id: chart
    """
    options = {"allow_unicode": True, "sort_keys": False, "default_flow_style": False, "width": 110}
    return yaml.dump(about, Dumper=_Dumper, **options).encode()


_ABOUT = """\
# Who, which source, what day 0 is, the phases. data/README.md says what each key means; a blank is not reported.
case_id: {case_id}
title:
diagnosis:
patient:
  age: not reported
  sex: not reported
sources:
  # Each row of timeline.csv names one of these. With a doi, pmid or url, each of its rows needs its quote.
  - id: chart
    read:
time_zero:
  # What day 0 is, for example admission. With a date, rows may tell dates.
  label:
phases:
  1: Before treatment
  2: Treatment
  3: After treatment
analysis:
  # How the baseline is chosen: first, or last_before the treatment that `reference` names by its code.
  baseline: first
  reference:
"""
# Without commas, semicolons and quotation marks, so that a spreadsheet leaves a line of words in one cell.
_WORDS = (
    "One row a recorded fact. A line that begins with # is not read. data/README.md says what each column means.",
    "Every row needs a phase or a start. What is not reported stays blank: nothing is estimated.",
    "Three rows as examples. Write your own below them.",
)
_EXAMPLES = (
    {"phase": "1", "kind": "observation", "code": "mrss", "value": "30", "source": "chart"},
    {"phase": "2", "kind": "treatment", "code": "the_treatment", "dose": "8", "dose_unit": "mg/kg", "source": "chart"},
    {"phase": "3", "kind": "observation", "code": "pericardial_effusion", "state": "absent", "source": "chart"},
)


def starter_files(case_id: str) -> Recorded:
    """The two files of a new case: no fact yet, and comments that say how to write one.

    Raises
    ------
    TimelineError
        If `case_id` is not valid.

    Examples
    --------
    >>> starter_files("my-case").about.decode().splitlines()[1]
    'case_id: my-case'
    """
    check_case_id(case_id, at="case_id")
    examples = [csv_line([{"case_id": case_id, **row}.get(name, "") for name in COLUMN_NAMES]) for row in _EXAMPLES]
    lines = [csv_line(list(COLUMN_NAMES)), *(f"# {words}\n" for words in _WORDS), *(f"# {row}" for row in examples)]
    return Recorded(_ABOUT.format(case_id=case_id).encode(), "".join(lines).encode())


def starter_about(case_id: str) -> dict:
    """The case.yaml of a new case as read.

    Raises
    ------
    TimelineError
        If `case_id` is not valid.

    Examples
    --------
    >>> starter_about("my-case")["analysis"]
    {'baseline': 'first'}
    """
    return parse_about(starter_files(case_id).about.decode(), f"{case_id}/case.yaml")
