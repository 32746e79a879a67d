"""A label of the tables as it stands in a sentence: its case, its noun, whether it is an acronym or a test."""

import re
from collections.abc import Sequence

from ...derive import ACRONYMS
from ...values import spelling
from ..numbers.qualifiers import printed_in
from .words import PROPER, capital, in_a_sentence

# Words between those of a name.
JOINERS = ("of", "the", "in", "and", "for")
# What a label says after a comma, and how it stands in a sentence.
_QUALITIES = ("ionised", "arterial", "intravenous")
_WORDS = {"ra": "RA", "lv": "LV", "covid19": "COVID-19", "mrna": "mRNA"}
_WORDS |= {"fatigue level": "fatigue"}
_WORDS |= {"deescalation": "de-escalation", "transesophageal": "transoesophageal"}
# Names and acronyms that a label has in small letters.
_WORDS |= {name.lower(): name for name in (*PROPER, *ACRONYMS)}
# Words of a code that are one word with a hyphen.
_HYPHENED = {
    "below knee": "below-knee",
    "above knee": "above-knee",
    "auto amputation": "auto-amputation",
    "COVID 19": "COVID-19",
    "low molecular weight": "low-molecular-weight",
    "pre eclampsia": "pre-eclampsia",
}
# One reason or several, up to the end of their sentence; and words that say what was done next.
_REASON = re.compile(r"\b(?:because of|due to) ([^.;[\]]+)")
_NEXT = re.compile(
    r", (?:and |so |but )?(?:he|she|it|they|we|with|without|which|who|then|after|before)\b|\bwas\b|\bwere\b"
)


# What was done next without a comma: "and on day 24 was resumed".
_DONE_NEXT = re.compile(
    r",? (?:and|but|then) (?:(?:was|were|then|later|subsequently|it|again) |(?:on|in|at|after) (?:[\w.-]+ ){1,3}?)*"
    r"(?:resumed|restarted|reintroduced|recommenced|continued|stopped|discontinued|withdrawn|switched|replaced)\b.*"
)


def label_in_sentence(label: str) -> str:
    """A label as it stands in a sentence.

    Examples
    --------
    >>> [label_in_sentence(label) for label in ("Calcium, total", "Troponin T, high sensitivity")]
    ['calcium', 'high-sensitivity troponin T']
    >>> label_in_sentence("Renal function, test not named"), label_in_sentence("Rheumatoid factor, present or absent")
    ('renal function (test not named)', 'rheumatoid factor')
    >>> label_in_sentence("Pressure, estimated by echocardiography"), label_in_sentence("Pressure, by catheter")
    ('estimated pressure', 'pressure (by catheter)')
    >>> label_in_sentence("Raynaud phenomenon"), label_in_sentence("Ra diagnosis")
    ('Raynaud phenomenon', 'RA diagnosis')
    >>> label_in_sentence("Below knee amputation"), label_in_sentence("Transesophageal echocardiography")
    ('below-knee amputation', 'transoesophageal echocardiography')
    >>> [label_in_sentence(label) for label in ("Cmv infection", "Bk viraemia", "Onset of raynaud phenomenon")]
    ['CMV infection', 'BK viraemia', 'onset of Raynaud phenomenon']
    >>> [*map(label_in_sentence, ("Health Assessment Questionnaire disability index", "Rodnan skin score"))]
    ['Health Assessment Questionnaire disability index', 'Rodnan skin score']
    """
    thing, _, quality = label.partition(", ")
    plain = thing if is_title(thing) else in_a_sentence(thing)
    plain = _WORDS.get(plain) or " ".join(_WORDS.get(word, word) for word in plain.split(" "))
    for words, hyphened in _HYPHENED.items():
        plain = plain.replace(words, hyphened)
    if quality == "total":
        # What is measured where nothing else is said, and what a source prints without the word.
        return plain
    first, _, done = quality.partition(" ")
    if first in _QUALITIES:
        # Behind a quality may stand what happened: immunoglobulin, intravenous stopped.
        return f"{first} {plain} {done}".rstrip()
    if quality == "high sensitivity":
        return f"high-sensitivity {plain}"
    if quality.startswith("estimated by "):
        return f"estimated {plain}"
    return f"{plain} ({quality})" if quality and quality != "present or absent" else plain


def without_method(label: str) -> tuple[str, str]:
    """A label in a sentence without how it is measured as a rule, and that; one in brackets belongs to the name.

    Examples
    --------
    >>> without_method("saturation by pulse oximetry"), without_method("pressure (read by an observer)")
    (('saturation', 'pulse oximetry'), ('pressure (read by an observer)', ''))
    """
    by = re.fullmatch(r"([^(]+) by (.+)", label)
    return (by[1], by[2]) if by else (label, "")


def named_with(label: str, short: str) -> str:
    """A label with its abbreviation, in the brackets that it has or in some of its own.

    Examples
    --------
    >>> named_with("skin score", "mRSS"), named_with("pressure (by catheter)", "mPAP")
    ('skin score (mRSS)', 'pressure (by catheter; mPAP)')
    """
    return f"{label[:-1]}; {short})" if label.endswith(")") else f"{label} ({short})"


