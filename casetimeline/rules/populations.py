"""A case beside published groups: whether a rule was made for such patients, regression to the mean, trial arms."""

import re

import pandas as pd

from ..case import RULE_EXAMINERS, subset_told
from ..derive import require
from ..values import rows_of
from ..vocabulary import MET, NOT_APPLICABLE, NOT_MET, RULE_POPULATIONS, UNDETERMINED
from .doubt import is_doubted

# The words by which a diagnosis names a disease. One that names none of these is not known to be any of them.
_DISEASES = {
    "systemic sclerosis": r"systemic scleros\w+|\b(?:ss?|[dl]?c?)ssc\b|\bcrest\b|\bscleroderma\b(?!-like)",
    "lupus": r"\blupus\b(?! anticoagulant| pernio| vulgaris)|\bsle\b",
    "myositis": r"myositis|\bmyopath\w+|\bimnm\b",
    "arthritis": r"rheumatoid arthritis|\bra\b|still's disease",
    "other": r"vasculitis|sj(?:o|ö)gren|sarcoid\w*|tubercul\w+|carcinoma|lymphoma|hypothyroid\w*",
}
# Scleroderma of the skin alone is another disease: "linear scleroderma", "scleroderma (localised)", "morphea".
_LOCALISED = re.compile(
    r"\bmorpho?ea|coup de sabre|pansclerotic|\bdeep scleroderma"
    r"|\b(?:locali[sz]ed|linear|circumscri\w+)\W+(?:\w+\W+)?scleroderma"
    r"|\bscleroderma\W+(?:(?:is|of|the)\W+)*(?:locali[sz]ed|linear|circumscri\w+)\W*(?:$|[,;.)]|type|form|variant|subtype)"
)
# In a clause with such a word `scleroderma` means that of the skin, if it is not called systemic in one way or another.
_OF_SKIN_ALONE = re.compile(
    r"(?<!systemic )(?<!diffuse )(?<!limited )(?<!diffuse cutaneous )(?<!limited cutaneous )\bscleroderma\b"
    r"(?! (?:renal|kidney|lung|heart)\b)"
)
# Two diagnoses of which one is meant.
_EITHER = re.compile(r"\?|\b(?:versus|vs|or|oder|ou|differential|diff\u00e9rentiel)\b")
# Populations that any disease excludes which a diagnosis names, and the words by which one names them itself.
_UNEXPLAINED = {
    "idiopathic effusion": re.compile(r"idiopathic\b[^,;.]*(?:effusion|pericardi)"),
    "few or no symptoms": re.compile(r"\b(?:a|pauci-?|oligo-?)symptomatic\b[^,;.]*(?:hyperck|\bck\b|creatine kinase)"),
}

# What decides a verdict by the patient alone, and not by a value.
OF_PATIENT = ("diagnosis", "sex")


def _read(diagnosis: str) -> str:
    """A diagnosis in small letters, in which scleroderma of the skin alone is called morphea.

    Examples
    --------
    >>> _read("Scleroderma, localized"), _read("systemic scleroderma with morphea")
    ('morphea, localized', 'systemic scleroderma with morphea')
    """
    clauses = diagnosis.lower().split(";")
    return ";".join(_OF_SKIN_ALONE.sub("morphea", words) if _LOCALISED.search(words) else words for words in clauses)


def names_main_disease(diagnosis: str) -> bool:
    """Whether a diagnosis names systemic sclerosis, lupus or myositis, whose measures the first notebooks are about.

    Examples
    --------
    >>> names_main_disease("limited cutaneous systemic sclerosis"), names_main_disease("sarcoidosis")
    (True, False)
    """
    words = _read(diagnosis)
    return any(re.search(_DISEASES[name], words) for name in ("systemic sclerosis", "lupus", "myositis"))


