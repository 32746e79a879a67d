"""What follows from the definition of the skin score, said as a deduction and never as a report."""

from collections.abc import Iterator

from ...rules import BASIS, LIMITED_SITES, MOST_LIMITED, RESTATED, Analysis
from .words import capital, value_words

_DEDUCED = "Deduced from the definition, and not reported: the disease is of the {subset} subset."
_AGAINST = "The source says {told}, but by the definition, and not as reported, the disease is of the {subset} subset."
_WHY = (
    "of the 17 sites of the skin score, {sites} and {last} give {most} points at most, so a total of {total} "
    "includes upper arms, thighs or trunk ({works})."
)
_APPLY = "So the minimal important differences of {subset} disease apply: {rules}."


def subset_sentences(analysis: Analysis) -> Iterator[str]:
    """The subset that is deduced, why, and which minimal important differences apply; nothing where none is."""
    deduced, case = analysis.subset, analysis.case
    if deduced is None:
        return
    yield (_AGAINST if analysis.subset_told else _DEDUCED).format(subset=deduced.subset, told=analysis.subset_told)
    works = "; ".join(_name(case.references.get(key, {})) or key for key in (*BASIS, RESTATED))
    yield capital(subset_reason(analysis, works))
    applicable = analysis.applicable
    rules = applicable[applicable["kind"].eq("important") & applicable["made_for"].str.startswith(deduced.subset)]
    if len(rules) and not analysis.subset_told:
        yield _APPLY.format(subset=deduced.subset, rules="; ".join(rules["label"]))


def subset_reason(analysis: Analysis, works: str) -> str:
    """Why the deduced subset follows from the definition of the skin score, as a sentence without its capital.

    Parameters
    ----------
    analysis : Analysis
        Of a case whose subset is deduced.
    works : str
        The works that the definition stands in, as they are to be cited.
    """
    *sites, last = LIMITED_SITES
    record = analysis.changes.set_index("line").loc[analysis.subset.lines[0]]
    total = value_words(record, analysis.case.measure(record["PARAMCD"])["unit"])
    return _WHY.format(sites=", ".join(sites), last=last, most=MOST_LIMITED, total=total, works=works)


def _name(work: dict) -> str:
    """First author and year of a work; of one of which neither is known, its DOI.

    Examples
    --------
    >>> _name({"author": [{"family": "LeRoy"}], "issued": {"date-parts": [[2001]]}})
    'LeRoy 2001'
    """
    author = next(iter(work.get("author", [])), {}).get("family", "")
    year = work.get("issued", {}).get("date-parts", [[""]])[0][0]
    return f"{author} {year}".strip() or (f"doi:{work['DOI']}" if "DOI" in work else "")
