#ifndef CONVOPT_PRIMITIVES_PAIREDPRODUCTS_H
#define CONVOPT_PRIMITIVES_PAIREDPRODUCTS_H

#include "convopt/Primitives/Tiling.h"
#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <vector>

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
  /// The row of channel j + `part` * n, for iteration `j`.
  template <typename Index> Index rowOf(Index j, Index part) const {
    return j * static_cast<int>(each) + part;
  }
  int64_t sumRow() const { return channels(); }
  int64_t scaleRow() const { return channels() + 1; }
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

/// The same where each sum is over `channels` of the image that lie apart:
/// the first `pairs` of them meet the next `pairs`, and the rest, which are
/// `triples`, are multiplied as they are. A packed tile has rows for a pair and
/// one of the rest as long as there are any, then for pairs, then the two that
/// ChannelPairs has.
struct HalvedChannels {
  int64_t channels, pairs, triples;
  explicit HalvedChannels(int64_t channels)
      : channels(channels), pairs(divideUp(channels, 3)),
        triples(channels - 2 * pairs) {}
  int64_t packedRows() const { return channels + 2; }
  /// The row of the first of pair `i`, that of the second follows: of a pair
  /// that one of the rest follows, and of one after the last of the rest.
  template <typename Index> Index rowInTriple(Index i) const { return 3 * i; }
  template <typename Index> Index rowOfPair(Index i) const {
    return static_cast<int>(triples) + 2 * i;
  }
  int64_t sumRow() const { return channels; }
  int64_t scaleRow() const { return channels + 1; }
};

/// The power of two that brings the largest of `count` weights, `stride` apart,
/// to [1, 2).
float pairedScale(const float *weights, int64_t count, int64_t stride = 1);

/// A power of two near the reciprocal of the length of a row of a matrix: times
/// that, elements of size one give sums of size one.
double balancingFactor(llvm::ArrayRef<double> row);

/// Packs `filters`, which lie in the order `plain`, in the order `paired`,
/// whose rows are as HalvedChannels says. The sums of an element are multiplied
/// by its one of the `factors` at the end.
void packPairs(llvm::ArrayRef<float> filters, const PackedFilter &plain,
               const PackedFilter &paired, llvm::ArrayRef<double> factors,
               llvm::MutableArrayRef<float> packed);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PAIREDPRODUCTS_H
