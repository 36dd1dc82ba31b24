#ifndef CONVOPT_LIB_CODEGEN_CONCATENATION_H
#define CONVOPT_LIB_CODEGEN_CONCATENATION_H

#include "BodyTranslator.h"
#include "StoredFunc.h"

namespace convopt {

/// A concatenated tensor: the scheduled Func that holds it, its extents,
/// innermost first, and its elements.
struct Concatenation {
  Halide::Func func;
  std::vector<int> extents;
  Reader at;
};

Concatenation buildConcat(BodyTranslator &body, mlir::tensor::ConcatOp op,
                          const KernelOptions &options);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_CONCATENATION_H
