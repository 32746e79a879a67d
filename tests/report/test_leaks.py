"""Planted identifiers are found in every kind of artefact; what only looks like one is left alone."""

import getpass
import io
import shutil
import socket
import zipfile

import docx
import nbformat
import pandas as pd
import pikepdf
import pytest
import typst
from conftest import ROOT, casetimeline, first_in_gate, in_gate, make_project_of
from PIL import ExifTags, Image, PngImagePlugin

from casetimeline.case.read import read_case
from casetimeline.prose import Table
from casetimeline.report.document import Heading, Paragraph
from casetimeline.report.leaks import find_leaks, leaks_in, sought_for, tells_dates
from casetimeline.report.pdf import render_report
from casetimeline.report.spelling import denied, names_in
from casetimeline.report.texts import texts_of
from casetimeline.report.word import render_word

PLANTED = {
    "absolute path": "see /home/jane/cases/scan.csv",
    "e-mail address": "ask jane.doe@clinic.example.org",
    "date of birth": "born 03.04.1999",
    "word of the deny-list": "Mrs Doe-Miller, MRN 00-4711-22",
    "calendar date": "seen on 12 March 2021",
}
DENIED = ["Doe Miller", "00 4711 22", "12345678", "O'Brien"]


def notebook(text, where):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    if where == "source":
        made.cells[0].source = text
    elif where == "output":
        made.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/html": f"<p>{text}</p>"})]
    elif where == "stream":
        made.cells[0].outputs = [nbformat.v4.new_output("stream", text=f"a line\n{text}")]
    elif where == "traceback":
        made.cells[0].outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[text])]
    elif where == "error":
        made.cells[0].outputs = [nbformat.v4.new_output("error", ename="E", evalue=text, traceback=[])]
    else:
        made.metadata["papermill"] = {"input_path": text}
    return nbformat.writes(made).encode()


def word(text, where):
    if where == "body":
        return render_word([Heading(1, "A"), Paragraph(text)], "A", {})
    document = docx.Document()
    if where == "runs":
        # As Word splits a text when it is edited.
        document.add_paragraph("Patient")
        paragraph = document.add_paragraph()
        for letter in text:
            paragraph.add_run(letter)
    elif where == "properties":
        document.core_properties.comments = text
    else:
        document.add_picture(io.BytesIO(png(text)))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pdf(text, where):
    made = render_report([Heading(1, "A"), Paragraph(text if where == "body" else "b")], "A", "d", "f")
    if where == "body":
        return made
    with pikepdf.open(io.BytesIO(made)) as opened:
        if where == "information":
            opened.docinfo["/Author"] = text
        elif where == "annotation":
            note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, A=pikepdf.Dictionary(URI=pikepdf.String(text)))
            opened.pages[0].Annots = pikepdf.Array([note])
        elif where == "xmp":
            with opened.open_metadata(set_pikepdf_as_editor=False) as metadata:
                metadata["dc:creator"] = [text]
        buffer = io.BytesIO()
        opened.save(buffer)
    return buffer.getvalue()


def png(text):
    words = PngImagePlugin.PngInfo()
    words.add_itxt("Comment", text)
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "png", pnginfo=words)
    return buffer.getvalue()


def late_png(text):
    """A picture whose text stands after its pixels; it has Exif entries, so that nothing asks for them there."""
    words = PngImagePlugin.PngInfo()
    words.add_itxt("Comment", text)
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[271] = "maker"
    Image.new("RGB", (4, 4)).save(buffer, "png", pnginfo=words, exif=exif)
    made = buffer.getvalue()
    start = made.index(b"iTXt") - 4
    length = int.from_bytes(made[start : start + 4]) + 12
    end = made.index(b"IEND") - 4
    return made[:start] + made[start + length : end] + made[start : start + length] + made[end:]


def jpeg(text):
    exif = Image.Exif()
    # XPAuthor, as Windows writes it.
    exif[0x9C9D] = text.encode("utf-16-le")
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "jpeg", exif=exif)
    return buffer.getvalue()


