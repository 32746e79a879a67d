"""Findings in words: the verb that they take, their article, and what stands behind them in brackets."""

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from ...case import Case
from ...derive import surely_after
from ..numbers.qualifiers import printed_in
from .labels import RESULTS, is_test
from .passage import Passage, Said, listed
from .words import is_plural, with_a

# The longest words of a source that stand in place of a name.
_AS_NAME = 60
_GONE = {"absent": "absent", "normal": "normal", "raised": "raised", "low": "low", "unchanged": "unchanged"}
# Words of a source that deny only what would matter, and a denial that does not say that anybody looked.
NO_MUCH = re.compile("no (significant|relevant|obvious|evident)")
NOT_AGAIN = "did not recur"
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
    thing = label.lower().partition(",")[0].split()
    words = "|".join(re.escape(word) for word in thing if len(word) > 5 or word == thing[-1])
    return bool(words) and len(printed) <= _AS_NAME and bool(re.search(rf"^({words})|({words})s?$", printed.lower()))


def with_article(name: str) -> str:
    """The name of a finding of which there is one, with an article; of one on both sides in the plural.

    Examples
    --------
    >>> with_article("pericardial effusion"), with_article("bilateral pleural effusion"), with_article("fever")
    ('a pericardial effusion', 'bilateral pleural effusions', 'fever')
    """
    counted = re.search(r"\b(effusion|rash|mediastinum)$", name.partition(" (")[0])
    if counted and " (both " in name:
        return name.replace(f"{counted[0]} (", f"{counted[0]}s (", 1)
    if counted and re.match("bilateral ", name):
        return name.replace(counted[0], f"{counted[0]}s", 1)
    return with_a(name) if counted else name


def left_over(name: str, printed: str) -> str:
    """What is left of a finding; so much of it where its source prints an amount.

    Examples
    --------
    >>> left_over("pericardial effusion", ""), left_over("Raynaud phenomenon", ""), left_over("rash", "a small amount")
    ('a residual pericardial effusion', 'residual Raynaud phenomenon', '‘a small amount’ of rash')
    """
    return f"‘{printed}’ of {name}" if printed.endswith("amount") else with_article(f"residual {name}")


def remarked(name: str, remarks: list[str], line: int) -> Said:
    """A name with remarks in brackets, in those that it has already if any."""
    remark = "; ".join(remarks)
    if not remark:
        return Said(name, lines=(line,))
    return Said(f"{name[:-1]}; {remark})" if name.endswith(")") else f"{name} ({remark})", lines=(line,))


class InWords(NamedTuple):
    """What is said of a finding: by its state, in what the source prints, and what is not known of that."""

    words: str
    printed: str
    unknown: str


def quoted_remark(printed: str, unknown: str = "") -> str:
    """What a source prints, and what is not known of it, in brackets; an end stands without.

    Examples
    --------
    >>> quoted_remark("within 3 weeks", "start not reported"), quoted_remark("")
    (' (‘within 3 weeks’; start not reported)', '')
    >>> print("It persisted" + quoted_remark("till 7th week", "from when is not reported"))
    It persisted ‘till 7th week’ (from when is not reported)
    """
    if re.match(r"(till|until) ", printed):
        # An end goes on with the sentence.
        return f" ‘{printed}’{f' ({unknown})' if unknown else ''}"
    return f" ({'; '.join(filter(None, [f'‘{printed}’', unknown]))})" if printed else ""


def unmentioned(case: Case, row) -> list[str]:
    """That nothing earlier has the name of a finding, where it is first told of as better or worse."""
    facts = case.facts
    # What may have been earlier has been told of.
    earlier = facts[facts["line"].ne(row.name) & ~surely_after(facts, row)]
    is_new = not any(_of_one_name(row["PARAM"], name) for name in earlier["PARAM"])
    either = len(case.measure(row["PARAMCD"])["grades"]) == 2 and row["STATE"] in ("improved", "worsened")
    return ["no earlier record"] if either and is_new else []


def _of_one_name(one: str, other: str) -> bool:
    """Whether two names are of one finding: one ends with the other, or both with the name of one disease.

    Examples
    --------
    >>> names = ("Steroid-resistant colitis", "Pleuritic chest pain", "Joint swelling", "Leg swelling")
    >>> others = ("Immune-mediated colitis", "Chest pain", "Joint pain", "Joint swelling")
    >>> [_of_one_name(one, other) for one, other in zip(names, others)]
    [True, True, False, False]
    """
    one, other = (f" {name.lower()}" for name in (one, other))
    return one.endswith(other) or other.endswith(one) or one.split()[-1:] == re.findall(r"\w+itis$", other)


def goes_on(row) -> bool:
    """Whether the source says of a finding that is there that it was there before."""
    return row["STATE"] == "present" and bool(re.match(r"(persisted|remained)\b", printed_in(row["note"])))


