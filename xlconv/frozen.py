"""Frozen descriptions: dataclasses that cost little to import.

For a frozen one Python's own `dataclass` compiles six methods, a tenth of a small command in all.
Here its `__init__` alone is its own, and compiled once for all classes that have as many fields;
the others are one for all classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
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
    """The method that sets each field: the code of all classes that are like it, with its names."""
    each = sorted(fields(cls), key=lambda one: bool(one.kw_only))
    made = [one.default_factory is not MISSING for one in each]
    code = _code(tuple(made), hasattr(cls, "__post_init__"))
    names = {f"_{n}": one.name for n, one in enumerate(each)}
    alone = sum(bool(one.kw_only) for one in each)
    code = code.replace(
        co_argcount=code.co_argcount - alone,
        co_kwonlyargcount=alone,
        co_varnames=("self", *names.values()),
        co_consts=tuple([names.get(const, const) for const in code.co_consts]),
    )
    factories = {f"make_{n}": one.default_factory for n, one in enumerate(each) if made[n]}
    init: Any = FunctionType(code, {"put": object.__setattr__, "MISSING": MISSING} | factories)
    given = [one for one, own in zip(each, made, strict=True) if own or one.default is not MISSING]
    init.__defaults__ = tuple([one.default for one in given if not one.kw_only])
    init.__kwdefaults__ = {one.name: one.default for one in given if one.kw_only}
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {one.name: one.type for one in each} | {"return": None}
    return init


@cache
def _code(made: tuple[bool, ...], post: bool) -> CodeType:
    """The code of such a method, compiled once: its fields are called _0, _1 and so on.

    made  whether each is made by its factory, if it is not given
    post  whether more is done behind them
    """
    fields = [f"_{n}" for n in range(len(made))]
    lines = [
        f"put(self, {name!r}, {f'make{name}() if {name} is MISSING else {name}' if own else name})"
        for name, own in zip(fields, made, strict=True)
    ]
    lines += ["self.__post_init__()"] * post
    names = dict[str, Any]()
    exec(f"def __init__({', '.join(['self', *fields])}): {'; '.join(lines)}", names)  # noqa: S102
    code: CodeType = names["__init__"].__code__
    return code


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