def deep_tiff(text):
    exif = Image.Exif()
    # UserComment, in the directory that the Exif entries point to.
    exif.get_ifd(ExifTags.IFD.Exif)[0x9286] = text.encode()
    exif[ExifTags.IFD.Exif] = 0
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "tiff", exif=exif)
    return buffer.getvalue()


def tiff(text):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "tiff", tiffinfo={270: text})
    return buffer.getvalue()


IN_NOTEBOOKS = ("source", "output", "stream", "traceback", "error", "metadata")
IN_WORD = ("body", "runs", "properties", "picture")
IN_PDF = ("body", "information", "xmp", "annotation")
PLACES = {f"n-{where}.ipynb": (notebook, where) for where in IN_NOTEBOOKS}
PLACES |= {f"w-{where}.docx": (word, where) for where in IN_WORD}
PLACES |= {f"p-{where}.pdf": (pdf, where) for where in IN_PDF}


def held(name, text):
    """A file with a text planted somewhere in it."""
    if name in PLACES:
        make, where = PLACES[name]
        return make(text, where)
    made = {"f.png": png, "late.png": late_png, "f.tiff": tiff, "f.jpg": jpeg, "deep.tiff": deep_tiff}.get(name)
    if made:
        return made(text)
    if name.endswith("attribute.svg"):
        return f'<svg width="1pt"><g aria-label="{text}"/></svg>'.encode()
    if name.endswith("broken.html"):
        return ("<p>" + text.replace("e", "<b>e</b>") + "</p>").encode()
    return text.encode()


TEXTS = [f"a.{suffix}" for suffix in ("html", "md", "csv", "json", "bib", "txt", "tsv")]
FILES = [*PLACES, "f.png", "late.png", "f.tiff", "f.jpg", "deep.tiff", "a-attribute.svg", "a-broken.html", *TEXTS]


@pytest.mark.parametrize("name", first_in_gate(14, FILES))
@pytest.mark.parametrize("kind", in_gate("e-mail address", of=PLANTED))
def test_what_is_planted_is_found_in_every_kind_of_file(name, kind):
    sought = sought_for(False, DENIED)
    content = held(name, PLANTED[kind])
    kinds = {kind for _, text in texts_of(name, content) for kind, _ in leaks_in(text, sought)}
    assert kind in kinds


def test_the_pixels_of_a_tiff_are_no_text_and_what_follows_them_is():
    """Its strips may stand anywhere: here a drawing whose bytes spell an address, and one after the last of them."""
    address = b"jane.doe@clinic.example.org "
    buffer = io.BytesIO()
    Image.frombytes("L", (len(address), 2), address * 2).save(buffer, "tiff")
    told = "".join(text for _, text in texts_of("a.tiff", buffer.getvalue()))
    assert "clinic" not in told
    assert "clinic" in "".join(text for _, text in texts_of("a.tiff", buffer.getvalue() + address))


@pytest.mark.parametrize("name", first_in_gate(14, FILES))
def test_a_file_without_an_identifier_is_left_alone(name):
    sought = sought_for(False, DENIED)
    content = held(name, "mRSS 46, doi:10.1186/s13075-024-03418-2, every 2 wk, -2 mo, 8 mg/kg, 2024, and/or")
    leaks = [(place, *leak) for place, text in texts_of(name, content) for leak in leaks_in(text, sought)]
    # python-docx and Pillow themselves put a date of their template into a file; our own files have none.
    assert not [leak for leak in leaks if leak[2] != "2013-12-23"]


def test_a_name_of_other_letters_is_found_in_an_entry_of_windows():
    assert any("Żółkiewska" in text for _, text in texts_of("a.jpg", jpeg("Żółkiewska")))


