"""One thing under one name: codes that differ in the way they are typed never make two lanes, or another baseline."""

import pandas as pd
import pytest
from conftest import HEADER, derive, first_in_gate, recorded
from hypothesis import given, settings, strategies as st

from casetimeline.case.choose import check_measures
from casetimeline.case.model import interpret_case, parse_case
from casetimeline.case.tables.likely import near_names
from casetimeline.case.tables.names import known_name, name_key, names_of, read_names
from casetimeline.derive.pipeline import derive_changes
from casetimeline.faults import TimelineError

GIVEN = "a,,treatment,{code},1 d,10 d,,,,,,60,mg,chart,"
LATER = "a,,treatment,{code},12 d,20 d,,,,,,20,mg,chart,"


def course(first, second):
    return (
        "a,,observation,ck,0 d,,900,U/L,,,,,,chart,",
        GIVEN.format(code=first),
        "a,,observation,ck,11 d,,500,U/L,,,,,,chart,",
        LATER.format(code=second),
        "a,,observation,ck,30 d,,200,U/L,,,,,,chart,",
    )


@pytest.mark.parametrize(
    "second", first_in_gate(2, ["Prednisolone", "PREDNISOLONE", "Prednisolon", "PSL", " prednisolone", "prednisolone"])
)
@pytest.mark.parametrize("reference", ["prednisolone", "Prednisolone", "psl"])
def test_one_drug_in_two_spellings_is_one_drug_with_one_baseline(make_case, second, reference):
    case = make_case(*course("prednisolone", second), baseline_rule="last_before", reference=reference)
    assert set(case.facts.loc[case.facts["kind"] == "treatment", "code"]) == {"prednisolone"}
    assert case.reference == "prednisolone"
    changes = derive_changes(case.facts, case.baseline_rule, case.reference)
    # The last value before day 1 is 900; 500 - 900 is -400, and 200 - 900 is -700.
    assert changes.loc[changes["code"] == "ck", ["BASE", "CHG"]].to_numpy().tolist() == [
        [900, 0],
        [900, -400],
        [900, -700],
    ]


@pytest.mark.parametrize(
    "pair", [("Drug X", "drug_x"), ("drug-x", "DRUG X"), ("drug_x", "Drug_X"), ("drugx", "Drug X")]
)
def test_a_drug_that_no_vocabulary_has_is_one_too_whatever_the_order_of_the_lines(make_case, pair):
    for names in (pair, pair[::-1]):
        case = make_case(*course(*names))
        codes = set(case.facts.loc[case.facts["kind"] == "treatment", "code"])
        assert len(codes) == 1 and codes <= set(pair)
        assert sum("column code: read" in note for note in case.notes) == 1
    assert codes == set(make_case(*course(*pair)).facts.loc[lambda facts: facts["kind"] == "treatment", "code"])


@pytest.mark.parametrize(
    ("brand", "code"),
    [
        ("Actemra", "tocilizumab"),
        ("RoActemra", "tocilizumab"),
        ("Rituxan", "rituximab"),
        ("MabThera", "rituximab"),
        ("CellCept", "mycophenolate_mofetil"),
        ("Endoxan", "cyclophosphamide"),
        ("Cytoxan", "cyclophosphamide"),
        ("Solu-Medrol", "methylprednisolone"),
        ("solu medrol", "methylprednisolone"),
        ("Imuran", "azathioprine"),
        ("Plaquenil", "hydroxychloroquine"),
        ("Remicade", "infliximab"),
    ],
)
def test_a_trade_name_is_its_substance(vocabulary, brand, code):
    # As the labels of data/README.md print them.
    assert names_of(vocabulary.measures, observed=False).meant(brand) == code


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        *dict.fromkeys(("Cyclosporine A", "Cyclosporin A", "Ciclosporin A", "ciclosporine"), "ciclosporin").items(),
        ("Sulphasalazine", "sulfasalazine"),
        ("Right heart catheterization", "right_heart_catheterisation"),
        ("Trimethoprim-sulfamethoxazole", "cotrimoxazole"),
        ("Autologous hematopoietic stem cell transplantation", "autologous_stem_cell_transplantation"),
    ],
)
def test_a_drug_or_procedure_is_one_in_british_and_american_spelling(vocabulary, spelling, code):
    assert names_of(vocabulary.measures, observed=False).meant(spelling) == code


