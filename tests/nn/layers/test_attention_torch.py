"""Attention and transformers agree with PyTorch in float64: names, outputs, weights, gradients, initial values."""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import compare_function, compare_module, random
from tests.nn.layers.test_attention import ATTENTIONS, FORBIDDEN, INPUTS, MEMORY, PADDING, X

torch = pytest.importorskip("torch")

T = torch.nn.functional
pytestmark = pytest.mark.filterwarnings(
    "ignore:enable_nested_tensor is True:UserWarning", "ignore:Support for mismatched:UserWarning"
)


class With:
    """A module that is always called with the same options; what it returns besides arrays is dropped."""

    def __init__(self, module, **options):
        self.module, self.options = module, options

    def __getattr__(self, name):
        return getattr(self.module, name)

    def __call__(self, *inputs):
        output = self.module(*inputs, **self.options)
        return output[0] if isinstance(output, tuple) and output[1] is None else output

    def double(self):
        self.module.double()
        return self


def compare(ours, theirs, *inputs, **options):
    tensors = {key: torch.tensor(value) if isinstance(value, np.ndarray) else value for key, value in options.items()}
    compare_module(With(ours, **options), With(theirs, **tensors), *inputs)


@pytest.mark.parametrize("name", ATTENTIONS)
def test_attention(name):
    settings, options, inputs = ATTENTIONS[name]
    inputs = [INPUTS[i] for i in inputs.split()]
    compare(nn.MultiheadAttention(6, 2, **settings), torch.nn.MultiheadAttention(6, 2, **settings), *inputs, **options)


def test_attention_without_batch():
    ours, theirs = nn.MultiheadAttention(6, 2, batch_first=True), torch.nn.MultiheadAttention(6, 2, batch_first=True)
    x, m = X[:, 0], MEMORY[:, 0]
    compare(ours, theirs, x, m, m, key_padding_mask=np.array([False, True, False]), average_attn_weights=False)


PRE_NORM = {"norm_first": True, "activation": "gelu", "bias": False, "batch_first": True}


@pytest.mark.parametrize("settings", [{}, PRE_NORM])
@pytest.mark.parametrize("name", ["TransformerEncoderLayer", "TransformerDecoderLayer"])
def test_layers(name, settings):
    ours, theirs = (getattr(package, name)(6, 2, 8, 0.0, **settings) for package in (nn, torch.nn))
    if name == "TransformerEncoderLayer":
        mask = FORBIDDEN[:2, :2] if settings else FORBIDDEN
        compare(ours, theirs, X, src_mask=mask, src_key_padding_mask=None if settings else PADDING)
    else:
        memory = random(1).normal(size=(4, 3, 6)) if settings else MEMORY
        compare(ours, theirs, X, memory, tgt_mask=FORBIDDEN[:2, :2] if settings else FORBIDDEN)


@pytest.mark.parametrize("settings", [{}, PRE_NORM])
def test_a_whole_transformer(settings):
    ours, theirs = (package.Transformer(6, 2, 2, 2, 8, 0.0, **settings) for package in (nn, torch.nn))
    if settings:
        compare(ours, theirs, X, random(1).normal(size=(4, 3, 6)), memory_mask=random(2).normal(size=(3, 2)))
        return
    options = {"src_key_padding_mask": np.array([[False, False, True], [False, False, False]]), "tgt_key_padding_mask": PADDING}
    mask = nn.Transformer.generate_square_subsequent_mask(4, np.float64)
    np.testing.assert_array_equal(mask, theirs.generate_square_subsequent_mask(4).numpy())
    options |= {"tgt_mask": FORBIDDEN, "memory_key_padding_mask": options["src_key_padding_mask"]}
    compare(ours, theirs, MEMORY, X, **options)


def test_a_stack_with_a_norm():
    def build(package):
        layer = package.TransformerEncoderLayer(6, 2, 8, 0.0)
        return package.TransformerEncoder(layer, 2, package.LayerNorm(6))

    compare(build(nn), build(torch.nn), X, mask=FORBIDDEN, is_causal=True)


Q, K, V = (random(i).normal(size=shape) for i, shape in enumerate([(2, 4, 3, 5), (2, 4, 6, 5), (2, 4, 6, 2)]))
ALLOWED = random(9).random((3, 6)) < 0.6
ALLOWED[1] = False
FUNCTIONS = {
    "plain": ({}, Q, K, V),
    "boolean mask": ({"attn_mask": ALLOWED}, Q, K, V),
    "numbers as a mask": ({"attn_mask": random(4).normal(size=(4, 3, 6))}, Q, K, V),
    "causal": ({"is_causal": True, "scale": 0.3}, Q, K, V),
    "without batch": ({}, Q[0, 0], K[0, 0], V[0, 0]),
    "grouped heads": ({"enable_gqa": True}, Q, K[:, :2], V[:, :2]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_scaled_dot_product_attention(name):
    options, *arrays = FUNCTIONS[name]
    tensors = {key: torch.tensor(value) if isinstance(value, np.ndarray) else value for key, value in options.items()}
    compare_function(
        lambda *x: F.scaled_dot_product_attention(*x, **options),
        lambda *x: T.scaled_dot_product_attention(*x, **tensors),
        *arrays,
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [("MultiheadAttention", {"kdim": 30, "vdim": 50, "add_bias_kv": True}), ("MultiheadAttention", {}), ("Transformer", {})],
)
def test_initial_values_have_the_same_distribution(name, settings):
    if name == "Transformer":
        settings = {"num_encoder_layers": 1, "num_decoder_layers": 1, "dim_feedforward": 50}
    ours, theirs = getattr(nn, name)(40, 2, **settings), getattr(torch.nn, name)(40, 2, **settings)
    theirs = theirs.state_dict()
    for key, value in ours.state_dict().items():
        other = theirs[key].numpy()
        assert value.dtype == other.dtype
        np.testing.assert_allclose(value.std(), other.std(), rtol=0.3, err_msg=key)
        np.testing.assert_allclose(np.abs(value).max(), np.abs(other).max(), rtol=0.5, err_msg=key)
