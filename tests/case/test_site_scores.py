"""The 17 site scores of the skin score: read, added up by hand, and held against the total."""

import pytest

from casetimeline.faults import TimelineError

SIDED = ("fingers", "hands", "forearms", "upper arms", "thighs", "lower legs", "feet")
OF_ARMS, OF_LEGS = ([f"{site} {side}" for site in sites for side in "RL"] for sites in (SIDED[:4], SIDED[4:]))
SITES = [*OF_ARMS, "face", "anterior chest", "abdomen", *OF_LEGS]
# 3+3+2+2+2+2+1+1+1+1+0+1+1+0+0+0+0 = 20
SCORES = (3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0)


def rows_of(observe, code="mrss_site", sites=SITES, scores=SCORES, phase="1"):
    return [observe(phase, code, str(score), note=f"site: {site}") for site, score in zip(sites, scores, strict=False)]


def faults_of(make_case, *rows, **more):
    with pytest.raises(TimelineError) as caught:
        make_case(*rows, **more)
    return caught.value.faults


def test_the_sum_of_all_sites_is_the_total_or_a_fault(make_case, observe):
    case = make_case(observe(value="20"), *rows_of(observe))
    assert case.facts["PARAMCD"].value_counts().to_dict() == {"mrss_site": 17, "mrss": 1}
    assert not [note for note in case.notes if "add up" in note]
    (fault,) = faults_of(make_case, observe(value="21"), *rows_of(observe))
    assert (fault.line, fault.column, fault.found) == (2, "value", "21")
    assert fault.expected == "20: the 17 site scores of this moment add up to 20"


@pytest.mark.product
def test_some_sites_leave_room_for_the_others(make_case, observe):
    # Fifteen of them add up to 20, and the two feet may add 6.
    some = rows_of(observe, scores=SCORES[:15])
    for total in ("20", "26", "~22", "18..20"):
        make_case(observe(value=total), *some)
    for total in ("19", "27"):
        (fault,) = faults_of(make_case, observe(value=total), *some)
        assert fault.expected == "20 to 26: the 15 site scores of this moment add up to 20, of 17 sites"


@pytest.mark.product
def test_another_moment_has_its_own_total(make_case, observe):
    make_case(*rows_of(observe), observe(value="20"), observe("2", value="35"))
    faults_of(make_case, *rows_of(observe, phase="2"), observe(value="20"), observe("2", value="35"))
    # A score of another region is no total.
    make_case(observe(value="5", note="site: trunk"), observe(value="20"), *rows_of(observe))


def test_a_moment_is_one_however_it_is_written(make_case):
    header = "case_id,kind,code,start,anchor,value,unit,site,source"

    def scored(start, anchor, score="2"):
        return [f"a,observation,mrss_site,{start},{anchor},{score},,{site},chart" for site in SITES]

    # 17 sites of 2 are 34, whether the week is spelled out or not.
    (fault,) = faults_of(make_case, *scored("12 wk", ""), "a,observation,mrss,12 weeks,,10,,,chart", header=header)
    assert fault.expected == "34: the 17 site scores of this moment add up to 34"
    # Three days after one thing are another moment than three days after another.
    happened = [f"a,event,{event},{day} d,,,,,chart" for event, day in (("admission", 0), ("discharge", 9))]
    rows = [*happened, *scored("3 d", "admission"), *scored("3 d", "discharge", "1")]
    make_case(
        *rows, *(f"a,observation,mrss,3 d,{at},,,chart" for at in ("admission,34", "discharge,17")), header=header
    )
    (fault,) = faults_of(make_case, *rows, "a,observation,mrss,3 d,discharge,34,,,chart", header=header)
    assert fault.expected == "17: the 17 site scores of this moment add up to 17"


def test_ranges_add_up_to_a_range(make_case, observe):
    (fault,) = faults_of(make_case, observe(value="10"), *rows_of(observe, scores=("1..2",) * 17))
    assert fault.expected == "17 to 34: the 17 site scores of this moment add up to 17 to 34"


def test_without_a_total_a_note_tells_the_sum(make_case, observe):
    (note,) = [note for note in make_case(*rows_of(observe)).notes if "add up" in note]
    assert "lines 2 to 18: the 17 site scores add up to 20; no total is told" in note
    assert not [note for note in make_case(*rows_of(observe, scores=SCORES[:16])).notes if "add up" in note]


def test_a_score_of_a_site_under_the_code_of_the_total_is_no_total(make_case, observe):
    case = make_case(observe(value="20"), *rows_of(observe, code="mrss"))
    assert case.facts["PARAMCD"].value_counts().to_dict() == {"mrss_site": 17, "mrss": 1}
    assert any("a score of one site was read as such" in note for note in case.notes)


@pytest.mark.parametrize("typed", ["fingers R", "right fingers", "R finger", "Finger right", "fingers (right)"])
def test_a_site_is_found_however_it_is_written(make_case, observe, typed):
    sites = [typed, *SITES[1:]]
    make_case(observe(value="20"), *rows_of(observe, sites=sites))
    faults_of(make_case, observe(value="19"), *rows_of(observe, sites=sites))


@pytest.mark.parametrize("site", ["back", "fingers", "", "left"])
def test_another_site_is_a_fault(make_case, observe, site):
    (fault,) = faults_of(make_case, observe("1", "mrss_site", "2", note=f"site: {site}"))
    assert fault.column == "note" and "fingers R, fingers L" in fault.expected


def test_another_site_in_its_column_is_a_fault_of_that_column(make_case):
    header = "case_id,phase,kind,code,value,unit,site,source"
    (fault,) = faults_of(make_case, "a,1,observation,mrss_site,2,,chest,chart", header=header)
    assert (fault.column, fault.found) == ("site", "chest") and fault.expected.startswith("one of fingers R")


def test_a_site_has_0_to_3(make_case, observe):
    (fault,) = faults_of(make_case, observe("1", "mrss_site", "4", note="site: face"))
    assert "0 to 3" in fault.expected
