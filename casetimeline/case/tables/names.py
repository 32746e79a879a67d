"""One thing under one name: the code of a measure, treatment or event, whichever way it was typed.

Two codes that differ by capitals, blanks, hyphens or underscores are one, and so are a code and its label, abbreviation
or synonym in the vocabulary. What was typed stands in the file, and a note says which code it was read as. A word that
names more than one thing is refused.
"""

import functools
import math
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from ...derive import OF_TREATMENT, sites
from ...faults import Fault, first_few, shortened
from ...values import Anchor, canonical, distinct, format_anchor, pairs, parse_anchor, plain
from ...vocabulary import ANCHOR_KINDS, KINDS, code_of
from .site_scores import with_parts

# A mark between two digits is part of a name: dose 1-2 is not dose 12.
_MARKS = re.compile(r"(?<![0-9])[\s_-]+|[\s_-]+(?![0-9])")
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
# Letters of other alphabets that look like these.
_ALIKE = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0455\u0458\u03b1\u03bf\u03bd\u03c1\u03b9\u03ba\u03c4\u03c5\u03c7",
    "abekmhopctyxisjaovpiktux",
)


def name_key(text: str) -> str:
    """A name without capitals, accents, blanks, hyphens and underscores.

    Examples
    --------
    >>> name_key("A-New Drug"), name_key("UVA-1 light"), name_key("batch 1-2")
    ('anewdrug', 'uva1light', 'batch1-2')
    """
    letters = unicodedata.normalize("NFD", plain(text).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _MARKS.sub("", bare).rstrip(".")


class Names(NamedTuple):
    """The names of one kind of fact.

    Attributes
    ----------
    codes : dict
        The code, or codes, that each key of a name stands for.
    refused : dict
        What a name that has more than one meaning may be, by its key.
    """

    codes: dict[str, tuple[str, ...]]
    refused: dict[str, str]

    def meant(self, text: str) -> str:
        """The code of a name; blank where it is none, or one of more than one thing."""
        codes = self.codes.get(name_key(text), ())
        return codes[0] if len(codes) == 1 and name_key(text) not in self.refused else ""

    def meanings(self, text: str) -> str:
        """What to write for a name of more than one thing; blank for any other."""
        key = name_key(text)
        codes = self.codes.get(key, ())
        named = f"one of the codes {', '.join(codes)}" if len(codes) > 1 else ""
        return f"a name with one meaning ({self.refused[key]})" if key in self.refused else named


def names_of(measures: pd.DataFrame, observed: bool) -> Names:
    """The names of the measures, or of the treatments and events, of a vocabulary.

    A code goes before a label or abbreviation, and these go before a synonym. An abbreviation that is a word of another
    label (`Effusion`) names both.

    Examples
    --------
    >>> measures = pd.DataFrame({"kind": ["observation"], "label": ["Creatine kinase"], "abbrev": ["CK"],
    ...                          "synonyms": ["CPK|total CK"]}, index=["ck"])
    >>> names_of(measures, observed=True).meant("Total CK")
    'ck'
    """
    columns = [measures[name].tolist() if name in measures else [""] * len(measures) for name in _NAMING]
    return _names(observed, tuple(zip(measures.index.tolist(), *columns, strict=True)))


_NAMING = ("kind", "label", "abbrev", "synonyms", "ambiguous")


# A vocabulary has the same names for all its cases.
@functools.lru_cache(maxsize=8)
def _names(observed: bool, vocabulary: tuple[tuple[str, ...], ...]) -> Names:
    rows = [row for row in vocabulary if (row[1] == "observation") == observed]
    of_word: dict[str, list[str]] = {}
    for code, _, label, *_ in rows:
        for word in label.casefold().split():
            of_word.setdefault(word, []).append(code)
    levels: list[list[tuple[str, str]]] = [[(row[0], row[0]) for row in rows], [], []]
    refused = {}
    for code, _, label, abbrev, synonyms, ambiguous in rows:
        levels[1] += [(label, code), *((abbrev, name) for name in (code, *of_word.get(abbrev.casefold(), ())))]
        levels[2] += [(word, code) for word in synonyms.split("|")]
        parts = (word.partition("=") for word in ambiguous.split("|") if word)
        refused |= {name_key(word): meanings for word, _, meanings in parts}
    codes: dict[str, tuple[str, ...]] = {}
    for level in levels:
        keys: dict[str, tuple[str, ...]] = {}
        for key, code in ((name_key(name), code) for name, code in level if name):
            keys[key] = tuple(dict.fromkeys((*keys.get(key, ()), code)))
        codes = {**keys, **codes}
    return Names(codes, refused)


class Named(NamedTuple):
    """Rows with one code for one thing, what was read as what, and the names that are refused."""

    facts: pd.DataFrame
    notes: list[str]
    faults: list[Fault]

    def with_others(self, faults: Iterable[Fault]) -> list[Fault]:
        """The names that are refused, and the other faults of the rows; a cell has one fault."""
        refused = {(each.line, each.column) for each in self.faults}
        others = [each for each in faults if (each.line, each.column) not in refused]
        return sorted([*self.faults, *others], key=lambda each: (each.line or math.inf, each.column or ""))


def name_rows(facts: pd.DataFrame, measures: pd.DataFrame, file: str, named: Iterable[tuple[str, str]] = ()) -> Named:
    """The rows of a timeline with one word for one kind, code, count, and end that is not reached.

    A code that the vocabulary does not have keeps its name; of several ways to type it, the one in small letters with
    underscores is taken, else the first in the order of the alphabet. Of a part of a file, `named` are the pairs of
    kind and code of the whole of it.
    """
    kind, others = distinct(facts["kind"]), {name: distinct(facts[name]) for name in ("end", "count")}
    known_kind = kind.replaced(_kind_of)
    typed = pairs(known_kind, distinct(facts["code"]))
    asked = dict.fromkeys([*((_kind_of(word), code) for word, code in named), *typed.texts])
    read, refused = read_names(asked, measures)
    refused = {pair: meant for pair, meant in refused.items() if pair in {*typed.texts}}
    # A name that nobody knows is a code as well.
    codes = {pair: read.get(pair, pair[1]) for pair in typed.texts if pair not in refused}
    # A measure that nobody knows is a fault, which quotes it as it was typed.
    codes = {pair: name if pair[0] == "observation" else code_of(name) for pair, name in codes.items()}
    read = {pair: code for pair, code in codes.items() if code != pair[1]}
    words = {name: {text: canonical(name, text) for text in column.texts} for name, column in others.items()}
    notes = _read_as(file, "code", {code: named for (_, code), named in read.items()})
    for name, meant in words.items():
        notes += _read_as(file, name, {text: word for text, word in meant.items() if text.casefold() != word})
    faults = [
        Fault(file, int(line), "code", code, refused[kind, code])
        for kind, code in refused
        for line in facts["line"].to_numpy()[typed.among([(kind, code)])]
    ]
    # A million rows are not copied for nothing.
    if notes or known_kind.texts != kind.texts or any(text != word for text, word in words["end"].items()):
        code = typed.as_text(lambda pair: read.get(pair, pair[1]))
        one = {name: column.as_text(words[name].__getitem__) for name, column in others.items()}
        facts = facts.assign(kind=known_kind.as_text(str), code=code, **one)
    facts, of_sites = _with_sites(_with_anchors(facts, measures), file)
    facts, of_parts = with_parts(facts, measures, file)
    return Named(facts, [*notes, *of_sites, *of_parts], faults)


def _kind_of(text: str) -> str:
    """The kind that a word means, whatever its capitals, blanks and hyphens; else the word."""
    word = code_of(text.casefold()).replace("-", "_")
    return word if word in KINDS else text


def _with_anchors(facts: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """The rows with the code of what each counts from, whichever way it was typed."""
    anchor = distinct(facts["anchor"])
    if not any(anchor.texts):
        return facts
    codes = distinct(facts["code"].loc[distinct(facts["kind"]).among(ANCHOR_KINDS)]).texts
    names = names_of(measures, observed=False)

    def named(text: str) -> str:
        """The anchor by its code."""
        try:
            code, number = parse_anchor(text)
        except ValueError:
            return text
        return format_anchor(Anchor(known_name(code, codes, names), number))

    return facts.assign(anchor=anchor.as_text(lambda text: named(text) if text else text))


def _with_sites(facts: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows of each case with one spelling of one site, and a note of what was read as what.

    As of a code, capitals, blanks, hyphens and underscores make no difference. The spelling in small letters is taken,
    else the first in the order of the alphabet.
    """
    site = distinct(pd.Series(sites(distinct(facts["site"]), distinct(facts["note"]))))
    if len({name_key(text) or text for text in site.texts}) == len(site.texts):
        return facts, []
    placed = pairs(distinct(facts["case_id"]), site)
    spellings: dict[_Pair, list[str]] = {}
    for case_id, text in placed.texts:
        spellings.setdefault((case_id, name_key(text) or text), []).append(text)
    one = {place: min(words, key=lambda word: (word != word.casefold(), word)) for place, words in spellings.items()}
    read = {pair: one[pair[0], name_key(pair[1]) or pair[1]] for pair in placed.texts}
    changed = placed.each(lambda pair: read[pair] != pair[1], bool)
    named = pd.Series(placed.as_text(read.__getitem__), index=facts.index)
    notes = _read_as(file, "site", {text: word for (_, text), word in read.items()})
    return facts.assign(site=facts["site"].where(~changed, named)), notes


def _read_as(file: str, column: str, read: dict[str, str]) -> list[str]:
    """A sentence on the words of a column that were read as others."""
    words = [f"'{shortened(text)}' as '{shortened(word)}'" for text, word in read.items() if word != text]
    return [f"{file}: column {column}: read {first_few(words)}"] if words else []


_Pair = tuple[str, str]


def read_names(typed: Iterable[_Pair], measures: pd.DataFrame) -> tuple[dict[_Pair, str], dict[_Pair, str]]:
    """The code of each pair of kind and typed name; and of those that are refused, what to write.

    Examples
    --------
    >>> measures = pd.DataFrame({"kind": ["treatment"], "label": ["Exampline"], "abbrev": ["EXN"],
    ...                          "ambiguous": ["EXD=exampline, or exampolone"]}, index=["exampline"])
    >>> read, refused = read_names([("treatment", "Exampline"), ("treatment", "EXD"), ("event", "Fever"),
    ...                             ("event", "fever")], measures)
    >>> list(read.values()), list(refused.values())
    (['exampline', 'fever', 'fever'], ['a name with one meaning (exampline, or exampolone)'])
    """
    known = {observed: names_of(measures, observed) for observed in (True, False)}
    read, refused, strange = {}, {}, []
    for kind, name in typed:
        names = known[kind == "observation"]
        if not name or name in measures.index:
            read[kind, name] = name
        elif names.meanings(name):
            refused[kind, name] = names.meanings(name)
        elif names.meant(name):
            read[kind, name] = names.meant(name)
        else:
            strange.append((kind, name))
    keys = {*known[True].codes, *known[False].codes, *(name_key(name) for _, name in strange)}
    for pair in strange:
        alike = _look_alike(pair[1], keys)
        if alike:
            refused[pair] = alike
    happened = [pair for pair in strange if pair not in refused and pair[0] != "observation"]
    read |= _one_spelling(happened, known[False])
    return read, refused


def _one_spelling(strange: list[_Pair], names: Names) -> dict[_Pair, str]:
    """Names of what happened that the vocabulary does not have, each as the spelling of it that is most like a code."""
    spellings: dict[str, list[str]] = {}
    for _, name in strange:
        spellings.setdefault(name_key(name), []).append(name)
    one = {key: min(words, key=lambda word: (not _CODE.fullmatch(word), word)) for key, words in spellings.items()}
    for key, words in spellings.items():
        done = next((word for word in OF_TREATMENT if key.endswith(word) and names.meant(key.removesuffix(word))), "")
        # What happens to a treatment, such as its end, is told by an event of its name.
        if done and len(words) == 1:
            one[key] = f"{names.meant(key.removesuffix(done))}_{done}"
    return {(kind, name): one[name_key(name)] for kind, name in strange}


def _look_alike(name: str, keys: set[str]) -> str:
    """What to write for a name with letters of another alphabet that look like those of a known name; else blank."""
    key = name_key(name)
    if key.translate(_ALIKE) == key or key.translate(_ALIKE) not in keys:
        return ""
    place = next(i for i, letter in enumerate(name) if letter.casefold().translate(_ALIKE) != letter.casefold())
    alphabet = unicodedata.name(name[place]).split()[0].title()
    return f"Latin letters: letter {place + 1}, '{name[place]}', is {alphabet}"


def known_name(text: str, codes: Iterable[str], names: Names) -> str:
    """The one of some codes that a typed name means; the text itself if it is none of them.

    Examples
    --------
    >>> known_name("Drug-A", ["drug_a"], Names({}, {})), known_name("drug_b", ["drug_a"], Names({}, {}))
    ('drug_a', 'drug_b')
    """
    codes = list(codes)
    if text in codes:
        return text
    alike = [code for code in codes if code == names.meant(text) or name_key(code) == name_key(text)]
    return alike[0] if len(alike) == 1 else text


# No name has more words than this.
_MOST_WORDS = 8


def starter_name(text: str, facts: pd.DataFrame, measures: pd.DataFrame) -> str:
    """The treatment or event of the rows that a typed name means; the text itself if it is none of them."""
    if not text:
        return text
    codes = distinct(facts["code"].loc[distinct(facts["kind"]).among(ANCHOR_KINDS)]).texts
    return known_name(text, codes, names_of(measures, observed=False))


def listed_events(text: str) -> list[str]:
    """The codes of a list of events: parts between commas, or between blanks where there is no comma.

    Examples
    --------
    >>> listed_events("fever relapse"), listed_events("herpes zoster, fever")
    (['fever', 'relapse'], ['herpes_zoster', 'fever'])
    """
    parts = text.split(",") if "," in text else text.split()
    return [code_of(part) for part in parts if part.strip()]


def _known_names(text: str, codes: list[str], names: Names) -> str:
    """The names of a list, each by its code: parts between commas, or the longest runs of words that are a name."""
    parts = text.split(",")
    if len(parts) > 1:
        return ", ".join(known_name("_".join(part.split()), codes, names) for part in parts)
    words, known = text.split(), []
    while words:
        runs = (words[:end] for end in range(min(len(words), _MOST_WORDS), 1, -1))
        read = ((len(run), known_name("_".join(run), codes, names)) for run in runs)
        length, name = next(((size, code) for size, code in read if code in codes or code in names.codes), (1, ""))
        known.append(name or known_name(words[0], codes, names))
        words = words[length:]
    return " ".join(known)


def name_about(about: dict, measures: pd.DataFrame, codes: Iterable[str]) -> dict:
    """case.yaml with one code for one thing: in its caveats, its claims, and the reference of its analysis.

    Parameters
    ----------
    about : dict
        As read; what has not the shape of a case.yaml stays as it is.
    measures : DataFrame
        The vocabulary.
    codes : iterable of str
        The treatments and events of the timeline.
    """
    measured, given, codes = names_of(measures, True), names_of(measures, False), list(codes)
    forms = {
        "measure": lambda text: measured.meant(text) or text,
        "treatment": lambda text: _known_names(text, codes, given),
        "events": lambda text: _known_names(text, [*codes, "adverse_event"], given),
    }
    claims, caveats = about.get("claims"), about.get("caveats")
    if isinstance(claims, list) and all(isinstance(claim, dict) for claim in claims):
        named = [
            {key: forms[key](text) if key in forms and isinstance(text, str) else text for key, text in claim.items()}
            for claim in claims
        ]
        about = {**about, "claims": named}
    if isinstance(caveats, dict):
        about = {**about, "caveats": {measured.meant(name) or name: texts for name, texts in caveats.items()}}
    return about
