"""A graph of MatMul and TopK, the documents a constant that the session packs for its kernels."""

import numpy as np
import onnxruntime
import vector_trial
from onnx import TensorProto, helper, numpy_helper


def open_index(documents, job):
    dimension = documents.shape[1]
    columns = numpy_helper.from_array(np.ascontiguousarray(documents.T), "columns")
    k = numpy_helper.from_array(np.array([job["k"]], np.int64), "k")
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["queries", "columns"], ["products"]),
            helper.make_node("TopK", ["products", "k"], ["scores", "documents"]),
        ],
        "search",
        [helper.make_tensor_value_info("queries", TensorProto.FLOAT, [None, dimension])],
        [
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, None),
            helper.make_tensor_value_info("documents", TensorProto.INT64, None),
        ],
        [columns, k],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def search(queries):
        scores, found = session.run(["scores", "documents"], {"queries": queries})
        return found, scores

    return search, True


vector_trial.run(onnxruntime.__version__, open_index)
