#ifndef CONVOPT_LIB_SCHEDULES_EXPRESSIONS_H
#define CONVOPT_LIB_SCHEDULES_EXPRESSIONS_H

#include "convopt/Primitives/Tiling.h"
#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

// Small expressions that the schedules share.

/// Halide's sizes are int; a layer's fit.
inline int toInt(int64_t value) { return static_cast<int>(value); }

Halide::Type halideType(ElementType type);

/// The zero that sums begin with.
Halide::Expr zeroSum(const ConvRequest &request);

/// What the sums of `channel` of all groups begin with: zero or, where that
/// takes no more instructions, the bias, which `request` then has no more.
/// Whole tiles of `tile` channels are computed.
Halide::Expr firstSum(ConvRequest &request, Halide::Expr channel, int64_t tile);

/// The power of two in a float that is not negative, and what undoes it.
Halide::Expr powerOfTwo(Halide::Expr value);
Halide::Expr reciprocalOfPower(Halide::Expr power);

/// Elements of a vector of the input, and of the longest that a row of `extent`
/// of them fills.
int lanesOf(const ConvRequest &request);
int vectorFor(const ConvRequest &request, int64_t extent);

/// Sum of elements times factors, those of 0 left out; undefined if all are.
Halide::Expr
weightedSum(const std::vector<std::pair<double, Halide::Expr>> &terms);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_EXPRESSIONS_H