def is_title(label: str) -> bool:
    """Whether a label is written as a title, such as that of a questionnaire, whose words keep their capitals.

    That is where two words behind the first have one, or all that are no joiners.

    Examples
    --------
    >>> [is_title(label) for label in ("Birmingham Vasculitis Activity Score", "Barthel Index of mobility")]
    [True, False]
    >>> [is_title(label) for label in ("Visual Analogue Scale", "Modified Rodnan skin score", "Troponin T", "Rash")]
    [True, False, False, False]
    """
    words = [word for word in label.split(" ")[1:] if word not in JOINERS]
    titled = [bool(re.fullmatch(r"[A-Z][a-z]+", word)) for word in words]
    return sum(titled) > 1 or (bool(titled) and all(titled))


def labels_together(labels: Sequence[str]) -> str:
    """Labels of rules in one line; those that differ in one number alone are one label with each number.

    Examples
    --------
    >>> labels_together([f"Fall of at least {share} % in the trial" for share in (20, 40, 60)])
    'Fall of at least 20 %, 40 % or 60 % in the trial'
    >>> labels_together(["Raised CK (EFNS 2010)", "Raised CK (EAN 2024)"])
    'Raised CK (EFNS 2010); Raised CK (EAN 2024)'
    """
    pieces = [re.split(r"([0-9.]+(?: %)?)", label) for label in labels]
    apart = [place for place, alike in enumerate(zip(*pieces, strict=False)) if len(set(alike)) > 1]
    if len({len(each) for each in pieces}) > 1 or len(apart) != 1 or not apart[0] % 2:
        return "; ".join(labels)
    *others, last = (each[apart[0]] for each in pieces)
    before, after = ("".join(part) for part in (pieces[0][: apart[0]], pieces[0][apart[0] + 1 :]))
    return f"{before}{', '.join(others)} or {last}{after}"


def joined(names: Sequence[str], last: str = "and") -> str:
    """Names as one list, with commas and a word before the last.

    Examples
    --------
    >>> joined(["a", "b", "c"]), joined(["a", "b"], "or"), joined(["a"])
    ('a, b and c', 'a or b', 'a')
    """
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


# Organs that the name of a procedure says by another word.
_NAMED = {"kidney": "renal", "heart": "cardi", "liver": "hepat", "lung": "pulmon", "pericardium": "pericardi"}


def told_site(name: str, site: str) -> str:
    """The site of something, where its name does not say it.

    Examples
    --------
    >>> told_site("Renal biopsy", "kidney"), told_site("Skin biopsy", "skin"), told_site("Muscle biopsy", "left thigh")
    ('', '', 'left thigh')
    >>> told_site("Endomyocardial biopsy", "heart"), told_site("Bone marrow biopsy", "")
    ('', '')
    """
    names_site = site.lower() in name.lower() or (site.lower() in _NAMED and _NAMED[site.lower()] in name.lower())
    return "" if names_site else site


# A test is positive or negative, and not there or gone.
RESULTS = {"present": "positive", "absent": "negative"}


def is_test(label: str) -> bool:
    """Whether a finding is the result of a test for something in blood, by its label.

    Examples
    --------
    >>> [is_test(label) for label in ("Antinuclear antibody", "Rheumatoid factor, present or absent", "Rash")]
    [True, True, False]
    """
    return bool(re.search(r"antibod(y|ies)\b|\bfactor\b|\bRNA\b", label))


def is_acronym(short: str) -> bool:
    """Whether an abbreviation is made of capitals, and no shortened word.

    Examples
    --------
    >>> [is_acronym(short) for short in ("mRSS", "CK", "Effusion", "HCV RNA")]
    [True, True, False, False]
    """
    return bool(re.fullmatch(r"[A-Za-z\d-]*[A-Z][A-Za-z\d-]*[A-Z][A-Za-z\d-]*", short))


def label_in_cell(label: str) -> str:
    """A label as it stands alone in a cell: as in a sentence, with a capital letter.

    Examples
    --------
    >>> label_in_cell("Troponin T, high sensitivity"), label_in_cell("mRSS")
    ('High-sensitivity troponin T', 'mRSS')
    >>> label_in_cell("Pressure, estimated by echocardiography")
    'Pressure (estimated by echocardiography)'
    """
    thing, _, quality = label.partition(", ")
    if quality.startswith("estimated by "):
        # A cell has room for the method, which a sentence leaves out.
        return f"{label_in_cell(thing)} ({quality})"
    return capital(label_in_sentence(label)) if label[1:2].islower() else label


def printed_words(row) -> str:
    """What the source prints for a finding without a value, as the note of its row keeps it; blank if it is longer.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> printed_words(Row(value="", note="printed 'massive'; size not reported"))
    "'massive'"
    >>> printed_words(Row(value="", note="size not reported")), printed_words(Row(value="35", note="printed 'x'"))
    ('', '')
    """
    printed = source_words(row)
    return printed and f"'{printed}'"


