"""What a formula may contain, so that every program computes it alike."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

from .reference import Scope

_COMPARISONS = frozenset(["=", "<>", "<", ">", "<=", ">="])
_OPERATORS = _COMPARISONS | {"+", "-", "*", "/", "^", "&", "%"}
_ARRAY_OPERATORS = _COMPARISONS | {"*", "-"}

_EVERY = frozenset(range(255))
_EVEN, _ODD = frozenset(range(0, 255, 2)), frozenset(range(1, 255, 2))
_NONE: frozenset[int] = frozenset()
_AREA_ARGUMENTS = {
    **dict.fromkeys(["SUM", "SUMPRODUCT", "MIN", "MAX", "COUNTA"], _EVERY),
    **dict.fromkeys(["INDEX", "ROWS", "COLUMNS", "COUNTIF"], frozenset([0])),
    "MATCH": frozenset([1]),
    "SUMIF": frozenset([0, 2]),
    "COUNTIFS": _EVEN,
    "SUMIFS": _ODD | {0},
    **dict.fromkeys(["CHOOSE", "MOD", "INT", "ABS", "SIGN", "ROUND", "ROW", "COLUMN"], _NONE),
    "LOG10": _NONE,  # of what is above 0
    "SQRT": _NONE,  # of what is not below 0
    "TANH": _NONE,
    **dict.fromkeys(["IF", "IFERROR", "AND", "OR", "NOT", "ISNUMBER", "ISBLANK"], _NONE),
    **dict.fromkeys(["TEXT", "CONCATENATE", "HYPERLINK"], _NONE),
}
"""The allowed functions; of each the arguments that may be an area of cells."""

_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_OPTIONAL_DIGITS = re.compile(r"\.\d*[#?]")


@dataclass
class _Argument:
    operands: list[Token] = field(default_factory=list)
    operators: set[str] = field(default_factory=set)

    @property
    def literal(self) -> str:
        """All of the argument where it is one constant."""
        return "".join(token.value for token in self.operands)


@dataclass
class _Call:
    function: str
    arguments: list[_Argument] = field(default_factory=lambda: [_Argument()])


def formula_faults(text: str, scope: Scope) -> Iterator[str]:
    if text.startswith("="):
        yield "leading ="
    if len(text) > 8192:
        yield f"{len(text)} characters, at most 8192"
    if any(len(literal) > 255 for literal in _TEXT.findall(text)):
        yield "string literal over 255 characters"
    try:
        tokens = Tokenizer(f"={text.removeprefix('=')}").items
        calls, depth = _calls(tokens)
    except (TokenizerError, IndexError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    if depth > 64:
        yield f"{depth} functions inside each other, at most 64"
    if any(token.type == Token.ARRAY for token in tokens):
        yield "array constant"
    for before, between, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        operand_before = before.type == Token.OPERAND or before.subtype == Token.CLOSE
        operand_after = after.type == Token.OPERAND or after.subtype == Token.OPEN
        if between.type == Token.WSPACE and operand_before and operand_after:
            yield "intersection by a space"
    for call in calls:
        yield from _call_faults(call, scope)


def sheets_named(text: str, scope: Scope) -> set[str]:
    """The sheets that a formula refers to, by name or through a defined name."""
    found = (scope.find(token.value) for token in Tokenizer(f"={text}").items)
    return {reference.sheet for reference in found if reference and reference.sheet}


def _calls(tokens: list[Token]) -> tuple[list[_Call], int]:
    """All calls, the formula itself as a call of ""; and how deep they nest."""
    calls, open_calls, depth = [_Call("")], [0], 0
    brackets = Counter(token.subtype for token in tokens)
    if brackets[Token.OPEN] != brackets[Token.CLOSE]:
        raise ValueError("brackets do not match")
    for token in tokens:
        call = calls[open_calls[-1]]
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            call.arguments[-1].operands.append(token)
            open_calls.append(len(calls))
            calls.append(_Call(token.value.removesuffix("(")))
            depth = max(depth, len(open_calls) - 1)
        elif token.type == Token.FUNC:
            open_calls.pop()
        elif token.type == Token.SEP:
            call.arguments.append(_Argument())
        elif token.type == Token.OPERAND:
            call.arguments[-1].operands.append(token)
        elif token.type.startswith("OPERATOR"):
            call.arguments[-1].operators.add(token.value)
    return calls, depth


def _call_faults(call: _Call, scope: Scope) -> Iterator[str]:
    name, arguments = call.function, call.arguments
    if name and name not in _AREA_ARGUMENTS:
        yield f"function {name} is not in the list of those that are right everywhere"
    if len(arguments) > 255:
        yield f"{len(arguments)} arguments of {name}, at most 255"
    for position, argument in enumerate(arguments):
        for operator in sorted(argument.operators - _OPERATORS):
            yield f"operator {operator!r}"
        yield from _operand_faults(argument, scope)
        areas = [token.value for token in argument.operands if _is_area(token, scope)]
        if areas and position not in _AREA_ARGUMENTS.get(name, _NONE):
            yield f"bare range {areas[0]} {f'in {name}' if name else 'outside a function'}"
        elif areas and name == "SUMPRODUCT":
            for operator in sorted(argument.operators - _ARRAY_OPERATORS):
                yield f"operator {operator} on the range {areas[0]} in SUMPRODUCT"
        elif areas and argument.operators:
            yield f"operation on the range {areas[0]} in {name}"
    if name == "INDEX" and any(argument.literal in ("", "0") for argument in arguments[1:]):
        yield "INDEX of a whole row or column"
    if name == "TEXT" and _OPTIONAL_DIGITS.search(arguments[-1].literal):
        yield f"TEXT with optional digits {arguments[-1].literal}"


def _operand_faults(argument: _Argument, scope: Scope) -> Iterator[str]:
    for token in argument.operands:
        if token.subtype == Token.ERROR:
            yield f"error value {token.value}"
        elif token.subtype == Token.RANGE and scope.find(token.value) is None:
            yield f"unknown sheet or name {token.value}"


def _is_area(token: Token, scope: Scope) -> bool:
    reference = scope.find(token.value) if token.subtype == Token.RANGE else None
    return reference is not None and reference.area
