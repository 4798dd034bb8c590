"""A frozen description does what Python's own frozen dataclass does."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import KW_ONLY, FrozenInstanceError, dataclass, field, fields, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from xlconv.frozen import frozen


def classes(make: Callable[..., Any]) -> Any:
    """One of each kind of field, one that inherits, and one that is equal to itself alone."""

    @make
    class Base:
        first: int
        second: float = 1
        many: list[int] = field(default_factory=list)
        hidden: str = field(default="h", repr=False, compare=False)
        _: KW_ONLY
        named: int
        more: str = "m"

        def __post_init__(self) -> None:
            if self.first < 0:
                raise ValueError("first must be at least 0")

    @make(kw_only=True)
    class Child(Base):
        own: tuple[int, ...] = ()

        def __repr__(self) -> str:
            return "a child"

    @make(eq=False)
    class Alone:
        only: object

    return SimpleNamespace(Base=Base, Child=Child, Alone=Alone)


OURS = classes(frozen)
PYTHONS = classes(lambda *args, **options: dataclass(*args, frozen=True, **options))


def told(make: Callable[[], Any]) -> Any:
    """What comes of a call, or what it is refused with."""
    try:
        return make()
    except (TypeError, ValueError, AttributeError) as error:
        return type(error), str(error)


CASES: list[Callable[[Any], Any]] = [
    lambda of: of.Base(1, named=2),
    lambda of: of.Base(1, 2, [3], "x", named=4, more="n").hidden,
    lambda of: of.Base(first=1, second=2, named=2),
    lambda of: of.Base(1, named=2).many is of.Base(1, named=2).many,
    lambda of: of.Base(),
    lambda of: of.Base(1, 2, [], "", 5, named=1),
    lambda of: of.Base(1, first=1, named=1),
    lambda of: of.Base(1, named=1, other=1),
    lambda of: of.Base(-1, named=2),
    lambda of: of.Child(1, own=(2,), named=3),
    lambda of: of.Child(1, own=(2,), named=3).own,
    lambda of: of.Child(1, 2, [], "", (3,), named=3),
    lambda of: of.Base(1, named=2) == of.Base(1, named=2, hidden="else"),
    lambda of: of.Base(1, named=2) == of.Base(1, named=3),
    lambda of: of.Base(1, named=2) == of.Child(1, named=2),
    lambda of: of.Base(1, named=2) == 1,
    lambda of: hash(of.Base(1, many=(), named=2)) == hash(of.Base(1, many=(), named=2)),
    lambda of: told(lambda: hash(of.Base(1, named=2))),
    lambda of: of.Alone(1) == of.Alone(1),
    lambda of: len({of.Alone([]), of.Alone([])}),
    lambda of: of.Alone("it's"),
    lambda of: replace(of.Base(1, named=2), second=5),
    lambda of: replace(of.Base(1, named=2), other=5),
    lambda of: copy.deepcopy(of.Base(1, named=2)),
    lambda of: [(each.name, each.kw_only) for each in fields(of.Child)],
    lambda of: of.Base.__match_args__,
    lambda of: [*inspect.signature(of.Base).parameters],
    lambda of: of.Base.__init__.__annotations__,
]


@pytest.mark.parametrize("case", CASES)
def test_it_is_made_shown_and_compared_as_pythons_own_is(case: Callable[[Any], Any]) -> None:
    ours, pythons = (told(partial(case, made)) for made in (OURS, PYTHONS))
    assert repr(ours) == repr(pythons)


@pytest.mark.parametrize("name", ["first", "other"])
def test_nothing_of_it_can_be_set_or_deleted(name: str) -> None:
    one = OURS.Base(1, named=2)
    for change in (partial(setattr, one, name, 2), partial(delattr, one, name)):
        with pytest.raises(FrozenInstanceError, match=f"Base is frozen: {name} stays as it is"):
            change()
    assert one == OURS.Base(1, named=2)


@frozen
class Kept:
    """One that a pickle finds by its name."""

    number: float


def test_a_pickle_keeps_it() -> None:
    assert pickle.loads(pickle.dumps(Kept(3))) == Kept(3)


def test_one_field_is_compared_as_several_are_in_a_tuple() -> None:
    nan = float("nan")
    assert Kept(nan) == Kept(nan)
    assert Kept(nan) != Kept(float("nan"))