def test_two_drugs_stay_two(make_case):
    for one, other in (("prednisolone", "prednisone"), ("mycophenolate", "MMF"), ("dose 1-2", "dose 12")):
        case = make_case(*course(one, other))
        assert case.facts.loc[case.facts["kind"] == "treatment", "code"].nunique() == 2


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("treatment", "CTX", "ceftriaxone"),
        ("treatment", "PDN", "prednisone, or prednisolone"),
        ("treatment", "pred", "prednisone, or prednisolone"),
        ("observation", "PE", "pulmonary embolism"),
        ("observation", "Effusion", "pericardial_effusion, pleural_effusion"),
        ("treatment", "rituxim\u0430b", "letter 8, '\u0430', is Cyrillic"),
        ("observation", "\u0441k", "letter 1, '\u0441', is Cyrillic"),
    ],
)
def test_a_name_of_more_than_one_thing_is_refused_and_says_which(make_case, kind, typed, said):
    value = "900,U/L" if kind == "observation" else ","
    with pytest.raises(TimelineError) as caught:
        make_case(f"a,1,{kind},{typed},,,{value},,,,,,chart,")
    (fault,) = [fault for fault in caught.value.faults if fault.column == "code"]
    assert fault.line == 2 and fault.found == typed and said in fault.expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("MRSS", "mrss"),
        ("Modified Rodnan skin score", "mrss"),
        ("skin-score", "mrss"),
        ("CPK", "ck"),
        ("Creatine Kinase", "ck"),
        ("LVEF", "lvef"),
        ("Ejection fraction", "lvef"),
        ("PERICARDIAL EFFUSION", "pericardial_effusion"),
        ("pericardial-effusion", "pericardial_effusion"),
        ("anti-HMGCR", "anti_hmgcr_antibody"),
    ],
)
def test_a_measure_by_its_label_abbreviation_or_synonym(make_case, typed, code, vocabulary):
    case = make_case(f"a,1,observation,{typed},,,,,,,unknown,,,chart,")
    assert case.facts["code"].tolist() == [code]
    assert any(f"read '{typed}' as '{code}'" in note for note in case.notes)
    assert known_name(typed, [code], names_of(vocabulary.measures, observed=True)) == code


def test_claims_caveats_and_reference_name_the_same_things(make_case):
    about = (
        "analysis: {baseline: last_before, reference: Tocilizumab}\n"
        "caveats: {mRSS: [Who scored it is not said.]}\n"
        "claims:\n"
        "  - {says: it fell, test: falls, measure: Skin score}\n"
        "  - {says: TCZ was given, test: given, treatment: TCZ, dose: 8, dose_unit: mg/kg}\n"
        "  - {says: nothing happened, test: none_happen, events: Hypotension}\n"
    )
    rows = ("a,1,observation,mrss,,,46,,,,,,,chart,", "a,2,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,")
    case = make_case(
        *rows, "a,3,observation,MRSS,,,32,,,,,,,chart,", "a,3,event,hypotension,,,,,,,,,,chart,", about=about
    )
    assert case.reference == "tocilizumab" and list(case.about["caveats"]) == ["mrss"]
    claims = case.about["claims"]
    assert [claims[0]["measure"], claims[1]["treatment"], claims[2]["events"]] == ["mrss", "tocilizumab", "hypotension"]


@pytest.mark.parametrize(
    ("one", "other", "read"),
    [
        ("posterior", "Posterior", "posterior"),
        ("Left-lateral", "left lateral", "left lateral"),
        ("Posterior", "POSTERIOR", "POSTERIOR"),
    ],
)
@pytest.mark.parametrize("in_note", [False, True])
def test_one_site_in_two_spellings_is_one_series(make_case, one, other, read, in_note):
    header = "case_id,phase,kind,code,value,unit,site,source,note"
    sites = [f"{one},chart,", f"{other},chart,"] if not in_note else [f"{one},chart,", f",chart,site: {other}; later"]
    case = make_case(
        f"a,1,observation,pericardial_effusion,13,mm,{sites[0]}",
        "a,2,treatment,colchicine,,,,chart,",
        f"a,3,observation,pericardial_effusion,1,mm,{sites[1]}",
        header=header,
    )
    # 13 mm before the treatment, 1 mm after it.
    assert derive(case)["CHG"].dropna().tolist() == [0, -12]
    assert set(case.facts["LOC"]) == {read, ""}
    assert [note for note in case.notes if "column site: read" in note]


