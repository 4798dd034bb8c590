"""What is installed: archives hold what their pages link, and messages name this package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from xlconv.lessons.shipped import lesson_names
from xlconv.version import __version__

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = PROJECT["name"]
LINK = re.compile(r"\]\(([^)#:]+)\)")
WEIGHTS = {f"weights/{path.name}" for path in (ROOT / "templates" / "weights").glob("*.npz")}
PAGE_FILES = [*(ROOT / "xlconv" / "page" / "script").iterdir()]
PAGES = ("README.md", "CONTRIBUTING.md", "docs/lessons.md", "docs/commands.md")
TOLD = [path for kind in ("*.py", "*.md") for path in (ROOT / "xlconv").rglob(kind)]
TOLD += [*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").glob("*.py"), *ROOT.glob("*.md")]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the source archive, by their paths in the repository."""
    folder = tmp_path_factory.mktemp("sdist")
    (built,) = SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with tarfile.open(built) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize("page", PAGES)
def test_source_archive_holds_what_its_pages_link(page: str, sdist: set[str]) -> None:
    links = LINK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert page in sdist
    for link in links:
        path = (Path(page).parent / link).as_posix()
        assert any(name == path or name.startswith(f"{path}/") for name in sdist), link


def test_source_archive_can_be_built_tested_and_read(sdist: set[str]) -> None:
    needed = {"pyproject.toml", "Makefile", "LICENSE", "CHANGELOG.md", ".ci/run", "xlconv/py.typed"}
    needed |= {f"templates/{name}.toml" for name in lesson_names()}
    needed |= {f"templates/{path}" for path in WEIGHTS}
    needed |= {"tests/conftest.py", "tests/data/vectors.json", "tests/golden/formulas/collect.txt"}
    assert needed <= sdist
    assert not [name for name in sdist if "__pycache__" in name or name.endswith(".xlsx")]


def test_wheel_holds_the_package_and_its_lessons_alone(tmp_path: Path) -> None:
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(built) as archive:
        names = set(archive.namelist())
    needed = {f"{name}.toml" for name in lesson_names()} | WEIGHTS
    beside = {"xlconv/py.typed"} | {f"xlconv/page/script/{path.name}" for path in PAGE_FILES}
    assert {f"xlconv/templates/{name}" for name in needed} | beside <= names
    info = f"{NAME.replace('-', '_')}-{__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"xlconv", info}


def test_what_is_told_to_install_is_this_package() -> None:
    """`xlconv` on PyPI is a stranger's."""
    extras = set()
    for path in TOLD:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"install ['\"]?xlconv(?!-workbooks)\b", text), path
        extras |= set(re.findall(r"xlconv\S*\[(\w+)\]", text))
    assert extras == {"engine", "image", "keras", "pdf"}
    assert extras <= PROJECT["optional-dependencies"].keys()


def test_building_imports_no_openpyxl() -> None:
    code = "import sys, xlconv; xlconv.build('matrix').to_bytes(); print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


AT_NUMPY = """
import os, sys
class Marker:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))
sys.meta_path.insert(0, Marker())
from xlconv.__main__ import main
main()
"""


@pytest.mark.parametrize(("own", "seen"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_numpy_starts_no_threads_but_for_who_asks_for_them(own: dict[str, str], seen: str) -> None:
    kept = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", AT_NUMPY, "lessons", "show", "matrix"],
        env=kept | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split("\n")[0] == seen