# The diseases in which a main measure is missed where a source does not mention it.
_ASKED_OF = {
    "mrss": ("systemic sclerosis",),
    "ck": ("systemic sclerosis", "myositis"),
    "pericardial_effusion": ("systemic sclerosis", "lupus"),
}


def is_missed(code: str, diagnosis: str) -> bool:
    """Whether a measure that a source does not mention is worth a word: not in a disease that it has no part in.

    Examples
    --------
    >>> [is_missed("mrss", diagnosis) for diagnosis in ("systemic sclerosis", "systemic lupus erythematosus", "")]
    [True, False, True]
    """
    words = _read(diagnosis)
    named = [name for name, disease in _DISEASES.items() if re.search(disease, words)]
    return not named or any(name in _ASKED_OF.get(code, named) for name in named)


def belongs_to(population: str, diagnosis: str, sex: str = "", subset: str = "") -> str:
    """Whether a patient is one of those that a rule was made for, as far as diagnosis, subset and sex decide it.

    Parameters
    ----------
    population : str
        `made_for` of rules.csv: one of `vocabulary.RULE_POPULATIONS`.
    diagnosis, sex, subset : str
        As case.yaml tells them; blank where it does not. A subset that it does not tell excludes nobody.

    Returns
    -------
    str
        `met` where they do not exclude the patient, `not met` where they do, and `cannot be determined` where the
        diagnosis or sex is not told, is doubtful, or is in other words than are known here.

    Examples
    --------
    >>> belongs_to("idiopathic effusion", "systemic lupus erythematosus"), belongs_to("idiopathic effusion", "")
    ('not met', 'cannot be determined')
    >>> belongs_to("few or no symptoms", "polymyositis"), belongs_to("few or no symptoms", "asymptomatic hyperCKaemia")
    ('not met', 'met')
    >>> belongs_to("diffuse systemic sclerosis", "limited cutaneous systemic sclerosis")
    'not met'
    >>> belongs_to("diffuse systemic sclerosis", "systemic sclerosis"), belongs_to("women", "lupus", "male")
    ('met', 'not met')
    >>> belongs_to("diffuse systemic sclerosis", "systemic sclerosis", subset="limited cutaneous")
    'not met'
    """
    if population == "women":
        return {"female": MET, "male": NOT_MET}.get(sex.strip().lower(), UNDETERMINED)
    words = _read(diagnosis)
    named = {name for name, disease in _DISEASES.items() if re.search(disease, words)}
    doubted = {name for name in named if is_doubted(_DISEASES[name], words)}
    if _EITHER.search(words) or doubted >= named:
        unexplained = _UNEXPLAINED.get(population)
        known = unexplained and unexplained.search(words) and not _EITHER.search(words)
        return MET if known and not named else UNDETERMINED
    if population in _UNEXPLAINED:
        return NOT_MET
    if "systemic sclerosis" in doubted:
        return UNDETERMINED
    if population == "diffuse systemic sclerosis" and _EITHER.search(subset.lower()):
        return UNDETERMINED
    other = subset_told(diagnosis, subset) not in ("", "diffuse")
    outside = "systemic sclerosis" not in named or (population == "diffuse systemic sclerosis" and other)
    return NOT_MET if outside else MET


