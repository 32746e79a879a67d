"""What the positions in the order of telling are called, which times they have, and of which the order is open."""

import math
import re

import pandas as pd

from ...prose import (
    OPEN_ORDER,
    capital,
    joined,
    label_in_sentence,
    moment_words,
    of_course,
    open_start,
    own_time,
    phase_phrase,
    start_words,
)

FROM_OPEN = "from when not reported"  # of a time: nobody says from what it counts


def name_of_position(rows: pd.DataFrame, of_phase: pd.DataFrame | None, labels: dict, zero: str) -> str:
    """The name of a position: that of its phase, or its time; of a part of a phase, what was recorded there.

    `of_phase` are the rows of a phase that has several positions, else None. The name of the phase stands for each part
    of it, but not for one of at most two facts where it names a fact of another part.
    """
    phase = rows["phase"].iloc[0]
    label = str(labels.get(str(phase), f"phase {phase}" if pd.notna(phase) else own_time(rows["start"].iloc[0], zero)))
    here = [*dict.fromkeys(rows["PARAM"])]
    if of_phase is None or len(here) > 2:
        return label
    named = {name for name in of_phase["PARAM"] if name.lower() in label.lower()}
    if named <= {*here} and ({*rows["kind"]} != {"event"} or len(here) > 1):
        return label
    stated = rows.loc[rows["kind"].eq("statement"), "PARAM"]
    recorded = [f"{label_in_sentence(name)}{' stated' if name in {*stated} else ''}" for name in here]
    return capital(" and ".join(recorded))


def _says(name: str, time: str) -> bool:
    """Whether the name of a position tells its time already."""
    return phase_phrase(name).endswith(time) or time.removeprefix("about ").lower() in name.lower()


def _says_exactly(name: str, time: str) -> bool:
    """Whether the name of a position tells its time, and not that it is about this time."""
    return bool(re.search(rf"(?<!about ){re.escape(time.lower())}", name.lower()))


def times_told(rows: pd.DataFrame, zero: str = "time zero", facts: pd.DataFrame | None = None) -> dict[int, str]:
    """The reported times of facts, by their lines; a fact without a time has no entry.

    With all `facts` a time after a drug that goes on counts from its start.

    Examples
    --------
    >>> times_told(pd.DataFrame({"line": [2, 3, 4], "start": ["0 d", "", "2 wk"], "anchor": ["", "", "discharge#2"]}))
    {2: 'day 0', 4: '2 weeks after the second discharge'}

    A time of which nobody says from when it counts has that beside it:

    >>> note = '"at 16 weeks", from when is not told'
    >>> times_told(pd.DataFrame({"line": [2], "start": ["16 wk"], "anchor": [""], "note": [note]}))
    {2: '16 weeks, from when not reported'}
    """
    # Of few columns alone: a row of the others is slow to make.
    timed = rows.loc[rows["start"].ne(""), rows.columns.intersection(["line", "start", "anchor", "note", "quote"])]
    times = {row.line: start_words(row) if row.anchor else own_time(row.start, zero) for row in timed.itertuples()}
    if facts is not None:
        times |= {row.line: of_course(facts, row, times[row.line]) for row in timed.itertuples() if row.anchor}
    if "note" in timed:
        open_ = timed.loc[timed["note"].str.contains("from when is not told"), "line"]
        times |= {line: f"{times[line]}, {FROM_OPEN}" for line in open_}
    return times


def share_times(lines: list[int], name: str, times: dict[int, str]) -> tuple[str, dict[int, str]]:
    """The time that all facts of a position have, and where they have none in common, that of each; by its line.

    `times` are those of `times_told`. What the name of the position says already is left out. Where that is a time from
    an open zero, this stands once.

    Examples
    --------
    >>> share_times([2, 3], "Follow-up", {2: "day 9", 3: "day 9", 4: "day 12"})
    ('day 9', {})
    >>> share_times([2, 3], "26 weeks", {2: "26 weeks", 3: "about 26 weeks"})
    ('', {3: 'about 26 weeks'})
    >>> share_times([2, 3], "Follow-up", {2: "day 9"})
    ('', {2: 'day 9'})
    """
    times_here = {line: times[line] for line in lines if line in times}
    bare = {line: time.removesuffix(f", {FROM_OPEN}") for line, time in times_here.items()}
    is_open = any(_says(name, time) and time != times_here[line] for line, time in bare.items())
    # A time that is about that of the name is another one, where both are told.
    says = _says if len({*bare.values()}) == 1 else _says_exactly
    unsaid = {line: time for line, time in (bare if is_open else times_here).items() if not says(name, time)}
    alike = len({*times_here.values()}) == 1 and len(times_here) == len(lines)
    if alike and unsaid:
        return next(iter(unsaid.values())), {}
    return (FROM_OPEN if is_open else ""), ({} if alike else unsaid)


def undrawn_words(facts: pd.DataFrame, phases: dict) -> str:
    """What has no place on an axis of days, with its phase, and the time from which no day follows; blank for nothing.

    Examples
    --------
    >>> facts = pd.DataFrame({"PARAM": ["Enalapril", "Rash"], "phase": [3, 4], "start": ["", "2 wk"], "anchor": ""})
    >>> undrawn_words(facts, {"3": "Maintenance"})
    'Time not reported, and not drawn: enalapril (Maintenance). Day not known, and not drawn: rash (phase 4, 2 weeks).'
    """
    sentences = []
    for words, rows in (("Time not", facts[facts["start"].eq("")]), ("Day not", facts[facts["start"].ne("")])):
        whens = [moment_words(row, phases).replace(" (", ", ").removesuffix(")") for row in rows.itertuples()]
        names = [
            label_in_sentence(name) + (f" ({when})" if when else "")
            for name, when in zip(rows["PARAM"], whens, strict=True)
        ]
        verb = "reported" if words == "Time not" else "known"
        sentences += [f"{words} {verb}, and not drawn: {', '.join(dict.fromkeys(names))}."] if names else []
    return " ".join(sentences)


def open_orders(caveats: list[str]) -> list[str]:
    """Caveats on what may have been before or after something; those on the same thing as one sentence.

    Examples
    --------
    >>> open_orders(["Whether the CK was measured before or after surgery is not said.",
    ...               "Whether the effusion was found before or after surgery is not said."])
    ['Whether the CK and the effusion came before or after surgery is not said.']
    """
    matches = [match for words in caveats if (match := OPEN_ORDER.fullmatch(words))]
    notes = []
    for thing in dict.fromkeys(match[2] for match in matches):
        of = [match for match in matches if match[2] == thing]
        sentence = f"Whether {joined([match[1] for match in of])} came before or after {thing} is not said."
        notes.append(sentence if len(of) > 1 else of[0][0])
    return notes


def open_starts(rows: list) -> list[str]:
    """Of the treatments that are drawn with an open start: what each began before or after, which is not told."""
    return [
        f"Whether {label_in_sentence(row.PARAM)} began {words} is not reported."
        for row in rows
        if row.kind == "treatment" and math.isfinite(row.ENTERS) and (words := open_start(row.note))
    ]
