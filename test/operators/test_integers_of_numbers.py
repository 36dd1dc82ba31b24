"""What is computed of numbers that were cast to integers: negative ones stay negative."""

import convopt
import numpy as np
import pytest
from onnx import parser


@pytest.mark.parametrize("kind, dtype", [(6, np.int32), (7, np.int64), (3, np.int8)])
@pytest.mark.parametrize("operator", ["Mul", "Add", "Sub"])
def test_products_and_sums(operator, kind, dtype):
    model = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 14]>'
        f"g (float[6,40] x, {np.dtype(dtype).name}[6,40] z) => ({np.dtype(dtype).name}[6,40] y)"
        f"{{ a = Cast<to={kind}>(x) b = {operator}(a, a) y = Add(b, z) }}"
    )
    x = np.linspace(-4, 4, 240, dtype=np.float32).reshape(6, 40)
    z = np.arange(240).reshape(6, 40).astype(dtype) % 5
    a = np.trunc(x).astype(dtype)
    expected = {"Mul": a * a, "Add": a + a, "Sub": a - a}[operator] + z
    (y,) = convopt.compile(model).run([x, z])
    np.testing.assert_array_equal(y, expected)
