"""Files of other kinds, and workbooks as other programs write them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.engines import libreoffice_engine
from tests.engines.need import needs
from tests.hostile import CUSTOM, SHEET, checked, fresh, packed, parts
from xlconv.checking.check import check
from xlconv.checking.workbook import Workbook
from xlconv.errors import UnreadableError

LIBREOFFICE = needs("LibreOffice", libreoffice_engine.available())

PROPERTIES = b"application/vnd.openxmlformats-officedocument.custom-properties+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)

OTHERS = {
    "~$a.xlsx": (b"\x05me" + bytes(162), "is a note of Excel's that a file is open, not the file"),
    "._a.xlsx": (b"\x00\x05\x16\x07" + bytes(100), "is a note of macOS's beside a file"),
    "a.xls": (OLE, "is of an old Excel: save it as .xlsx"),
    "a.csv": (b"1,2\n3,4\n", "is no .xlsx file, or is cut short: save it as .xlsx"),
    "b.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "save it as .xlsx"),
    "a.ods": (
        packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}),
        "it is an OpenDocument file: save it as .xlsx",
    ),
    "a.xlsb": (
        packed({"_rels/.rels": b"<a/>", "xl/workbook.bin": b"\x83\x01"}),
        "it is a binary workbook (.xlsb): save it as .xlsx",
    ),
    "a.numbers": (
        packed({"Index/Document.iwa": b"", "preview.jpg": b""}),
        "it is a file of Apple Numbers: save it as .xlsx",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_file_of_another_kind_is_named_with_the_way_out(name: str, tmp_path: Path) -> None:
    data, said = OTHERS[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        check(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@LIBREOFFICE
def test_open_document_that_libreoffice_saved_is_known(tmp_path: Path) -> None:
    (data,) = libreoffice_engine.converted([fresh()], "ods")
    path = tmp_path / "a.ods"
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match="is an OpenDocument file: save it as"):
        check(path)


# ISO/IEC 29500-1, annex A and section 9.2.5: what strict files call otherwise
STRICT = {
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties"
    ),
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    ),
    b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties": (
        b"http://purl.oclc.org/ooxml/officeDocument/customProperties"
    ),
    b"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes": (
        b"http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes"
    ),
}


def test_strict_file_is_read(tmp_path: Path) -> None:
    found = parts()
    for old, new in STRICT.items():
        found = {name: data.replace(old, new) for name, data in found.items()}
    assert b"purl.oclc.org" in found[CUSTOM]
    assert b"customProperties" in found["_rels/.rels"]
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(found))
    assert [finding.kind for finding in check(path).findings] == ["added"]  # the renamed sheet


def test_escapes_of_other_programs_are_undone_in_properties_and_texts(tmp_path: Path) -> None:
    found = parts()
    assert b"&quot;" in found[CUSTOM] or b'"version"' in found[CUSTOM]
    text = found[CUSTOM].replace(b"&quot;", b"_x0022_")
    head, mark, tail = text.partition(b"<vt:lpwstr>")
    found[CUSTOM] = head + mark + tail.replace(b'{"', b"{_x0022_").replace(b'":', b"_x0022_:")
    assert b"_x0022_version_x0022_" in found[CUSTOM]
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(found))
    assert [finding.kind for finding in check(path).findings] == ["added"]  # the renamed sheet


@pytest.mark.parametrize("kind", ["s", "inlineStr", "str"])
def test_half_a_letter_of_utf16_can_be_said(kind: str, tmp_path: Path) -> None:
    inside = "<v>0</v>" if kind == "s" else "<is><t>{}</t></is>" if kind != "str" else "<v>{}</v>"
    told = "_xD83D__xDE00_ _xD83D_ _x0022_"
    row = f'<row r="1"><c r="A1" t="{kind}">{inside}</c></row>'
    xml = f"<worksheet><sheetData>{row}</sheetData></worksheet>"
    found = parts() | {SHEET: xml.format(told).encode()}
    found["xl/sharedStrings.xml"] = f"<sst><si><t>{told}</t></si></sst>".encode()
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(found))
    ((_, cell),) = Workbook.read(path).cells("Collect")
    assert cell.value == '😀 � "'


@pytest.mark.skipif(os.name != "posix", reason="names are texts here")
def test_file_whose_name_is_no_text_is_checked_and_so_are_the_others(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/h\xe4usaufgabe.xlsx"))
    odd.write_bytes(fresh())
    other = tmp_path / "b.xlsx"
    other.write_bytes(fresh())
    for options in ([], ["--json"], ["--engine"]):
        code, out, err = checked(other, *options, str(odd))
        assert (code, err) == (0, ""), err
        assert "usaufgabe" in out
        assert "b.xlsx" in out
    odd.write_bytes(b"")
    code, out, err = checked(other, str(odd))
    assert (code, err.count("\n")) == (3, 1)
    assert "\\xe4usaufgabe.xlsx is no .xlsx file" in err
    assert "b.xlsx: right" in out


def test_name_that_no_system_knows_is_said_to_be_none() -> None:
    with pytest.raises(UnreadableError, match=r"cannot read '\\ud800\.xlsx': no file has such"):
        check("\ud800.xlsx")
