"""What a report says before and after its figures; every sentence is written out by hand."""

import json

import pytest
from conftest import ROOT

from casetimeline.derive.worded import count_untold, count_worded
from casetimeline.faults import TimelineError
from casetimeline.figures.drawn import drawn_values
from casetimeline.figures.reported import draw_reported
from casetimeline.files import combined
from casetimeline.prose.display import Table
from casetimeline.prose.tables.therapies import summarise_given
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.report.bibliography import to_complete
from casetimeline.report.care import evaluate_care
from casetimeline.report.citations import Reference
from casetimeline.report.contents import cite_words, front_blocks, opening, patient_of, summary_lines, table_blocks
from casetimeline.report.document import Heading, Items, Paragraph, Picture
from casetimeline.report.noted import first_point, notes_in_print
from casetimeline.report.row_table import recorded_rows
from casetimeline.report.short import manuscript_tables, short_report
from casetimeline.report.write import _absent, _check_identity, grouped_digests
from casetimeline.rules.analysis import analyse


@pytest.fixture
def case_of(make_case):
    def read(*rows, more=""):
        return analyse(make_case(*rows, about=f"analysis: {{baseline: first}}{more}"))

    return read


@pytest.mark.product
def test_the_opening_says_what_is_recorded_and_where_the_rules_disagree(case_of, observe):
    rows = [observe(start="0 d"), observe("2", value="32"), observe("1", "ck", "923", "U/L")]
    recorded, courses, verdicts, _ = opening(case_of(*rows, more="\nsources: [{id: chart, read: the abstract}]"))
    assert recorded == "3 facts are recorded, 1 of them with a time."
    # Of the effusion nothing is mentioned, and so nothing said.
    assert courses == "Modified Rodnan skin score: 46 points → 32 points; Creatine kinase: 923 U/L."
    # Several rules answer whether the skin improved, worsened, changed beyond error or by what is important, and
    # whether CK is raised: of the limits of error some are met and one is not.
    assert verdicts.startswith("Questions put to several cited rules: 5 (the rules disagree: 1; ")


@pytest.mark.product
def test_the_opening_of_a_case_without_a_change(case_of, observe):
    _, _, verdicts, claims = opening(case_of(observe()))
    assert verdicts == "No cited rule judges a change of these measures."
    assert claims == "No claim of the source is listed."


def test_a_value_without_a_unit_is_told_by_its_measure(case_of, observe):
    (note,) = notes_in_print(case_of(observe(), observe(code="ck", value="923")).case)
    assert note == "Recorded without a unit, and not compared with values that have one: creatine kinase."


_OPEN = (
    ("mrss", "The score is recorded without its examiner."),
    ("ck", "Whether the reference limit is that of this laboratory is not known."),
    ("mrss", "Whether the score was done at rest is not said."),
)


@pytest.mark.parametrize(("limit", "place"), [("", 2), ("190", 1)])
def test_the_first_point_is_on_a_limit_of_the_values_or_on_the_patient_and_not_on_the_file(
    case_of, observe, limit, place
):
    caveats = {code: [text for each, text in _OPEN if each == code] for code, _ in _OPEN}
    rows = observe(), observe(code="ck", value="923", unit="U/L", limits=f",{limit}")
    assert first_point(case_of(*rows, more=f"\ncaveats: {json.dumps(caveats)}").case) == _OPEN[place]


def test_a_point_that_the_source_gives_no_time_is_one_on_the_file(case_of, observe):
    points = ["The score has no time.", "Who scored is not said."]
    assert first_point(case_of(observe(), more=f"\ncaveats: {json.dumps({'mrss': points})}").case)[1] == points[1]


@pytest.mark.product
def test_print_has_the_notes_as_sentences_and_no_file_or_line():
    """Two CK without a unit; a score by one of two methods; a word read as another; codes, of the files alone."""
    told = {name: notes_in_print(analyse(ROOT / "data" / name).case) for name in (*_HEADS, "mm-irae-44f", "kamata2012")}
    assert told["acp-imnm-75f"] == (
        "Recorded without a unit, and not compared with values that have one: creatine kinase.",
        "The rows of the source 'ACP IMpact 2022, opening of the case' were compared with its text, which is not among "
        "the files of this report.",
    )
    # A score that the second examination did not give is not one by another method.
    assert not any("different methods" in note for note in told["mm-irae-44f"])
    scale = "The scale used here (none, trivial, small, moderate, large) has no grade above large"
    assert told["kamata2012"][0] == f"{scale}, so ‘massive’ is read as large."
    assert told["openneurol2024-64f"] == ()


