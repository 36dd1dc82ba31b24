#ifndef CONVOPT_TEST_FUZZ_TARGETS_COMPILATION_H
#define CONVOPT_TEST_FUZZ_TARGETS_COMPILATION_H

#include "llvm/ADT/StringRef.h"

namespace convopt {

/// Compiles a model in memory as convopt-compile does, up to the kernels'
/// formation; `name`, "x.onnx" or "x.mlir", says what it is. Ends the process
/// where an error says nothing.
void compileBytes(llvm::StringRef name, llvm::StringRef bytes);

} // namespace convopt

#endif // CONVOPT_TEST_FUZZ_TARGETS_COMPILATION_H
