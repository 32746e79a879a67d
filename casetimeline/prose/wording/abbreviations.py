"""The abbreviations of a table spelled out: measures by their labels, other names as the cited works print them."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from ...rules import Analysis, once
from ..display import Table
from .labels import JOINERS, is_acronym, label_in_sentence

# What measures, rules and titles abbreviate without a full form beside it; each as a cited work or a code list has it.
_NAMED = {
    "SSc": "systemic sclerosis",
    "dcSSc": "diffuse cutaneous systemic sclerosis",
    "EuBIVAS": "European Biological Variation Study",
    "HMGCR": "3-hydroxy-3-methylglutaryl-coenzyme A reductase",
    "MRC": "Medical Research Council",
    "ANCA": "antineutrophil cytoplasmic antibody",
    "dsDNA": "double-stranded DNA",
    "NT-proBNP": "N-terminal prohormone of B-type natriuretic peptide",
    "CT": "computed tomography",
    "SD": "standard deviation",
    "EFNS": "European Federation of Neurological Societies",
    "EAN": "European Academy of Neurology",
    "ESOS": "European Scleroderma Observational Study",
    "ECOG": "Eastern Cooperative Oncology Group",
    "CTCAE": "Common Terminology Criteria for Adverse Events",
    "ENA": "extractable nuclear antigen",
    "MRI": "magnetic resonance imaging",
    "i.v.": "intravenous",
    "BRAF": "B-Raf proto-oncogene, serine/threonine kinase",
    "ICU": "intensive care unit",
    "HCV": "hepatitis C virus",
    "TNF": "tumour necrosis factor",
    "SLE": "systemic lupus erythematosus",
    "AOSD": "adult-onset Still’s disease",
    "UVA1": "ultraviolet A1",
    "ILD": "interstitial lung disease",
    "CRISS": "Composite Response Index in Systemic Sclerosis",
    "SLS": "Scleroderma Lung Studies",
    "ULN": "upper limit of normal",
}
# In what something is measured belongs to the measure, and not to its abbreviation.
_OF_WHAT = re.compile(r" in (?:serum|plasma)\b.*")


def abbreviations_in(analysis: Analysis, text: str) -> tuple[str, ...]:
    """A note with the abbreviations that stand in a text, in the order of the alphabet; none without one.

    A name that neither a label nor the rules and titles of the case spell out is not explained.
    """
    names = _of_measures(analysis.case.measures, text)
    # To look for the letters alone is quicker by far than to look for a word.
    standing = {short: name for short, name in _NAMED.items() if short in text}
    names |= {short: name for short, name in standing.items() if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", text)}
    names = _of_works(analysis, text) | names
    # The name of a part is not told beside that of the whole.
    used = [
        short
        for short, name in names.items()
        if not _is_told(short, name, text) and not any(each.startswith(f"{short} ") for each in names)
    ]
    words = "; ".join(f"{short}, {names[short]}" for short in sorted(used, key=str.lower))
    return (f"{words}.",) if used else ()


# How the abbreviations of a running text or a legend are told.
SHORT_FORMS = "Abbreviations: "


def short_forms_in(analysis: Analysis, text: str) -> list[str]:
    """The sentence with the abbreviations of a running text or a legend; none without one."""
    return [f"{SHORT_FORMS}{words}" for words in abbreviations_in(analysis, text)]


def short_forms_of_head(analysis: Analysis, head: str, text: str) -> list[str]:
    """The sentence with the abbreviations of what stands above a text, but for those that the text explains itself."""
    forms = (
        [each for words in abbreviations_in(analysis, part) for each in words.rstrip(".").split("; ")]
        for part in (head, text)
    )
    above, known = forms
    shorts = {each.partition(", ")[0] for each in known}
    left = [each for each in above if each.partition(", ")[0] not in shorts and not _is_spelled(each, text)]
    return [f"Abbreviations in title and patient line: {'; '.join(left)}."] if left else []


def _is_spelled(form: str, text: str) -> bool:
    """Whether a text has the full form of an abbreviation with the short one behind it.

    Examples
    --------
    >>> _is_spelled("CK, creatine kinase", "Creatine kinase (CK) fell"), _is_spelled("CK, creatine kinase", "CK fell")
    (True, False)
    """
    short, _, name = form.partition(", ")
    return f"{name} ({short})".lower() in text.lower()


def explained(analysis: Analysis, block):
    """A table with the abbreviations of its caption, cells and notes spelled out below it; anything else as it is."""
    if not isinstance(block, Table):
        return block
    cells = [str(name) for name in block.frame] + [text for row in block.cells() for text in row]
    short = abbreviations_in(analysis, " ".join([block.caption, *cells, *block.notes]))
    return replace(block, notes=(*block.notes, *short))


def _of_measures(measures: pd.DataFrame, text: str) -> dict[str, str]:
    """The abbreviations of measures that stand in a text, by their labels."""
    names = {}
    for short, label in zip(measures["abbrev"], measures["label"], strict=True):
        if short not in text:
            continue
        name = label_in_sentence(label)
        # What has a plain word behind it, or stands in its own name, is explained by no label.
        named = re.search(rf"(?<!\w){re.escape(short)}(?!\w)", name, re.IGNORECASE)
        explained = not re.search(r" [a-z]{2,}", short) and not named
        stands = re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text)
        # A short form of two letters, such as Cr, is no acronym.
        is_short = is_acronym(short.partition(" ")[0]) or (len(short) == 2 and short[0].isupper())
        if explained and is_short and stands:
            # In "anti-SRP antibody" the noun follows the abbreviation, so it is not spelled out a second time.
            twice = short.startswith("anti-") and "antibod" in text
            name = _OF_WHAT.sub("", name.removesuffix(" antibody") if twice else name)
            # A hyphen more spells nothing out.
            names |= {} if _letters(short) == _letters(name) else {short: name}
    return names


def _letters(name: str) -> str:
    """The letters and digits of a name, without hyphens, blanks and capitals."""
    return re.sub(r"[\W_]", "", name).lower()


def _of_works(analysis: Analysis, text: str) -> dict[str, str]:
    """The acronyms in a text that the cited works, the quotes or the claims define."""
    # That of a measure means the measure alone.
    measured = set(analysis.case.measures["abbrev"])
    # An acronym of a work stands in the name of a rule.
    acronyms = dict.fromkeys(re.findall(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z][A-Za-z]*|(?<=-)[A-Z]{3,}", text))
    names = {short: _spelled_in_works(analysis, short) for short in acronyms if short not in measured}
    return {short: name for short, name in names.items() if name}


@once
def _spelled_in_works(analysis: Analysis, short: str) -> str:
    """What the cited works, the quotes or the claims of a case define an acronym as; blank if none does."""
    case = analysis.case
    titles = [str(work.get("title", "")) for work in case.references.values()]
    printed = [*case.rules["quote"], *case.rules["definition"], *case.rules["population"], *titles]
    quotes = [*case.facts["quote"], *(claim["says"] for claim in case.about.get("claims", []))]
    return spelled_out(short, [*printed, *quotes])


def _is_told(short: str, name: str, text: str) -> bool:
    """Whether an abbreviation stands behind its full form where a text has it first."""
    full_form_at, first = text.lower().find(f"{name} ({short})".lower()), re.search(rf"(?<!\w){re.escape(short)}", text)
    return full_form_at >= 0 and bool(first) and full_form_at < first.start()


def spelled_out(short: str, texts: Iterable[str]) -> str:
    """The words that an abbreviation stands for, where a text prints it in brackets behind them; blank if none does.

    Words that only happen to begin with its letters are no definition.

    Examples
    --------
    >>> spelled_out("CV", ["the coefficient of variation (CV) was 35 %"])
    'coefficient of variation'
    >>> spelled_out("EUSTAR", ["in the European Scleroderma Trials and Research (EUSTAR) cohort"])
    'European Scleroderma Trials and Research'
    >>> spelled_out("DRG", ["treated with another drug (OTH) and diroguline (DRG)"])
    'diroguline'
    >>> spelled_out("EFNS", ["EFNS guidelines on the diagnostic approach"])
    ''
    >>> spelled_out("SSA", ["of the skin score and (SSA)", "sudden severe attacks"])
    ''
    """
    before = (text.partition(f"({short})")[0] for text in texts if f"({short})" in text)
    return next(filter(None, (_ending(short, re.findall(r"[\w’-]+", words)) for words in before)), "")


def _ending(short: str, words: list[str]) -> str:
    """The last words that give an abbreviation its letters; blank if none do."""
    fitting = (words[-count:] for count in range(2, min(len(words), 2 * len(short)) + 1))
    fitting = (each for each in fitting if each[0] not in JOINERS and each[-1] not in JOINERS)
    full_form = next((" ".join(each) for each in fitting if _fits(short.lower(), each, (1, 2))), "")
    return full_form or (words[-1] if words and _is_contracted(short.lower(), words[-1].lower()) else "")


def _is_contracted(letters: str, word: str) -> bool:
    """Whether an abbreviation is some letters of one long word in their order, as that of a drug is."""
    begins = word[0] == letters[0] and len(word) > 2 * len(letters)
    return begins and bool(re.search(".*".join(map(re.escape, letters)), word))


def _fits(letters: str, words: list[str], each: tuple[int, ...]) -> bool:
    """Whether words give letters in turn: each so many of its first ones, a word that joins them one or none."""
    if not words:
        return not letters
    word, *rest = words
    lengths = (0, 1) if word in JOINERS else each
    fitting = (n for n in lengths if len(letters) >= n and letters.startswith(word[:n].lower()))
    return any(_fits(letters[n:], rest, each) for n in fitting)
