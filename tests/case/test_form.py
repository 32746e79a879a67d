"""The form of a table: where its header is and what it is called; and one fault is one message."""

import pandas as pd
import pytest

import casetimeline as ct
from casetimeline.case.read import read_path
from casetimeline.case.tables.dialect import read_rows
from casetimeline.characters import plain_form
from casetimeline.faults import TimelineError, nearest_word, odd_letters

HEADER = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,source,note"
PLAIN = f"{HEADER}\na,1,observation,ck,0 d,,923,U/L,,,,,,chart,\na,2,treatment,x,3 d,,,,,,,8,mg,chart,\n"


def faults_of(text):
    with pytest.raises(TimelineError) as caught:
        read_rows(text.encode(), "t.csv")
    return caught.value.faults


@pytest.fixture
def places(tmp_path):
    """The line, column and text of each fault of a file of cases."""

    def of(*rows, header=HEADER):
        path = tmp_path / "t.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        (reading,) = read_path(path)
        return [(fault.line, fault.column, fault.found) for fault in reading.faults]

    return of


@pytest.mark.parametrize(
    ("text", "lines", "note"),
    [
        (
            PLAIN.replace(HEADER, HEADER.upper()),
            [2, 3],
            "'CASE_ID' as case_id, 'PHASE' as phase, 'KIND' as kind and 12 more",
        ),
        (PLAIN.replace("case_id", "Case ID"), [2, 3], "the column 'Case ID' as case_id"),
        (PLAIN.replace("ref_low", "refLow"), [2, 3], "the column 'refLow' as ref_low"),
        (PLAIN.replace("value", "ｖａｌｕｅ"), [2, 3], "the column 'ｖａｌｕｅ' as value"),
        (PLAIN.replace("kind", "kind\u200b"), [2, 3], r"the column 'kind\u200b' as kind"),
        ("sep=,\n" + PLAIN, [3, 4], "1 line above the header left out (line 1: 'sep=,')"),
        ("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n"), [3, 4], "(line 1: 'sep=;')"),
        ('"sep=;"\n' + PLAIN.replace(",", ";"), [3, 4], "semicolons"),
        ("sep=\t\n" + PLAIN.replace(",", "\t"), [3, 4], "tabs"),
        # What Excel says is not so: the header is believed.
        ("sep=;\n" + PLAIN, [3, 4], "(line 1: 'sep=;')"),
        ("Patient 34, seen in 2024\n" + PLAIN, [3, 4], "(line 1: 'Patient 34, seen in 2024')"),
        (
            "Patient 34,,,,,\n\nprinted,,\n" + PLAIN,
            [5, 6],
            "2 lines above the header left out (line 1: 'Patient 34', line 3",
        ),
        (PLAIN.replace("\na,2", f"\n{HEADER}\na,2"), [2, 4], "1 more header between the rows"),
        (PLAIN.replace("\na,2", f"\n\ufeff{HEADER.upper()}\na,2"), [2, 4], "1 more header between the rows"),
        # To pandas a column of whole numbers with a gap is one of fractions.
        (PLAIN.replace("\na,2,", "\na,2.0,"), [2, 3], "1 phase without the .0 of a spreadsheet or program"),
    ],
)
def test_a_table_in_another_form_is_the_same_table_and_a_note_says_so(text, lines, note):
    plain, _ = read_rows(PLAIN.encode(), "t.csv")
    facts, notes = read_rows(text.encode(), "t.csv")
    assert note in " ".join(notes)
    assert facts["line"].tolist() == lines
    columns = HEADER.split(",")
    assert facts[columns].to_numpy().tolist() == plain[columns].to_numpy().tolist()


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (PLAIN.replace("code,", "", 1), 1, "code", ["a column 'code' beside case_id, phase, kind, start, end, value"]),
        (PLAIN.replace("code,", "").replace("source", "origin"), 1, "code", ["the columns 'code' and 'source' beside"]),
        (PLAIN.replace("note", "Value"), 1, "value", ["each column once"]),
        (PLAIN.split("\n", 1)[1], 1, None, ["a header above the first row"]),
        ("\n".join(reversed(PLAIN.strip().split("\n"))), 1, None, ["the header above every row of facts"]),
        (PLAIN.replace("\na,2", "\nnote,value,kind" + "," * 12 + "\na,2"), 3, None, ["the columns of the header"]),
        (PLAIN.replace(",", "|"), 1, None, ["commas, semicolons or tabs"]),
        (PLAIN.replace(",", " "), 1, None, ["commas, semicolons or tabs"]),
        (PLAIN + "end of report\n", 4, None, ["15 cells, as in the header"]),
    ],
)
def test_a_fault_of_the_form_is_one_message(text, line, column, words):
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert all(word in fault.expected for word in words), fault.expected


