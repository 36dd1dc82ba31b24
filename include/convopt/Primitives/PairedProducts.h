#ifndef CONVOPT_PRIMITIVES_PAIREDPRODUCTS_H
#define CONVOPT_PRIMITIVES_PAIREDPRODUCTS_H

#include "convopt/Primitives/Tiling.h"
#include <algorithm>

namespace convopt {

/// How a sum over channels is cut into iterations of `each` channels: of n
/// iterations the channels of the j-th are j, j + n, j + 2n... Of the first
/// two, a and a' of the image and b and b' of the filter,
///   a b + a' b' = (a + b') (a' + b) - a a' - b b',
/// one product and two sums; the others are multiplied as they are. Channels
/// beyond the layer's are zeros.
struct ChannelPairs {
  int64_t each, iterations;
  int64_t channels() const { return each * iterations; }
  /// Rows of a packed tile of output channels: one of weights for each channel,
  /// iteration by iteration; then the sums of b b', negated; then what the
  /// finished sums are multiplied by, since weights are scaled to be near one,
  /// as the schedule scales the image.
  int64_t packedRows() const { return channels() + 2; }
};
inline ChannelPairs channelPairs(const ConvLayer &l, const Variant &v) {
  return {v.unroll, divideUp(l.inChannels, v.unroll)};
}

/// Floats from one scaled pixel to the next: all channels and the zeros up to
/// which whole vectors read, but not so that pixels share sets of a cache.
inline int64_t pairedPixelStride(const ConvLayer &l, const Variant &v) {
  const ChannelPairs pairs = channelPairs(l, v);
  const int64_t n = pairs.iterations;
  const int64_t stride =
      roundUp(std::max(pairs.channels(), n + roundUp(n, v.lanes)), v.lanes);
  return stride % 256 ? stride : stride + v.lanes;
}

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PAIREDPRODUCTS_H
