#ifndef CONVOPT_TRANSFORMS_ROUNDEDLIMITS_H
#define CONVOPT_TRANSFORMS_ROUNDEDLIMITS_H

#include "mlir/IR/Value.h"
#include <optional>
#include <utility>

namespace convopt {

/// The least and the most that `rounded` can be, if it is a number that is
/// rounded to an integer from between two constants that are integers.
std::optional<std::pair<double, double>> roundedLimits(mlir::Value rounded);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_ROUNDEDLIMITS_H
