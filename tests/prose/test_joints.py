"""How the sentences of the Results are put together: who the patient was, what stands in one sentence, and brackets."""

import pytest
from conftest import first_in_gate

from casetimeline.prose.course.results import results_passages
from casetimeline.prose.tables.grounded import told_paragraphs
from casetimeline.prose.wording.ended import end_words
from casetimeline.prose.wording.passage import text_of
from casetimeline.rules.analysis import analyse
from casetimeline.values import rows_of

HEADER = (
    "case_id,phase,kind,code,start,end,anchor,count,value,unit,state,dose,dose_unit,frequency,site,source,quote,note"
)
ABOUT = "analysis: {baseline: first}\ndiagnosis: systemic lupus erythematosus\n"


@pytest.fixture
def case_of(make_case):
    """A case made of rows, each a mapping of its cells."""

    def make(*rows, about="phases: {1: Presentation, 2: Therapy}"):
        cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
        lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER.split(",")) for row in cells]
        return make_case(*lines, header=HEADER, about=ABOUT + about)

    return make


@pytest.fixture
def results(case_of):
    return lambda *rows, **about: " ".join(map(text_of, results_passages(analyse(case_of(*rows, **about)))))


def fact(kind, code, phase="1", **cells):
    return {"phase": phase, "kind": kind, "code": code, **cells}


PATIENT = "patient: {age: 22, sex: female%s}\n%s"
CK = fact("observation", "ck", value="900", unit="U/L")
ONSET = fact("event", "symptom_onset", start="-3 d")
LATER = fact("observation", "ck", "2", value="500", unit="U/L", start="9 d")


@pytest.mark.parametrize(
    ("rows", "about", "opens"),
    first_in_gate(
        3,
        [
            # The first moment is the onset, and nothing says since when the disease was known.
            (
                [ONSET, LATER],
                ("", ""),
                "In a 22-year-old woman with a final diagnosis of systemic lupus erythematosus,",
            ),
            # How long the disease had been there is told.
            (
                [ONSET, LATER],
                (", disease_duration: 2 a", ""),
                "In a 22-year-old woman with systemic lupus erythematosus,",
            ),
            # A later row tells the diagnosis.
            (
                [ONSET, LATER, fact("event", "diagnosis", "2", start="10 d")],
                ("", ""),
                "In a 22-year-old woman, later diagnosed with systemic lupus erythematosus,",
            ),
            # What was only suspected at first was not known.
            (
                [fact("statement", "suspected_lupus_erythematosus", start="0 d"), LATER],
                ("", ""),
                "The patient was a 22-year-old woman with a final diagnosis of systemic lupus erythematosus.",
            ),
            # The title says that it was not known; another title does not.
            (
                [CK],
                ("", "title: CK in undiagnosed lupus"),
                "In a 22-year-old woman with a final diagnosis of systemic lup",
            ),
            ([CK], ("", "title: CK in a flare of lupus"), "In a 22-year-old woman with systemic lupus erythematosus,"),
        ],
    ),
)
def test_a_disease_that_nothing_dates_is_not_told_as_known_at_its_onset(results, rows, about, opens):
    assert results(*rows, about=PATIENT % about).startswith(opens)


@pytest.mark.parametrize(
    ("quotes", "words"),
    [
        (("MMF was begun.", "CRP fell."), "rednisone was given (dose not reported). CK was 900 U/L"),
        # The source tells both in the same words, or no words of it are kept.
        (("MMF was begun, CRP fell.",) * 2, "rednisone was given (dose not reported) and CK was 900 U/L"),
        (("", ""), "rednisone was given (dose not reported) and CK was 900 U/L"),
    ],
)
def test_what_was_given_and_what_was_found_are_one_sentence_where_the_source_has_it_so(results, quotes, words):
    first = fact("observation", "ck", value="100", unit="U/L", start="0 d")
    drug = fact("treatment", "prednisone", "2", quote=quotes[0])
    told_later = {**CK, "phase": "2", "quote": quotes[1]}
    text = results(first, drug, told_later, about="phases: {1: Presentation, 2: Therapy}")
    assert words in text.replace("creatine kinase (CK)", "CK"), text


@pytest.mark.product
def test_at_a_time_that_is_told_both_stay_in_one_sentence(results):
    """Else the second would have no time."""
    drug = fact("treatment", "prednisone", start="9 d", quote="It was given.")
    found = {**CK, "start": "9 d", "quote": "CK was 900."}
    assert "prednisone was given (dose not reported), and creatine kinase" in results(drug, found)


