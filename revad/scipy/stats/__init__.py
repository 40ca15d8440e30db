"""Statistics under SciPy's names: distributions and summary statistics, differentiable in arguments and parameters."""

from importlib import import_module as _import_module
from typing import Any

from revad.base.extras import need

need("scipy.stats", "scipy", "revad.scipy.stats")

from revad.scipy.stats._continuous import DISTRIBUTIONS as _DISTRIBUTIONS  # noqa: E402
from revad.scipy.stats.summary import energy_distance as energy_distance  # noqa: E402
from revad.scipy.stats.summary import entropy as entropy  # noqa: E402
from revad.scipy.stats.summary import gmean as gmean  # noqa: E402
from revad.scipy.stats.summary import hmean as hmean  # noqa: E402
from revad.scipy.stats.summary import kendalltau as kendalltau  # noqa: E402
from revad.scipy.stats.summary import kurtosis as kurtosis  # noqa: E402
from revad.scipy.stats.summary import linregress as linregress  # noqa: E402
from revad.scipy.stats.summary import moment as moment  # noqa: E402
from revad.scipy.stats.summary import pearsonr as pearsonr  # noqa: E402
from revad.scipy.stats.summary import pmean as pmean  # noqa: E402
from revad.scipy.stats.summary import rankdata as rankdata  # noqa: E402
from revad.scipy.stats.summary import sem as sem  # noqa: E402
from revad.scipy.stats.summary import skew as skew  # noqa: E402
from revad.scipy.stats.summary import spearmanr as spearmanr  # noqa: E402
from revad.scipy.stats.summary import trim_mean as trim_mean  # noqa: E402
from revad.scipy.stats.summary import variation as variation  # noqa: E402
from revad.scipy.stats.summary import wasserstein_distance as wasserstein_distance  # noqa: E402
from revad.scipy.stats.summary import zmap as zmap  # noqa: E402
from revad.scipy.stats.summary import zscore as zscore  # noqa: E402
from revad.scipy.stats.transformed import boxcox as boxcox  # noqa: E402
from revad.scipy.stats.transformed import boxcox_llf as boxcox_llf  # noqa: E402
from revad.scipy.stats.transformed import gaussian_kde as gaussian_kde  # noqa: E402
from revad.scipy.stats.transformed import yeojohnson as yeojohnson  # noqa: E402
from revad.scipy.stats.transformed import yeojohnson_llf as yeojohnson_llf  # noqa: E402

for _family in ("normal_like", "gamma_like", "beta_like", "heavy_tailed", "discrete", "multivariate"):
    _import_module(f"{__name__}.{_family}")


def __getattr__(name: str) -> Any:
    if name in _DISTRIBUTIONS:
        return _DISTRIBUTIONS[name]
    import scipy.stats

    return getattr(scipy.stats, name)