def test_a_wrong_mark_between_the_cells_is_one_sentence():
    head, rows = PLAIN.split("\n", 1)
    with pytest.raises(TimelineError, match="lines 2, 3: found 'a semicolon between the cells'; expected a comma"):
        read_rows(f"{head}\n{rows.replace(',', ';')}".encode(), "t.csv")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("a,1,finding,crp,0 d,,mild,mg/l,,,gone,,,chart,", ("kind", "finding")),
        ("a,1,finding,x,0 d,,,,,,,8,,chart,", ("kind", "finding")),
        ("a,1,finding,,0 d,,mild,,,,,,,chart,", ("kind", "finding")),
        ("a,1,observation,lactate,0 d,,12,mmol/l,,,,,,chart,", ("code", "lactate")),
        ("a,1,observation,mrss,0 d,,923,U/L,,,,,,chart,", ("unit", "U/L")),
        ("a,1,treatment,x,0 d,,,,,,,8 mg,,chart,", ("dose", "8 mg")),
        # A cell too few, a cell too many, and a comma in a number.
        ("a,observation,ck,0 d,,923,U/L,,,,,,chart,,", ("kind", "ck")),
        ("a,,1,observation,ck,0 d,,923,U/L,,,,,,chart", ("kind", "1")),
        ("a,1,observation,ck,0 d,,450,5,U/L,,,,,,chart", ("value", "450,5")),
        ("Total,,,,,,,,,,,,,,", ("case_id", "Total")),
    ],
)
def test_a_fault_of_a_row_brings_no_others(places, row, found):
    good = "b,1,observation,ck,0 d,,923,U/L,,,,,,chart,"
    assert places(good, row) == [(3, *found)]


def test_what_does_not_follow_from_a_fault_is_told_beside_it(places):
    assert places("a,1,finding,crp,0 d,,,,,,,,,,") == [(2, "kind", "finding"), (2, "source", "")]
    assert places("a,1,observation,mrss,0 d,,many,U/L,,,,,,chart,") == [(2, "unit", "U/L"), (2, "value", "many")]
    both = [f"a,1,observation,ck,soon,,{value},U/L,,,,,,chart," for value in (9, 8)]
    assert places(*both) == [(2, "start", "soon"), (3, "start", "soon")]


def test_a_part_of_the_case_file_that_is_wrong_hides_nothing_and_brings_nothing(make_case):
    """A bad date of day 0 leaves dates without a place, and bad sources rows without a source: neither is said."""
    about = (
        "time_zero: {date: 2024-13}\nanalysis: {baseline: lowest}\nsources: [{title: x}]\nclaims: [{says: x, test: y}]"
    )
    with pytest.raises(TimelineError) as caught:
        make_case("a,,observation,mrss,2024-02,,52,,,,,,,chart,", about=about)
    assert [(fault.file, fault.column) for fault in caught.value.faults] == [
        ("a/timeline.csv", "value") if column == "value" else ("a/case.yaml", column)
        for column in ("sources: 1", "claims: 1: test", "time_zero: date", "value", "analysis: baseline")
    ]


def test_a_reference_on_a_row_of_a_wrong_kind_is_not_a_second_fault(make_case):
    with pytest.raises(TimelineError) as caught:
        make_case(
            "a,1,observation,mrss,0 d,,46,,,,,,,chart,",
            "a,1,treatmnt,tocilizumab,3 d,,,,,,,8,mg,chart,",
            about="analysis: {reference: tocilizumab}",
        )
    assert [fault.column for fault in caught.value.faults] == ["kind"]


@pytest.mark.parametrize(
    ("text", "names", "plain"),
    [
        ("\u0441k", "'\u0441' is CYRILLIC SMALL LETTER ES", "ck"),
        ("\u0410\u0421K", "'\u0410' is CYRILLIC CAPITAL LETTER A, '\u0421' is CYRILLIC CAPITAL LETTER ES", "ACK"),
        ("\u039cTX", "'\u039c' is GREEK CAPITAL LETTER MU", "MTX"),
        ("c\u200bk", "it holds ZERO WIDTH SPACE, which is not seen", "ck"),
        ("\ufeffck", "it holds ZERO WIDTH NO-BREAK SPACE, which is not seen", "ck"),
        ("soft\u00adhyphen", "it holds SOFT HYPHEN, which is not seen", "softhyphen"),
        ("8\u00a0mg", "it holds NO-BREAK SPACE, which is not a plain blank", "8 mg"),
        ("\uff19\uff12\uff13", "'\uff19' is FULLWIDTH DIGIT NINE", "923"),
        ("\u0663", "'\u0663' is ARABIC-INDIC DIGIT THREE", "3"),
        ("3\u20134", "'\u2013' is EN DASH", "3-4"),
        ("\u2212 5", "'\u2212' is MINUS SIGN", "- 5"),
        ("M\u00fcller \u00b5kat", "", "M\u00fcller \u03bckat"),
    ],
)
def test_a_letter_of_another_alphabet_is_named_and_the_plain_form_shown(text, names, plain):
    assert odd_letters(text).startswith(names) and bool(odd_letters(text)) == bool(names)
    assert plain_form(text) == plain