@pytest.mark.product
def test_an_intervention_that_was_proposed_and_not_done_is_told_so(results):
    advised = fact("statement", "amputation_advised", note="not done; conservative management was continued")
    assert "amputation was advised but not done." in results(CK, advised).lower()
    assert "amputation was advised." in results(CK, {**advised, "note": "day not told"}).lower()
    assert "amputation (both elbows) was advised" in results(CK, {**advised, "site": "both elbows"}).lower()


UNDATED = {"note": "day not reported", "quote": "Both were started."}
DRUGS = fact("treatment", "methotrexate", **UNDATED), fact("treatment", "hydroxychloroquine", **UNDATED)
DOSES = {"dose": "200", "dose_unit": "mg/day"}
OPEN_ONSET = {**ONSET, "note": "before or after the end of the statins is not told"}
AT_ADMISSION = fact("observation", "pericardial_effusion", start="0 d", state="present")
SIZED = fact("observation", "pericardial_effusion", "2", value="35", unit="mm", site="left ventricle")
WEEK = "time_zero: {label: admission}\nphases: {1: Admission, 2: One week after admission}"
DENIED = {"start": "60 d", "quote": "At follow-up, there have been no recurrences."}


@pytest.mark.parametrize(
    ("rows", "about", "sentence"),
    first_in_gate(
        1,
        [
            # Of several drugs without a day this is told once, with doses that are not reported either.
            (DRUGS, "", "ethotrexate and hydroxychloroquine were given (days and doses not reported)."),
            # What may be before or after another fact is told behind it.
            ((fact("event", "statin_stopped"), OPEN_ONSET), "", "tatin was stopped. Symptoms began 3 days before"),
            (
                [{**drug, **DOSES} for drug in DRUGS],
                "",
                "ethotrexate 200 mg/day and hydroxychloroquine 200 mg/day were given (days not reported).",
            ),
            # From what a later time counts is told.
            ((AT_ADMISSION, {**LATER, "start": "1 wk"}), WEEK, "at admission, a pericardial effusion was found."),
            # What a source states is no silence.
            ((CK, fact("statement", "no_recurrences", **DENIED)), "", "the authors stated ‘no recurrences’."),
            # The sizes at two sites are one of the values.
            (
                ({**CK, "phase": "2"}, SIZED, {**SIZED, "value": "24", "site": "right ventricle"}),
                "",
                "), and pericardial effusion 35 mm (left ventricle) and 24 mm (right ventricle)",
            ),
            (
                (CK, fact("treatment", "proton_pump_inhibitor", note="drug not named")),
                "",
                "roton pump inhibitor was given (drug and dose not reported).",
            ),
        ],
    ),
)
def test_an_open_day_an_origin_and_a_denial_are_told_once_and_where_they_belong(results, rows, about, sentence):
    assert sentence in results(*rows, **({"about": about} if about else {}))


@pytest.mark.product
def test_no_remark_parts_a_thing_from_its_verb(results):
    dosed = fact(
        "treatment", "prednisone", dose="5", dose_unit="mg/day", note="before or after the relapse is not told"
    )
    text = results(CK, dosed, fact("treatment", "azathioprine", "2"))
    assert "rednisone 5 mg/day was given (whether before or after the relapse is not reported)" in text
    biopsy = fact("procedure", "skin_biopsy", note="printed 'deposits'; day not reported")
    days = {**CK, "start": "3 d"}
    assert "skin biopsy showed ‘deposits’ (day not reported)" in results(days, biopsy)


@pytest.mark.product
def test_what_the_source_says_was_started_is_not_told_as_given(results):
    therapy = fact("procedure", "oxygen_therapy", quote="Oxygen therapy was started.")
    assert "oxygen therapy was started." in results(CK, therapy).lower()
    assert "oxygen therapy was given." in results(CK, {**therapy, "quote": "Oxygen therapy was delivered."}).lower()
    # With an end it was given until then.
    assert "oxygen therapy was given (until day 5)." in results(CK, {**therapy, "start": "1 d", "end": "5 d"}).lower()


@pytest.mark.product
def test_what_was_done_after_something_else_is_told_so(results):
    quote = "requiring drainage, followed by a pericardial window"
    window = fact("procedure", "pericardial_window", quote=quote)
    assert "pericardial window was then performed." in results(CK, window)
    assert "pericardial window was performed." in results(CK, {**window, "quote": "a pericardial window"})


@pytest.mark.product
def test_what_was_done_is_not_joined_to_what_was_found_in_other_words(results):
    rows = [fact("procedure", "drainage", "2", quote="It was drained."), {**CK, "phase": "2", "quote": "CK was 900."}]
    first = fact("observation", "ck", value="100", unit="U/L", start="0 d")
    assert "rainage was performed. CK was 900 U/L." in results(first, *rows)


