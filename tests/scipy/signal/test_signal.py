"""`revad.scipy.signal` as a namespace: what is refused, and why; what is passed on; cost that grows in proportion to the signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.signal

import revad
from revad.errors import NoRuleError
from revad.scipy import signal

X = np.arange(1.0, 9.0)

REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: signal.savgol_filter(x, 11, 2), "must not be longer than the signal"),
    (lambda x: signal.savgol_filter(x, 5, 2, mode="odd"), "mode must be mirror, constant, nearest, wrap or interp"),
    (lambda x: signal.medfilt(x, 4), "each element of kernel_size should be odd"),
    (lambda x: signal.cspline1d(x, 0.5), "smoothing .* is not differentiated; use lamb=0"),
    (lambda x: signal.qspline1d(x, 0.5), "does not exist for quadratic splines"),
    (lambda x: signal.cspline1d_eval(np.zeros(0), x), "Spline coefficients 'cj' must not be empty"),
    (lambda x: signal.windows.exponential(5, x[0], 1.0), "a symmetric window has its center in the middle"),
    (lambda x: signal.upfirdn(np.ones(3), x, mode="odd"), "upfirdn: unknown mode 'odd'; use constant"),
    (lambda x: signal.resample_poly(x, 2, 3, padtype="line", cval=1.0), "cval has no effect when padtype is"),
    (lambda x: signal.chirp(x, 1.0, 1.0, 2.0, "cubic"), "method must be linear, quadratic, logarithmic or hyperbolic"),
    (lambda x: signal.vectorstrength(x, -1.0), "periods must be positive"),
    (lambda x: signal.filtfilt(np.ones(2), np.ones(1), x, padtype="round"), "Unknown value 'round' given to padtype"),
    (lambda x: signal.filtfilt(np.ones(2), np.ones(1), x, method="fit"), "method must be 'pad' or 'gust'"),
    (
        lambda x: signal.filtfilt(np.ones(2), np.ones(1), x, padlen=9),
        "The length of the input vector x must be greater than padlen",
    ),
    (lambda x: signal.stft(x[:2], window=np.ones(8), nperseg=8, boundary="even"), "cannot continue a signal of 2 samples"),
    (lambda x: signal.lfilter(np.ones(3), np.ones(3), x, zi=np.ones(5)), "starts from a state of length"),
    (lambda x: signal.lp2lp_zpk(x, x[:2], 1.0), "Improper transfer function with 8 zeros and 2 poles"),
    (lambda x: signal.freqs(x, np.ones(3)), "the frequencies worN must be given for a tracked analog filter"),
    (lambda x: signal.hilbert(x + 0j), "hilbert: x must be real"),
    (lambda x: signal.hilbert2(np.reshape(x, (2, 4)) + 0j), "hilbert2: x must be real"),
    (lambda x: signal.resample(x, 5, window=np.ones(3)), "the window has shape .* but the signal has 8 frequencies"),
    (lambda x: signal.detrend(x, type="cubic"), "the type of trend must be 'linear' or 'constant'"),
    (lambda x: signal.detrend(x, bp=[12]), "breakpoints must be less than the length"),
    (lambda x: signal.welch(x, window=np.ones(4), nperseg=5), "does not equal the window's length"),
    (lambda x: signal.welch(x, nperseg=4, scaling="both"), "Unknown scaling 'both'; it must be"),
    (lambda x: signal.welch(x, nperseg=4, noverlap=4), "must be at least nperseg=4, and noverlap=4 must be less"),
    (lambda x: signal.welch(x, nperseg=4, average="mode"), "average='mode' must be 'median' or 'mean'"),
    (lambda x: signal.firwin(5, x), "the cutoff frequencies must be strictly increasing"),
    (lambda x: signal.firwin(6, x[0] / 9, pass_zero=False), "a filter with an even number of coefficients must"),
    (lambda x: signal.spectrogram(x, nperseg=4, mode="power"), "it must be psd, complex, magnitude, angle or phase"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_what_cannot_be_done_is_said(call: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        revad.vjp(call, X)


def test_designs_say_what_they_are_differentiable_in() -> None:
    with pytest.raises(NoRuleError, match="differentiable in the critical frequencies Wn, not in the ripples"):
        revad.vjp(lambda rp: signal.cheby1(3, rp, 0.3), 1.0)
    with pytest.raises(NoRuleError, match="pairs zeros with poles by their values"):
        revad.vjp(lambda wn: signal.butter(3, wn, output="sos"), 0.3)


def test_an_inverse_that_does_not_exist_warns() -> None:
    with pytest.warns(UserWarning, match="NOLA condition failed"):
        revad.vjp(lambda z: signal.istft(z, boundary=False)[1], np.ones((5, 4), complex))


def test_peaks_are_found_and_measured() -> None:
    """The places are constants; heights, thresholds and prominences are differences of samples."""
    x = np.array([0.0, 2.0, 0.5, 3.0, 1.0, 1.5, 0.2])
    options = dict(height=0.1, threshold=0.1, prominence=0.1)
    expected, properties = scipy.signal.find_peaks(x, **options)

    def measured(t: Any) -> Any:
        peaks, found = signal.find_peaks(t, **options)
        np.testing.assert_array_equal(peaks, expected)
        for name in ("peak_heights", "left_thresholds", "right_thresholds", "prominences"):
            np.testing.assert_array_equal(revad.stop_gradient(found[name]), properties[name])
        return np.sum(found["prominences"])

    np.testing.assert_array_equal(revad.grad(measured)(x), [0.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    assert revad.grad(lambda t: np.sum(t[signal.argrelmax(t)[0]]))(x).tolist() == [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    with pytest.raises(NoRuleError, match="the widths of peaks are not differentiable"):
        revad.grad(lambda t: np.sum(signal.find_peaks(t, width=1)[1]["widths"]))(x)


def test_other_names_are_those_of_scipy() -> None:
    assert signal.unit_impulse is scipy.signal.unit_impulse
    assert signal.windows.hann is scipy.signal.windows.hann
    assert "unit_impulse" in dir(signal)
    assert "hann" in dir(signal.windows)


def test_the_tape_of_a_long_filter_is_short() -> None:
    """A filter is one operation, however long the signal: nothing loops over samples."""
    sizes = [
        len(str(revad.trace(lambda x: signal.lfilter(np.ones(3), np.array([1.0, 0.5]), x), np.ones(n)))) for n in (10, 10_000)
    ]
    assert sizes[1] < sizes[0] + 20
