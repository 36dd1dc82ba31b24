#ifndef CONVOPT_CODEGEN_LAUNCHPROFILE_H
#define CONVOPT_CODEGEN_LAUNCHPROFILE_H

#include "convopt/CostModel/CostModel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <string>
#include <vector>

namespace convopt {

/// What is known ahead of time of one launch of a kernel, for those who measure
/// how long it takes.
struct LaunchProfile {
  std::string node;      ///< the model's node, as locations name it
  std::string kernel;    ///< its symbol
  std::string operation; ///< what the symbol starts with: pool, conv_direct
  std::string shape;     ///< of the convolution, else "8x4->4x8"
  std::string primitive; ///< a convolution's, with layouts and variant
  /// Floating-point operations, a multiply-add is two. A convolution counts as
  /// if it were computed directly; nothing for what follows it.
  int64_t operations = 0;
  int64_t bytes = 0; ///< of all operands, each counted once
  /// What the cost model says, for one thread; 0 where it says nothing.
  int64_t predictedNanoseconds = 0;
};

/// Describes each launch of `main` in the order in which lowerLaunches numbers
/// them. The kernels must still be there.
std::vector<LaunchProfile> profileLaunches(mlir::func::FuncOp main,
                                           const MachineDescription &machine,
                                           const CostModel &model);

} // namespace convopt

#endif // CONVOPT_CODEGEN_LAUNCHPROFILE_H
