"""`scipy.fft`, differentiable: Fourier, cosine, sine and fast Hankel transforms. All other names are SciPy's own."""

from typing import Any

import scipy.fft

from revad.scipy.fft.cosine import dct as dct
from revad.scipy.fft.cosine import dctn as dctn
from revad.scipy.fft.cosine import dst as dst
from revad.scipy.fft.cosine import dstn as dstn
from revad.scipy.fft.cosine import idct as idct
from revad.scipy.fft.cosine import idctn as idctn
from revad.scipy.fft.cosine import idst as idst
from revad.scipy.fft.cosine import idstn as idstn
from revad.scipy.fft.fourier import fft as fft
from revad.scipy.fft.fourier import fft2 as fft2
from revad.scipy.fft.fourier import fftn as fftn
from revad.scipy.fft.fourier import fftshift as fftshift
from revad.scipy.fft.fourier import hfft as hfft
from revad.scipy.fft.fourier import hfft2 as hfft2
from revad.scipy.fft.fourier import hfftn as hfftn
from revad.scipy.fft.fourier import ifft as ifft
from revad.scipy.fft.fourier import ifft2 as ifft2
from revad.scipy.fft.fourier import ifftn as ifftn
from revad.scipy.fft.fourier import ifftshift as ifftshift
from revad.scipy.fft.fourier import ihfft as ihfft
from revad.scipy.fft.fourier import ihfft2 as ihfft2
from revad.scipy.fft.fourier import ihfftn as ihfftn
from revad.scipy.fft.fourier import irfft as irfft
from revad.scipy.fft.fourier import irfft2 as irfft2
from revad.scipy.fft.fourier import irfftn as irfftn
from revad.scipy.fft.fourier import rfft as rfft
from revad.scipy.fft.fourier import rfft2 as rfft2
from revad.scipy.fft.fourier import rfftn as rfftn
from revad.scipy.fft.hankel import fht as fht
from revad.scipy.fft.hankel import fhtoffset as fhtoffset
from revad.scipy.fft.hankel import ifht as ifht


def __getattr__(name: str) -> Any:
    return getattr(scipy.fft, name)


def __dir__() -> list[str]:
    return dir(scipy.fft)