def test_two_sites_stay_two_and_two_values_of_one_site_are_refused(make_case):
    header = "case_id,phase,kind,code,value,unit,site,source"
    rows = [f"a,1,observation,pericardial_effusion,{mm},mm,{{}},chart" for mm in (13, 1)]
    case = make_case(rows[0].format("segment 1-2"), rows[1].format("segment 12"), header=header)
    assert case.facts["LOC"].tolist() == ["segment 1-2", "segment 12"]
    with pytest.raises(TimelineError, match="as on line 2, or another site"):
        make_case(rows[0].format("Posterior"), rows[1].format("posterior"), header=header)


def test_a_misspelt_drug_gets_its_suggestion_and_another_drug_none(make_case):
    case = make_case("a,1,treatment,rituximb,,,,,,,,1,g,chart,", "a,1,treatment,esomeprazole,,,,,,,,40,mg,chart,")
    notes = [note for note in case.notes if "not in measures.csv" in note]
    assert [note.partition("did you mean ")[2] for note in notes] == ["", "'rituximab'?"]
    assert case.facts["code"].tolist() == ["rituximb", "esomeprazole"]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Tocilizumb", ("tocilizumab",)),
        ("Cyclophospamide", ("cyclophosphamide",)),
        ("mycofenolate", ("mycophenolate",)),
        # Between two drugs no choice is made.
        ("predniselone", ("prednisolone", "prednisone")),
        # Other drugs, of names that are somewhat alike.
        ("felodipine", ()),
        ("cefotaxime", ()),
        ("lansoprazole", ()),
        ("tildrakizumab", ()),
        ("azithromycin", ()),
        ("", ()),
    ],
)
def test_a_suggestion_is_of_the_same_drug(vocabulary, typed, codes):
    assert near_names(typed, names_of(vocabulary.measures, observed=False)) == codes


@pytest.mark.parametrize("asked", ["MRSS", "m-rss", "modified rodnan skin score"])
def test_a_measure_that_is_asked_for_by_another_name_gets_its_code(make_case, asked):
    case = make_case("a,1,observation,mrss,,,46,,,,,,,chart,")
    with pytest.raises(TimelineError, match="did you mean 'mrss'"):
        check_measures([asked], case.facts)
    check_measures(["mrss"], case.facts)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("skin scor", "mrss"),
        ("ferrtin", "ferritin"),
        ("mrs", "mrss"),
        ("ckk", "ck"),
        ("LVEDD", ""),
        ("LVESD", ""),
        ("pleural_thickness", ""),
        # An abbreviation is another measure, such as the mean arterial pressure, antibodies
        # to neutrophils, an antigen of tumours, the peak flow and free T3; a number or a sign makes another one too.
        ("MAP", ""),
        ("ANCA", ""),
        ("CEA", ""),
        ("PEF", ""),
        ("T3FR", ""),
        ("mMRC", ""),
        ("anti-RNAP3", ""),
    ],
)
def test_an_unknown_measure_is_not_taken_for_another(make_case, typed, near):
    with pytest.raises(TimelineError) as caught:
        make_case(f"a,1,observation,{typed},,,46,,,,,,,chart,")
    assert [(fault.column, fault.nearest) for fault in caught.value.faults] == [("code", near)]
    # What is like no other may be a measure of this case alone.
    further = "; another one is a row of a measures.csv beside timeline.csv"
    assert caught.value.faults[0].expected == f"an observation code of measures.csv{'' if near else further}"


@pytest.mark.parametrize("typed", ["TROPONI", "hs troponin"])
def test_of_two_measures_that_are_equally_near_both_are_named(make_case, typed):
    with pytest.raises(TimelineError) as caught:
        make_case(f"a,1,observation,{typed},,,46,ng/L,,,,,,chart,")
    (fault,) = caught.value.faults
    high = "hs_" if typed.startswith("hs") else ""
    assert fault.nearest == "" and f"did you mean '{high}troponin_t' or '{high}troponin_i'?" in fault.expected


