"""Regression to the mean: how far a second value is expected to fall if nothing at all happened."""

import pandas as pd

# Trials are scored by trained examiners: the error of a course for beginners is not theirs.
_TRAINING = "examiners in training"


def expected_regression(baseline: float, mean: float, population_sd: float, within_sd: float) -> float:
    """Expected change of a value towards the mean of its population, by measurement error alone.

    `(1 - reliability) (mean - baseline)`, with the reliability `1 - within_sd^2 / population_sd^2`.

    Parameters
    ----------
    baseline : float
        The first value, in the unit of the measure.
    mean, population_sd : float
        Mean and standard deviation of the first values of the population that the patient is taken to come from.
    within_sd : float
        Within-patient standard deviation of repeated measurements.

    Returns
    -------
    float
        Negative for a fall; nan where the population varies no more than repeated measurements do.

    Notes
    -----
    The reliability is the share of the variance that is not error; a patient `z` standard deviations from the mean is
    expected at `reliability x z` the second time. Regression to the mean is defined in doi:10.1093/ije/dyh299; this
    form for one value is the usual one and is computed here.

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
    """The change that regression to the mean alone lets expect, by population and situation of the examiners.

    Parameters
    ----------
    rules, comparators : DataFrame
        The cited rules, of which the within-patient SDs are taken, and the published arms with their baseline.
    measure : str
        Code of the measure.
    low, high : float
        Bounds of the case's baseline.

    Returns
    -------
    DataFrame
        One row a population with mean and SD, and situation: TRIAL, MEAN, SD, EXAMINERS, WITHIN, REGLO, REGHI.

    Examples
    --------
    >>> rules = pd.DataFrame({"kind": ["error"], "measure": "mrss", "sd": 2.45, "examiners": "one examiner"})
    >>> arms = pd.DataFrame({"measure": ["mrss"], "trial": "T", "treatment": "t", "baseline_mean": 26.4,
    ...                      "baseline_sd": 7.2})
    >>> derive_regression(rules, arms, "mrss", 46, 46)[["EXAMINERS", "REGLO"]].round(2).to_numpy().tolist()
    [['one examiner', -2.27]]
    """
    errors = rules[(rules["kind"] == "error") & (rules["measure"] == measure) & (rules["examiners"] != _TRAINING)]
    # The arms of one trial are one population; its first arm stands for it.
    arms = comparators[(comparators["measure"] == measure) & comparators["baseline_sd"].notna()]
    arms = arms.drop_duplicates("trial")
    rows = []
    for arm in arms.itertuples():
        for error in errors.itertuples():
            ends = [expected_regression(x, arm.baseline_mean, arm.baseline_sd, error.sd) for x in (high, low)]
            rows.append(
                [f"{arm.trial}, {arm.treatment}", arm.baseline_mean, arm.baseline_sd, error.examiners, error.sd, *ends]
            )
    return pd.DataFrame(rows, columns=["TRIAL", "MEAN", "SD", "EXAMINERS", "WITHIN", "REGLO", "REGHI"])
