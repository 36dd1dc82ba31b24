#ifndef CONVOPT_LIB_SCHEDULES_SHORTSUMS_H
#define CONVOPT_LIB_SCHEDULES_SHORTSUMS_H

#include "ChannelSum.h"
#include "LoopOrder.h"

namespace convopt {

/// The sum of a convolution's products: as it is or, where accumulators are of
/// half precision, of few products at a time, which are then added up in single
/// precision.
class ShortSums {
public:
  /// Defines `sum` (args) as that of `term`, a product over the loops of
  /// `channels`, which has `around` of them around its steps, and of `first`
  /// (see firstSum).
  ShortSums(const ConvRequest &request, const ChannelSum &channels, int around,
            Halide::Func sum, const std::vector<Halide::Var> &args,
            Halide::Expr first, Halide::Expr term);

  /// As scheduleAccumulator does it with a sum over the loops of `channels`.
  void schedule(Accumulator acc, const Variant &variant,
                Halide::LoopLevel at) const;

private:
  Halide::Func part{"part"}; ///< not defined where sums are not cut
  Halide::RDom within, outer;
};

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_SHORTSUMS_H
