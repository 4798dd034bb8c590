"""What a pickle describes, built of plain values: nothing that it names is imported or called.

A class is its name, and a call of it is a record of the name and the arguments.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from xlconv.files.reading import ContentError
from xlconv.frozen import frozen

STEPS = 2_000_000
"""Opcodes that are carried out, at most: ten thousand tensors take 400,000."""


@frozen
class Named:
    """A class or function of a pickle: a name, and nothing else."""

    name: str


@frozen(eq=False)
class Made:
    """What a pickle would have made by a call, and what it would then have put into it."""

    of: Any
    args: Any
    items: dict[Any, Any] = field(default_factory=dict)
    listed: list[Any] = field(default_factory=list)
    state: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.of.name if isinstance(self.of, Named) else ""


@frozen(eq=False)
class Stored:
    """What a pickle says lies outside of it."""

    told: Any


MARK = object()


@frozen
class _Machine:
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def marked(self) -> list[Any]:
        """All above the last mark, taken off with it."""
        at = max(n for n, value in enumerate(self.stack) if value is MARK)
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def taken(self, count: int) -> list[Any]:
        values = [self.stack.pop() for _ in range(count)]
        return values[::-1]

    def put_items(self, flat: list[Any]) -> None:
        into = self.stack[-1]
        table = into.items if isinstance(into, Made) else into
        table.update(zip(map(_key, flat[::2]), flat[1::2], strict=True))

    def put_listed(self, values: list[Any]) -> None:
        into = self.stack[-1]
        (into.listed if isinstance(into, Made) else into).extend(values)

    def make(self, count: int) -> None:
        of, *args = self.taken(count)
        self.stack.append(Made(of, args[0] if args else ()))

    def build(self) -> None:
        state = self.stack.pop()
        into = self.stack[-1]
        if isinstance(into, Made):
            into.state.append(state)


def _key(key: Any) -> Any:
    """A key of a table: texts and numbers as they are, whatever else as something of its own."""
    return key if isinstance(key, str | int | float | bool | bytes | None) else id(key)


_PUSHED: Mapping[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": lambda: MARK,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
}
_VALUES = {
    "INT", "LONG", "FLOAT", "STRING", "UNICODE", "BINFLOAT", "BININT", "BININT1",
    "BININT2", "LONG1", "LONG4", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES",
    "BINBYTES8", "BYTEARRAY8", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
}  # fmt: skip

_STEPS: Mapping[str, Callable[[_Machine, Any], Any]] = {
    "PROTO": lambda _, __: None,
    "FRAME": lambda _, __: None,
    "POP": lambda m, _: m.stack.pop(),
    "POP_MARK": lambda m, _: m.marked(),
    "DUP": lambda m, _: m.stack.append(m.stack[-1]),
    "GET": lambda m, arg: m.stack.append(m.memo[int(arg)]),
    "BINGET": lambda m, arg: m.stack.append(m.memo[arg]),
    "LONG_BINGET": lambda m, arg: m.stack.append(m.memo[arg]),
    "PUT": lambda m, arg: m.memo.update({int(arg): m.stack[-1]}),
    "BINPUT": lambda m, arg: m.memo.update({arg: m.stack[-1]}),
    "LONG_BINPUT": lambda m, arg: m.memo.update({arg: m.stack[-1]}),
    "MEMOIZE": lambda m, _: m.memo.update({len(m.memo): m.stack[-1]}),
    "TUPLE": lambda m, _: m.stack.append(tuple(m.marked())),
    "TUPLE1": lambda m, _: m.stack.append(tuple(m.taken(1))),
    "TUPLE2": lambda m, _: m.stack.append(tuple(m.taken(2))),
    "TUPLE3": lambda m, _: m.stack.append(tuple(m.taken(3))),
    "LIST": lambda m, _: m.stack.append(m.marked()),
    "FROZENSET": lambda m, _: m.stack.append(m.marked()),
    "APPEND": lambda m, _: m.put_listed([m.stack.pop()]),
    "APPENDS": lambda m, _: m.put_listed(m.marked()),
    "ADDITEMS": lambda m, _: m.put_listed(m.marked()),
    "SETITEM": lambda m, _: m.put_items(m.taken(2)),
    "SETITEMS": lambda m, _: m.put_items(m.marked()),
    "GLOBAL": lambda m, arg: m.stack.append(Named(arg.replace(" ", ".", 1))),
    "STACK_GLOBAL": lambda m, _: m.stack.append(Named(".".join(map(str, m.taken(2))))),
    "REDUCE": lambda m, _: m.make(2),
    "NEWOBJ": lambda m, _: m.make(2),
    "NEWOBJ_EX": lambda m, _: m.make(3),
    "BUILD": lambda m, _: m.build(),
    "BINPERSID": lambda m, _: m.stack.append(Stored(m.stack.pop())),
}


def described(data: bytes) -> Any:
    """What a pickle describes.

    Raises ContentError for what torch.save does not write.

    >>> import pickle
    >>> described(pickle.dumps({"a": [1, (2.5, "b")]}))
    {'a': [1, (2.5, 'b')]}
    """
    machine = _Machine()
    for number, (opcode, arg, _) in enumerate(pickletools.genops(data)):
        name = opcode.name
        if number > STEPS:
            raise ContentError(f"has a pickle of more than {STEPS} steps")
        if name == "STOP":
            return machine.stack.pop()
        if name in _PUSHED:
            machine.stack.append(_PUSHED[name]())
        elif name in _STEPS:
            _STEPS[name](machine, arg)
        elif name in _VALUES:
            machine.stack.append(arg)
        else:
            raise ContentError(f"has a pickle with {name}, which torch.save does not write")
    raise ContentError("has a pickle without an end")