@pytest.mark.parametrize(
    ("typed", "meanings"),
    [
        ("MRC", "muscle_strength"),
        ("creatine kinase MB", "ck_mb_mass in ng/mL, ck_mb_activity in U/L"),
        ("FEV1%", "fev1_pred"),
    ],
)
def test_a_name_of_two_measures_is_refused_with_both(vocabulary, typed, meanings):
    (meant,) = read_names([("observation", typed)], vocabulary.measures)[1].values()
    assert meant.startswith("a name with one meaning (") and meanings in meant


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("tocilizumab s.c.", "tocilizumab"),
        ("prednisone taper", "prednisone"),
        ("rituximab biosimilar", "rituximab"),
        ("prednisone acetate", "prednisone"),
        ("methotrexate sodium", "methotrexate"),
        ("certolizumab", "certolizumab_pegol"),
    ],
)
def test_a_salt_or_form_of_a_known_drug_is_asked_about(make_case, typed, known):
    notes = make_case(f"a,1,treatment,{typed},,,,,,,,1,g,chart,").notes
    assert [note.partition("did you mean ")[2] for note in notes if "not in measures.csv" in note] == [f"'{known}'?"]


@pytest.mark.parametrize("typed", ["tocilizumab or rituximab", "prednisone and MMF", "tocilizumab then rituximab"])
def test_of_two_drugs_in_one_cell_none_is_suggested(make_case, typed):
    (note,) = [note for note in make_case(GIVEN.format(code=typed)).notes if "not in measures.csv" in note]
    assert note.endswith("each of several has a row")


@pytest.mark.parametrize(
    ("typed", "near", "more"),
    [
        ("MTX + PSL", "", "each of several has a row"),
        ("MMF/PSL", "", "each of several has a row"),
        ("tocilizumab?", "", "a doubt stands in the note"),
        ("tocilizumab (Actemra)", "", "other words stand in the note"),
        ("MabThera\u00ae", "rituximab", ""),
        ("\u201crituximab\u201d", "rituximab", ""),
    ],
)
def test_a_code_with_other_signs_is_answered_by_what_they_say(make_case, typed, near, more):
    with pytest.raises(TimelineError) as caught:
        make_case(GIVEN.format(code=typed))
    (fault,) = caught.value.faults
    assert fault.nearest == near and fault.expected.endswith(more or "'-'")


def test_the_end_of_a_treatment_is_an_event_of_its_name(vocabulary):
    pair = ("event", "Tocilizumab stopped")
    assert read_names([pair], vocabulary.measures)[0] == {pair: "tocilizumab_stopped"}


def test_no_two_codes_of_the_vocabulary_have_one_name(vocabulary):
    for observed in (True, False):
        names = names_of(vocabulary.measures, observed)
        codes = vocabulary.measures.index[(vocabulary.measures["kind"] == "observation") == observed]
        assert [code for code in codes if names.codes[name_key(code)] != (code,)] == []
        # A refused word is no code: a code can always be typed.
        assert not set(names.refused) & {name_key(code) for code in codes}


@pytest.fixture(scope="module")
def make_case_of(vocabulary):
    """A case by its last value before a treatment, made many times in one test."""

    def make(*rows, reference):
        parsed = parse_case("a", recorded(rows, "a", HEADER, "title: a"), vocabulary)
        return interpret_case(parsed, vocabulary, "last_before", reference)

    return make


def respelt(draw, code):
    """A code in other capitals, and with other marks between its words."""
    words = [word.upper() if draw(st.booleans()) else word.title() for word in code.split("_")]
    return draw(st.sampled_from(["_", "-", " ", ""])).join(words)


@pytest.mark.product
@settings(max_examples=20)
@given(st.data())
def test_the_way_a_code_is_typed_changes_no_result(vocabulary, make_case_of, data):
    codes = ["prednisolone", "mycophenolate_mofetil", "tocilizumab", "drug_of_a_trial"]
    first, second = data.draw(st.sampled_from(codes)), data.draw(st.sampled_from(codes))
    plain = make_case_of(*course(first, second), reference=first)
    typed = make_case_of(*course(respelt(data.draw, first), respelt(data.draw, second)), reference=first)
    tables = [derive_changes(case.facts, "last_before", case.reference) for case in (plain, typed)]
    drop = ["code", "PARAMCD", "PARAM"] if "drug_of_a_trial" in (first, second) else []
    pd.testing.assert_frame_equal(tables[0].drop(columns=drop), tables[1].drop(columns=drop))
    lanes = [case.facts.loc[case.facts["kind"] == "treatment", "code"].nunique() for case in (plain, typed)]
    assert lanes[0] == lanes[1]
