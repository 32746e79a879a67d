"""references.json: read whole or refused, and named by rules, arms and cases."""

import json

import pytest
from conftest import ROOT

from casetimeline.case.read import read_vocabulary
from casetimeline.case.tables.references import read_references, with_works
from casetimeline.faults import TimelineError

WORK = {"id": "fu-2025", "type": "article-journal", "DOI": "10.1/x", "issued": {"date-parts": [[2025]]}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{",
            "references.json, line 1: found 'Expecting property name enclosed in double quotes'; expected valid JSON",
        ),
        ("{}", "a list of works in CSL-JSON"),
        ("[1]", "a list of works in CSL-JSON"),
        ('[{"type": "book"}]', "column work 1: found nothing; expected an 'id'"),
        (
            '[{"id": "a", "type": "book"}, {"id": "a", "type": "book"}]',
            "column work 2: found 'a'; expected each id once",
        ),
        ('[{"id": "a", "type": "book", "DOI": 7}]', "found '7'; expected text as 'DOI'"),
        ('[{"id": "a", "type": "book", "author": "Fu"}]', "found 'Fu'; expected a list of names as 'author'"),
        ("[" * 100_000, "expected valid JSON"),
    ],
)
def test_a_list_of_works_that_cannot_be_read_is_refused(text, expected):
    with pytest.raises(TimelineError) as refused:
        read_references(text, "references.json")
    (found,) = refused.value.faults
    assert expected in str(found)


def test_a_source_has_the_record_of_its_work_and_keeps_its_own_words():
    about = {"sources": [{"id": "Fu, abstract", "reference": "fu-2025", "year": "2026"}, {"id": "chart"}]}
    first, second = with_works(about, {"fu-2025": WORK}, "case.yaml")["sources"]
    assert (first["doi"], first["year"], second) == ("10.1/x", "2026", {"id": "chart"})
    with pytest.raises(TimelineError, match=r"'fu-2026'.*did you mean 'fu-2025'"):
        with_works({"sources": [{"id": "a", "reference": "fu-2026"}]}, {"fu-2025": WORK}, "case.yaml")


def test_a_rule_that_names_no_work_is_named(tmp_path):
    for name in ("measures.csv", "rules.csv", "comparators.csv"):
        (tmp_path / name).write_bytes((ROOT / "data" / name).read_bytes())
    works = [
        work for work in json.loads((ROOT / "data/references.json").read_text("utf-8")) if work["id"] != "steen-2001"
    ]
    (tmp_path / "references.json").write_text(json.dumps(works), encoding="utf-8")
    faults = []
    read_vocabulary(tmp_path, faults)
    (found,) = faults
    assert str(found).startswith("rules.csv, line 4, column reference: found 'steen-2001'")


def test_every_work_of_the_project_says_where_it_was_seen_and_is_cited(every_published):
    works = json.loads((ROOT / "data/references.json").read_text("utf-8"))
    assert all("verified" in work["custom"] and "seen" in work["custom"] for work in works)
    cited = {source["reference"] for case in every_published for source in case.about["sources"]}
    cited |= set(every_published[0].catalogue["reference"]) | set(every_published[0].comparators["reference"])
    assert cited <= {work["id"] for work in works}