def test_a_word_that_a_pdf_breaks_is_found_whole():
    narrow = '#set page(width: 40mm)\n#set text(hyphenate: true, lang: "en")\n#set par(justify: true)\n'
    made = typst.compile((narrow + "We saw Christopherson and Christopherson again and again.").encode())
    (page,) = [text for place, text in texts_of("a.pdf", made) if place == "page 1"]
    assert page.count("Christopherson") == 2 and len(page.split("\n")) > 2


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("manifest.json", b'{"parameters": {"reference": "ask jane.doe@clinic.example.org"}}', "e-mail address"),
        ("a.pdf", b"no file of its kind", "cannot be looked through"),
        ("a.docx", b"PK", "cannot be looked through"),
    ],
)
def test_the_manifest_is_looked_through_and_what_cannot_be_is_told(tmp_path, published, name, content, kind):
    (tmp_path / name).write_bytes(content)
    assert [leak.kind for leak in find_leaks(tmp_path, published["fu-2025"][0])] == [kind]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("absolute path", r"C:\Users\jane\scan.csv"),
        ("absolute path", "file:///tmp/scan.csv"),
        ("absolute path", "(/Users/jane/scan)"),
        ("absolute path", "C:/Users/jane/scan.csv"),
        ("absolute path", "path:/home/jane/x"),
        ("absolute path", "/cluster/home/jane/x"),
        ("absolute path", r"\\nas\patients\scan.csv"),
        ("e-mail address", "mailto:a.b+c@uni-x.example"),
        ("e-mail address", "jane@klinik-köln.de"),
        ("date of birth", "born 03-04-1999"),
        ("date of birth", "born 3 April 1999"),
        ("date of birth", "DOB: 1999-04-03"),
        ("date of birth", "Date of birth 3.4.99"),
        ("word of the deny-list", "doe\u00adMILLER"),
        ("word of the deny-list", "Doe\nMiller"),
        ("word of the deny-list", "\uff24oe Miller"),
        ("word of the deny-list", "Doe_Miller_1"),
        ("word of the deny-list", "\x1b[31mDoe Miller"),
        ("word of the deny-list", "D\u2060oe\ufeff Mil\u200cler"),
        ("word of the deny-list", "00471122"),
        ("word of the deny-list", "12-34-56-78"),
        ("word of the deny-list", "O’Brien"),
        ("calendar date", "2021-03-12"),
        ("calendar date", "2021-03"),
        ("calendar date", "12.03.2021"),
        ("calendar date", "3/12/2021"),
        ("calendar date", "Mar 12, 2021"),
        ("calendar date", "12th March 2021"),
        ("calendar date", "2021-03-12T08:30:00Z"),
        ("calendar date", "2021/03/12"),
        ("calendar date", "12-03-2021"),
        ("calendar date", "12-Mar-2021"),
        ("calendar date", "12 \n March 2021"),
        ("calendar date", "March 2021"),
        ("calendar date", "scan_2021-03-12.png"),
        ("calendar date", "2021:03:12 08:30:00"),
        ("calendar date", "D:20210312083000"),
    ],
)
def test_spellings_of_identifiers(kind, text):
    assert kind in {kind for kind, _ in leaks_in(f"x {text} y", sought_for(False, DENIED))}


@pytest.mark.parametrize(
    ("name", "text"),
    # Three names in each order, and a long number beside letters that touch it.
    [("Ann Maria Doe", "Maria Doe, Ann"), ("Ann Maria Doe", "Doe, Maria Ann"), ("47110", "MRN47110b")],
)
def test_a_name_in_another_order_and_a_number_beside_letters_are_found(name, text):
    assert names_in(text, [denied(name)]) == [name]


def test_a_short_number_beside_letters_is_no_number_of_somebody():
    assert names_in("site A123 and 123b", [denied("123")]) == []


@pytest.mark.parametrize(
    "text",
    [
        r"\\write18\{id\}",
        "https://example.org/home/page/index.html",
        "../data/fu-2025",
        "10.1186/s13075-024-03418-2",
        "version 3.11.2 of 2024",
        "aged 20-24",
        "s2665-9913(20)30237-x",
        "doi:10.3389/fimmu.2025.1614714",
        "pages 196-197",
        "mg/day/week",
        "Doering, Miller",
        "sha256 2021036789abcdef",
        "2020-2021",
        "decreased 2020",
        "fu-2025-01_skin",
        "sunkara2025-01_skin",
        "https://example.org/data/2021/03/12/x",
        "sd:/none",
        "1234567",
    ],
)
def test_what_only_looks_like_an_identifier(text):
    assert list(leaks_in(f"x {text} y", sought_for(False, DENIED))) == []


