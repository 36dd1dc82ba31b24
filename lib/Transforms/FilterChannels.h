#ifndef CONVOPT_LIB_TRANSFORMS_FILTERCHANNELS_H
#define CONVOPT_LIB_TRANSFORMS_FILTERCHANNELS_H

#include "convopt/IR/InferConvLayer.h"
#include <vector>

namespace convopt {

/// To which output channel, counted through all groups, each element of a
/// filter operand belongs, in whatever order it is stored.
class FilterChannels {
public:
  explicit FilterChannels(const ConvOp &conv);

  int64_t count() const { return group.extent * channel.extent; }
  int64_t of(int64_t element) const {
    return group.indexOf(element) * channel.extent + channel.indexOf(element);
  }
  /// The largest magnitude in each channel.
  std::vector<float> largest(llvm::ArrayRef<float> weights) const;

private:
  struct Dim {
    int64_t stride = 1, extent = 1;
    int64_t indexOf(int64_t element) const { return element / stride % extent; }
  };
  /// Calls `visit` with the number of each element and its channel.
  template <typename Visit> void forEach(int64_t count, Visit visit) const;

  Dim group, channel;
};

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_FILTERCHANNELS_H
