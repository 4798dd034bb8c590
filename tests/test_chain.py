"""The sizes of a chain are what its layers make one by one, and a wanted size is reached."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlconv.errors import XlconvError
from xlconv.frameworks.chain import Link, chain, explain_chain, rank_of, reach
from xlconv.frameworks.steps import read_chain, read_text
from xlconv.layers.geometry import Axis

WORD = st.tuples(*[st.integers(1, 9)] * 2, st.integers(0, 3), st.integers(1, 2))


def made(axis: Axis) -> int:
    """Relationship 14 of Dumoulin & Visin, with dilation and a padding of two sides."""
    spread = (axis.size - 1) * axis.stride + axis.dilation * (axis.kernel_size - 1) + 1
    return spread + axis.output_padding - sum(axis.padding)


def chained(words: list[tuple[int, int, int, int]], n: int) -> tuple[Link, ...]:
    text = ",".join(f"k{k}s{s}p{min(p, (k - 1) * d)}d{d}" for k, s, p, d in words)
    return chain(read_text(text).steps, [n])


def is_a_chain(links: tuple[Link, ...]) -> bool:
    joined = all(a.output_size == b.input_size for a, b in itertools.pairwise(links))
    return joined and all(made(axis) == axis.output_size for x in links for axis in x.axes)


@given(st.lists(WORD, min_size=1, max_size=4), st.integers(4, 9), st.integers(-30, 60))
def test_a_size_that_is_wanted_is_reached_or_truly_out_of_reach(
    words: list[tuple[int, int, int, int]], n: int, more: int
) -> None:
    try:
        links = chained(words, n)
    except XlconvError:  # all is cropped
        return
    m = max(1, links[-1].output_size[0] + more)
    try:
        found = reach(links, [m])
    except XlconvError as error:
        _, _, _, least, _, most, *_ = str(error).split()
        assert not int(least) <= m <= int(most)
        return
    assert is_a_chain(found)
    assert (found[0].input_size, found[-1].output_size) == ((n,), (m,))
    for x, before in zip(found, links, strict=True):
        for name in ("kernel_size", "stride", "dilation"):
            assert x.parameters[name] == before.parameters[name]


@given(st.lists(WORD, min_size=1, max_size=3), st.integers(4, 6), st.data())
def test_output_padding_alone_is_preferred_where_it_is_enough(
    words: list[tuple[int, int, int, int]], n: int, data: st.DataObject
) -> None:
    words = [(k, s, p, 1) for k, s, p, _ in words]
    backs = [data.draw(st.integers(0, s - 1)) for _, s, _, _ in words]
    try:
        links = chained(words, n)
        text = ",".join(f"{link.step.text}op{op}" for link, op in zip(links, backs, strict=True))
        wanted = chain(read_text(text).steps, [n])
    except XlconvError:
        return
    found = reach(links, wanted[-1].output_size)
    assert [x.axes for x in found] == [x.axes for x in wanted]


def test_where_paddings_must_change_each_layer_makes_its_input_times_its_stride() -> None:
    found = reach(chain(read_text("k16s8,k10s5,k4s1").steps, [500]), [20000])
    assert [x.output_size[0] for x in found] == [4000, 20000, 20000]
    assert [x.axes[0].padding for x in found] == [(4, 4), (3, 3), (1, 2)]
    assert [x.axes[0].output_padding for x in found] == [0, 1, 0]


def test_the_least_and_the_most_that_is_said_can_be_had() -> None:
    links = chain(read_text("k4s2p1,k3s2").steps, [5])
    with pytest.raises(XlconvError, match=r"makes (\d+) to (\d+) cells of 5, got 999") as told:
        reach(links, [999])
    _, _, _, least, _, most, *_ = str(told.value).split()
    for m in (int(least), int(most)):
        assert reach(links, [m])[-1].output_size == (m,)
    for m in (int(least) - 1, int(most) + 1):
        if m > 0:
            with pytest.raises(XlconvError, match="cells of 5"):
                reach(links, [m])


# the size that each framework gives by its own rule: its docs, and xlconv.frameworks.arithmetic
CODE: list[tuple[str, list[int], list[int]]] = [
    ("nn.ConvTranspose1d(4, 2, 3)", [5], [7]),
    ("nn.ConvTranspose2d(4, 2, (3, 5), (2, 1), (1, 0), (1, 0))", [4, 4], [8, 8]),
    ("nn.ConvTranspose2d(4, 2, 3, 2, 1, 1, 2, False, 2)", [4, 4], [10, 10]),
    ("nn.ConvTranspose3d(4, 2, [2, 2, 2], stride=[2, 2, 2])", [2, 3, 4], [4, 6, 8]),
    ("nn.LazyConvTranspose1d(2, 4, 2, 1)", [4], [8]),
    ("layers.Conv2DTranspose(8, 3, strides=2, padding='SAME')", [7, 5], [14, 10]),
    ("layers.Conv2DTranspose(8, 2, 3)", [4, 4], [12, 12]),  # valid, kernel below stride: n*s
    ("layers.Conv1DTranspose(8, 3, 2, 'same', output_padding=0)", [4], [7]),
    ("layers.Conv1DTranspose(8, 3, 2, 'valid', output_padding=None)", [4], [9]),
    ("layers.Conv1DTranspose(filters=8, kernel_size=3, dilation_rate=2)", [4], [8]),
    ("nn.Conv2DTranspose(8, 4, 2, 1)", [4, 4], [8, 8]),  # Gluon's: cells of padding
    ("nn.Conv2DTranspose(channels=8, kernel_size=2, strides=3)", [4, 4], [11, 11]),
]


@pytest.mark.parametrize(("code", "size", "output"), CODE)
def test_a_line_of_code_has_the_size_of_its_framework(
    code: str, size: list[int], output: list[int]
) -> None:
    (link,) = chain(read_text(code).steps, size)
    assert list(link.output_size) == output
    assert rank_of([link.step]) == len(size)


def test_layers_stand_in_the_order_of_the_text_wherever_they_are_wrapped() -> None:
    text = "f(nn.ConvTranspose1d(1, 1, 4, 2), g(nn.ReLU()), nn.ConvTranspose1d(1, 1, 2))"
    reading = read_text(text)
    assert [step.said["kernel_size"] for step in reading.steps] == [4, 2]
    assert reading.skipped == ("f", "g", "ReLU")


def test_a_printed_model_is_read_line_by_line() -> None:
    reading = read_text(
        "Net(\n  (up): ModuleList(\n    (0): ConvTranspose1d(512, 256, kernel_size=(16,),"
        " stride=(8,), padding=(4,))\n    (1): ReLU(),\n    (2): PixelShuffle(2)\n  )\n)\n"
    )
    (step,) = reading.steps
    assert step.said == {"kernel_size": [16], "stride": [8], "padding": [4]}
    assert reading.skipped == ("ReLU",)
    assert reading.resizing == ("PixelShuffle (line 5)",)


def test_a_layer_under_weight_norm_is_read_as_pytorch_prints_it() -> None:
    reading = read_text(PRINTED)  # by PyTorch 2.13
    assert [step.said["kernel_size"] for step in reading.steps] == [[16], [11]]
    assert reading.steps[0].said["stride"] == [8]
    assert reading.resizing == ("Upsample (line 11)",)


@pytest.mark.parametrize(
    "between",
    ["nn.ReLU()", "nn.BatchNorm2d(32)", "nn.LeakyReLU(0.1), nn.Dropout(0.5)", "nn.Identity()"],
)
def test_layers_whose_channels_do_not_follow_one_another_are_refused(between: str) -> None:
    layers = "nn.ConvTranspose2d(64, {}, 4, 2, 1),\n{},\nnn.ConvTranspose2d(48, 3, 4, 2, 1)"
    with pytest.raises(XlconvError, match=r"line 3: .*takes 48 channels, and .* gives 32"):
        read_text(f"f({layers.format(32, between)})")
    assert len(read_text(f"f({layers.format(48, between)})").steps) == 2


@pytest.mark.parametrize(
    "between",
    ["nn.Conv2d(32, 48, 3)", "torch.cat([a, b], 1)", "ResBlock(32)", "nn.PixelShuffle(2)"],
)
def test_channels_that_something_between_may_change_are_not_compared(between: str) -> None:
    layers = f"nn.ConvTranspose2d(64, 32, 4, 2), {between}, nn.ConvTranspose2d(48, 3, 4, 2)"
    assert len(read_text(f"f({layers})").steps) == 2


@pytest.mark.parametrize(
    "second",
    [
        "nn.ConvTranspose2d(ngf * 8, 3, 4)",
        "nn.LazyConvTranspose2d(3, 4)",
        "Conv2DTranspose(3, 4)",
        "nn.Conv2DTranspose(3, 4, in_channels=32)",
    ],
)
def test_channels_that_are_not_told_or_that_fit_are_no_fault(second: str) -> None:
    assert len(read_text(f"f(nn.ConvTranspose2d(64, 32, 4, 2), {second})").steps) == 2


PRINTED = """\
Sequential(
  (0): ParametrizedConvTranspose1d(
    512, 256, kernel_size=(16,), stride=(8,), padding=(4,)
    (parametrizations): ModuleDict(
      (weight): ParametrizationList(
        (0): _WeightNorm()
      )
    )
  )
  (1): ConvTranspose1d(256, 128, kernel_size=(11,), stride=(5,), padding=(3,), bias=False)
  (2): Upsample(scale_factor=2.0, mode='nearest')
)
"""


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("k16s8p4op1d2", {"kernel_size": [16], "stride": [8], "padding": [4],
                          "output_padding": [1], "dilation": [2]}),
        ("k3x5s2x1p1:2x0", {"kernel_size": [3, 5], "stride": [2, 1], "padding": [(1, 2), 0]}),
        ("s2k4", {"stride": [2], "kernel_size": [4]}),
    ],
)  # fmt: skip
def test_words_are_first_letters(word: str, said: dict[str, Any]) -> None:
    (step,) = read_text(word).steps
    assert step.said == said


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("k3k4", "k3k4 gives its kernel_size twice"),
        ("k3s1:2", "k3s1:2: begin:end is for p, the padding, alone"),
        ("k3x3s1x1x1", "k3x3s1x1x1 has values for 2 and 3 axes"),
        ("s2", "s2 has no kernel_size"),
        ("k4" * 5000, r"^(k4){30} gives its kernel_size twice$"),
    ],
)
def test_words_that_are_none_are_refused(word: str, told: str) -> None:
    with pytest.raises(XlconvError, match=told):
        read_text(word)


def test_nothing_between_two_commas_is_no_layer() -> None:
    for told in ("k3,,k4", "k3, ,k4", ",k3", "k3,"):
        with pytest.raises(XlconvError, match=r"chain must be like k16s8,k10s5.*where '' is no"):
            read_chain(told)
    assert [step.text for step in read_chain(" k3 ,k4\nk5").steps] == ["k3", "k4", "k5"]


@pytest.mark.parametrize(
    ("code", "twice"),
    [
        ("nn.ConvTranspose1d(1, 1, 4, kernel_size=5)", "kernel_size"),
        ("Conv1DTranspose(1, 3, strides=2, stride=3)", "stride"),
    ],
)
def test_an_argument_that_stands_twice_is_refused_as_python_does(code: str, twice: str) -> None:
    with pytest.raises(XlconvError, match=f"gives its {twice} twice"):
        read_text(code)


def test_an_output_as_wanted_needs_no_hint() -> None:
    text = explain_chain(chain(read_text("k4s2p1,k4s2p1").steps, [7, 7]))
    assert len(text.splitlines()) == 3
    assert "28x28" in text.splitlines()[-1]


def test_chain_that_is_as_wanted_is_told_so() -> None:
    links = chain(read_text("k4s2p1").steps, [7])
    told = explain_chain(reach(links, [14]), links)
    assert told.splitlines()[-1] == "14, as given"


def test_chain_of_more_bytes_than_letters_is_not_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "decoder.py"  # fewer letters than may be read, more bytes
    path.write_text(
        f"nn.ConvTranspose1d(1, 1, 4)\n# {'é' * 150_000}\nnn.ConvTranspose1d(1, 1, 8)\n"
    )
    with pytest.raises(XlconvError, match="chain must be at most 200000 bytes"):
        read_chain(str(path))