def test_a_note_in_print_keeps_the_times_of_the_rows_that_it_is_about(make_case, observe):
    """15 July is later than 15 June; from 10 to 3,000 days there are 2,990."""
    phases = (observe(start="2031-07-15"), observe("2", value="32", start="2031-06-15"))
    assert notes_in_print(make_case(*phases))[1:] == (
        "The phases contradict the times, and the times order the facts: phase 1 ('2031-07-15') is later than phase 2 "
        "('2031-06-15').",
    )
    courses = [f"a,,treatment,prednisone,{start},,,,,,,,,chart," for start in ("10 d", "3000 d")]
    rows = [observe("", start="0 d"), *courses, observe("", value="32", start="3010 d")]
    told = notes_in_print(make_case(*rows, about="analysis: {baseline: last_before, reference: prednisone}"))
    assert told == ("The baseline comes before the first course of 'prednisone', 2990 days before the next.",)


@pytest.mark.product
def test_rules_that_no_value_decides_are_not_counted_as_answers():
    """acp-imnm-75f: two rules of the variation of CK, and no unit; shm-ssc-47f: one rule, made for other patients."""
    asked = opening(analyse(ROOT / "data/acp-imnm-75f"))
    assert "Questions put to several cited rules: 1 (none can be determined: 1)." in asked
    told = opening(analyse(ROOT / "data/shm-ssc-47f"))
    assert "No cited rule that was made for this patient judges a change of these measures." in told
    # Tamponade was present at both records.
    assert "Pericardial effusion: large → recurred; Cardiac tamponade: present (twice)." in told


@pytest.mark.product
def test_the_head_says_for_how_long_there_were_symptoms_where_the_disease_has_no_time():
    """Fatigue 8 months prior to a readmission; weakness "of over 7 months" at presentation; and nothing at all."""
    lines = {name: short_report(analyse(ROOT / "data" / name)).first[1].text for name in _HEADS}
    assert lines["acp-imnm-75f"].endswith("; symptoms for 8 months at readmission.")
    assert "; symptoms for more than 7 months at presentation; " in lines["openneurol2024-64f"]
    assert "disease duration" not in lines["acp-imnm-75f"] + lines["openneurol2024-64f"]
    missing = "subset not reported; antibodies not reported; disease duration not reported"
    assert f"; {missing}; " in lines["shm-ssc-47f"]


_HEADS = ("acp-imnm-75f", "openneurol2024-64f", "shm-ssc-47f")


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        ("{age: '25', sex: female, note: a student}", "Female, 25 years (a student); SSc."),
        (
            "{age: '25', sex: male, comorbidities: [gout], note: the disease duration is that of gout}",
            "Male, 25 years; SSc; comorbidities: gout; the disease duration is that of gout.",
        ),
        (
            "{age: '25', sex: male, comorbidities: [hypothyroidism, 'tuberculosis, treated in 2015']}",
            "Male, 25 years; SSc; comorbidities: hypothyroidism, tuberculosis (treated in 2015).",
        ),
        ("{age: '45 (at onset', note: 45 at report}", "Age 45 (at onset, sex not reported (45 at report); SSc."),
        ("{age: '60s'}", "Age 60s, sex not reported; SSc."),
        ("{}", "Age not reported, sex not reported; SSc."),
    ],
)
def test_the_patient_in_one_line(case_of, observe, patient, words):
    assert patient_of(case_of(observe(), more=f"\ndiagnosis: SSc\npatient: {patient}").case) == words


@pytest.mark.product
def test_what_has_nothing_to_show_has_no_heading(case_of, observe):
    def headings(analysis):
        return [
            block.text for block in [*front_blocks(analysis), *table_blocks(analysis)] if isinstance(block, Heading)
        ]

    assert headings(case_of(observe())) == ["Summary", "Values and changes"]
    claim = "\nclaims: [{says: the score fell, test: falls, measure: mrss}]\ncaveats: {mrss: [Who scored is not said.]}"
    full = case_of(observe(), observe("2", value="32"), more=claim)
    assert headings(full) == [
        "Summary",
        "What the source leaves open",
        "Values and changes",
        "Verdicts by rule",
        "Weight of single rows",
    ]
    assert Items(("Who scored is not said.",)) in front_blocks(full)
    assert [type(block) for block in manuscript_tables(full)] == [Heading, Paragraph, Table]
    drug = "a,1,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,"
    assert manuscript_tables(case_of(observe(), drug))[-1].caption == "Treatments"


