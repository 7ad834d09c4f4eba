from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class LinearSVC:
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    def __init__(self, *, C: float = 1.0, class_weight: Literal["balanced"] | None = None, random_state: int | None = None) -> None: ...
    def fit(self, X: csr_matrix, y: NDArray[np.intp]) -> LinearSVC: ...