# The stretches in which a text is looked through end 200 characters behind a year, and 80 beside a brace: behind or
# before the fifth letter of these numbers.
@pytest.mark.parametrize("text", ["Study 2014;{: <192}10.204725 ", "{{{: <73}10.204725 ", "310.2047{: <73}{{"])
def test_a_number_is_read_whole_wherever_it_stands(text):
    assert list(leaks_in(text.format(""), sought_for(False, []))) == []


PLACED = pd.DataFrame(
    [["CRP", "value", "crp", "2", 12.2063, 12.2063, -3.5, 11.2024, "5 mg/L"]],
    columns=["panel", "element", "of", "line", "x", "x_to", "y", "y_to", "said"],
)


@pytest.mark.parametrize("written", [repr, lambda table: table._repr_html_(), lambda table: tabbed(table.frame)])
def test_a_coordinate_is_no_month_and_beside_it_a_month_is_one(written):
    def held_in(frame):
        texts = (text for _, text in texts_of("a.html", written(Table(frame, "Values")).encode()))
        return {words for text in texts for _, words in leaks_in(text, sought_for(False, []))}

    assert held_in(PLACED) == set()
    # What the mark says, its line, and a table with other columns are read.
    assert held_in(PLACED.assign(said="from 12.2021")) == {"12.2021"}
    assert held_in(PLACED.assign(line="12.2021")) == {"12.2021"}
    assert held_in(PLACED.rename(columns={"y_to": "seen"})) == {"12.2063", "11.2024"}
    both = f"{written(Table(PLACED, 'Values'))}\n\n{written(Table(PLACED.rename(columns={'y_to': 'seen'}), 'Seen'))}"
    texts = (text for _, text in texts_of("a.html", both.encode()))
    assert {words for text in texts for _, words in leaks_in(text, sought_for(False, []))} == {"12.2063", "11.2024"}


def tabbed(frame):
    return frame.to_csv(sep="\t", index=False)


def test_user_and_host_are_found_as_words(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "jdoe")
    monkeypatch.setattr(socket, "gethostname", lambda: "ward-7-pc")
    sought = sought_for(False, [])
    leaks = list(leaks_in("made by JDOE on ward-7-pc; jdoering; award-7-pc", sought))
    assert leaks == [("user or host of this machine", "jdoe"), ("user or host of this machine", "ward-7-pc")]
    # A host is looked for with and without its domain; a user whose name is a word of the package is not looked for.
    monkeypatch.setattr(socket, "gethostname", lambda: "ward-7-pc.clinic.example.org")
    monkeypatch.setattr(getpass, "getuser", lambda: "page")
    leaks = list(leaks_in("ward-7-pc of page 3", sought_for(False, [])))
    assert leaks == [("user or host of this machine", "ward-7-pc")]
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    assert list(leaks_in("the square root", sought_for(False, []))) == []


def test_dates_are_looked_for_where_the_case_tells_none(published):
    assert not tells_dates(published["fu-2025"][0])
    assert tells_dates(published["kamata2012"][0])


@pytest.mark.parametrize(("doi", "dates"), [("10.1000/x", []), ("", ["March 2021"])])
def test_a_date_that_a_published_source_prints_is_no_leak(make_case, tmp_path, doi, dates):
    about = f'analysis: {{baseline: first}}\nsources: [{{id: S, doi: "{doi}", read: x}}]'
    case = make_case(
        'a,1,observation,mrss,,,46,,,,,,,S,,"seen in March 2021"',
        header="case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,source,note,quote",
        about=about,
    )
    (tmp_path / "made").mkdir()
    (tmp_path / "made/a.txt").write_text("seen in March 2021, again on 12 May 2021")
    leaks = [leak.words for leak in find_leaks(tmp_path / "made", case)]
    assert leaks == [*dates, "12 May 2021"]


