#ifndef CONVOPT_LIB_IMPORT_CHECKOPERANDS_H
#define CONVOPT_LIB_IMPORT_CHECKOPERANDS_H

#include "Node.h"

namespace onnx {
class NodeProto;
}

namespace convopt {

/// An error, without the node's name, where ONNX's inference would read beyond
/// a shape or a list, or divide by zero: it takes for granted what this checks.
llvm::Error checkOperands(const onnx::NodeProto &node,
                          llvm::ArrayRef<ImportedValue *> inputs);

} // namespace convopt

#endif // CONVOPT_LIB_IMPORT_CHECKOPERANDS_H