def none_of(names: list[Passage], printed: str) -> list[Said]:
    """That there was none of some findings."""
    none = "no evidence of " if printed == "no evidence" else f"{printed or 'no'} "
    # Of several in one place the place is told once.
    ends = {name[0].text.partition(" in ")[2] for name in names}
    if len(ends) == 1 and len(names) > 1:
        names[:-1] = [(name[0]._replace(text=name[0].text.partition(" in ")[0]),) for name in names[:-1]]
    all_of = listed(names, "or")
    *before, last = all_of
    # Where something was looked for stands behind the verb.
    name, _, place = last.text.partition(" in ") if len(names) == 1 else (last.text, "", "")
    verb = "was" if len(names) > 1 else verb_of(all_of)
    return [Said(none), *before, last._replace(text=name), Said(f" {verb} found{place and f' in {place}'}")]


def open_words(row, words: str) -> str:
    """What is said of a finding that is not known: that it was suspected, where its source has that word of it.

    Examples
    --------
    >>> row = {"note": "printed 'suspicious for'", "quote": "", "PARAM": "Pericardial effusion"}
    >>> open_words(row, "uncertain"), open_words({**row, "note": "not read"}, "uncertain")
    ('suspected', 'uncertain')
    """
    thing = re.escape(row["PARAM"].lower())
    of_it = re.search(rf"\b(suspicious for|suspected|suspicion of) (\w+ )?{thing}", row["quote"].lower())
    so_called = re.match(r"(suspicious|suspected|suspicion)\b", printed_in(row["note"]))
    return "suspected" if words == "uncertain" and (of_it or so_called) else words


def state_of_test(words: str, label: str) -> str:
    """A state with what stands behind it in brackets; that of a test is positive or negative, and printed so once.

    Examples
    --------
    >>> state_of_test("absent (printed 'negative'; IgG)", "Antinuclear antibody"), state_of_test("absent", "Rash")
    ('negative (IgG)', 'absent')
    """
    state, _, rest = words.partition(" (")
    if not is_test(label) or state not in RESULTS:
        return words
    result = RESULTS[state]
    rest = re.sub(rf"^printed '{result}'(?:; |\)$)", "", rest)
    return f"{result} ({rest}" if rest else result


def with_denial(words: str, row) -> str:
    """The state of a finding that is absent, with the words of its source where these deny only what would matter.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> with_denial("absent", Row(STATE="absent", note="printed 'no significant'")), with_denial("absent", Row(note=""))
    ('absent (‘no significant’)', 'absent')
    """
    printed = printed_in(row.note)
    return f"{words} (‘{printed}’)" if words == "absent" and NO_MUCH.fullmatch(printed) else words


def is_intake(row) -> bool:
    """Whether a value is how much was eaten or drunk."""
    return row["PARAM"].endswith(" intake")


def state_words(row, tested: bool, before: str) -> str:
    """The verb of a state and what goes with it; `before` says what the last record told, as `there` or `not`.

    It is `still` where the finding itself was there before. A state in other words of its source has its verb alone.
    """
    state = row["STATE"]
    if goes_on(row):
        return printed_in(row["note"]).partition(" ")[0]
    if state == "unchanged" and printed_in(row["note"]) not in ("", state):
        return "was described as"
    if tested and state in RESULTS:
        return f"was {RESULTS[state]}"
    if state == "residual":
        return state
    if state == "normal" and (match := re.search(r"\b(return|remain|normali[sz])", row["quote"])):
        return "remained normal" if match[1] == "remain" else "returned to normal"
    if state == "absent" and "remain" in row["quote"] and before:
        return f"remained {'negative' if 'negative' in row['quote'] else 'absent'}"
    if state == "absent" and before == "there" and re.match(r"no recurrences?\b", printed_in(row["note"])):
        return NOT_AGAIN
    if state == "absent" and before == "there":
        resolved = re.search(r"resol|reabsor|disappear", f"{row['note']} {row['quote']}")
        return "resolved" if resolved else "was no longer found"
    if state == "decreased" and "reduc" in row["quote"] and row["PARAM"].endswith(("intake", "effusion")):
        return "was reduced"
    if state == "present" and before == "still":
        return "was still present"
    if state == "value":
        # A range of grades from none to the last allows either.
        return "was uncertain"
    if state in _CHANGED:
        return state
    return f"was {_GONE.get(state, state)}"


def is_by_which_found(rows: pd.DataFrame, facts: pd.DataFrame) -> pd.Series:
    """Procedures that are told as the method of a finding: an examination, or what its quote tells no more of."""
    procedures = rows["kind"].eq("procedure")
    if not procedures.any():
        return procedures
    observations = facts.loc[facts["kind"].eq("observation"), ["method", "quote", "ORDER"]]
    methods = observations["method"].str.lower()
    looked = rows["PARAM"].str.contains("(?:scop|graph)y$") & rows["PARAM"].str.lower().isin(methods)
    same = {*zip(methods, observations["quote"], observations["ORDER"], strict=True)}
    keys = zip(rows["PARAM"].str.lower(), rows["quote"], rows["ORDER"], strict=True)
    bare = pd.Series([key in same for key in keys], rows.index, dtype=bool) & ~rows["note"].str.contains("printed '")
    return procedures & (looked | bare)