def test_no_case_of_the_project_is_withheld_for_its_own_words(every_published, tmp_path):
    """Every text of a report comes from these two files or from the package."""
    for case in every_published:
        folder = tmp_path / case.case_id
        folder.mkdir()
        for name in ("case.yaml", "timeline.csv"):
            shutil.copy(ROOT / "data" / case.case_id / name, folder)
        assert find_leaks(folder, case) == [], case.case_id


def test_no_text_of_a_word_file_is_passed_over():
    content = word("x", "picture")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = set(parts.namelist())
    assert names == {place.partition(": ")[0] for place, _ in texts_of("a.docx", content)} - {"name"}


@pytest.mark.product
def test_the_report_is_withheld_and_every_place_told(tmp_path):
    project = make_project_of(tmp_path, "06_reported")
    path = project / "data/fu-2025/timeline.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("size not reported", "ask jane.doe@clinic.example.org about Doe Miller", 1))
    about = project / "data/fu-2025/case.yaml"
    title = about.read_text(encoding="utf-8")
    about.write_text(title.replace("cardiac involvement", "cardiac involvement of Doe Miller", 1), encoding="utf-8")
    # As an editor on Windows saves it.
    (project / "deny.txt").write_text("# names\nDoe Miller\n#4711-22\n", encoding="utf-8-sig")
    asked = ("report", "--case", "fu-2025")
    done = casetimeline(*asked, "--deny", "deny.txt", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for words in (
        "report.html",
        "report.pdf",
        "supplement.pdf",
        "report.docx",
        "derived.csv",
        "e-mail address",
        "word of the deny-list",
    ):
        assert words in done.stderr, words
    home = project / "build/fu-2025"
    assert [path.name for path in home.iterdir()] == ["failed"]
    assert (home / "failed/report.html").exists()
    for content, message in ((b"\xef\xbb\xbfJane\n----\n", "line 2: found '----'"), (b"\xff\xfe", "no text in UTF-8")):
        (project / "other.txt").write_bytes(content)
        refused = casetimeline(*asked, "--deny", "other.txt", cwd=project, PYTHONPATH=str(project))
        assert refused.returncode == 2 and message in refused.stderr and "Traceback" not in refused.stderr
    missing = casetimeline(*asked, "--deny", "none.txt", cwd=project, PYTHONPATH=str(project))
    assert (
        missing.returncode == 2
        and "none.txt: found 'no such file'" in missing.stderr
        and "Traceback" not in missing.stderr
    )
    # Once it is mended the report is published, and no word of the list stands anywhere.
    path.write_text(text, encoding="utf-8")
    about.write_text(title, encoding="utf-8")
    done = casetimeline(*asked, "--deny", "deny.txt", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stderr
    assert find_leaks(home, read_case(project / "data", "fu-2025"), project / "deny.txt") == []
    # A list that came later is held against what is there.
    (project / "deny.txt").write_text("Cyclophosphamide\n", encoding="utf-8")
    done = casetimeline(*asked, "--deny", "deny.txt", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 1 and "word of the deny-list: 'Cyclophosphamide'" in done.stderr


def test_of_a_series_a_date_that_one_case_tells_is_no_leak_and_any_other_is(tmp_path, make_case, observe):
    dated = make_case(observe(phase="", start="2005-08-01"))
    relative = make_case(observe(case_id="b"), case_id="b")
    (tmp_path / "results.md").write_text("Seen on 2005-08-01, and again on 2006-03-09.")
    found = find_leaks(tmp_path, [dated, relative])
    assert [(leak.kind, leak.words) for leak in found] == [("calendar date", "2006-03-09")]
    assert find_leaks(tmp_path, [dated]) == [] and len(find_leaks(tmp_path, [relative])) == 2
