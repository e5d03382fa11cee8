"""Shapes of NumPy's products of vectors (one axis) and matrices (two)."""

from __future__ import annotations

from typing import Any

from verify.probes.look import Observed, close, family

TABLE, probe = family()


def _of_shape(numpy: Any, *shape: int) -> Any:
    return numpy.arange(float(numpy.prod(shape))).reshape(shape)


@probe
def numpy_matrix_times_vector(numpy: Any) -> Observed:
    """W @ a and W.T @ dz are vectors."""
    weights, a, dz = _of_shape(numpy, 2, 3), _of_shape(numpy, 3), _of_shape(numpy, 2)
    shapes = [(weights @ a).shape, (weights.T @ dz).shape]
    return Observed(shapes == [(2,), (3,)], f"W of shape (2, 3): W @ a has shape {shapes[0]}, W.T @ dz {shapes[1]}")


@probe
def numpy_outer_product(numpy: Any) -> Observed:
    """np.outer of two vectors is a matrix, each entry one product without a sum."""
    u, v = _of_shape(numpy, 2) + 1, _of_shape(numpy, 3) + 1
    found = numpy.outer(u, v)
    single = all(found[i, j] == u[i] * v[j] for i in range(2) for j in range(3))
    return Observed(
        found.shape == (2, 3) and single, f"of 2 and 3 entries: shape {found.shape}, entries u[i]*v[j]: {single}"
    )


@probe
def numpy_dot_product(numpy: Any) -> Observed:
    """u @ v of two vectors is a scalar."""
    found = _of_shape(numpy, 3) @ _of_shape(numpy, 3)
    return Observed(
        numpy.ndim(found) == 0 and found == 5, f"of [0, 1, 2] with itself: {found:g}, of {numpy.ndim(found)} axes"
    )


@probe
def numpy_matrix_product(numpy: Any) -> Observed:
    """A @ B of two matrices is a matrix."""
    shape = (_of_shape(numpy, 2, 3) @ _of_shape(numpy, 3, 4)).shape
    return Observed(shape == (2, 4), f"of shapes (2, 3) and (3, 4): shape {shape}")


@probe
def singular_value_decomposition(numpy: Any) -> Observed:
    """Every matrix is U @ S @ V.T, with orthonormal columns in U and V and singular values in S that are not negative."""
    matrices = [_of_shape(numpy, 2, 3) + 1, _of_shape(numpy, 3, 2), numpy.ones((2, 2)), numpy.zeros((2, 3))]

    def decomposed(a: Any) -> bool:
        u, s, vt = numpy.linalg.svd(a, full_matrices=False)
        columns = close(u.T @ u, numpy.eye(len(s))) and close(vt @ vt.T, numpy.eye(len(s)))
        return columns and bool((s >= 0).all()) and close(u @ numpy.diag(s) @ vt, a)

    return Observed(all(map(decomposed, matrices)), "wide, tall, of rank 1 and zero: multiplied out, the matrix itself")
