#ifndef CONVOPT_LIB_CODEGEN_BUILDIDENTITY_H
#define CONVOPT_LIB_CODEGEN_BUILDIDENTITY_H

#include <string>

namespace convopt {

/// The code that runs in this process, Halide's and MLIR's libraries included,
/// in a few bytes: another one after any of them was built anew.
std::string buildIdentity();

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_BUILDIDENTITY_H
