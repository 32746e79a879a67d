"""How a report was made, and what it ends with: methods, notes on the data, rules, colophon, references."""

from collections.abc import Iterator

import pandas as pd

from .. import __version__
from ..case import Case
from ..prose import (
    Table,
    baseline_words,
    explained,
    in_a_sentence,
    reference_kind,
    subset_reason,
    without_empty,
)
from ..rules import BASIS, BY_EXAMINERS, RESTATED, UNREAD, Analysis
from ..vocabulary import AXES, BY_REFERENCE, NOT_APPLICABLE
from .citations import Numbers, Reference, references_in_use
from .contents import cite_words, in_print
from .document import WORKS, Block, Heading, Items, Paragraph, Works, spans
from .noted import notes_in_print


def method_blocks(analysis: Analysis, numbers: Numbers | None = None) -> list[Block]:
    """How the values of a report were made.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    numbers : Numbers, optional
        Of the works that the short report cites; those that it does not cite go on from there.
    """
    case, numbers = analysis.case, numbers or Numbers(analysis)
    methods = [
        f"{_baseline_sentence(case)} A change is the value minus the baseline, with bounds where either is uncertain: "
        "lowest minus highest to highest minus lowest. A percentage is computed for numbers only. A value that is not "
        "reported gives no change. Times are those that the source prints; the order of telling is not read as a time."
        f"{_zero_sentence(case)}",
        *_subset_words(analysis, numbers),
        *([_OF_RULES] if len(rules_in_use(analysis, numbers).frame) else []),
        *filter(None, [_works_words(references_in_use(analysis), numbers), _axis_words(case), case.selection]),
        f"Computed by casetimeline {__version__} from the files whose digests stand in the colophon; the same files "
        "give the same bytes.",
    ]
    return [*map(in_print, [Heading(2, "Methods"), *map(Paragraph, methods)])]


def back_blocks(
    analysis: Analysis, digests: dict[str, str], versions: dict[str, str], numbers: Numbers | None = None
) -> list[Block]:
    """What a report ends with: notes on the data, rules in use, colophon, references.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    digests, versions : dict of str
        For the colophon.
    numbers : Numbers, optional
        As for `method_blocks`.
    """
    numbers = numbers or Numbers(analysis)
    first = len(numbers.references()) + 1
    used = references_in_use(analysis)
    works = dict(sorted((*numbers.of([each.key]), line) for each, line in zip(used, cite_words(used), strict=True)))
    rules, notes = rules_in_use(analysis, numbers), notes_in_print(analysis.case)
    blocks = [
        *([Heading(2, "Notes on the data"), Items(notes)] if notes else []),
        *([Heading(2, "Rules"), rules] if len(rules.frame) else []),
        Heading(2, "Colophon"),
        colophon(digests, versions),
        # The last page of print has what breaks well.
        Heading(2, "References, and what each is used for"),
        Works(works, first),
    ]
    return [*map(in_print, blocks)]


_OF_RULES = (
    "A rule is decided on recorded values, never on a rounded one. It answers met, not met, or cannot be determined, "
    "with the part that decided; a rule whose population excludes the patient by diagnosis, sex or entry is not "
    "applicable and is not counted, and a value surely before or after the time that a rule asks for is outside the "
    "window."
)


def _baseline_sentence(case: Case) -> str:
    """Which value is the baseline, and what sets it.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> _baseline_sentence(read_case("data/shm-ssc-47f"))
    'The baseline is the last value before pericardiocentesis, the reference procedure.'
    """
    words, kind = baseline_words(case), reference_kind(case)
    reference = in_a_sentence(case.label(case.reference))
    by_reference = case.baseline_rule in BY_REFERENCE
    if by_reference and ", or on the day" not in words:
        return f"The baseline is the {words}, the reference {kind}."
    return f"The baseline is the {words}." + (f" Reference {kind}: {reference}." if reference else "")


def _zero_sentence(case: Case) -> str:
    """What day 0 is, where the timeline has a time that counts from it.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> _zero_sentence(read_case("data/openneurol2024-64f")), _zero_sentence(read_case("data/shm-ssc-47f"))
    (' Times count from day 0: start of treatment.', ' Times count from day 0: initial presentation.')
    """
    zero = case.about.get("time_zero", {}).get("label", "")
    counted = case.facts["anchor"].eq("") & case.facts["DAYLO"].notna()
    return f" Times count from day 0: {zero}." if zero and counted.any() else ""


def _subset_words(analysis: Analysis, numbers: Numbers) -> Iterator[str]:
    """Why a subset is deduced that the source does not report."""
    if analysis.subset is not None:
        works = spans(numbers.of([*BASIS, RESTATED])).replace(",", ", ")
        yield f"The {analysis.subset.subset} subset is deduced and not reported: {subset_reason(analysis, works)}"


