"""The data dictionary: columns of timeline.csv, baseline rules and tests of claims, as Markdown."""

from ...faults import TimelineError, fault
from ...vocabulary import BASELINE_RULES, CLAIM_TESTS, COLUMNS

_BEGIN = "<!-- dictionary: made by `make dictionary` from casetimeline/vocabulary.py -->"
_END = "<!-- end of dictionary -->"


def data_dictionary() -> str:
    """The columns of timeline.csv, the baseline rules and the tests of claims, as Markdown tables.

    Examples
    --------
    >>> print(data_dictionary().splitlines()[2])
    | `case_id` | yes | Text, always text: `0012` and `NO` stay as they are. The folder has the same name. |
    """
    lines = ["| column | must be there; a cell may be blank | meaning |", "|---|---|---|"]
    lines += [f"| `{c.name}` | {'yes' if c.required else 'no'} | {c.meaning} |" for c in COLUMNS]
    lines += ["", "| baseline rule | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in BASELINE_RULES.items()]
    lines += ["", "| test of a claim | needs | supported if |", "|---|---|---|"]
    for name, (needs, meaning) in CLAIM_TESTS.items():
        keys = ", ".join(f"`{key}`" for key in needs)
        lines.append(f"| `{name}` | {keys} | {meaning} |")
    return "\n".join(lines)


def with_dictionary(text: str, name: str = "data/README.md") -> str:
    """The text with the data dictionary written between its two marks; the name of its file is for the message.

    Raises
    ------
    TimelineError
        If a mark is missing.
    """
    before, _, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise TimelineError([fault("no such marks", f"the line {_BEGIN!r}, and behind it {_END!r}", at=name)])
    return f"{before}{_BEGIN}\n\n{data_dictionary()}\n\n{_END}{after}"
