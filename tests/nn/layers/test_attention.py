"""`MultiheadAttention` and transformers: gradients, masks in all forms, layouts, settings, errors."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_module, random

X = random().normal(size=(4, 2, 6))
MEMORY = random(1).normal(size=(3, 2, 6))
FORBIDDEN = np.triu(np.ones((4, 4), bool), 1)
PADDING = np.array([[False, False, False, True], [False, True, False, False]])


class With(nn.Module):
    """A module that is always called with the same options."""

    def __init__(self, inner, **options):
        super().__init__()
        self.inner, self.options = inner, options

    def forward(self, *inputs):
        output = self.inner(*inputs, **self.options)
        return output[0] if isinstance(output, tuple) and output[1] is None else output


ATTENTIONS = {
    "self-attention": ({}, {}, "x x x"),
    "weights of each head": ({"bias": False}, {"average_attn_weights": False}, "x x x"),
    "two inputs": ({}, {"need_weights": False}, "x m m"),
    "three inputs of other widths": ({"kdim": 5, "vdim": 3, "add_bias_kv": True, "add_zero_attn": True}, {}, "x k v"),
    "three inputs": ({"add_zero_attn": True}, {}, "x m n"),
    "boolean masks": ({"add_bias_kv": True}, {"attn_mask": FORBIDDEN, "key_padding_mask": PADDING}, "x x x"),
    "numbers as masks": (
        {"add_zero_attn": True},
        {"attn_mask": random(3).normal(size=(4, 4, 4)), "key_padding_mask": np.where(PADDING, -np.inf, 0.5)},
        "x x x",
    ),
    "a boolean mask and numbers": ({}, {"attn_mask": random(3).normal(size=(4, 4)), "key_padding_mask": PADDING}, "x x x"),
    "batch first": ({"batch_first": True}, {"attn_mask": FORBIDDEN[:2, :2]}, "x x x"),
}
INPUTS = {"x": X, "m": MEMORY, "n": MEMORY + 1, "k": random(5).normal(size=(3, 2, 5)), "v": random(6).normal(size=(3, 2, 3))}


@pytest.mark.parametrize("name", ATTENTIONS)
def test_gradients_of_attention_agree_with_differences(name):
    settings, options, inputs = ATTENTIONS[name]
    module = With(nn.MultiheadAttention(6, 2, rng=0, **settings), **options)
    check_module(module, *(INPUTS[i] for i in inputs.split()), order=2 if name == "boolean masks" else 1)


def test_one_array_given_three_times_is_mapped_with_one_product():
    layer = nn.MultiheadAttention(6, 2).double()
    together, apart = layer(X, X, X)[0], layer(X, X + 0, X + 0)[0]
    np.testing.assert_allclose(together.value, apart.value, rtol=1e-12)


def test_layouts_agree():
    sequence_first, batch_first = nn.MultiheadAttention(6, 3), nn.MultiheadAttention(6, 3, batch_first=True)
    batch_first.load_state_dict(sequence_first.state_dict())
    y, weights = sequence_first(X, MEMORY, MEMORY)
    y_swapped, same_weights = batch_first(*(np.swapaxes(a, 0, 1) for a in (X, MEMORY, MEMORY)))
    np.testing.assert_allclose(y.value, np.swapaxes(y_swapped.value, 0, 1), rtol=1e-12)
    np.testing.assert_allclose(weights.value, same_weights.value, rtol=1e-12)
    for layer in (sequence_first, batch_first):
        alone, its_weights = layer(X[:, 0], MEMORY[:, 0], MEMORY[:, 0], key_padding_mask=np.array([False, True, False]))
        assert (alone.shape, its_weights.shape) == ((4, 6), (4, 3))
        np.testing.assert_array_equal(its_weights.value[:, 1], 0)


def test_causal_attention_needs_no_mask():
    layer = nn.MultiheadAttention(6, 2)
    expected = layer(X, X, X, attn_mask=FORBIDDEN)
    for y, other in zip(layer(X, X, X, is_causal=True), expected, strict=True):
        np.testing.assert_array_equal(y.value, other.value)


def test_a_place_that_may_attend_to_nothing_gets_the_bias():
    layer = nn.MultiheadAttention(6, 2)
    layer.out_proj.bias.data = np.arange(6)
    y, weights = layer(X, X, X, attn_mask=np.ones((4, 4), bool))
    np.testing.assert_array_equal(y.value, np.broadcast_to(np.arange(6), X.shape))
    np.testing.assert_array_equal(weights.value, 0)


def test_dropped_attention():
    layer = nn.MultiheadAttention(6, 2, dropout=0.5)
    first, second = (layer(X, X, X)[0].value for _ in range(2))
    assert np.any(first != second)
    layer.eval()
    first, second = (layer(X, X, X)[0].value for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_float32_stays_float32():
    x = X.astype(np.float32)
    model = nn.Transformer(6, 2, 1, 1, 8)
    mask = np.where(FORBIDDEN, -np.inf, 0.0)  # float64
    y = model(x, x, tgt_mask=mask, src_key_padding_mask=PADDING)
    assert y.dtype == np.float32
    np.sum(y**2).backward()
    assert {p.grad.dtype for p in model.parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("layer", [nn.TransformerEncoderLayer, nn.TransformerDecoderLayer])
def test_gradients_of_transformer_layers_agree_with_differences(layer, norm_first):
    decodes = layer is nn.TransformerDecoderLayer
    module = layer(6, 2, 5, 0.0, "gelu", norm_first=norm_first, rng=0)
    options = {"tgt_mask": FORBIDDEN, "tgt_key_padding_mask": PADDING} if decodes else {"src_mask": FORBIDDEN}
    check_module(With(module, **options), *((X, MEMORY) if decodes else (X,)), tolerance=1e-5)


def test_gradients_of_a_transformer_agree_with_differences():
    model = nn.Transformer(6, 2, 1, 1, 5, 0.0, activation=np.tanh, bias=False, batch_first=True, rng=0)
    check_module(With(model, tgt_is_causal=True), X, random(2).normal(size=(4, 3, 6)), tolerance=1e-5)


def test_copies_in_a_stack_start_equal_and_are_trained_apart():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8), 2, nn.LayerNorm(6))
    first, second = (encoder.layers[i].linear1.weight for i in range(2))
    np.testing.assert_array_equal(first.data, second.data)
    assert first is not second
    np.sum(encoder(X) ** 2).backward()
    assert np.any(first.grad != second.grad)


def test_custom_parts_of_a_transformer():
    model = nn.Transformer(6, 2, custom_encoder=Sum(), custom_decoder=Sum())
    np.testing.assert_array_equal(model(X, X), 2 * X)
    assert list(model.parameters()) == []


class Sum(nn.Module):
    def forward(self, x, memory=None, *masks):
        return x if memory is None else x + memory


def test_dropout_in_a_transformer_ends_in_evaluation():
    model = nn.Transformer(6, 2, 1, 1, 8, dropout=0.5)
    assert np.any(model(X, X).value != model(X, X).value)
    model.eval()
    np.testing.assert_array_equal(model(X, X).value, model(X, X).value)


def test_a_model_of_attention_is_a_pytree():
    model = nn.TransformerEncoderLayer(6, 2, 8, 0.0).double()
    loss = lambda model, x: np.sum(model(x, FORBIDDEN) ** 2)
    gradient = revad.grad(loss)(model, X)
    loss(model, X).backward()
    np.testing.assert_allclose(gradient.self_attn.in_proj_weight, model.self_attn.in_proj_weight.grad, rtol=1e-10)
    np.testing.assert_allclose(gradient.linear1.weight, model.linear1.weight.grad, rtol=1e-10)


def test_mask_of_later_places():
    mask = nn.Transformer.generate_square_subsequent_mask(3)
    np.testing.assert_array_equal(mask == -np.inf, np.triu(np.ones((3, 3)), 1))
    assert nn.Transformer.generate_square_subsequent_mask(3, np.float64).dtype == np.float64


def test_wrong_settings_and_inputs_are_refused():
    with pytest.raises(ValueError, match="MultiheadAttention: embed_dim=6 must be positive and divisible by num_heads=4"):
        nn.MultiheadAttention(6, 4)
    layer = nn.MultiheadAttention(6, 2)
    with pytest.raises(ValueError, match=r"query, key and value must all have 3 axes .* not shapes \(4, 6\), \(4, 2, 6\)"):
        layer(X[:, 0], X, X)
    with pytest.raises(
        ValueError, match=r"the query of shape \(4, 2, 5\) must have embed_dim=6 features, divisible by 2 heads"
    ):
        layer(X[..., :5], X, X)
    with pytest.raises(ValueError, match=r"key of shape \(3, 2, 6\) and value of shape \(4, 2, 6\) must have the same length"):
        layer(X, MEMORY, X)
    with pytest.raises(ValueError, match=r"attn_mask must have the shape \(4, 4\) or \(4, 4, 4\), not \(4, 3\)"):
        layer(X, X, X, attn_mask=FORBIDDEN[:, :3])
    with pytest.raises(ValueError, match=r"key_padding_mask must have the shape \(2, 4\), not \(4, 2\)"):
        layer(X, X, X, key_padding_mask=PADDING.T)
    with pytest.raises(TypeError, match="key_padding_mask must be boolean or floating, not int64"):
        layer(X, X, X, key_padding_mask=PADDING.astype(int))
    with pytest.raises(
        ValueError, match="TransformerEncoderLayer: activation must be 'relu', 'gelu' or a function, not 'swish'"
    ):
        nn.TransformerEncoderLayer(6, 2, activation="swish")
    with pytest.raises(
        ValueError, match=r"Transformer: src of shape \(4, 2, 6\) and tgt of shape \(4, 1, 6\) must have the same"
    ):
        nn.Transformer(6, 2, 1, 1, 8)(X, X[:, :1])


def test_repr_says_how_the_heads_are():
    assert repr(nn.MultiheadAttention(6, 2)).startswith("MultiheadAttention(embed_dim=6, num_heads=2, batch_first=False")


def test_summary_of_a_transformer():
    table = nn.summary(nn.TransformerEncoderLayer(6, 2, 8), (4, 2, 6))
    shapes = {name: shape for name, _, shape, _ in table.rows}
    assert shapes["linear1"] == "(4, 2, 8)"
    assert shapes["self_attn"] == "(4, 2, 6), NoneType"


def test_the_function_behind_the_layer_takes_separate_maps():
    q, k, v = (random(i).normal(size=(6, 6)) for i in range(3))
    both = [
        F.multi_head_attention_forward(
            X,
            X,
            X,
            6,
            2,
            stacked,
            None,
            None,
            None,
            False,
            0.0,
            np.eye(6),
            None,
            use_separate_proj_weight=stacked is None,
            **maps,
        )[0]
        for stacked, maps in (
            (np.concatenate([q, k, v]), {}),
            (None, {"q_proj_weight": q, "k_proj_weight": k, "v_proj_weight": v}),
        )
    ]
    np.testing.assert_allclose(*both, rtol=1e-12)
