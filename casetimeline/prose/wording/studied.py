"""In whom the limits of rules were studied that a table holds a patient against, where no rule says whether it fits."""

from collections.abc import Iterable, Iterator

import pandas as pd

from .words import in_a_sentence

_SDC = "Smallest detectable change: 1.96 × √2 × the standard deviation of repeated measurements of one patient."
# What a population begins with that is none in particular.
_ANYONE = "any"


def studied_in(judged: Iterable[tuple[str, pd.DataFrame]]) -> Iterator[str]:
    """Notes of a table of answers, by the kinds of the rules that it asks and their verdicts.

    Of measurement error how its limit is computed; of day-to-day variation, and of a size that counts as large, in whom
    it was studied: whether the patient is one of them is not decided.

    Examples
    --------
    >>> large = {"RULE": "r", "LABEL": "Large by size (a work)", "POPULATION": "drained effusions; 8 of 258"}
    >>> [*studied_in([("large", pd.DataFrame([large])), ("large", pd.DataFrame([{**large, "POPULATION": "any"}]))])]
    ['What counts as large was set in other patients: large by size (a work), in drained effusions; 8 of 258.']
    >>> [*studied_in([("variation", pd.DataFrame([{**large, "POPULATION": "91 healthy adults"}]))])]
    ['Day-to-day variation was studied at normal values, in other people: 91 healthy adults.']
    """
    tables = {kind: [] for kind in ("error", "variation", "large")}
    for kind, rows in judged:
        tables.setdefault(kind, []).append(rows)
    if tables["error"]:
        yield _SDC
    varied = dict.fromkeys(population for rows in tables["variation"] for population in rows["POPULATION"])
    if varied:
        yield f"Day-to-day variation was studied at normal values, in other people: {'; '.join(varied)}."
    sized = {
        f"{in_a_sentence(label)}, in {population}"
        for rows in tables["large"]
        for label, population in zip(rows["LABEL"], rows["POPULATION"], strict=True)
        if not population.startswith(_ANYONE)
    }
    if sized:
        yield f"What counts as large was set in other patients: {'; '.join(sorted(sized))}."
