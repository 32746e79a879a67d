"""The abbreviations of a table spelled out: measures by their labels, other names as the cited works print them."""

import re
from collections.abc import Iterable

from ..rules import Analysis
from .labels import is_acronym, label_in_sentence

# Words between those of a name that need not give it a letter.
_JOINERS = ("of", "the", "in", "and", "for")


def abbreviations_in(analysis: Analysis, text: str) -> tuple[str, ...]:
    """A note with the abbreviations that stand in a text, in the order of the alphabet; none without one.

    A name that neither a label nor the rules and titles of the case spell out is not explained.
    """
    measures = analysis.case.measures
    # A name of several words, such as that of a questionnaire, keeps its capitals.
    labels = [
        label if len(re.findall(r"\b[A-Z]", label)) > 2 else label_in_sentence(label) for label in measures["label"]
    ]
    names = {
        # In "anti-SRP antibody" the noun follows the abbreviation, so it is not spelled out a second time.
        short: name.removesuffix(" antibody") if "antibod" in text else name
        for short, name in zip(measures["abbrev"], labels, strict=True)
        if is_acronym(short.partition(" ")[0])
        and re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text)
        # What stands in full beside it is not told again.
        and name.lower() not in text.lower()
    }
    rules = analysis.case.rules
    titles = (str(work.get("title", "")) for work in analysis.case.references.values())
    printed = [*rules["quote"], *rules["definition"], *rules["population"], *titles]
    # An acronym of a work stands in the name of a rule; that of a measure means the measure alone.
    measured = set(measures["abbrev"])
    for short in dict.fromkeys(re.findall(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z][A-Za-z]*|(?<=-)[A-Z]{3,}", text)):
        if short not in measured and (name := spelled_out(short, printed)) and name.lower() not in text.lower():
            names[short] = name
    # The name of a part is not told beside that of the whole.
    used = [short for short in names if not any(other.startswith(f"{short} ") for other in names)]
    words = "; ".join(f"{short}, {names[short]}" for short in sorted(used, key=str.lower))
    return (f"{words}.",) if used else ()


def spelled_out(short: str, texts: Iterable[str]) -> str:
    """The words that an abbreviation stands for, where a text prints them before it or gives each word its letters.

    Examples
    --------
    >>> spelled_out("CV", ["the coefficient of variation (CV) was 35 %"])
    'coefficient of variation'
    >>> spelled_out("EUSTAR", ["in the European Scleroderma Trials and Research (EUSTAR) cohort"])
    'European Scleroderma Trials and Research'
    >>> spelled_out("ILD", ["patients with interstitial lung disease; in the source"])
    'interstitial lung disease'
    >>> spelled_out("EFNS", ["EFNS guidelines on the diagnostic approach"])
    ''
    >>> spelled_out("CRP", ["the American College of Rheumatology provisional index"])
    ''
    """
    found = ""
    for text in texts:
        before, bracket, _ = text.partition(f"({short})")
        if bracket and (name := _ending(short, re.findall(r"[\w’-]+", before))):
            return name
        if not found and len(short) > 2 and short.isupper():
            # Words of one clause only.
            clauses = (re.findall(r"[\w’-]+", clause) for clause in re.split(r"[.,;:()\[\]]", text))
            found = next((name for clause in clauses if (name := _within(short, clause))), "")
    return found


def _ending(short: str, words: list[str]) -> str:
    """The last words that give an abbreviation its letters; blank if none do."""
    fitting = (words[-count:] for count in range(2, min(len(words), 2 * len(short)) + 1))
    fitting = (each for each in fitting if each[0] not in _JOINERS)
    return next((" ".join(each) for each in fitting if _fits(short.lower(), each, (1, 2))), "")


def _within(short: str, words: list[str]) -> str:
    """The first words in a row that give an abbreviation its letters; blank if none do."""
    # The first word gives the first letter.
    begins = [place for place, word in enumerate(words) if word[0].lower() == short[0].lower() and word not in _JOINERS]
    spans = (words[begin:end] for begin in begins for end in range(begin + 2, begin + 1 + 2 * len(short)))
    long = (span for span in spans if all(len(word) > 3 or word in _JOINERS for word in span))
    # A part of a proper name with the word behind it is no name.
    long = (span for span in long if len({word[0].isupper() for word in span if word not in _JOINERS}) == 1)
    return next((" ".join(span) for span in long if _fits(short.lower(), span, (1,))), "")


def _fits(letters: str, words: list[str], each: tuple[int, ...]) -> bool:
    """Whether words give letters in turn: each so many of its first ones, a word that joins them one or none."""
    if not words:
        return not letters
    word, *rest = words
    lengths = (0, 1) if word in _JOINERS else each
    fitting = (n for n in lengths if len(letters) >= n and letters.startswith(word[:n].lower()))
    return any(_fits(letters[n:], rest, each) for n in fitting)
