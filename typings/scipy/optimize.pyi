from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

class OptimizeResult:
    x: NDArray[np.float64]
    nit: int
    success: bool

def minimize(
    fun: Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]],
    x0: NDArray[np.float64],
    *,
    jac: Literal[True],
    method: Literal["L-BFGS-B"],
    bounds: Sequence[tuple[float, float]] | None = None,
    options: Mapping[str, float] | None = None,
) -> OptimizeResult: ...
