"""Steps and whole sequences: a sequence is its steps, forwards and back, in blocks and pieces of any size."""

import numpy as np
import pytest

import revad
from nn import functional as F
from nn.functional.recurrent import kernels, sequences
from tests.nn._checks import check_gradients, random


def test_steps_pull_back_to_second_order():
    check_gradients(
        lambda g, c: np.concatenate(F.lstm_step(g, c)), random().normal(size=(2, 8)), random(1).normal(size=(2, 2)), order=2
    )
    check_gradients(F.gru_step, *(random(i).normal(size=(2, n)) for i, n in enumerate((6, 6, 2))), order=2)


KERNELS = {"RNN": sequences.TANH, "RNN relu": sequences.RELU, "LSTM": sequences.LONG_SHORT, "GRU": sequences.GATED}
SIZES = {"equal lengths": (3,) * 6, "packed": (3, 3, 2, 2, 1), "one sequence": (1,) * 4}


def sequence_arguments(kernel, sizes, n=4, k=2):
    draw = random(4).normal
    states = tuple(draw(size=(sizes[0], n)) for _ in range(kernel.states))
    rows = kernel.gates * n
    return draw(size=(sum(sizes), k)), states, draw(size=(rows, k)), draw(size=(rows, n)), (draw(size=rows), draw(size=rows))


@pytest.mark.parametrize("small", [10**6, 15])  # what a product may cost before it is cut into pieces
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_a_whole_sequence_is_its_steps(kernel, sizes, backwards, small, monkeypatch):
    """Outputs, last states and all cotangents are those of the steps one by one, up to rounding; blocks make no difference."""
    monkeypatch.setattr(sequences, "BLOCK_BYTES", 500)  # blocks of one or two steps
    monkeypatch.setattr(kernels, "SMALL_PRODUCT", small)
    args = sequence_arguments(kernel, sizes)
    order = sequences.backwards(sizes) if backwards else None
    expected, expected_pullback = revad.vjp(lambda *a: sequences.unrolled(kernel.step, sizes, order, *a), *args)
    got, pullback = revad.vjp(lambda *a: sequences._sequence(kernel, sizes, order, *a), *args)
    g = (random(5).normal(size=got[0].shape), tuple(random(6 + i).normal(size=s.shape) for i, s in enumerate(got[1])))
    untracked = sequences._sequence(kernel, sizes, order, *args)  # keeps nothing
    for mine, other in zip(flat((got, pullback(g), untracked)), flat((expected, expected_pullback(g), expected)), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


def flat(tree):
    return [leaf for part in tree for leaf in flat(part)] if isinstance(tree, tuple) else [tree]


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_a_whole_sequence_has_derivatives_of_all_kinds(kernel):
    sizes, order = (2, 2, 1), sequences.backwards((2, 2, 1))
    x, states, w_input, w_hidden, biases = sequence_arguments(kernel, sizes, n=2)

    def f(x, state, w_input, w_hidden, bias):
        output, last = sequences._sequence(kernel, sizes, order, x, (state, *states[1:]), w_input, w_hidden, (bias, biases[1]))
        return np.concatenate([output, *last])

    revad.check_grads(f, x, states[0], w_input, w_hidden, biases[0], order=2)  # both modes


@pytest.mark.parametrize(("shape", "batch"), [((512, 128), 32), ((128, 512), 32), ((7, 3), 1), ((997, 1000), 50)])
def test_pieces_of_a_weight_are_equal_and_small(shape, batch):
    multiply, pieces = kernels.by_pieces(random().normal(size=shape), batch)
    assert pieces.shape[-2] == 1 or pieces.shape[-2] * pieces.shape[-1] * batch <= 10**6
    other = random(1).normal(size=(shape[1], batch))
    expected = pieces.reshape(shape) @ other
    np.testing.assert_allclose(multiply(pieces, other).reshape(expected.shape), expected, rtol=1e-10, atol=1e-10)
