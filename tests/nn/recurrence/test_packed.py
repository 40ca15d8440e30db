"""Packed and padded sequences: back and forth without loss, gradients, errors."""

from itertools import product

import numpy as np
import pytest

import nn
import revad
from nn.utils import rnn
from tests.nn._checks import check_gradients, random

LENGTHS = [3, 5, 1, 5]
PADDED = random().normal(size=(5, 4, 2))


def test_the_names_stand_at_pytorchs_place():
    assert nn.utils.rnn.PackedSequence is nn.PackedSequence


@pytest.mark.parametrize("batch_first", [False, True])
def test_padding_again_restores_the_batch(batch_first):
    batch = np.swapaxes(PADDED, 0, 1) if batch_first else PADDED
    packed = rnn.pack_padded_sequence(batch, LENGTHS, batch_first=batch_first, enforce_sorted=False)
    assert packed.batch_sizes.tolist() == [4, 3, 3, 2, 2]
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=batch_first, padding_value=-1.0, total_length=7)
    assert lengths.tolist() == LENGTHS
    time_first = np.swapaxes(padded, 0, 1) if batch_first else padded
    assert time_first.shape == (7, 4, 2)
    for i, length in enumerate(LENGTHS):
        np.testing.assert_array_equal(time_first[:length, i], PADDED[:length, i])
        assert (time_first[length:, i] == -1).all()