def test_the_lines_of_a_terminal(case_of, observe):
    sites = [("1", "35", "left"), ("1", "34", "right"), ("2", "10", "left")]
    rows = [observe(phase, "pericardial_effusion", size, "mm", note=f"site: {site}") for phase, size, site in sites]
    analysis = case_of(observe(), observe("2", value="32"), *rows, more="\ntitle: A case")
    # (10 - 35) / 35 is -71.43 %.
    assert summary_lines(analysis) == [
        "a: A case",
        "mRSS      46 points → 32 points: -14 points (-30.4 %)",
        "CK        not mentioned in the part that was read",
        "Effusion  left: 35 mm → 10 mm: -25 mm (-71.4 %) | right: 34 mm: no change can be computed (recorded once)",
    ]


def test_the_lines_of_a_terminal_tell_what_words_say_of_a_change(case_of, observe):
    analysis = case_of(observe("1", "crp", "301", "mg/L"), observe("2", "crp", "", state="decreased"))
    (line,) = [line for line in summary_lines(analysis) if line.startswith("CRP")]
    assert line == "CRP       301 mg/L → decreased: less than at the baseline, by how much is not reported"


def test_the_lines_of_a_terminal_keep_what_limits_a_denial(case_of, observe):
    # No significant effusion may be a small one.
    analysis = case_of(observe("1", "pericardial_effusion", "", state="absent", note="printed 'no significant'"))
    (line,) = [line for line in summary_lines(analysis) if line.startswith("Effusion")]
    assert line == "Effusion  absent (‘no significant’): no change can be computed (recorded once)"


def test_the_main_measures_come_first(case_of, observe):
    analysis = case_of(observe("1", "weight", "60", "kg"), observe())
    assert analysis.codes == ("mrss", "ck", "pericardial_effusion", "weight")


def test_measures_that_are_not_mentioned_are_named_with_their_notebooks(case_of, observe):
    analysis = case_of(observe("1", "ck", "923", "U/L"))
    assert _absent(analysis, [], {}) == []
    assert _absent(analysis, ["01_skin", "03_pericardium", "09_context"], {}) == [
        "Not mentioned in the part of the source that was read, and so not shown here: Modified Rodnan skin "
        "score (notebooks 01_skin, 09_context); Pericardial effusion (notebook 03_pericardium)."
    ]


def test_the_files_of_the_package_have_one_digest():
    package = {"casetimeline/a.py": "1" * 64, "casetimeline/b.py": "2" * 64}
    grouped = grouped_digests({"data/a/timeline.csv": "0" * 64, **package})
    assert grouped == {"data/a/timeline.csv": "0" * 64, "casetimeline/": combined(package)}


def test_a_figure_of_another_case_is_refused():
    pictures = {name: Picture(name, "t", "a", "l", f"<title>Timeline, case {name}</title>") for name in ("a", "b")}
    _check_identity("a", {"a": pictures["a"]})
    with pytest.raises(TimelineError) as refused:
        _check_identity("a", pictures)
    (fault,) = refused.value.faults
    assert str(fault) == "b.svg, column title: found 'another case'; expected a figure of case 'a'"


def test_a_reference_as_a_line_of_a_list():
    article = Reference(
        "k",
        {
            "type": "article-journal",
            "author": [
                {"family": "Medsger", "suffix": "Jr", "given": "T A"},
                {"family": "van Laar", "given": "Jacob M"},
            ],
            "title": "A case",
            "container-title": "Frontiers in Immunology",
            "container-title-short": "Front Immunol",
            "issued": {"date-parts": [[2025, 6, 18]]},
            "volume": "16",
            "page": "100-104",
            "DOI": "10.1/x",
        },
        ("the case",),
    )
    page = Reference("k2", {"type": "webpage", "URL": "https://a.org/b"}, ("rule: x", "rule: y"))
    unknown = Reference("source-a", {"type": "webpage"}, ("the case",))
    # The first as Citing Medicine prints a journal article: names, title, short journal, year;volume:pages, DOI.
    assert cite_words([article, page, unknown]) == [
        "Medsger TA Jr, van Laar JM. A case. Front Immunol. 2025;16:100–4. doi:10.1/x. Used for: the case.",
        "Available from: https://a.org/b. Used for: rule: x; y.",
        "source-a. Used for: the case.",
    ]