@pytest.mark.parametrize(
    ("code", "value", "ends"),
    [
        # A thousand, twenty-five, half, five as the head of a list, and one in a circle are not these digits.
        ("ck", "10\u00b3", "'\u00b3' is SUPERSCRIPT THREE"),
        ("ck", "5\u00b2", "'\u00b2' is SUPERSCRIPT TWO"),
        ("ck", "\u00bd", "'\u00bd' is VULGAR FRACTION ONE HALF"),
        ("ck", "\u248c", "'\u248c' is DIGIT FIVE FULL STOP"),
        ("ck", "\u2460", "'\u2460' is CIRCLED DIGIT ONE"),
        # A temperature may be negative, CK may not.
        ("body_temperature", "-5\u20135", "'\u2013' is EN DASH; did you mean '-5..5'?"),
        ("body_temperature", "-5-5", "without a unit; did you mean '-5..5'?"),
        ("ck", "-5\u20135", "'\u2013' is EN DASH"),
    ],
)
def test_a_number_is_not_to_be_typed_as_another_one(make_case, code, value, ends):
    unit = {"ck": "U/L", "body_temperature": "Cel"}[code]
    with pytest.raises(TimelineError) as caught:
        make_case(f"a,1,observation,{code},,,{value},{unit},,,,,,chart,")
    assert str(caught.value).endswith(ends)


def test_the_message_names_the_letter_and_what_to_type(make_case):
    with pytest.raises(TimelineError) as caught:
        make_case("a,1,observation,\u0441k,,,9,U/L,,,,,,chart,")
    assert str(caught.value).endswith("'\u0441' is CYRILLIC SMALL LETTER ES: type 'ck' in plain letters")


@pytest.mark.parametrize(
    ("text", "known", "near"),
    [
        ("presnt", ("present", "absent"), "present"),
        ("toci", ("tocilizumab", "methotrexate"), "tocilizumab"),
        ("Tocilizumap", ("tocilizumab",), "tocilizumab"),
        ("fu-205", ("fu-2025", "ferreira2017"), "fu-2025"),
        # The opposite, another number, another laboratory value, a longer word with another meaning.
        ("not present", ("present",), ""),
        ("assessed", ("not_assessed",), ""),
        ("known", ("unknown",), ""),
        ("hypertension", ("hypotension",), ""),
        ("il1", ("il6",), ""),
        ("alt", ("ast",), ""),
        ("igg", ("iga",), ""),
        ("efusion", ("effusion_il6",), ""),
        ("pred", ("prednisone", "prednisolone"), ""),
        # Letters that only look like what turns a word.
        ("icreased", ("increased", "decreased"), "increased"),
        ("imcreased", ("increased", "decreased"), "increased"),
        ("nromal", ("normal", "raised"), "normal"),
        ("is_prseent", ("is_present", "is_absent"), "is_present"),
        ("rednisone", ("prednisone", "pirfenidone"), "prednisone"),
        # Where the best is none that is meant, neither is the next.
        ("is_not_present", ("is_present", "is_absent"), ""),
        ("abnormal", ("normal",), ""),
        # The opposite of a word that itself begins like what turns one.
        *[(text, ("normal", "raised"), "") for text in ("unnormal", "unormal", "innormal", "anormal", "nonnormal")],
        ("noincreased", ("increased", "decreased"), ""),
        ("atypical", ("typical",), ""),
        # Letters of one sound, as in other languages.
        ("ciclofosfamide", ("cyclophosphamide", "ciclosporin"), "cyclophosphamide"),
        ("micofenolato", ("mycophenolate", "methotrexate"), "mycophenolate"),
        ("hidroxicloroquina", ("hydroxychloroquine", "chloroquine"), "hydroxychloroquine"),
        ("pirfenidone", ("prednisone",), ""),
        # Other words, and a comparison, are no slip.
        ("nebilizumab", ("eculizumab",), ""),
        ("penicillin", ("penicillamine",), ""),
        ("dexamethasone", ("betamethasone",), ""),
        ("larger", ("small", "large"), ""),
        ("modest", ("moderate",), ""),
    ],
)
def test_a_suggestion_never_means_another_thing(text, known, near):
    assert nearest_word(text, known) == near


def test_a_data_frame_with_capitals_is_read():
    frame = pd.DataFrame(
        {
            "Case ID": "a",
            "PHASE": [1, 2],
            "Kind": "observation",
            "Code": "mrss",
            "Value": [46, 32],
            "Unit": "",
            "Source": "x",
        }
    )
    assert ct.read_facts(frame).facts["AVAL"].tolist() == [46, 32]


def test_messages_hold_no_character_that_a_terminal_obeys():
    with pytest.raises(TimelineError) as caught:
        read_rows("case_id,kind,co\u202ede,value\na,b,c,d\n".encode(), "t.csv")
    assert "\u202e" not in str(caught.value) and "direction control U+202E" in str(caught.value)


def test_two_columns_of_one_name_are_both_named():
    (fault,) = faults_of(PLAIN.replace("note", "Value"))
    assert fault.found == "value and Value"
