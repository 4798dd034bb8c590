"""The exceptions of the package: every one is an XlconvError."""

from __future__ import annotations


class XlconvError(ValueError):
    """What a user asked for cannot be had: what, rule, what was got, and the way out.

    parameter  the option or key that is wrong, in PyTorch's words, or None
    exit_code  what the command line ends with: 2 bad value, 3 unreadable input, 4 a target,
               70 a fault of xlconv

    >>> raise XlconvError("stride must be at least 1, got 0", parameter="stride")
    Traceback (most recent call last):
    xlconv.errors.XlconvError: stride must be at least 1, got 0
    """

    exit_code = 2

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class LimitError(XlconvError):
    """More than a program has, or a sheet is given; `needs` says so without the way out."""

    way_out = "use a smaller kernel or fewer channels"

    def __init__(self, needs: str, *, parameter: str | None = None) -> None:
        super().__init__(f"{needs}: {self.way_out}", parameter=parameter)
        self.needs = needs


class RoomError(LimitError):
    """More cells than a program has."""

    way_out = "use a smaller input"


class UnreadableError(XlconvError):
    """A file that cannot be read, or does not hold what its name says."""

    exit_code = 3


class TargetError(XlconvError):
    """A target that cannot be written, or exists with other content."""

    exit_code = 4


class BugError(XlconvError):
    """What can only be a fault of xlconv itself, said so, with how to report it.

    >>> raise BugError("a sum is not its terms")
    Traceback (most recent call last):
    xlconv.errors.BugError: a sum is not its terms: this is a fault of xlconv, ...
    """

    exit_code = 70

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(
            f"{message}: this is a fault of xlconv, please report it with the command and its"
            " input",
            parameter=parameter,
        )
