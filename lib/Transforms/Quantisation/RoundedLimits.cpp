// A number that is clamped and then rounded is one of a few integers, if the
// limits are integers.

#include "RoundedLimits.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;

namespace convopt {

std::optional<std::pair<double, double>> roundedLimits(Value rounded) {
  auto round = rounded.getDefiningOp<math::RoundEvenOp>();
  Operation *lower = round ? round.getOperand().getDefiningOp() : nullptr;
  if (!isa_and_nonnull<arith::MinNumFOp, arith::MinimumFOp>(lower))
    return std::nullopt;
  auto larger = lower->getOperand(0).getDefiningOp<arith::MaxNumFOp>();
  std::optional<double> most = getSplat(lower->getOperand(1)),
                        least =
                            larger ? getSplat(larger.getRhs()) : std::nullopt;
  // Of those that were rounded none is beyond a limit that is an integer.
  if (!most || !least || *least != std::trunc(*least) ||
      *most != std::trunc(*most) || *least < -0x1p16 || *most > 0x1p16)
    return std::nullopt;
  return std::pair(*least, *most);
}

} // namespace convopt