def is_pair(first: str, second: str) -> bool:
    """Whether two measures are the systolic and the diastolic value of one thing, by their names.

    Examples
    --------
    >>> is_pair("Systolic blood pressure", "Diastolic blood pressure"), is_pair("Heart rate", "Heart rate")
    (True, False)
    """
    return first.lower().startswith("systolic ") and second.lower() == first.lower().replace("systolic", "diastolic")


def shown_by(method: str) -> str:
    """That an examination showed what follows, with an article where one of them is counted.

    Examples
    --------
    >>> shown_by("chest radiograph"), shown_by("echocardiography")
    ('a chest radiograph showed ', 'echocardiography showed ')
    """
    counted = re.search(r"(radiograph|scan|gram|film|X-ray)$", method) and not re.match(r"an? |the ", method)
    return f"{with_a(method) if counted else method} showed "


def with_one_method(clauses: list[list[Said]], methods: set[str]) -> Iterator[list[Said]]:
    """Clauses of a moment; where all rest on one method, the first that tells it is enough.

    What the method showed as well goes on with what it showed.
    """
    method = methods.pop() if len(methods) == 1 else ""
    showed, named, earlier = shown_by(method) if method else "", False, [Said("")]
    for clause in clauses:
        if method and named:
            goes_on = all(each[0].text.startswith(showed) for each in (earlier, clause))
            texts = (
                phrase.text.replace(f" ({method})", "").replace(f"({method}; ", "(").removeprefix(showed)
                for phrase in clause
            )
            clause = [phrase._replace(text=text) for phrase, text in zip(clause, texts, strict=True)]
            if goes_on and " and " not in [phrase.text for phrase in earlier]:
                earlier += [Said(" and "), *clause]
                continue
        named |= bool(method) and any(
            f"({method}" in phrase.text or f"{method} showed" in phrase.text for phrase in clause
        )
        if earlier[0].text:
            yield earlier
        earlier = [*clause]
    if earlier[0].text:
        yield earlier


def with_causes(rows: list) -> tuple[list, dict[int, str]]:
    """Findings that are there, and by the line of each the other one to which its source says that it is due.

    That other one is named so, and is not told again.
    """
    causes, cause_lines = {}, set()
    for row in rows:
        due = re.search(r" due to ([^.;,[]+)$", row["quote"])
        for other in rows:
            if due and other["quote"] == row["quote"] and other["PARAM"].lower() in due[1].lower():
                causes[row.name] = due[1]
                cause_lines.add(other.name)
    causes = {line: cause for line, cause in causes.items() if line not in cause_lines}
    return [row for row in rows if row.name not in cause_lines], causes


# What two values have in common that are one, in two units.
_OF_ONE_VALUE = ("PARAMCD", "LOC", "method", "by", "AVAL", "AVALU")


def in_two_units(values: list) -> tuple[list, dict[int, list]]:
    """Values of a moment, each once, and by the line of each those that are the same in another unit.

    Examples
    --------
    >>> alike = dict.fromkeys(("LOC", "method", "by"), "") | {"PARAMCD": "plt", "AVAL": 62.0, "AVALU": "G/L"}
    >>> rows = [pd.Series({**alike, "unit": unit}, name=line) for line, unit in ((2, "G/L"), (3, "/uL"), (4, "/uL"))]
    >>> once, others = in_two_units(rows)
    >>> [row.name for row in once], [row.name for row in others[2]]
    ([2, 4], [3])
    """
    once, others = [], {}
    for row in values:
        key = [row[name] for name in _OF_ONE_VALUE]
        alike = (each for each in once if [each[name] for name in _OF_ONE_VALUE] == key and each.name not in others)
        first = next((each for each in alike if each["unit"] != row["unit"]), None)
        if first is None:
            once.append(row)
        else:
            others.setdefault(first.name, []).append(row)
    return once, others


def in_order(first: list, rest: list, examined: bool) -> list[list[Said]]:
    """Clauses of a moment: its values together and first, or, of an examination, at the place of the first of them."""
    at = min([line for clause in first for line in lines_of(clause)], default=0) if examined else 0
    placed = [(at, clause) for clause in first] + [(min(lines_of(clause)), clause) for clause in filter(None, rest)]
    return [clause for _, clause in sorted(placed, key=itemgetter(0))]


def lines_of(clause: list[Said]) -> list[int]:
    """The rows that a clause tells of."""
    return [line for phrase in clause for line in phrase.lines]
