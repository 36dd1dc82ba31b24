#ifndef CONVOPT_LIB_SCHEDULES_CHANNELSUM_H
#define CONVOPT_LIB_SCHEDULES_CHANNELSUM_H

#include "convopt/Schedules/ConvSchedule.h"
#include <optional>

namespace convopt {

/// The reduction of a convolution: over input channels, of which `dot` are
/// summed up by one instruction where there are instructions for that, and
/// around them over other extents, such as those of the window.
class ChannelSum {
public:
  /// Over `channels` and over `around`, innermost first.
  ChannelSum(const ConvRequest &request, int64_t channels,
             std::initializer_list<int64_t> around);

  /// The loop over steps of channels, and those around it.
  Halide::RVar steps() const { return domain[first]; }
  Halide::RVar around(int number) const { return domain[first + 1 + number]; }
  /// The loop within a step, if it has more than one channel.
  std::optional<Halide::RVar> dot() const;

  /// The number of a channel.
  Halide::Expr channel() const;
  /// Its weight in a filter in this order; `others` says where in all other
  /// dimensions.
  Halide::Expr
  weight(const ConvRequest &request, const PackedFilter &order,
         llvm::ArrayRef<PackedFilter::At<Halide::Expr>> others) const;
  /// In the order of the request's filter.
  Halide::Expr
  weight(const ConvRequest &request,
         llvm::ArrayRef<PackedFilter::At<Halide::Expr>> others) const;

private:
  int length, first;
  Halide::RDom domain;
};

/// Weight times input as the request's accumulators hold it.
Halide::Expr product(const ConvRequest &request, Halide::Expr weight,
                     Halide::Expr input);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_CHANNELSUM_H
