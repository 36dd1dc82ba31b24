#ifndef CONVOPT_DRIVER_CHOOSEPRIMITIVES_H
#define CONVOPT_DRIVER_CHOOSEPRIMITIVES_H

#include "convopt/Driver/Compile.h"
#include "convopt/Transforms/SelectPrimitives.h"

namespace convopt {

/// The cost model in `file`; the built-in one without a name.
llvm::Expected<std::unique_ptr<CostModel>>
makeCostModel(const std::string &file);

/// Annotates each convolution of the normalised `main` with the primitive that
/// is expected to be the best for the whole, within the limits of `options`. A
/// note on standard error says what had no measured costs, if those are asked
/// for.
llvm::Expected<Selection> choosePrimitives(mlir::func::FuncOp main,
                                           const MachineDescription &machine,
                                           const CompileOptions &options);

} // namespace convopt

#endif // CONVOPT_DRIVER_CHOOSEPRIMITIVES_H
