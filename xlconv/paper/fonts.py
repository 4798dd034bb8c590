"""The fonts that letters of any language are printed in: those of packages, alike everywhere."""

from __future__ import annotations

from importlib.util import find_spec

from xlconv.errors import XlconvError

PACKAGES = (
    "fontpkg_source_sans_3",
    "fontpkg_ibm_plex_sans_arabic",
    "manimgx_fonts",
    "manimgx_fonts_cjk",
)
"""The packages that carry fonts; their names as they are imported, which they never are."""

USUAL, MONOSPACED = "Source Sans 3", "DejaVu Sans Mono"
"""The font as wide as Excel's Calibri, but for 2 %; typst carries the other one itself."""

OTHERS = (
    "IBM Plex Sans Arabic", "Noto Sans", "Noto Sans Hebrew", "Noto Sans Devanagari",
    "Noto Sans Thai", "Noto Sans Symbols",
)  # fmt: skip

HAN = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "TC"}
"""How a language writes the letters that it shares with Chinese."""


def families(language: str) -> list[str]:
    """The fonts that are looked into for a letter, in this order.

    >>> families("ja")[-1], families("zh")[-1], families("zh-TW")[0]
    ('Noto Sans CJK JP', 'Noto Sans CJK SC', 'Source Sans 3')
    """
    told = language.lower()
    kind = HAN.get(told) or HAN.get(told.split("-")[0], "SC")
    return [USUAL, *OTHERS, f"Noto Sans CJK {kind}"]


def folders() -> list[str]:
    """Where the fonts are.

    Raises XlconvError where a package is missing.
    """
    found = [find_spec(name) for name in ("typst", *PACKAGES)]
    if None in found:
        raise XlconvError(
            "what is drawn on paper needs typst and its fonts: pip install xlconv-workbooks[pdf]",
            parameter="output",
        )
    return [folder for one in found[1:] if one for folder in one.submodule_search_locations or ()]