@pytest.mark.product
def test_who_the_patient_was_and_a_time_are_two_sentences_where_the_disease_was_found_later(results):
    later = fact("event", "diagnosis", "2", start="10 d")
    opens = "The patient was a 22-year-old woman, later diagnosed with systemic lupus erythematosus. At presentation, "
    assert results(CK, later, about=PATIENT % ("", "phases: {1: Presentation, 2: Therapy}")).startswith(opens)


@pytest.mark.product
def test_what_came_after_a_treatment_by_its_note_is_told_after_it(results):
    phases = "phases: {1: Presentation, 2: Before surgery}"
    trial = fact("treatment", "trial_of_therapy")
    after = fact("event", "hypotension", "2", note="after the trial of therapy")
    assert "After the trial of therapy, hypotension occurred." in results(CK, trial, after, about=phases)
    assert "Before surgery, hypotension" not in results(CK, trial, after, about=phases)


@pytest.mark.product
def test_of_times_that_overlap_it_is_said_that_their_order_is_open(results):
    """5 to 7 months holds 6 months; 9 months (8.5 to 9.5) lies behind it, and one exact day is one time."""
    rows = [
        fact("observation", "ck", "", value=value, unit="U/L", start=start)
        for value, start in (("900", "5..7 mo"), ("500", "6 mo"), ("300", "9 mo"))
    ]
    text = results(*rows)
    assert "At 6 months (whether before or after that is not reported), CK was 500 U/L. At 9 months, CK was" in text
    phased = [{**row, "phase": str(place)} for place, row in enumerate(rows, 1)]
    assert "before or after" not in results(*phased)


# A time that begins or ends with the very number that is printed of the other has an order for who reads both; of
# another number it has none.
@pytest.mark.parametrize(
    ("first", "second", "is_open"),
    first_in_gate(
        3,
        [
            ("12 wk", ">12 wk", False),
            ("<=6 mo", "6 mo", False),
            ("5 mo", ">20 wk", True),
            ("2..6 mo", "6 mo", False),
            ("6 mo", ">=6.0 mo", False),
            # Two single times are in the order that they are printed in, or one moment as printed.
            ("12 wk", "~12 wk", False),
            ("4 d", "1 wk", False),
            ("1 mo", "6 wk", False),
            ("~6 mo", "7 mo", False),
            ("3 mo", "2..6 mo", True),
            ("3..6 mo", "4..7 mo", True),
        ],
    ),
)
def test_times_that_meet_at_one_printed_number_have_an_order(results, first, second, is_open):
    value = fact("observation", "ck", "", value="5", unit="U/L", start=first)
    text = results(fact("observation", "ck", "", value="900", unit="U/L", start="0 d"), value, flare(second))
    assert ("whether before or after" in text) == is_open, text


def flare(start):
    return fact("event", "flare", "", start=start)


def test_the_name_of_a_phase_has_no_capital_within_a_sentence(case_of):
    (baseline, *_) = told_paragraphs(analyse(case_of(CK, about="phases: {1: First admission}")))["ck"]
    assert str(baseline) == "Creatine kinase of case a: 900 U/L at baseline, first admission."


def test_a_length_that_is_printed_stands_in_place_of_an_end_of_which_no_time_is_known(case_of):
    drug = fact("treatment", "prednisone", end="stopped", note="printed 'for 6 days'; dose not reported")
    for note, words in ((drug["note"], "‘for 6 days’"), ("dose not reported", "stopped at a time not reported")):
        facts = case_of({**drug, "note": note}).facts
        assert end_words(next(rows_of(facts)), {}, facts) == words


@pytest.mark.product
def test_a_row_without_words_of_the_source_does_not_join_what_others_part(results):
    """A test result and a drug in other words: a value that is not reported stands between both, and has no quote."""
    found = fact("observation", "anti_hmgcr_antibody", "2", state="present", quote="the antibody was found")
    silent = fact("observation", "ck", "2", state="not_reported")
    given = fact("treatment", "prednisone", "2", dose="10", dose_unit="mg/day", quote="prednisone was given")
    text = results(CK, found, silent, given)
    assert "CK was not reported. Prednisone" in text or "CK not reported. Prednisone" in text


@pytest.mark.parametrize(("quote", "joined"), [("prednisone was given", False), ("it was given at discharge", True)])
def test_a_drug_stands_beside_what_happened_only_in_the_words_of_the_source(results, quote, joined):
    rows = [CK, fact("event", "discharge", "2", quote="it was given at discharge")]
    text = results(*rows, fact("treatment", "prednisone", "2", dose="10", dose_unit="mg/day", quote=quote))
    assert ("discharged. Prednisone" in text) == (not joined)
