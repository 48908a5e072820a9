"""Metropolis acceptance: a worse candidate with probability exp(-delta / T)."""

from math import log1p


class Metropolis:
    """Accept when ``u <= exp(-(cost - current) / T)``, solved for the cost.

    ``u = 1 - draw`` lies in (0, 1], so the logarithm is finite, and no exponential can overflow.

    Source: N. Metropolis et al., J. Chem. Phys. 21 (1953) 1087; S. Kirkpatrick et al., Science 220
    (1983) 671.
    """

    def limit(self, current: float, best: float, temperature: float, draw: float) -> float:
        """``current - T log(u)``; see `Accept.limit`."""
        return current - temperature * log1p(-draw)
