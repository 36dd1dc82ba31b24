#ifndef CONVOPT_IMPORT_FOLD_EVALUATE_H
#define CONVOPT_IMPORT_FOLD_EVALUATE_H

#include "../Constant.h"

namespace convopt {

/// The content of `value`, a tensor, where the operations that compute it read
/// nothing but constants; nothing where one of them is not known here or cannot
/// be computed (a division by zero), or where all take more than `steps`
/// operations on scalars. Those that were made are taken from `steps`.
std::optional<Constant> evaluate(mlir::Value value, ElementKind kind,
                                 int64_t &steps);

} // namespace convopt

#endif // CONVOPT_IMPORT_FOLD_EVALUATE_H