def _works_words(used: list[Reference], numbers: Numbers) -> str:
    """What else was read for the methods, by the numbers of the works."""
    uses: dict[str, list[str]] = {}
    for each in used:
        for use in each.used_for:
            if use.startswith("method: "):
                uses.setdefault(use.removeprefix("method: "), []).append(each.key)
    cited_uses = [f"{use} ({', '.join(map(str, numbers.of(keys)))})" for use, keys in uses.items()]
    return f"Works on the methods, by their numbers in the list: {'; '.join(cited_uses)}." if cited_uses else ""


def _axis_words(case: Case) -> str:
    """The axis of the figures over time, where it was chosen."""
    if not case.axis:
        return ""
    return f"The axis of the figures over time was asked for ({case.axis}): {AXES[case.axis]}."


_MADE_FROM = "What this report was made from"
# As many digits of a digest are printed, and as many files stand side by side.
_DIGITS, _ABREAST = 12, 2


def in_columns(block: Block) -> Block:
    """A block as it is printed: of what a report was made from the first digits, in columns side by side.

    Examples
    --------
    >>> digests = {f"{name}.csv": "0123456789abcdef" * 4 for name in "abcd"}
    >>> made = in_columns(in_print(colophon(digests, {"jinja2": "3"})))
    >>> print(made, *made.notes, sep="\\n")
    What this report was made from: the first 12 digits of the SHA-256 digests, which manifest.json has in full
    File   Digest        File   Digest
    a.csv  0123456789ab  c.csv  0123456789ab
    b.csv  0123456789ab  d.csv  0123456789ab
    Versions: jinja2 3.
    """
    if not isinstance(block, Table) or not block.caption.startswith(_MADE_FROM):
        return block
    entries = block.cells()
    files = [(name, what[:_DIGITS]) for name, what in entries if len(what) == _LENGTH]
    versions = ", ".join(f"{name} {what}" for name, what in entries if len(what) != _LENGTH)
    high = -(-len(files) // _ABREAST)
    cells = [*files, *[("", "")] * (high * _ABREAST - len(files))]
    columns = [cells[high * place : high * (place + 1)] for place in range(_ABREAST)]
    rows = [[cell for pair in row for cell in pair] for row in zip(*columns, strict=True)]
    caption = f"{_MADE_FROM}: the first {_DIGITS} digits of the SHA-256 digests, which manifest.json has in full"
    notes = (f"Versions: {versions}.",) if versions else ()
    return Table(pd.DataFrame(rows, columns=["File", "Digest"] * _ABREAST), caption, notes, block.label)


# As many digits a SHA-256 digest has.
_LENGTH = 64


def colophon(digests: dict[str, str], versions: dict[str, str]) -> Table:
    """The files that a report was made from, by their digests, and the versions of what made it."""
    rows = pd.DataFrame([*digests.items(), *versions.items()], columns=["file", "version or SHA-256 digest"])
    return Table(rows, _MADE_FROM)


# Behind the population of a rule that the patient or those who scored do not belong to.
_OTHERS = " (not this patient)"
_OTHER_EXAMINERS = " (not these examiners)"


def rules_in_use(analysis: Analysis, numbers: Numbers) -> Table:
    """The rules with a verdict: a row for each, with definition, population and works.

    One that was made for other patients or examiners says so; one whose threshold was not read has no row.
    """
    verdicts = analysis.verdicts
    other = verdicts["VERDICT"].eq(NOT_APPLICABLE)
    judging = {*verdicts.loc[~other & verdicts["WHY"].ne(UNREAD), "RULE"]}
    rules = analysis.case.rules[analysis.case.rules["rule"].isin(judging | {*verdicts.loc[other, "RULE"]})]
    others = dict.fromkeys(verdicts.loc[other, "RULE"], _OTHERS)
    others |= dict.fromkeys(verdicts.loc[other & verdicts["DECIDED"].eq(BY_EXAMINERS), "RULE"], _OTHER_EXAMINERS)
    others |= dict.fromkeys(judging, "")
    shown = pd.DataFrame(
        {
            "measure": analysis.case.measures["abbrev"].reindex(rules["measure"]).to_numpy(),
            "rule": rules["label"],
            "definition": rules["definition"],
            "made for": rules["population"] + rules["rule"].map(others),
            WORKS: [
                spans(numbers.of([row.rule, getattr(row, "further_reference", "")])).replace(",", ", ")
                for row in rules.itertuples()
            ],
        }
    )
    caption = ". ".join(filter(None, ["Rules for the values and changes of the case", analysis.case.selection]))
    return explained(analysis, Table(without_empty(shown, ("rule", WORKS)), caption))