@pytest.mark.product
def test_the_checklist_counts_lines_and_points(case_of, observe):
    def where(analysis):
        return evaluate_care(analysis).set_index("item")["where"]

    one = where(case_of(observe(), more="\ncaveats: {mrss: [Who scored is not said.]}"))
    assert one["6"] == "Table 1 and Results; which were found on examination, for the author to say"
    assert one["11a"] == "the supplement lists 1 point that the source leaves open; for the author to discuss"
    two = where(case_of(observe(), observe("2", value="32"), more="\ncaveats: {mrss: [Not who scored., Nor when.]}"))
    assert two["6"] == one["6"]
    assert two["11a"] == "the supplement lists 2 points that the source leaves open; for the author to discuss"


@pytest.mark.product
def test_the_address_of_what_was_read_is_left_out_whole(case_of, observe):
    read = "abstract, complete, as shown at example-site.org/a-2012-007834.full"
    first = short_report(case_of(observe(), more=f"\nsources: [{{id: chart, read: '{read}'}}]")).first
    assert first[2].text.startswith("Read: abstract, complete. ")


def test_procedures_stand_behind_the_treatments_with_their_number_and_printed_length(make_case):
    header = "case_id,phase,kind,code,start,end,count,value,unit,dose,dose_unit,source,note"
    done = "a,1,procedure,plasma_exchange,,,5,,,,,chart,\"printed 'over 1 week'\""
    table = summarise_given(analyse(make_case(done, "a,2,treatment,prednisone,,,,,,5,mg/day,chart,", header=header)))
    assert table.caption == "Treatments and procedures"
    names, (drug, exchange) = list(table.frame), table.cells()
    assert drug[: names.index("When")] == ["Prednisone", "5 mg", "daily"]
    told = dict(zip(names, exchange, strict=True))
    assert (told["Treatment or procedure"], told["Duration or end"], told["Number of doses or sessions"]) == (
        "Plasma exchange",
        "‘over 1 week’",
        "5",
    )


@pytest.mark.product
def test_the_checklist_says_what_the_rows_hold_and_no_more():
    """openneurol2024-64f: five entries, two of them ongoing, one ended by what was given in its place."""
    told = evaluate_care(analyse(ROOT / "data/openneurol2024-64f")).set_index("item")
    assert told.loc["5c", "state"] == "in part" and "comorbidities" in told.loc["5c", "where"]
    # A biopsy finds out, and is no intervention.
    assert "procedures: Muscle biopsy" in told.loc["8a", "where"] and "biopsy" not in told.loc["9a", "where"]
    assert told.loc["9b", "where"].endswith("start in 1, end in 3 (1 in words alone); ongoing: 2")
    # Dysphagia was found once, before treatment; strength and weakness were found after it.
    assert (
        told.loc["10b", "where"] == "Table 1 and Results: Creatine kinase, Muscle strength, Muscle weakness, Myopathy"
    )


@pytest.mark.product
def test_the_checklist_names_the_reasons_that_the_rows_have():
    """Quotes: "CK spiked to 5,607 U/L, prompting statin discontinuation", "due to concerns for ..."."""

    def where(name, item):
        return evaluate_care(analyse(ROOT / "data" / name)).set_index("item").loc[item, "where"]

    assert "Statin stopped (prompted by ‘Total CK spiked to 5,607 U/L’)" in where("openneurol2024-64f", "9c")
    assert "Statin stopped (because of ‘concerns for statin-induced rhabdomyolysis’)" in where("acp-imnm-75f", "9c")
    assert "Adalimumab 40 mg (because of a global shortage of tocilizumab)" in where("aosd-ehjcr-22m", "9c")
    assert where("kamata2012", "9a").endswith(
        "procedures: Pericardial fenestration (‘to drain the liquid into the pleural cavity’); "
        "Pericardiocentesis (what for, the file does not say)"
    )
    assert "Haemodialysis (‘for better control of uraemia and fluid retention’)" in where("cryo-61f", "9a")


@pytest.mark.product
def test_what_a_source_tells_in_words_is_counted_as_that_everywhere():
    """cryo-61f: the second cyclophosphamide is printed '50 mg/100 alternate days', rituximab 'for 3 weeks'."""
    analysis = analyse(ROOT / "data/cryo-61f")
    given = analysis.case.facts[analysis.case.facts["kind"] == "treatment"]
    assert count_worded(given) == {"dose": 1, "schedule": 1, "end": 1}
    # Of seven entries three have a number (50 mg, 600 mg, 5 mg), one has the words, three have nothing.
    assert count_untold(given)["dose"] == 3
    assert "‘50 mg/100 alternate days’" in " ".join(map(" ".join, summarise_given(analysis).cells()))
    open_ = short_report(analysis).open_points.texts[-1]
    assert "3 lack dose and schedule; 3 lack end." in open_
    assert "Told in words alone: dose (1), schedule (1), end (1)." in open_
    assert "dose in 4 (1 in words alone)" in evaluate_care(analysis).set_index("item").loc["9b", "where"]
    drawn = drawn_values(draw_reported(analysis))
    worded = drawn[drawn["element"] == "worded"]
    assert len(worded) == 3 and worded["said"].str.contains("told in words").all()