def derive_applicable(
    verdicts: pd.DataFrame, rules: pd.DataFrame, diagnosis: str, sex: str = "", subset: str = ""
) -> pd.DataFrame:
    """The verdicts on one patient, with `not applicable` where a rule was made for patients of another kind.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `evaluate_rules`.
    rules : DataFrame
        Rows of rules.csv.
    diagnosis, sex, subset : str
        As for `belongs_to`.

    Returns
    -------
    DataFrame
        `verdicts`. Where the population of a rule excludes the patient, VERDICT is `not applicable`, and SIZE and TIME
        are blank; where neither diagnosis nor sex tells it, VERDICT is `cannot be determined`. In both DECIDED and WHY
        are `diagnosis` or `sex`.

    Examples
    --------
    >>> rules = pd.DataFrame({"rule": ["r"], "made_for": ["idiopathic effusion"]})
    >>> verdicts = pd.DataFrame({"RULE": ["r"], "SIZE": "met", "TIME": "", "VERDICT": "met", "DECIDED": "state",
    ...                          "WHY": "state"})
    >>> derive_applicable(verdicts, rules, "systemic sclerosis")[["SIZE", "VERDICT", "DECIDED"]].iloc[0].tolist()
    ['', 'not applicable', 'diagnosis']
    """
    require(rules, "derive_applicable", ("rule", "made_for"), "rules.csv has")
    require(verdicts, "derive_applicable", ("RULE", "SIZE", "TIME", "VERDICT", "DECIDED", "WHY"), "evaluate_rules adds")
    answers = {population: belongs_to(population, diagnosis, sex, subset) for population in RULE_POPULATIONS} | {
        "": MET
    }
    asked = verdicts["RULE"].map(rules.set_index("rule")["made_for"])
    belongs = asked.map(answers)
    # A rule of other examiners stays one that is not applicable, whatever the diagnosis.
    outside = belongs.eq(NOT_MET)
    unknown = belongs.eq(UNDETERMINED) & verdicts["VERDICT"].ne(NOT_APPLICABLE)
    deciding = pd.Series("diagnosis", index=asked.index, dtype="str").mask(asked.eq("women"), "sex")
    return verdicts.assign(
        SIZE=verdicts["SIZE"].mask(outside, ""),
        TIME=verdicts["TIME"].mask(outside, ""),
        VERDICT=verdicts["VERDICT"].mask(unknown, UNDETERMINED).mask(outside, NOT_APPLICABLE),
        DECIDED=verdicts["DECIDED"].mask(unknown | outside, deciding),
        WHY=verdicts["WHY"].mask(unknown | outside, deciding),
    )


# What decides a verdict by who scored.
BY_EXAMINERS = "examiners"


