from __future__ import annotations

import sys
import unittest
from pathlib import Path

import numpy as np

try:
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ModuleNotFoundError as missing:  # training's packages are not the test suite's
    raise unittest.SkipTest(f"{missing.name} is not installed") from missing

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tidy import tidied  # noqa: E402


def padded_network(mode: str = "constant", sides: tuple[int | str, int | str] = (9, 9)) -> onnx.ModelProto:
    """A padding whose sizes are computed, a convolution with 8-bit weights, and a node that nothing needs."""
    random = np.random.default_rng(1)
    constants = {
        "half": np.array([0, 0, 1, 0, 0, 0, 0, 1], np.int64),
        "q": random.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8),
        "s": random.uniform(0.01, 0.1, 4).astype(np.float32),
        "z": np.zeros(4, np.int8),
        "b": random.standard_normal(4).astype(np.float32),
    }
    nodes = [
        helper.make_node("Add", ["half", "half"], ["sizes"]),
        helper.make_node("Pad", ["pixels", "sizes"], ["padded"], mode=mode),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=0),
        helper.make_node("Conv", ["padded", "w", "b"], ["out"], strides=[2, 2], pads=[0, 1, 0, 0]),
        helper.make_node("Add", ["half", "half"], ["unused"]),
    ]
    graph = helper.make_graph(
        nodes, "net",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, *sides])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 4, None, None])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def answer(model: onnx.ModelProto, pixels: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"pixels": pixels})[0]


class Tidied(unittest.TestCase):
    def test_a_network_for_pictures_of_any_size(self) -> None:
        model = tidied(padded_network(sides=("high", "wide")))
        for size in (9, 70):
            pixels = np.random.default_rng(size).standard_normal((1, 3, size, size)).astype(np.float32)
            expected = answer(padded_network(sides=(size, size)), pixels)
            np.testing.assert_allclose(answer(model, pixels), expected, rtol=1e-5, atol=1e-5)

    def test_the_same_answers_from_what_depends_on_the_picture(self) -> None:
        pixels = np.random.default_rng(2).standard_normal((2, 3, 9, 9)).astype(np.float32)
        expected = answer(padded_network(), pixels)
        model = tidied(padded_network())
        self.assertEqual([node.op_type for node in model.graph.node], ["Cast", "Mul", "Conv"])
        self.assertEqual({tensor.name for tensor in model.graph.initializer}, {"q", "s", "b"})
        np.testing.assert_allclose(answer(model, pixels), expected, atol=1e-5)

    def test_again_it_changes_nothing(self) -> None:
        once = tidied(padded_network()).SerializeToString()
        self.assertEqual(tidied(onnx.load_from_string(once)).SerializeToString(), once)

    def test_another_padding_than_by_zeros_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "pads with something else"):
            tidied(padded_network("reflect"))


if __name__ == "__main__":
    unittest.main()