@pytest.mark.product
def test_a_treatment_without_a_time_has_its_place_in_the_account_and_no_circle():
    """cryo-61f: rituximab stands in a phase "Rituximab", after the finding of the lymphoma; it has no day."""
    table = summarise_given(analyse(ROOT / "data/cryo-61f"))
    when = {row[0]: row[list(table.frame).index("When")] for row in table.cells()}
    assert when["Rituximab"] == "After the lymphoma was found, before the responseᵃ"
    assert table.notes[0] == "ᵃ The source gives no time; the place in the account is shown."
    ends = {row[0]: row[list(table.frame).index("Duration or end")] for row in table.cells()}
    assert ends["Haemodialysis"] == "until independence of dialysis, 7 months after the fourth discharge"
    assert ends["Rituximab"] == "‘for 3 weeks’"


def test_what_a_reference_lacks_is_a_point_for_the_author_and_no_word_of_the_list():
    known = {
        "type": "article-journal",
        "title": "A case",
        "author": [{"family": "Roe", "given": "A"}],
        "container-title": "J",
    }
    references = [Reference("a", {**known, "issued": {}, "DOI": "10.1/x"}), Reference("b", {"URL": "https://a.org"})]
    lines = ["A case. J.", "Available from: https://a.org."]
    points = to_complete(dict(enumerate(references, 1)), dict(enumerate(lines, 1))).splitlines()
    assert points[-2:] == [
        "- [ ] Reference 1, year: A case. J.",
        "- [ ] Reference 2, authors, title, journal or publisher, year: Available from: https://a.org.",
    ]
    whole = {**known, "issued": {"date-parts": [[2025]]}, "DOI": "10.1/x"}
    assert to_complete({1: Reference("a", whole)}, {1: lines[0]}) == ""


@pytest.mark.product
def test_a_finding_with_its_site_in_one_record_alone_is_one_course():
    """cryo-61f: a rash "mainly of the extremities" at the readmission, its "reappearance" at the relapse."""
    table = summarise_visits(analyse(ROOT / "data/cryo-61f"))
    (rash,) = [row for row in table.cells() if row[0].startswith("Vasculitic rash")]
    told = [cell for cell in rash if cell != "–"]
    assert told == [
        "Vasculitic rash",
        "presentᶜ",
        "recurred",
        "present, then recurredᵃ",
    ]
    assert table.notes[0] == "ᵃ Both before the reference treatment (rituximab)."
    assert table.notes[2] == "ᶜ Site: mainly extremities."


@pytest.mark.product
def test_sites_of_a_finding_are_told_apart_in_the_opening_and_a_doubtful_limit_first():
    """pericarditis-anakinra-30m: grades without a site, a size of one site on day 50; a limit that may be in mg/dL."""
    analysis = analyse(ROOT / "data/pericarditis-anakinra-30m")
    (courses,) = [words for words in opening(analysis) if words.startswith("Pericardial effusion")]
    assert courses.startswith("Pericardial effusion: large → moderate → absent; anterior: up to 25 mm (day 50); ")
    first, *_ = short_report(analysis).open_points.texts
    assert first.startswith("C-reactive protein: the cut-off is printed ‘<0.5 mg/L’ beside 306 mg/L")


def test_a_recorded_row_has_its_end(make_case):
    header = "case_id,phase,kind,code,start,end,value,unit,dose,dose_unit,source"
    rows = [f"a,1,treatment,{code},0 d,{end},,,8,mg,chart" for code, end in _ENDS]
    when = recorded_rows(analyse(make_case(*rows, header=header, about="analysis: {baseline: first}"))).frame["when"]
    assert [words.partition("; ")[2] for words in when] == [
        "until 4 weeks",
        "ongoing",
        "stopped, time not reported",
        "",
    ]


_ENDS = (("tocilizumab", "4 wk"), ("prednisone", "ongoing"), ("methotrexate", "stopped"), ("rituximab", ""))