def test_lists_of_sequences_go_there_and_back():
    sequences = [PADDED[:n, i] for i, n in enumerate(LENGTHS)]
    for got, expected in zip(rnn.unpack_sequence(rnn.pack_sequence(sequences, enforce_sorted=False)), sequences, strict=True):
        np.testing.assert_array_equal(got, expected)
    left = rnn.pad_sequence(sequences, padding_value=7.0, padding_side="left")
    assert (left[:2, 0] == 7).all()
    np.testing.assert_array_equal(left[2:, 0], sequences[0])
    for got, expected in zip(rnn.unpad_sequence(rnn.pad_sequence(sequences), LENGTHS), sequences, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_dtypes_stay():
    assert rnn.pad_sequence([np.ones(2, np.float32), np.ones(1, np.float32)]).dtype == np.float32
    packed = rnn.pack_sequence([np.array([1, 2]), np.array([3])])
    assert rnn.pad_packed_sequence(packed)[0].dtype == packed.data.dtype == np.dtype(int)


def test_gradients_pass_through():
    def there_and_back(x):
        packed = rnn.pack_padded_sequence(x * x, LENGTHS, enforce_sorted=False)
        return rnn.pad_packed_sequence(packed._replace(data=np.sin(packed.data)))[0]

    check_gradients(there_and_back, PADDED, order=2)
    check_gradients(lambda a, b: rnn.pad_sequence([a, b]) ** 2, PADDED[:, 0], PADDED[:2, 1])


def test_padding_gets_no_gradient():
    gradient = revad.grad(lambda x: np.sum(rnn.pack_padded_sequence(x, [4, 2, 1, 1]).data))(PADDED)
    np.testing.assert_array_equal(gradient[:, :, 0].sum(0), [4, 2, 1, 1])


LAYERS = [
    ("RNN", {"nonlinearity": "relu"}),
    ("LSTM", {"num_layers": 2, "bidirectional": True}),
    ("LSTM", {"proj_size": 2, "bidirectional": True}),
    ("GRU", {"num_layers": 2, "bidirectional": True, "bias": False}),
]


@pytest.mark.parametrize(("name", "settings"), LAYERS)
def test_a_packed_batch_is_its_sequences_one_by_one(name, settings):
    layer = getattr(nn, name)(2, 3, rng=0, **settings).double()
    count = settings.get("num_layers", 1) * (2 if settings.get("bidirectional") else 1)
    first = random(2).normal(size=(count, 4, settings.get("proj_size", 3)))
    hx = (first, random(3).normal(size=(count, 4, 3))) if name == "LSTM" else first
    output, last = layer(rnn.pack_padded_sequence(PADDED, LENGTHS, enforce_sorted=False), hx)
    parts = rnn.unpack_sequence(output)
    for i, length in enumerate(LENGTHS):
        one = tuple(part[:, i] for part in hx) if name == "LSTM" else hx[:, i]
        alone, end = layer(PADDED[:length, i], one)
        np.testing.assert_allclose(revad.stop_gradient(parts[i]), revad.stop_gradient(alone), rtol=1e-12, atol=1e-14)
        for got, expected in zip(*((last, end) if name == "LSTM" else ([last], [end])), strict=True):
            np.testing.assert_allclose(revad.stop_gradient(got)[:, i], revad.stop_gradient(expected), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_for_all_combinations_of_lengths(name, bidirectional):
    """Down to batches that fall to one sequence, where an array of one column is in every order at once."""
    layer = getattr(nn, name)(2, 3, rng=0, bidirectional=bidirectional).double()
    weights = random(4).normal(size=(4, 4, 6))[..., : 6 if bidirectional else 3]

    def packed(x, lengths):
        output, last = layer(rnn.pack_padded_sequence(x, lengths, enforce_sorted=False))
        last = last if name == "LSTM" else (last,)
        outputs = rnn.pad_packed_sequence(output, total_length=4)[0]
        return np.sum(outputs * weights[:, : len(lengths)]) + sum(np.sum(np.sin(part)) for part in last)

    def one_by_one(x, lengths):
        total = 0.0
        for i, length in enumerate(lengths):
            output, last = layer(x[:length, i])
            last = last if name == "LSTM" else (last,)
            total = total + np.sum(output * weights[:length, i]) + sum(np.sum(np.sin(part)) for part in last)
        return total

    parameters = list(layer.parameters())
    for count in (1, 2, 3, 4):
        for lengths in product((1, 2, 4) if count < 4 else (1, 4), repeat=count):
            x, found = PADDED[:4, :count], []
            for f in (packed, one_by_one):
                layer.zero_grad()
                given = revad.tensor(x)
                f(given, lengths).backward()
                found.append([given.grad, *[p.grad for p in parameters]])
            for got, expected in zip(*found, strict=True):
                np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12, err_msg=f"{lengths}")


def test_what_does_not_fit_is_refused():
    cases = [
        ("the lengths \\[3, 5, 1, 5\\] must not grow", lambda: rnn.pack_padded_sequence(PADDED, LENGTHS)),
        ("a batch of 4 sequences needs 4 integer lengths", lambda: rnn.pack_padded_sequence(PADDED, [5, 4])),
        ("lengths must lie between 1 and the 5 steps", lambda: rnn.pack_padded_sequence(PADDED, [6, 5, 4, 1])),
        ("lengths must lie between 1 and the 5 steps", lambda: rnn.pack_padded_sequence(PADDED, [5, 5, 4, 0])),
        ("the padded batch must have at least 2 axes", lambda: rnn.pack_padded_sequence(np.ones(3), [3])),
        (
            "total_length=1 is shorter than the longest sequence",
            lambda: rnn.pad_packed_sequence(rnn.pack_sequence([np.ones(2)]), total_length=1),
        ),
        ("padding_side must be 'right' or 'left'", lambda: rnn.pad_sequence([np.ones(2)], padding_side="up")),
        ("must have the same shape behind their first axis", lambda: rnn.pad_sequence([np.ones((2, 1)), np.ones((2, 2))])),
        ("must have the same shape behind their first axis", lambda: rnn.pad_sequence([])),
        ("a batch of 4 sequences needs as many lengths", lambda: rnn.unpad_sequence(PADDED, [1])),
        (
            r"LSTM: packed data must have shape \(rows, 3\), not \(3, 1\)",
            lambda: nn.LSTM(3, 4)(rnn.pack_sequence([np.ones((2, 1)), np.ones((1, 1))])),
        ),
    ]
    for message, call in cases:
        with pytest.raises(ValueError, match=message):
            call()
