"""The subset that follows from the definition of the skin score: only where it must be so, and said to be deduced."""

import pytest
from conftest import told_sentences

from casetimeline.case import subset_told
from casetimeline.prose.tables.story import summarise_skin
from casetimeline.report.citations import references_in_use
from casetimeline.rules.analysis import analyse
from casetimeline.rules.deduced import LIMITED_SITES, MOST_LIMITED, SITES

DEDUCED = "Deduced from the definition, and not reported: the disease is of the diffuse subset."


def case_of(make_case, observe, *values, diagnosis="systemic sclerosis", patient="{sex: female}", **row):
    about = f"diagnosis: {diagnosis}\npatient: {patient}\nanalysis: {{baseline: first}}"
    rows = [observe(str(phase), value=value, **row) for phase, value in enumerate(values, 1)]
    return analyse(make_case(*rows, about=about))


def test_the_sites_are_17_and_those_of_limited_disease_give_33_points():
    # Face, chest and abdomen once, seven sites twice; 3 + 2 x 7 = 17. Ten distal sites and the face: 11 x 3 = 33.
    assert sum(SITES.values()) == 17
    assert sum(SITES[site] for site in LIMITED_SITES) == 11 and MOST_LIMITED == 33
    assert set(SITES) - set(LIMITED_SITES) == {"anterior chest", "abdomen", "upper arms", "thighs"}


@pytest.mark.parametrize(
    ("value", "deduced"),
    [
        ("34", True),
        ("46", True),
        # 33 points are the face and every distal site; 33 and more by any amount are not.
        ("33", False),
        (">33", True),
        (">=33", False),
        ("33..40", False),
        ("34..40", True),
        # 40 as a rounded number is 35 to 45; 30 to 40 by a decade would not do.
        ("~40", True),
        ("<46", False),
        ("51", True),
    ],
)
def test_a_total_that_surely_exceeds_33_is_diffuse(make_case, observe, value, deduced):
    subset = case_of(make_case, observe, value).subset
    assert (subset is not None and subset.subset == "diffuse") == deduced


def test_any_total_of_the_course_will_do(make_case, observe):
    assert case_of(make_case, observe, "20", "40", "10").subset.lines == (3,)


@pytest.mark.parametrize(
    ("diagnosis", "patient"),
    [
        # Told, it needs no deduction; of another or an unknown disease nothing is deduced.
        ("diffuse cutaneous systemic sclerosis", "{sex: female}"),
        ("systemic sclerosis", "{sex: female, subset: diffuse cutaneous}"),
        ("systemic lupus erythematosus", "{sex: female}"),
        ("suspected systemic sclerosis", "{sex: female}"),
        ("''", "{sex: female}"),
    ],
)
def test_nothing_is_deduced_of_what_is_told_or_of_another_disease(make_case, observe, diagnosis, patient):
    assert case_of(make_case, observe, "46", "32", diagnosis=diagnosis, patient=patient).subset is None


def test_the_score_of_one_site_is_no_total(make_case, observe):
    assert case_of(make_case, observe, "3", note="site: left hand").subset is None


@pytest.mark.product
def test_a_deduction_is_said_with_its_definition_and_its_works(make_case, observe):
    analysis = case_of(make_case, observe, "46", "32")
    told = str(summarise_skin(analysis))
    assert (
        f"{DEDUCED} Of the 17 sites of the skin score, fingers, hands, forearms, lower legs, feet and face give 33 "
        in told
    )
    assert (
        "so a total of 46 points includes upper arms, thighs or trunk (Clements 1995; LeRoy 2001; doi:10.1186/" in told
    )
    assert (
        "So the minimal important differences of diffuse disease apply: Minimal clinically important improvement, "
        in told
    )
    past = "\n".join(told_sentences(analysis))
    assert "Deduced from the definition, and not reported: the disease is of the diffuse subset." in past
    used = {each.key: each.used_for for each in references_in_use(analysis)}
    assert "the deduced subset" in used["leroy-2001"] and "the deduced subset" in used["clements-1995"]
    # Without the deduction neither the words nor the work.
    low = case_of(make_case, observe, "30", "20")
    assert "educed" not in str(summarise_skin(low)) and "leroy-2001" not in {x.key for x in references_in_use(low)}


@pytest.mark.product
def test_a_limited_subset_that_is_told_stays_and_the_contradiction_is_said(make_case, observe):
    limited = case_of(make_case, observe, "46", "32", diagnosis="limited cutaneous systemic sclerosis")
    told = str(summarise_skin(limited))
    assert "The source says limited, but by the definition, and not as reported, the disease is of the diffuse" in told
    assert "differences of diffuse disease apply" not in told
    sizes = limited.verdicts.set_index("RULE")[["VERDICT", "SIZE"]]
    assert sizes.loc["mcid_2019_dcssc", "VERDICT"] == "not applicable"
    assert sizes.loc["mcid_2019_all", "SIZE"] == "met"


@pytest.mark.product
def test_a_subset_beside_the_diagnosis_decides_as_one_in_it(make_case, observe):
    beside = case_of(make_case, observe, "20", "10", patient="{sex: female, subset: limited cutaneous}")
    assert beside.verdicts.set_index("RULE").loc["mcid_2019_dcssc", "VERDICT"] == "not applicable"
    doubtful = case_of(make_case, observe, "20", "10", patient="{sex: female, subset: possibly limited}")
    assert doubtful.verdicts.set_index("RULE").loc["mcid_2019_dcssc", "SIZE"] == "met"
    assert subset_told("SSc", "not reported") == ""


@pytest.mark.parametrize(
    ("diagnosis", "subset", "told"),
    [
        ("systemic sclerosis (diffuse)", "", "diffuse"),
        ("diffuse progressive systemic sclerosis", "", "diffuse"),
        ("systemic sclerosis, limited cutaneous; diffuse alveolar haemorrhage", "", "limited"),
        # Of the lungs or the joints, or in doubt, it is no subset of the skin.
        ("systemic sclerosis with diffuse interstitial lung disease", "", ""),
        ("systemic sclerosis with limited joint mobility", "", ""),
        ("systemic sclerosis of unclear subset, limited or diffuse", "", ""),
        ("unlikely diffuse SSc", "", ""),
        # What is told of the subset itself comes first.
        ("diffuse cutaneous systemic sclerosis", "limited cutaneous", "limited"),
    ],
)
def test_a_subset_is_one_of_the_skin(diagnosis, subset, told):
    assert subset_told(diagnosis, subset) == told
