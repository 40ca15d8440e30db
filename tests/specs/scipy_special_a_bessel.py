"""Rows of `scipy.special`: Bessel, Airy, Kelvin and Struve functions, elliptic integrals, Wright's and Lambert's functions."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.scipy.special import bessel
from tests.specs._row import Const, positive, real, row, unit
from tests.specs.scipy_special_a_gamma import broadcast, forms, on, shares

SPHERICAL = (bessel.spherical_jn, bessel.spherical_yn, bessel.spherical_in, bessel.spherical_kn)
ORDERS = np.array([-0.7, 0.0, 1.0, 2.4])
PLACES = np.array([0.4, 3.1, 1.7, 12.0])

BESSEL = [
    *[on(name, PLACES) for name in ["j0", "j1", "y0", "y1", "i0", "i0e", "i1", "i1e", "k0", "k0e", "k1", "k1e"]],
    *[on(name, -PLACES, note="left") for name in ["j0", "j1", "i0", "i0e", "i1", "i1e"]],
    *[on(name, ORDERS, PLACES) for name in ["jv", "yv", "iv", "kv", "kve", "hankel1", "hankel2", "hankel1e", "hankel2e"]],
    *[on(name, ORDERS, PLACES, note="damped") for name in ["jve", "yve", "ive"]],
    *[
        on(name, Const(ORDERS), PLACES + 0.4j, note="complex")
        for name in ["jv", "jve", "yv", "yve", "iv", "ive", "kv", "kve", "hankel1", "hankel1e", "hankel2", "hankel2e"]
    ],
    *[
        on(name, ORDERS, -PLACES - 0.4j, note="complex, order")
        for name in ["jv", "jve", "yv", "yve", "iv", "ive", "kv", "kve", "hankel1", "hankel1e", "hankel2", "hankel2e"]
    ],
    *broadcast("jv", positive, positive),
    on("jv", 2, real(3), note="an integer order"),
    on("jv", Const(np.array([0.0, 1.0, 2.0, 3.0])), np.zeros(4), note="at zero"),
    on("yn", 2, positive(3)),
    on("kn", np.array([0, 1, 4]), positive(3)),
    on("itj0y0", positive(3)),
    on("iti0k0", positive(3)),
    on("it2j0y0", positive(4), float32=False),
    on("it2i0k0", positive(4), float32=False),
    on("besselpoly", positive(3), np.array([0.5, 1.0, 2.2]), np.array([0.0, 1.3, 2.0])),
    *[
        row(function, n, positive(3), name=f"special.{function.__name__}({n})", complex=True)
        for function in SPHERICAL
        for n in (0, 1, 4)
    ],
    *[row(function, 2, positive(3), derivative=True, name=f"special.{function.__name__}: slope") for function in SPHERICAL],
    row(bessel.spherical_jn, np.arange(3), np.array([0.0, 0.7, -1.3]), name="special.spherical_jn: at zero and left"),
    *[
        row(getattr(bessel, name), positive(3), positive(3, salt=1), n, name=f"special.{name}({n})")
        for name in ["jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"]
        for n in (1, 2)
    ],
    row(bessel.kvp, positive(3), positive(3, salt=1), 0, name="special.kvp(0)"),
]

AIRY = [
    *forms("airy", real, complex=True),
    on("airye", np.array([0.4, 1.7, 5.0]), complex=True),
    on("airye", np.array([-0.4 + 1j, -1.7 - 2j]), note="left"),
    on("itairy", real(3)),
    *[on(name, positive(3)) for name in ["ber", "bei", "berp", "beip", "ker", "kei", "kerp", "keip", "kelvin"]],
    on("struve", np.array([-0.3, 0.0, 1.4, 3.0]), PLACES),
    on("modstruve", np.array([-0.3, 0.0, 1.4, 3.0]), PLACES),
    on("itstruve0", positive(3)),
    on("it2struve0", positive(3)),
    on("itmodstruve0", positive(3)),
]

AMPLITUDES = np.array([0.4, -1.2, 2.0, 7.3])

ELLIPTIC = [
    on("ellipk", unit(3)),
    on("ellipk", np.array([0.0, 1e-3, -5.0, 0.99]), note="m at zero and far"),
    on("ellipkm1", shares(3)),
    on("ellipe", np.array([0.0, 1e-3, -5.0, 0.9])),
    on("ellipkinc", AMPLITUDES, np.array([0.3, 0.9, 0.0, -2.0])),
    on("ellipkinc", np.array([0.4, -1.2]), Const(1.0), note="m = 1"),
    on("ellipeinc", AMPLITUDES, np.array([0.3, 0.9, 0.0, -2.0])),
    on("ellipj", AMPLITUDES, np.array([0.3, 0.9, 0.05, 0.6])),
    *broadcast("ellipj", real, shares),
    on("elliprc", np.array([0.5, 1.0, 2.0]), np.array([1.5, 1.0, -0.7]), note="real"),
    on("elliprc", positive(3), positive(3, salt=1), complex=True),
    on("elliprf", positive(3), positive(3, salt=1), positive(3, salt=2), complex=True),
    on("elliprg", positive(3), positive(3, salt=1), positive(3, salt=2), complex=True),
    on("elliprd", positive(3), positive(3, salt=1), positive(3, salt=2), complex=True),
    on("elliprd", np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.02, 1.9]), np.array([1.0, 1.03, 0.5]), note="coinciding"),
    on("elliprj", positive(3), positive(3, salt=1), positive(3, salt=2), 1 + positive(3, salt=3), complex=True),
    on("elliprj", np.array([0.4, 1.3]), np.array([1.0, 1.3]), np.array([2.0, 1.3]), np.array([1.01, 1.3]), note="coinciding"),
    on("elliprj", np.array([0.4]), np.array([1.0]), np.array([2.0]), np.array([-1.5]), note="principal value"),
    on("agm", positive(3), positive(3, salt=1)),
    on("agm", -positive(3), -positive(3, salt=1), note="negative"),
]

WRIGHT = [
    on("wrightomega", real(3), complex=True),
    row(special.lambertw, positive(3), name="special.lambertw", complex=True),
    row(special.lambertw, np.array([-0.3, -0.1]), -1, name="special.lambertw: other branch"),
    row(special.lambertw, np.array([0.0, 30.0]), name="special.lambertw: at zero"),
    on("wright_bessel", np.array([0.5, 1.5, 2.0]), np.array([1.0, 0.7, 2.2]), np.array([0.5, 3.0, 8.0])),
    on("log_wright_bessel", np.array([0.5, 1.5, 2.0]), np.array([1.0, 0.7, 2.2]), np.array([0.5, 3.0, 8.0])),
]

ROWS = [*BESSEL, *AIRY, *ELLIPTIC, *WRIGHT]