def source_words(row, longest: int = 40) -> str:
    """As `printed_words`, without quotation marks.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> source_words(Row(value="", note="printed 'massive'; size not reported")), source_words(Row(value="35", note=""))
    ('massive', '')
    """
    return "" if row.value else printed_in(row.note, longest)


def unreported(note: str) -> list[str]:
    """What a note says is missing of its fact itself, as remarks; sizes, doses and days are told in their own way.

    Examples
    --------
    >>> unreported("printed 'x'; inspired oxygen not reported; dose not reported"), unreported("result not read")
    (['inspired oxygen not reported'], ['result not in the part of the source that was read'])
    >>> unreported("size not reported; when it was found is not said")
    ['time not reported']
    """
    remarks = re.findall(
        r"(?:^|; )((?:time|number|inspired oxygen|correction|starting dose)[\w -]* not reported)", note
    )
    whens = {"when it was found": "time not reported", "when it began": "start not reported"}
    remarks += [words for when, words in whens.items() if re.search(rf"(?:^|; ){when} is not said\b", note)]
    unread = re.search(r"(?:^|; )result not read\b", note)
    return [*remarks, *(["result not in the part of the source that was read"] if unread else [])]


def printed_reason(row) -> str:
    """Why something was done, as the quote of its row says it or else as its note keeps it; blank where neither does.

    Several reasons in one list are told as that list. Where words behind a comma may be a further reason or what was
    done next, none is told.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> printed_reason(Row(quote="Day 1 [...] Intensive care admission due to worsening shock.", note=""))
    'because of ‘worsening shock’'
    >>> printed_reason(Row(quote="he was switched", note="because of a shortage; see the summary"))
    'because of a shortage'
    >>> [printed_reason(Row(quote=f"It was stopped due to {words}.", note="")) for words in (
    ...     "fever, rash, and cough", "fever, and she was discharged", "fever, rash and she was discharged")]
    ['because of ‘fever, rash, and cough’', 'because of ‘fever’', '']
    """
    return because(row.quote) if _REASON.search(row.quote) else noted_reason(row)


def because(text: str) -> str:
    """The reason that words of a source give, as they print it; blank where they give none, or may go on behind it.

    Examples
    --------
    >>> because("paused due to fever and resumed on day 24"), because("paused"), because("because of infection")
    ('because of ‘fever’', '', 'because of ‘infection’')
    """
    printed = _REASON.search(text)
    if not printed:
        return ""
    reason = _DONE_NEXT.sub("", printed[1])
    first, comma, others = reason.partition(",")
    if not comma or _NEXT.match(comma + others):
        return f"because of ‘{first.strip()}’"
    listed = " and " in others and not _NEXT.search(reason)
    return f"because of ‘{reason.strip()}’" if listed else ""


def noted_reason(row) -> str:
    """Why something was done or happened, as the note of its row keeps it; blank where it does not.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> noted_reason(Row(note="because of respiratory failure; day not reported")), noted_reason(Row(note=""))
    ('because of respiratory failure', '')
    """
    noted = re.search(r"(?:^|; )(because of [^;]+)", row.note)
    return noted[1] if noted else ""


def above_scale(word: str, grades: Sequence[str]) -> str:
    """That a printed word is above the highest grade of a scale, and read as that; blank for any other word.

    Examples
    --------
    >>> above_scale("massive", ("none", "large"))
    'the scale used here (none, large) has no grade above large, so ‘massive’ is read as large'
    >>> above_scale("big", ("none", "large")), above_scale("large", ("none", "large"))
    ('', '')
    """
    read = spelling("grade", word)
    if not grades or not read or read.canonical != grades[-1] or "no grade above" not in read.hint:
        return ""
    scale = f"the scale used here ({', '.join(grades)}) has no grade above {grades[-1]}"
    return f"{scale}, so \N{LEFT SINGLE QUOTATION MARK}{word}\N{RIGHT SINGLE QUOTATION MARK} is read as {grades[-1]}"


_TURNED = {"regression": "regressed", "improvement": "improved", "progression": "progressed"}


def response_clause(label: str) -> str:
    """The name of a response, with its work, as a clause.

    Examples
    --------
    >>> response_clause("regression of skin fibrosis (EUSTAR 2024)"), response_clause("remission (a work)")
    ('skin fibrosis regressed (EUSTAR 2024)', 'there was remission (a work)')
    >>> response_clause("fall of at least 20 % (a work)")
    'there was a fall of at least 20 % (a work)'
    """
    named = re.fullmatch(rf"({'|'.join(_TURNED)}) of ([^(]+) (\(.*)", label)
    article = "a " if label.startswith(("fall ", "rise ")) else ""
    return f"{named[2]} {_TURNED[named[1]]} {named[3]}" if named else f"there was {article}{label}"
