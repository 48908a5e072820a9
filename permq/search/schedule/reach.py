"""How far moves reach: far when hot, near when cold."""


def reach_at(done: float, far: float, near: float, free: int) -> int:
    """Largest distance of the positions of a move.

    Falls geometrically with the cooling, hence as a power of a geometric temperature.

    Parameters
    ----------
    done
        How far the cooling is, in [0, 1].
    far, near
        Distance when hot and when cold, as shares of the number of free positions.
    free
        Number of free positions.

    Returns
    -------
    int
        At least 1.
    """
    share: float = far * (near / far) ** done
    return max(1, round(share * free))
