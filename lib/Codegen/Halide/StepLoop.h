#ifndef CONVOPT_LIB_CODEGEN_STEPLOOP_H
#define CONVOPT_LIB_CODEGEN_STEPLOOP_H

#include "Halide.h"
#include "llvm/ADT/ArrayRef.h"
#include <map>

namespace convopt {

/// A loop around all of a pipeline.
struct OutsideLoop {
  std::string variable; ///< the name of the scalar argument that it counts
  int extent;
  bool isParallel;
};

/// Makes the one function of `module`, which computes a step, compute them all:
/// in `loops`, the outermost first, whose variables are arguments no longer.
/// What was read from the buffer arguments `earlier` is read from the output
/// that stands beside, as the step before has left it; they have the same
/// strides, and are arguments no longer either.
void makeStepLoop(Halide::Module &module, llvm::ArrayRef<OutsideLoop> loops,
                  const std::map<std::string, std::string> &earlier);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_STEPLOOP_H
