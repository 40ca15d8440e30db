"""`scipy.signal`, differentiable."""

from typing import Any

import scipy.signal

from revad.scipy.signal import windows as windows
from revad.scipy.signal.analytic import detrend as detrend
from revad.scipy.signal.analytic import hilbert as hilbert
from revad.scipy.signal.analytic import hilbert2 as hilbert2
from revad.scipy.signal.analytic import resample as resample
from revad.scipy.signal.convolution import convolve as convolve
from revad.scipy.signal.convolution import convolve2d as convolve2d
from revad.scipy.signal.convolution import correlate as correlate
from revad.scipy.signal.convolution import correlate2d as correlate2d
from revad.scipy.signal.convolution import fftconvolve as fftconvolve
from revad.scipy.signal.convolution import oaconvolve as oaconvolve
from revad.scipy.signal.design import czt as czt
from revad.scipy.signal.design import firwin as firwin
from revad.scipy.signal.design import zoom_fft as zoom_fft
from revad.scipy.signal.forms import bessel as bessel
from revad.scipy.signal.forms import bilinear as bilinear
from revad.scipy.signal.forms import bilinear_zpk as bilinear_zpk
from revad.scipy.signal.forms import butter as butter
from revad.scipy.signal.forms import cheby1 as cheby1
from revad.scipy.signal.forms import cheby2 as cheby2
from revad.scipy.signal.forms import ellip as ellip
from revad.scipy.signal.forms import iirfilter as iirfilter
from revad.scipy.signal.forms import lp2bp_zpk as lp2bp_zpk
from revad.scipy.signal.forms import lp2bs_zpk as lp2bs_zpk
from revad.scipy.signal.forms import lp2hp_zpk as lp2hp_zpk
from revad.scipy.signal.forms import lp2lp as lp2lp
from revad.scipy.signal.forms import lp2lp_zpk as lp2lp_zpk
from revad.scipy.signal.forms import normalize as normalize
from revad.scipy.signal.forms import sos2tf as sos2tf
from revad.scipy.signal.forms import sos2zpk as sos2zpk
from revad.scipy.signal.forms import tf2zpk as tf2zpk
from revad.scipy.signal.forms import zpk2tf as zpk2tf
from revad.scipy.signal.peaks import argrelextrema as argrelextrema
from revad.scipy.signal.peaks import argrelmax as argrelmax
from revad.scipy.signal.peaks import argrelmin as argrelmin
from revad.scipy.signal.peaks import find_peaks as find_peaks
from revad.scipy.signal.polyphase import decimate as decimate
from revad.scipy.signal.polyphase import resample_poly as resample_poly
from revad.scipy.signal.polyphase import upfirdn as upfirdn
from revad.scipy.signal.recursive import deconvolve as deconvolve
from revad.scipy.signal.recursive import lfilter as lfilter
from revad.scipy.signal.recursive import lfilter_zi as lfilter_zi
from revad.scipy.signal.recursive import lfiltic as lfiltic
from revad.scipy.signal.responses import freqs as freqs
from revad.scipy.signal.responses import freqs_zpk as freqs_zpk
from revad.scipy.signal.responses import freqz as freqz
from revad.scipy.signal.responses import freqz_sos as freqz_sos
from revad.scipy.signal.responses import freqz_zpk as freqz_zpk
from revad.scipy.signal.responses import group_delay as group_delay
from revad.scipy.signal.responses import sosfreqz as sosfreqz
from revad.scipy.signal.sections import filtfilt as filtfilt
from revad.scipy.signal.sections import sosfilt as sosfilt
from revad.scipy.signal.sections import sosfilt_zi as sosfilt_zi
from revad.scipy.signal.sections import sosfiltfilt as sosfiltfilt
from revad.scipy.signal.smoothing import cspline1d as cspline1d
from revad.scipy.signal.smoothing import cspline1d_eval as cspline1d_eval
from revad.scipy.signal.smoothing import medfilt as medfilt
from revad.scipy.signal.smoothing import medfilt2d as medfilt2d
from revad.scipy.signal.smoothing import order_filter as order_filter
from revad.scipy.signal.smoothing import qspline1d as qspline1d
from revad.scipy.signal.smoothing import qspline1d_eval as qspline1d_eval
from revad.scipy.signal.smoothing import savgol_filter as savgol_filter
from revad.scipy.signal.smoothing import wiener as wiener
from revad.scipy.signal.spectra import coherence as coherence
from revad.scipy.signal.spectra import csd as csd
from revad.scipy.signal.spectra import istft as istft
from revad.scipy.signal.spectra import periodogram as periodogram
from revad.scipy.signal.spectra import spectrogram as spectrogram
from revad.scipy.signal.spectra import stft as stft
from revad.scipy.signal.spectra import welch as welch
from revad.scipy.signal.waveforms import chirp as chirp
from revad.scipy.signal.waveforms import gausspulse as gausspulse
from revad.scipy.signal.waveforms import lombscargle as lombscargle
from revad.scipy.signal.waveforms import sawtooth as sawtooth
from revad.scipy.signal.waveforms import square as square
from revad.scipy.signal.waveforms import sweep_poly as sweep_poly
from revad.scipy.signal.waveforms import vectorstrength as vectorstrength


def __getattr__(name: str) -> Any:
    return getattr(scipy.signal, name)


def __dir__() -> list[str]:
    return dir(scipy.signal)
