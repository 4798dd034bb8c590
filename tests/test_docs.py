"""What the documents say of the tool holds: help texts, pictures, code, names of code."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert page == _script("commands").text(), "write it again: python docs/commands.py"


def test_the_page_of_lesson_files_is_what_the_code_takes() -> None:
    page = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    assert page == _script("lessons").text(), "write it again: python docs/lessons.py"


def test_the_page_for_lecturers_is_what_is_printed_for_them() -> None:
    page = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    assert page == _script("teaching").text(), "write it again: python docs/teaching.py"


def test_every_key_of_a_lesson_file_has_a_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    script = _script("lessons")
    for known in (script.LESSON_KEYS, script.LAYER_KEYS, script.SHEET_KEYS):
        with monkeypatch.context() as patch:
            patch.setitem(known, "colour", str)
            with pytest.raises(KeyError, match="colour"):
                script.text()


def test_the_lesson_on_the_page_of_lesson_files_is_built(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "a.toml").write_text(told, encoding="utf-8")
    book = build(tmp_path / "a.toml")
    assert [sheet.view for sheet in book.sheets] == ["contents", "collect", "phases"]


def test_pictures_in_the_readme_exist_and_are_said_in_words() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", README)
    assert len(shown) >= 6
    for words, path in shown:
        assert words
        assert (ROOT / path).is_file(), path


def test_every_picture_is_made_by_the_script() -> None:
    script = _script("pictures")
    made = {
        f"{lesson}-{name.lower().replace(' ', '-')}.png"
        for lesson, names in script.PICTURES.items()
        for name in names
    } | {f"classroom-{name}.png" for name in script.CLASSROOM}
    made.add(script.DIFFERENCE)
    assert made == {path.name for path in (ROOT / "docs" / "pictures").glob("*.png")}


def test_the_readme_names_every_shipped_lesson() -> None:
    for name in lesson_names():
        assert f"`{name}`" in README


def test_code_in_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102
    assert (tmp_path / "layer.xlsx").is_file()


def test_the_table_of_the_house_has_every_module() -> None:
    rooms = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("| room |")[2]
    told, folder = [], ""
    for first, modules in re.findall(r"^\| (.*?) ?\| (.+?) \|", rooms, re.MULTILINE):
        folder = {"": folder, "the root": ""}.get(first, first.strip("`"))
        told += [f"{folder}{name}.py" for name in re.findall(r"`(\w+)`", modules)]
    found = [path.relative_to(ROOT / "xlconv") for path in (ROOT / "xlconv").rglob("*.py")]
    others = [path for path in found if path.stem != "__init__" and path.parent.name != "views"]
    assert sorted(told) == sorted(path.as_posix() for path in others)


PAGES = ("README.md", "CONTRIBUTING.md", "training/README.md", "docs/*.md", "docs/decisions/*.md")


@pytest.mark.parametrize(
    "path", sorted(p for each in PAGES for p in ROOT.glob(each)), ids=lambda p: p.name
)
def test_files_and_links_that_a_page_names_are_there(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []
    named = re.findall(r"`((?:\w+/)+[\w-]+\.(?:py|js|md|toml|npz))`", text)
    made = {"xlconv/views/brief.py", "tests/test_brief.py"}  # by who follows CONTRIBUTING
    assert [n for n in named if n not in made and not is_there(n)] == []


def is_there(name: str) -> bool:
    return any((ROOT / folder / name).exists() for folder in ("", "xlconv"))


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/decisions/*.md")), ids=lambda p: p.stem)
def test_code_that_a_decision_names_is_there(path: Path) -> None:
    modules = {p.stem: p.read_text(encoding="utf-8") for p in ROOT.glob("xlconv/*/*.py")}
    named = re.findall(r"`(\w+)\.(\w+)\b[^`.]*`", path.read_text(encoding="utf-8"))
    known = [(module, name) for module, name in named if module in modules]
    assert [
        n
        for n in known
        if not re.search(rf"^(def|class) {n[1]}\b|^{n[1]}\b", modules[n[0]], re.MULTILINE)
    ] == []
