"""Faults in a workbook that the validators do not see, and habits that do not travel."""

import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from zipfile import ZipFile

from .lint_sheet import sheet_faults
from .package import MAIN, column_number, sheet_parts
from .reference import Scope, parse_reference

_NAME = re.compile(r"[^\W\d][\w.]{0,254}")
_R1C1_NAME = re.compile(r"(?:R\d*)?(?:C\d*)?", re.IGNORECASE)
_A1_NAME = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.IGNORECASE)
_AREA = (
    r"(?:'((?:[^']|'')+)'|([^'!,:\[\]]+))!"
    r"(?:\$[A-Z]{1,3}\$\d+(?::\$[A-Z]{1,3}\$\d+)?|\$[A-Z]{1,3}:\$[A-Z]{1,3}|\$\d+:\$\d+)"
)
_ONE_AREA = re.compile(_AREA)
_AREAS = re.compile(f"{_AREA}(?:,{_AREA})*")
_ESCAPED = re.compile(r"[\\_*].")
_QUOTED = re.compile(r'"[^"]*"')


def lint(xlsx: bytes, *, cached: bool = True) -> list[str]:
    """All faults, each with its place; `cached` demands a value beside every formula."""
    with ZipFile(io.BytesIO(xlsx)) as archive:
        return list(_faults(archive, cached))


def _faults(archive: ZipFile, cached: bool) -> Iterator[str]:
    yield from _package_faults(archive)
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))
    yield from _sheet_name_faults([sheet.attrib["name"] for sheet in workbook.iter(f"{MAIN}sheet")])
    if "xl/styles.xml" in archive.namelist():
        for number_format in ET.fromstring(archive.read("xl/styles.xml")).iter(f"{MAIN}numFmt"):
            yield from _number_format_faults(number_format.get("formatCode", ""))
    parts = sheet_parts(archive)
    names = list(workbook.iter(f"{MAIN}definedName"))
    yield from _defined_name_faults(names, frozenset(parts))
    known = {name.attrib["name"].lower(): parse_reference(name.text or "") for name in names}
    found = {name: reference for name, reference in known.items() if reference}
    scope = Scope(frozenset(parts), found)
    for sheet, part in parts.items():
        yield from sheet_faults(sheet, archive.read(part), scope, cached=cached)


def _package_faults(archive: ZipFile) -> Iterator[str]:
    for member, count in Counter(archive.namelist()).items():
        if count > 1:
            yield f"{member}: {count} times in the zip"
        if "comments" in member.lower():
            yield f"{member}: comments"
        if member.endswith(".rels"):
            for relation in ET.fromstring(archive.read(member)):
                yield from _relation_faults(member, relation)


def _relation_faults(member: str, relation: ET.Element) -> Iterator[str]:
    target = relation.attrib["Target"]
    if relation.attrib["Type"].endswith("/hyperlink") and "#" in target:
        yield f"{member}: link to {target}, use location="
    elif target.startswith("/"):
        yield f"{member}: absolute target {target}"


def _sheet_name_faults(names: list[str]) -> Iterator[str]:
    for name in names:
        if not 1 <= len(name) <= 31:
            yield f"sheet name {name!r}: {len(name)} characters, at most 31"
        if any(character in "[]:*?/\\'" for character in name):
            yield f"sheet name {name!r}: one of []:*?/\\'"
        if name.lower() == "history":
            yield f"sheet name {name!r}: reserved"
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            yield f"sheet name {name!r}: {count} times but for case"


def _number_format_faults(code: str) -> Iterator[str]:
    bare = _QUOTED.sub("", _ESCAPED.sub("", code))
    if not code:
        yield "number format: empty"
    if '"' in bare or bare.count("[") != bare.count("]"):
        yield f"number format {code!r}: unbalanced quotes or brackets"
    if bare.count(";") > 3 or len(code) > 255:
        yield f"number format {code!r}: over 4 sections or 255 characters"


def _defined_name_faults(names: list[ET.Element], sheets: frozenset[str]) -> Iterator[str]:
    for element in names:
        name, text = element.attrib["name"], element.text or ""
        builtin = name.startswith("_xlnm.")
        if not builtin and (_NAME.fullmatch(name) is None or _is_like_a_cell(name)):
            yield f"defined name {name!r}: not a name or like a cell"
        if not (_AREAS if builtin else _ONE_AREA).fullmatch(text):
            yield f"defined name {name!r}: {text!r} is not one absolute area with its sheet"
        for quoted, plain in _ONE_AREA.findall(text):
            if (quoted.replace("''", "'") or plain) not in sheets:
                yield f"defined name {name!r}: no such sheet in {text!r}"
    scoped = Counter((name.attrib["name"].lower(), name.get("localSheetId")) for name in names)
    for (name, _), count in scoped.items():
        if count > 1:
            yield f"defined name {name!r}: {count} times"


def _is_like_a_cell(name: str) -> bool:
    match = _A1_NAME.fullmatch(name)
    return _R1C1_NAME.fullmatch(name) is not None or (
        match is not None
        and column_number(match[1].upper()) <= 16384
        and 0 < int(match[2]) <= 2**20
    )
