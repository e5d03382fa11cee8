#!/usr/bin/env bash
# onnx 1.23.2: the evaluator that comes with the format, onnx.reference, takes LogSoftmax as the logarithm of a rounded Softmax.
# Guess beforehand: what is published as the reference of an operator is at least as exact as a runtime: x - logsumexp(x).
# Seen in float32: of [-100, 0, 100, 1] it gives -inf for -200 and -99.98 for -100; onnxruntime 1.32.0 gives -200 and -100. Softmax itself is right in both.
# Who compares a runtime with the reference finds the runtime wrong, where it is right. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

print("onnx", onnx.__version__, "onnxruntime", onnxruntime.__version__)
x = np.array([[-100, 0, 100, 1]], dtype=np.float32)
graph = helper.make_graph(
    [helper.make_node("LogSoftmax", ["x"], ["y"])],
    "one",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
reference = ReferenceEvaluator(model).run(None, {"x": x})[0][0]
runtime = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0][0]
exact = x[0].astype(float) - np.logaddexp.reduce(x[0].astype(float))
for name, row in [("onnx.reference", reference), ("onnxruntime", runtime), ("exact", exact)]:
    print(f"{name}: {row}")
assert np.allclose(runtime, exact, rtol=1e-6, atol=1e-6)
assert reference[0] == -np.inf
assert 1e-4 < abs(reference[1] / exact[1] - 1) < 1e-3
PYTHON