def derive_examined(verdicts: pd.DataFrame, rules: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """The verdicts, with `not applicable` where a rule of measurement error was made for other examiners.

    Whether examiners were taught or in training no row tells: of one examiner both rules of one stay, of two those of
    two and of examiners in training. Where the column `by` does not say who scored both visits, nothing is changed.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `evaluate_rules`.
    rules : DataFrame
        Rows of rules.csv.
    changes : DataFrame
        The derived table, or that of `derive_stretches`, with EXAMINERS where the case tells who scored.

    Examples
    --------
    >>> rules = pd.DataFrame({"rule": ["a", "b"], "kind": "error", "examiners": ["one examiner", "two examiners"]})
    >>> verdicts = pd.DataFrame({"RULE": ["a", "b"], "line": 3, "SIZE": "met", "TIME": "", "VERDICT": "met",
    ...                          "DECIDED": "size", "WHY": "size"})
    >>> changes = pd.DataFrame({"line": [3], "EXAMINERS": ["one examiner"]})
    >>> derive_examined(verdicts, rules, changes)[["VERDICT", "WHY"]].to_numpy().tolist()
    [['met', 'size'], ['not applicable', 'both scores are of one examiner']]
    """
    if "EXAMINERS" not in changes or "examiners" not in rules:
        return verdicts
    require(
        verdicts,
        "derive_examined",
        ("RULE", "line", "SIZE", "TIME", "VERDICT", "DECIDED", "WHY"),
        "evaluate_rules adds",
    )
    of_error = rules[rules["kind"] == "error"].set_index("rule")["examiners"].map(RULE_EXAMINERS)
    asked = verdicts["RULE"].map(of_error)
    # A record stands in a table of stretches once for each kind of stretch.
    record = [name for name in ("case_id", "line", "STRETCH") if name in changes and name in verdicts]
    measured = changes[[*record, "EXAMINERS"]].drop_duplicates(record).reset_index(drop=True)
    judged = verdicts[record].reset_index(drop=True)
    examiners = judged.merge(measured, on=record, how="left")["EXAMINERS"].fillna("").set_axis(verdicts.index)
    other = asked.notna() & examiners.ne("") & asked.ne(examiners)
    why = examiners.map(
        {"one examiner": "both scores are of one examiner", "two examiners": "the scores are of two examiners"}
    )
    return verdicts.assign(
        SIZE=verdicts["SIZE"].mask(other, ""),
        TIME=verdicts["TIME"].mask(other, ""),
        VERDICT=verdicts["VERDICT"].mask(other, NOT_APPLICABLE),
        DECIDED=verdicts["DECIDED"].mask(other, BY_EXAMINERS),
        WHY=verdicts["WHY"].mask(other, why),
    )


def expected_regression(baseline: float, mean: float, population_sd: float, within_sd: float) -> float:
    """Expected change of a value towards the mean of its population, by measurement error alone.

    `(1 - reliability) (mean - baseline)`, with the reliability `1 - within_sd^2 / population_sd^2`.

    Parameters
    ----------
    baseline : float
        The first value, in the unit of the measure.
    mean, population_sd : float
        Mean and standard deviation of the first values in the population from which the patient is assumed to come.
    within_sd : float
        Within-patient standard deviation of repeated measurements.

    Returns
    -------
    float
        Negative for a fall; nan where the population varies no more than repeated measurements do.

    Notes
    -----
    The reliability is the share of the variance that is not error; a patient `z` standard deviations from the mean is
    expected at `reliability x z` the second time. Regression to the mean is defined in doi:10.1093/ije/dyh299; the
    usual form for one value is computed here.

    Examples
    --------
    46 in a population of 26.4 (SD 7.2), measured with an SD of 2.45: 6.0025 / 51.84 = 0.1158, and 0.1158 x 19.6 = 2.27.

    >>> round(expected_regression(46, 26.4, 7.2, 2.45), 2)
    -2.27
    """
    error = (within_sd / population_sd) ** 2
    return error * (mean - baseline) if error < 1 else float("nan")


def derive_regression(
    rules: pd.DataFrame, comparators: pd.DataFrame, measure: str, low: float, high: float
) -> pd.DataFrame:
    """The change expected from regression to the mean alone, by population and situation of the examiners.

    Each arm with a mean and an SD is a population of its own: no arm stands for its trial, and none is pooled, since
    the arms of a trial were measured apart. Each situation of the examiners counts, those in training among them, since
    who scored a case is seldom reported.

    Parameters
    ----------
    rules : DataFrame
        Rows of rules.csv; those of the kind `error` give the within-patient SDs.
    comparators : DataFrame
        The published arms with their baseline, comparators.csv.
    measure : str
        Code of the measure.
    low, high : float
        Bounds of the case's baseline.

    Returns
    -------
    DataFrame
        One row for each population and each situation of the examiners, sorted by their names and SDs, so that the
        order of the tables does not matter: TRIAL; MEAN and SD of the population; EXAMINERS; WITHIN, their
        within-patient SD; REGLO, REGHI, bounds of the expected change, missing where the population varies no more than
        the scores of these examiners.

    Examples
    --------
    >>> rules = pd.DataFrame({"kind": ["error"], "measure": "mrss", "sd": 2.45, "examiners": "one examiner"})
    >>> arms = pd.DataFrame({"measure": ["mrss"], "trial": "T", "treatment": "t", "baseline_mean": 26.4,
    ...                      "baseline_sd": 7.2})
    >>> derive_regression(rules, arms, "mrss", 46, 46)[["EXAMINERS", "REGLO"]].round(2).to_numpy().tolist()
    [['one examiner', -2.27]]
    """
    require(rules, "derive_regression", ("kind", "measure", "sd", "examiners"), "rules.csv has")
    of_arms = ("measure", "trial", "treatment", "baseline_mean", "baseline_sd")
    require(comparators, "derive_regression", of_arms, "comparators.csv has")
    errors = rules[(rules["kind"] == "error") & (rules["measure"] == measure)].sort_values(["sd", "examiners"])
    arms = comparators[
        (comparators["measure"] == measure) & comparators[["baseline_mean", "baseline_sd"]].notna().all(axis=1)
    ]
    arms = arms.sort_values(["trial", "treatment", "baseline_mean", "baseline_sd"])
    rows = []
    for arm in rows_of(arms):
        for error in rows_of(errors):
            ends = [
                expected_regression(baseline, arm.baseline_mean, arm.baseline_sd, error.sd) for baseline in (high, low)
            ]
            rows.append(
                [f"{arm.trial}, {arm.treatment}", arm.baseline_mean, arm.baseline_sd, error.examiners, error.sd, *ends]
            )
    return pd.DataFrame(rows, columns=["TRIAL", "MEAN", "SD", "EXAMINERS", "WITHIN", "REGLO", "REGHI"])


_OF_CONTEXT = ("measure", "entry", "baseline_mean", "baseline_sd", "change", "change_low", "change_high", "change_sd")
# "mRSS 10 to 35"
_ENTRY_RANGE = r"(\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)"


def derive_context(comparators: pd.DataFrame, measure: str, low: float, high: float) -> pd.DataFrame:
    """The published arms of a measure, with the position of a case's baseline among their patients.

    Parameters
    ----------
    comparators : DataFrame
        The published arms, comparators.csv.
    measure : str
        Code of the measure.
    low, high : float
        Bounds of the case's baseline; nan where there is none.

    Returns
    -------
    DataFrame
        The rows of the measure with SPREADLO, SPREADHI, the interval that the source reports around its mean change (of
        the kind in `spread`; missing where it reports none); POSLO, POSHI, the distance of the case's baseline from the
        mean of the arm in its standard deviations, missing where the arm gives no mean or SD; ENTRYLO, ENTRYHI, the
        limits of the entry criterion where it is a range; and OUTSIDE, whether the baseline surely lies outside them.

    Examples
    --------
    46 among patients of 26.4 (SD 7.2): 19.6 / 7.2 = 2.72 SD above the mean. -6.6 (SD 6.4) reaches from -13.0 to -0.2.

    >>> arms = pd.DataFrame({"measure": ["mrss"] * 2, "baseline_mean": [26.4, None], "baseline_sd": [7.2, None],
    ...     "entry": ["", "mRSS 10 to 35"], "change": [-6.33, -6.6], "change_low": None, "change_high": None,
    ...     "change_sd": [None, 6.4]}, dtype=object)
    >>> table = derive_context(arms, "mrss", 46, 46)
    >>> [round(float(x), 2) for x in (table["POSLO"][0], table["SPREADLO"][1], table["SPREADHI"][1])]
    [2.72, -13.0, -0.2]
    >>> float(table["ENTRYHI"][1]), bool(table["OUTSIDE"][1]), bool(table["OUTSIDE"][0])
    (35.0, True, False)
    """
    require(comparators, "derive_context", _OF_CONTEXT, "comparators.csv has")
    arms = comparators[comparators["measure"] == measure].reset_index(drop=True)
    mean, sd = arms["baseline_mean"].astype(float), arms["baseline_sd"].astype(float)
    change, spread = arms["change"].astype(float), arms["change_sd"].astype(float)
    # An interval that the source prints is preferred to one computed from its SD.
    entry = arms["entry"].astype(str).str.extract(_ENTRY_RANGE).astype(float)
    return arms.assign(
        ENTRYLO=entry[0],
        ENTRYHI=entry[1],
        OUTSIDE=(high < entry[0]) | (low > entry[1]),
        SPREADLO=arms["change_low"].astype(float).fillna(change - spread),
        SPREADHI=arms["change_high"].astype(float).fillna(change + spread),
        POSLO=(low - mean) / sd,
        POSHI=(high - mean) / sd,
    )
