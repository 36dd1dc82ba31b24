#ifndef CONVOPT_IMPORT_SUPPORT_H
#define CONVOPT_IMPORT_SUPPORT_H

#include "Functions.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/Error.h"

namespace onnx {
class OpSchema;
}

namespace convopt {

/// "node 'x' (Op): message"; a node without a name goes by its first output.
llvm::Error nodeError(const onnx::NodeProto &node, const llvm::Twine &message);

/// The domain of ONNX whose opset says what an operator is: "" for its own,
/// however that is written, or "ai.onnx.ml", classical machine learning. No
/// operator of one has the name of one of the other, so that one table has the
/// importers of both. Any other domain is not the standard's: nothing.
std::optional<llvm::StringRef> standardDomain(const onnx::NodeProto &node);

/// The definition of the operator of `node`, which is not a call of one of the
/// model's functions; an error if there is none, or if nothing imports it.
llvm::Expected<const onnx::OpSchema *> findOperator(const onnx::NodeProto &node,
                                                    const Opsets &opsets);

/// If, Loop and Scan: graphs that run when control comes to them.
bool isControlFlow(const onnx::NodeProto &node);

/// A Scan of opset 8, which has batches. (One of its two parts, as they are
/// written, is none.)
bool isBatchedScan(const onnx::NodeProto &node, int64_t opset);

/// Whether ONNX defines the operator by a function, and we go by that.
bool isExpanded(const onnx::NodeProto &node, const onnx::OpSchema &schema);

/// Names the first node of the graph that nothing can import, before anything
/// is built.
llvm::Error checkOperators(const onnx::ModelProto &model);

} // namespace convopt

#endif // CONVOPT_IMPORT_SUPPORT_H
