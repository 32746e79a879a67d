"""Of a name that no table has: which known one it is most likely a misspelling of, or a form of.

A suggestion never changes what is meant. An abbreviation is one letter from another (`CEA` and `CREA`) and is not
guessed, but where a code has a letter once more or once less; a number, a percent sign or a word of its own makes
another thing of a name.
"""

import difflib
import re

import pandas as pd

from ...faults import is_slip
from ...values import plain
from ...vocabulary import CODE_WORDS
from .names import Names, name_key

_NEAR, _SWAPPED = 0.85, 0.7
# So few letters are an abbreviation.
_SHORT = 5
# A letter that is typed twice; and what is no letter.
_TWICE = re.compile(r"([a-z])\1+")
_NO_LETTER = re.compile("[^a-z.]+")
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
# Between two names, of which neither is meant alone.
_JOINS = re.compile(
    r"[+/,;&]|(?:^|[\s_-])(?:or|and|then|plus|with|vs|versus|oder|und|dann|mit|ou|et|avec|con)(?=[\s_-])"
)
# What people type about a name: quotes, and the sign of a trade mark.
_ABOUT_NAMES = "\"'\u201c\u201d\u201e\u00ae\u2122"
EACH_A_ROW = "each of several has a row"


def near_names(text: str, names: Names) -> tuple[str, ...]:
    """The codes of which the text is most likely a misspelling: several where they are equally near.

    Examples
    --------
    >>> from .names import names_of
    >>> measures = pd.DataFrame({"kind": "treatment", "label": ["Exampline", "Exampolone", "EXM"], "abbrev": ""},
    ...                         index=["exampline", "exampolone", "exm"])
    >>> names = names_of(measures, observed=False)
    >>> near_names("exampelone", names), near_names("other", names), near_names("exmm", names)
    (('exampolone',), (), ('exm',))
    >>> near_names("exn", names)
    ()
    >>> near_names("exapmolnoe", names), near_names("exampline 2", names), near_names("exampline XR", names)
    (('exampolone',), (), ())
    """
    key = name_key(text)[:64]
    if len(key) <= _SHORT:
        return tuple(name for name in names.codes if names.meant(name) == name and _once(name) == _once(key))
    alike = [name for name in names.codes if name[:1] == key[:1] and names.meant(name) and not _differ(text, key, name)]
    near = difflib.get_close_matches(key, alike, n=3, cutoff=_NEAR)
    near += [name for name in alike if _once(name) == _once(key)]
    # Letters that changed places are counted twice, and make no other name.
    swapped = difflib.get_close_matches(key, [name for name in alike if sorted(name) == sorted(key)], cutoff=_SWAPPED)
    return tuple(dict.fromkeys(names.meant(name) for name in (*near, *swapped) if is_slip(key, name)))


def _once(name: str) -> str:
    """A name with each letter once where it stands twice or more: `ckk` and `ck` are one slip apart."""
    return _TWICE.sub(r"\1", name)


def _differ(text: str, key: str, name: str) -> bool:
    """Whether a typed name has a number, a sign or a word of its own beside a known one, or lacks that of it.

    Examples
    --------
    >>> _differ("FEV1%", "fev1%", "fev1"), _differ("creatine kinase MB", "creatinekinasemb", "creatinekinase")
    (True, True)
    >>> _differ("creatine kinas", "creatinekinas", "creatinekinase")
    False
    """
    if _NO_LETTER.findall(key) != _NO_LETTER.findall(name):
        return True
    words = _BETWEEN_WORDS.split(plain(text).casefold())
    return len(words) > 1 and key in (f"{name}{name_key(words[-1])}", f"{name_key(words[0])}{name}")


def joins_names(text: str) -> bool:
    """Whether a name is made of two with a word or sign between them.

    Examples
    --------
    >>> [text for text in ("a_drug_or_other", "a drug + other", "orally", "a_drug") if joins_names(text)]
    ['a_drug_or_other', 'a drug + other']
    """
    return _JOINS.search(text.casefold()) is not None


def code_expected(text: str, names: Names) -> tuple[str, str]:
    """What to write for a code with signs that a code does not have, and the known one that it is without them.

    Examples
    --------
    >>> from .names import names_of
    >>> measures = pd.DataFrame({"kind": "treatment", "label": ["Exampline"], "abbrev": ""}, index=["exampline"])
    >>> names = names_of(measures, observed=False)
    >>> [code_expected(text, names)[0].partition("; ")[2] for text in ("exampline?", "exampline + other", "a (b)")]
    ['a doubt stands in the note', 'each of several has a row', 'other words stand in the note']
    >>> code_expected("Exampline\u00ae", names)[1], code_expected("exampline?", names)[1]
    ('exampline', '')
    """
    bare = text.strip(_ABOUT_NAMES)
    if "?" in text:
        return f"{CODE_WORDS}; a doubt stands in the note", ""
    if joins_names(text):
        return f"{CODE_WORDS}; {EACH_A_ROW}", ""
    if "(" in text:
        return f"{CODE_WORDS}; other words stand in the note", ""
    return CODE_WORDS, names.meant(bare) if bare != text else ""


def form_of(text: str, measures: pd.DataFrame) -> tuple[str, ...]:
    """The known treatments of which a name may be a salt, a form or the first word: `prednisone taper`, `certolizumab`.

    Examples
    --------
    >>> measures = pd.DataFrame({"kind": "treatment", "label": ["Exampline", "Exampox pegol"]},
    ...                         index=["exampline", "exampox_pegol"])
    >>> form_of("exampline_sodium", measures), form_of("Exampox", measures), form_of("examplinesodium", measures)
    (('exampline',), ('exampox_pegol',), ())
    """
    words = _BETWEEN_WORDS.split(plain(text).casefold())
    given = measures.index[measures["kind"] == "treatment"]
    parts = {code: _BETWEEN_WORDS.split(measures.loc[code, "label"].casefold()) for code in given}
    begun = {code: len(label) for code, label in parts.items() if words[: len(label)] == label}
    longest = max(begun.values(), default=0)
    if begun:
        return tuple(code for code, length in begun.items() if length == longest < len(words))
    return tuple(code for code, label in parts.items() if label[: len(words)] == words)
