#ifndef CONVOPT_LIB_TRANSFORMS_ONEBLOCK_H
#define CONVOPT_LIB_TRANSFORMS_ONEBLOCK_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Whether `func` has a body of one block, which is what passes take that look
/// at a function as a whole. One of several blocks gets a remark that it is
/// left as it is; in a declaration there is nothing to leave.
inline bool isOneBlock(mlir::func::FuncOp func) {
  if (func.isExternal())
    return false;
  if (func.getBody().hasOneBlock())
    return true;
  func.emitRemark("has more than one block and is left as it is");
  return false;
}

/// The block of the body of `func`, for functions whose errors are values.
inline llvm::Expected<mlir::Block *> oneBlockOf(mlir::func::FuncOp func) {
  if (!func.getBody().hasOneBlock())
    return llvm::createStringError("function " + func.getName() +
                                   " has more than one block");
  return &func.getBody().front();
}

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_ONEBLOCK_H
