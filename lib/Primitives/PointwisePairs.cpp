// A 1x1 convolution as a matrix product whose inner products are formed as S.
// Winograd does (A New Algorithm for Inner Product, IEEE Transactions on
// Computers C-17, 1968): fewer products, and sums in their place, for those
// processors that add beside what they multiply. `unroll` input channels an
// iteration, two of them a pair, since three of two and one keep both kinds of
// units busy. What is added must be of one size (R. Brent's remedy, see N.
// Higham, Accuracy and Stability of Numerical Algorithms, 23.2.1): each pixel
// and the weights of each output channel are scaled by a power of two to be
// near one. The pixels of a tile are scaled and copied, then read by every tile
// of channels, which is one vector wide, so that each pixel is read straight
// into one operation. With `columns`, all pixels of a strip are, and each tile
// of channels stays for the whole strip.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/PairedProducts.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace convopt {

namespace {

class PointwisePairs : public Primitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::PointwisePairs; }

  bool supportsLayer(const ConvLayer &layer) const override {
    return layer.groups == 1 && layer.isPointwise() && !layer.isPadded() &&
           layer.strideHeight == 1 && layer.strideWidth == 1 &&
           layer.outHeight * layer.outWidth > 1 && layer.inChannels >= 6;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    // Without AVX-512 each pixel is read into a register of its own.
    if (!supports(layer) || machine.addBitsPerCycle == 0 ||
        !machine.has("avx512f"))
      return all;
    const int64_t pixels = layer.outHeight * layer.outWidth;
    for (int64_t most : {20, 14, 10, 7}) {
      Variant v;
      v.pixels = evenBlock(pixels, most);
      v.vectors = 1;
      v.lanes = machine.lanes(layer.types.accumulator);
      v.unroll = 3;
      v.strip = pixels;
      auto add = [&] {
        const bool isKnown = llvm::any_of(all, [&](const Choice &other) {
          return other.variant.name() == v.name();
        });
        if (!isKnown)
          all.push_back({this, Layout::NHWC, Layout::NHWC, v});
      };
      add();
      // Weights that are too many to be read for each tile.
      if (bytesOf(layer.types.filter) * layer.filterElements() <
          machine.l2Bytes)
        continue;
      const int64_t tiles = divideUp(pixels, v.pixels);
      const int64_t bytes = bytesOf(layer.types.accumulator) *
                            pairedPixelStride(layer, v) * v.pixels;
      v.strip = std::min(pixels, evenBlock(tiles, machine.l2Bytes / 2 / bytes) *
                                     v.pixels);
      v.columns = 1;
      v.named.strip = v.strip;
      add();
    }
    return all;
  }

  // [K / channel tile][row][channel tile], the rows of ChannelPairs.
  PackedFilter filterOrder(const ConvProblem &l, const Choice &choice,
                           const MachineDescription &) const override {
    const int64_t tile = channelTile(choice.variant);
    const int64_t tiles = divideUp(l.outChannels, tile);
    return PackedFilter(
        {{FilterDim::Block, tiles},
         {FilterDim::Pair, channelPairs(l, choice.variant).packedRows()},
         {FilterDim::Lane, tile}},
        l.types.filter, tile, tiles);
  }
  void packFilter(const ConvProblem &l, const Choice &choice,
                  const MachineDescription &machine,
                  llvm::ArrayRef<char> filter,
                  llvm::MutableArrayRef<char> packed) const override {
    assert(l.types.filter == ElementType::F32 && "computed in that alone");
    const PackedFilter order = packedFilter(l, choice, machine);
    const int64_t tile = order.channelsOfTile();
    const int64_t row = order.stride(FilterDim::Pair);
    const ChannelPairs pairs = channelPairs(l, choice.variant);
    const int64_t n = pairs.iterations, C = l.inChannels;
    for (int64_t k = 0; k < l.outChannels; ++k) {
      llvm::ArrayRef<float> weights = fromBytes<float>(filter).slice(k * C, C);
      const float scale = pairedScale(weights.data(), C);
      float *to = fromBytes<float>(packed).data() +
                  order.at<int64_t>({{FilterDim::Block, k / tile},
                                     {FilterDim::Lane, k % tile}});
      for (int64_t c = 0; c < C; ++c)
        to[pairs.rowOf(c % n, c / n) * row] = weights[c] * scale;
      double products = 0;
      for (int64_t c = 0; c < n && c + n < C; ++c)
        products += double(weights[c] * scale) * (weights[c + n] * scale);
      to[pairs.sumRow() * row] = static_cast<float>(-products);
      to[pairs.scaleRow() * row] = 1.0f / scale;
    }
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    LoopNest nest = planeLoops(layer, choice);
    nest.blocks = 1; // Threads share no scaled pixels.
    return nest;
  }

  // Scaled pixels, for each its scale and the sum of its a a'.
  int64_t intermediateBytes(const ConvProblem &l, const Choice &choice,
                            const MachineDescription &) const override {
    const Variant &v = choice.variant;
    return bytesOf(l.types.accumulator) * (v.columns ? v.strip : v.pixels) *
           (pairedPixelStride(l, v) + 2);
  }

  // Of two, a sum takes the place of one.
  bool savesProducts() const override { return true; }

  // Not to other pixels, but an infinity becomes NaN: it is subtracted again.
  bool spreadsNonFinite() const override { return true; }

  double errorBound() const override { return 1e-5; }
};

} // namespace

const Primitive &pointwisePairsPrimitive() {
  static const PointwisePairs pairs;
  return pairs;
}

} // namespace convopt
