"""Special functions, differentiable: those of `scipy.special`, under their names.

Its ufuncs are differentiable by themselves, as are functions made of ufuncs (`zeta`, `lambertw`, `sinc`, `assoc_laguerre`): here
they are SciPy's own objects. The functions below are offered in a form that takes tracked values; on plain arrays they return
what SciPy returns.
"""

from typing import Any

from scipy import special as _special

from revad.scipy.special.bessel import h1vp as h1vp
from revad.scipy.special.bessel import h2vp as h2vp
from revad.scipy.special.bessel import ivp as ivp
from revad.scipy.special.bessel import jvp as jvp
from revad.scipy.special.bessel import kvp as kvp
from revad.scipy.special.bessel import spherical_in as spherical_in
from revad.scipy.special.bessel import spherical_jn as spherical_jn
from revad.scipy.special.bessel import spherical_kn as spherical_kn
from revad.scipy.special.bessel import spherical_yn as spherical_yn
from revad.scipy.special.bessel import yvp as yvp
from revad.scipy.special.characteristic import mathieu_even_coef as mathieu_even_coef
from revad.scipy.special.characteristic import mathieu_odd_coef as mathieu_odd_coef
from revad.scipy.special.characteristic import obl_cv_seq as obl_cv_seq
from revad.scipy.special.characteristic import pro_cv_seq as pro_cv_seq
from revad.scipy.special.ellipsoidal import ellip_harm as ellip_harm
from revad.scipy.special.ellipsoidal import ellip_harm_2 as ellip_harm_2
from revad.scipy.special.ellipsoidal import ellip_normal as ellip_normal
from revad.scipy.special.factorials import comb as comb
from revad.scipy.special.factorials import factorial as factorial
from revad.scipy.special.factorials import factorial2 as factorial2
from revad.scipy.special.factorials import factorialk as factorialk
from revad.scipy.special.factorials import multigammaln as multigammaln
from revad.scipy.special.factorials import perm as perm
from revad.scipy.special.factorials import polygamma as polygamma
from revad.scipy.special.legendre import assoc_legendre_p as assoc_legendre_p
from revad.scipy.special.legendre import assoc_legendre_p_all as assoc_legendre_p_all
from revad.scipy.special.legendre import legendre_p as legendre_p
from revad.scipy.special.legendre import legendre_p_all as legendre_p_all
from revad.scipy.special.legendre import sph_harm_y as sph_harm_y
from revad.scipy.special.legendre import sph_harm_y_all as sph_harm_y_all
from revad.scipy.special.legendre import sph_legendre_p as sph_legendre_p
from revad.scipy.special.legendre import sph_legendre_p_all as sph_legendre_p_all
from revad.scipy.special.legendre_second import lqmn as lqmn
from revad.scipy.special.legendre_second import lqn as lqn
from revad.scipy.special.log_sums import log_softmax as log_softmax
from revad.scipy.special.log_sums import logsumexp as logsumexp
from revad.scipy.special.log_sums import softmax as softmax
from revad.scipy.special.log_sums import softplus as softplus
from revad.scipy.special.periodic import diric as diric
from revad.scipy.special.tables import lmbda as lmbda
from revad.scipy.special.tables import pbdn_seq as pbdn_seq
from revad.scipy.special.tables import pbdv_seq as pbdv_seq
from revad.scipy.special.tables import pbvv_seq as pbvv_seq
from revad.scipy.special.tables import riccati_jn as riccati_jn
from revad.scipy.special.tables import riccati_yn as riccati_yn


def __getattr__(name: str) -> Any:
    if name.startswith("_") or not hasattr(_special, name):
        raise AttributeError(f"module 'revad.scipy.special' has no attribute {name!r}, nor has scipy.special.")
    return getattr(_special, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(_special)})
