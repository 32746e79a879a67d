"""Findings in words: the verb that they take, their article, and what stands behind them in brackets."""

import re
from collections.abc import Sequence

from .given import is_plural
from .labels import RESULTS, printed_in
from .passage import Said

# The longest words of a source that stand in place of a name.
_AS_NAME = 60
_GONE = {"absent": "absent", "normal": "normal", "raised": "raised", "low": "low", "unchanged": "unchanged"}
_CHANGED = ("increased", "decreased", "improved", "worsened", "recurred")


def verb_of(names: Sequence[Said]) -> str:
    """The verb of what is listed, by its number.

    Examples
    --------
    >>> verb_of([Said("myocarditis")]), verb_of([Said("cryoglobulins")])
    ('was', 'were')
    >>> verb_of([Said("rash"), Said(" and "), Said("fever")])
    'were'
    """
    return "were" if len(names) > 1 or is_plural(names[0].text.partition(" ‘")[0]) else "was"


def names_finding(printed: str, label: str) -> bool:
    """Whether what a source prints names a finding itself: it begins or ends with a word of its label.

    Examples
    --------
    >>> names_finding("multiple wedge fractures", "Vertebral fracture")
    True
    >>> names_finding("massive", "Pericardial effusion")
    False
    """
    words = "|".join(re.escape(word) for word in label.lower().partition(",")[0].split() if len(word) > 5)
    return bool(words) and len(printed) <= _AS_NAME and bool(re.search(rf"^({words})|({words})s?$", printed.lower()))


def with_article(name: str) -> str:
    """The name of a finding of which there is one, with an article."""
    counted = re.search(r"\b(effusion|rash)$", name.partition(" (")[0])
    if counted and " (both " in name:
        return name.replace(f"{counted[0]} (", f"{counted[0]}s (", 1)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}" if counted else name


def remarked(name: str, remarks: list[str], line: int) -> Said:
    """A name with remarks in brackets, in those that it has already if any."""
    remark = "; ".join(remarks)
    if not remark:
        return Said(name, lines=(line,))
    return Said(f"{name[:-1]}; {remark})" if name.endswith(")") else f"{name} ({remark})", lines=(line,))


def quoted_remark(printed: str) -> str:
    """What a source prints, and behind a bar what is not known of it, in brackets.

    Examples
    --------
    >>> quoted_remark("within 3 weeks|start not reported"), quoted_remark("")
    (' (‘within 3 weeks’; start not reported)', '')
    """
    quoted, _, unknown = printed.partition("|")
    return f" ({'; '.join(filter(None, [quoted and f'‘{quoted}’', unknown]))})" if printed else ""


def goes_on(row) -> bool:
    """Whether the source says of a finding that is there that it was there before."""
    return row["STATE"] == "present" and bool(re.fullmatch("persisted|remained", printed_in(row["note"])))


def state_words(row, tested: bool, before: str) -> str:
    """The verb of a state and what goes with it; `before` says what the last record told, as `there` or `not`."""
    state = row["STATE"]
    if goes_on(row):
        return printed_in(row["note"])
    if tested and state in RESULTS:
        return f"was {RESULTS[state]}"
    if state == "residual":
        return state
    if state == "normal" and (said := re.search(r"\b(return|remain|normali[sz])", row["quote"])):
        return "remained normal" if said[1] == "remain" else "returned to normal"
    if state == "absent" and "remain" in row["quote"] and before:
        return f"remained {'negative' if 'negative' in row['quote'] else 'absent'}"
    if state == "absent" and before == "there":
        resolved = re.search(r"resol|reabsor|disappear", f"{row['note']} {row['quote']}")
        return "resolved" if resolved else "was no longer found"
    if state == "decreased" and "reduc" in row["quote"]:
        return "was reduced"
    if state in _CHANGED:
        return state
    return f"was {_GONE.get(state, state)}"
