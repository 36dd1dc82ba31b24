#ifndef CONVOPT_LIB_TRANSFORMS_NESTEDBLOCKS_H
#define CONVOPT_LIB_TRANSFORMS_NESTEDBLOCKS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace convopt {

/// Whether the regions of `op` are parts of the program that run when control
/// comes to them: branches and loops.
inline bool isControlFlow(mlir::Operation *op) {
  return llvm::isa<mlir::scf::IfOp, mlir::scf::ForOp, mlir::scf::WhileOp>(op);
}

/// The blocks of `func`, which has a body of one block, that are looked at as
/// programs of their own: that one and those of the branches and loops in it,
/// each behind what holds it.
inline llvm::SmallVector<mlir::Block *> programBlocks(mlir::func::FuncOp func) {
  llvm::SmallVector<mlir::Block *> blocks{&func.front()};
  for (size_t i = 0; i < blocks.size(); ++i)
    for (mlir::Operation &op : *blocks[i])
      if (isControlFlow(&op))
        for (mlir::Region &region : op.getRegions())
          for (mlir::Block &block : region)
            blocks.push_back(&block);
  return blocks;
}

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_NESTEDBLOCKS_H
