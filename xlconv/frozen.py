"""Frozen descriptions: dataclasses that cost little to import.

For a frozen one Python's own `dataclass` compiles six methods, a tenth of a small command in all.
Here its `__init__` alone is compiled; the others are one for all classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def frozen(cls: type[T], /) -> type[T]: ...
@overload
def frozen(*, kw_only: bool = ..., eq: bool = ...) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Any = None, /, *, kw_only: bool = False, eq: bool = True) -> Any:
    """Make a class a frozen dataclass. Without eq an object is equal to itself alone.

    >>> @frozen
    ... class Size:
    ...     rows: int
    ...     columns: int = 1
    >>> Size(3), Size(2, columns=2) == Size(2, 2)
    (Size(rows=3, columns=1), True)
    """
    if cls is None:
        return lambda cls: frozen(cls, kw_only=kw_only, eq=eq)  # type: ignore[call-overload]
    dataclass(cls, init=False, repr=False, eq=False, kw_only=kw_only)
    own = {"__init__": _init(cls), "__repr__": _repr}
    own |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if eq:
        told = attrgetter("__class__", *(each.name for each in fields(cls) if each.compare))
        own |= {"_told": told, "__eq__": _equal, "__hash__": _hash}
    for name, method in own.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


def _init(cls: Any) -> Any:
    """The method that sets each field, compiled from a text with their names."""
    parameters, lines = ["self"], list[str]()
    for each in sorted(fields(cls), key=lambda each: bool(each.kw_only)):
        name = given = each.name
        if each.kw_only and "*" not in parameters:
            parameters.append("*")
        if each.default is not MISSING:
            parameters.append(f"{name}=_fields[{name!r}].default")
        elif each.default_factory is not MISSING:
            parameters.append(f"{name}=_MISSING")
            given = f"_fields[{name!r}].default_factory() if {name} is _MISSING else {name}"
        else:
            parameters.append(name)
        lines.append(f"_put(self, {name!r}, {given})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    text = f"def __init__({', '.join(parameters)}): {'; '.join(lines)}"
    names = {"_fields": cls.__dataclass_fields__, "_put": object.__setattr__, "_MISSING": MISSING}
    exec(text, names)  # noqa: S102  # names of fields, and nothing else, are its own
    init: Any = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {each.name: each.type for each in fields(cls)} | {"return": None}
    return init


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"{type(self).__name__} is frozen: {name} stays as it is")


def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._told(self) == self._told(other)


def _hash(self: Any) -> int:
    return hash(self._told(self))
