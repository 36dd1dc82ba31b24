#ifndef CONVOPT_IMPORT_SPATIALSIZES_H
#define CONVOPT_IMPORT_SPATIALSIZES_H

#include "Node.h"

namespace onnx {
class NodeProto;
}

namespace convopt {

/// The spatial sizes of the output by the text of the standard; nothing where
/// ONNX's inference gives the same, or where the attributes do not fit the
/// input.
std::optional<Shape> poolSizes(const onnx::NodeProto &node,
                               llvm::ArrayRef<int64_t> input);
std::optional<Shape> convTransposeSizes(const onnx::NodeProto &node,
                                        llvm::ArrayRef<int64_t> input);

} // namespace convopt

#endif // CONVOPT_IMPORT_SPATIALSIZES_H
