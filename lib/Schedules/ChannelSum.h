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

  /// Rows of a packed filter, dotLength channels each, that a step takes.
  int rowsOfStep() const { return rows; }

  /// What an iteration adds: weights of a filter in this order, where `others`
  /// says for all other dimensions, times what `image` gives for a channel.
  using Image = std::function<Halide::Expr(const Halide::Expr &channel)>;
  Halide::Expr term(const ConvRequest &request, const PackedFilter &order,
                    llvm::ArrayRef<PackedFilter::At<Halide::Expr>> others,
                    const Image &image) const;
  /// In the order of the request's filter.
  Halide::Expr term(const ConvRequest &request,
                    llvm::ArrayRef<PackedFilter::At<Halide::Expr>> others,
                    const Image &image) const;

private:
  int length, rows, first;
  Halide::RDom domain;
};

/// Weight times input as the request's accumulators hold it.
Halide::Expr product(const ConvRequest &request, Halide::Expr weight,
                     Halide::Expr input);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_CHANNELSUM_H
