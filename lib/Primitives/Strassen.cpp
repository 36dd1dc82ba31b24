// A 1x1 convolution as a matrix product by Strassen's method: seven products of
// blocks of half the pixels, half the input channels and half the output
// channels. Blocks of pixels and of output channels alternate from register
// tile to register tile, so that a product is added up where it was computed;
// those of input channels are the first and the second half. The sums of blocks
// of the input are packed for a strip of `strip` pixels of the plane; then for
// every tile all products are computed and added up. An eighth of the products
// is what there is to gain, and every sum is a loss, so it is offered for many
// channels only. Variant as for a product of one block.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "convopt/Primitives/BilinearProduct.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>

namespace convopt {
namespace {

class Strassen : public Primitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Strassen; }

  // Of fewer channels the sums take more time than the products save.
  bool supportsLayer(const ConvLayer &l) const override {
    return l.groups == 1 && l.isPointwise() && !l.isPadded() &&
           l.inChannels >= 128 * product.inner &&
           l.inChannels % (8 * product.inner) == 0 &&
           l.outChannels >= 64 * product.columns &&
           l.outHeight * l.outWidth >= 16 * product.rows;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    const int64_t pixels = layer.outHeight * layer.outWidth;
    const int64_t unroll =
        reductionUnroll(packedRun(layer.inChannels / product.inner,
                                  machine.lanes(layer.types.accumulator)));
    const int64_t run = pixelRun(unroll, layer.types, machine);
    for (Variant v :
         registerTiles(divideUp(layer.outChannels, product.columns),
                       divideUp(pixels, product.rows), 1,
                       machine.lanes(layer.types.accumulator), machine, run)) {
      const int64_t tile = v.pixels * product.rows;
      // Wider tiles were the best for no layer; where runs of pixels are held,
      // these are the largest that there are.
      if (v.pixels < 4 || v.vectors > (run > 1 ? 4 : 3) || tile > pixels)
        continue;
      v.unroll = unroll;
      // The whole plane, which reads the filter once, or a part that divides it
      // and whose sums stay in half of L2.
      const int64_t tiles = divideUp(pixels, tile);
      int64_t part = std::clamp<int64_t>(
          machine.l2Bytes / 2 / bytesOfTile(layer, v), 1, tiles);
      while (part > 1 && pixels % (part * tile))
        --part;
      v.strip = pixels;
      all.push_back({this, Layout::NHWC, Layout::NHWC, v});
      if (pixels % (part * tile) == 0 && part > 1 && part < tiles) {
        v.strip = part * tile;
        v.named.strip = part;
        all.push_back({this, Layout::NHWC, Layout::NHWC, v});
      }
    }
    return all;
  }

  // [K / (blocks * tile)][product][C of a block][tile]
  PackedFilter filterOrder(const ConvProblem &l, const Choice &choice,
                           const MachineDescription &) const override {
    const int64_t tile = channelTile(choice.variant);
    const int64_t tiles = divideUp(l.outChannels, tile * product.columns);
    return PackedFilter({{FilterDim::Block, tiles},
                         {FilterDim::Product, product.products()},
                         {FilterDim::Part, l.inChannels / product.inner},
                         {FilterDim::Lane, tile}},
                        l.types.filter, tile * product.columns, tiles);
  }
  // In double, then rounded.
  void packFilter(const ConvProblem &l, const Choice &choice,
                  const MachineDescription &machine,
                  llvm::ArrayRef<char> filter,
                  llvm::MutableArrayRef<char> packed) const override {
    assert(l.types.filter == ElementType::F32 && "computed in that alone");
    const PackedFilter order = packedFilter(l, choice, machine);
    const int64_t tile = order.extent(FilterDim::Lane), C = l.inChannels;
    const int64_t part = order.extent(FilterDim::Part);
    const llvm::ArrayRef<float> weights = fromBytes<float>(filter);
    for (int64_t b = 0; b < order.extent(FilterDim::Block); ++b)
      for (int64_t j = 0; j < product.products(); ++j)
        for (int64_t c = 0; c < part; ++c) {
          const std::vector<double> &factors = product.right[j];
          float *to = fromBytes<float>(packed).data() +
                      order.at<int64_t>({{FilterDim::Block, b},
                                         {FilterDim::Product, j},
                                         {FilterDim::Part, c}});
          for (int64_t t = 0; t < tile; ++t) {
            double sum = 0;
            for (size_t i = 0; i < factors.size(); ++i) {
              const int64_t inner = int64_t(i) / product.columns;
              const int64_t k =
                  (b * product.columns + int64_t(i) % product.columns) * tile +
                  t;
              if (factors[i] != 0 && k < l.outChannels)
                sum += factors[i] * weights[k * C + inner * part + c];
            }
            to[t * order.stride(FilterDim::Lane)] = static_cast<float>(sum);
          }
        }
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    LoopNest nest = planeLoops(layer, choice);
    nest.pixels.columns = nest.granule = nest.tile.pixels * product.rows;
    // A pixel of two strips would be computed from other sums in each.
    nest.wholeStrips = true;
    nest.channels = nest.tile.channels * product.columns;
    nest.blocks = divideUp(layer.outChannels, nest.channels);
    nest.work = productShare();
    return nest;
  }

  int64_t intermediateBytes(const ConvProblem &l, const Choice &choice,
                            const MachineDescription &) const override {
    const Variant &v = choice.variant;
    const int64_t tiles = divideUp(v.strip, v.pixels * product.rows);
    return tiles * bytesOfTile(l, v) + bytesOf(l.types.accumulator) *
                                           product.products() * v.pixels *
                                           channelTile(v);
  }

  double productShare() const override {
    return double(product.products()) /
           (product.rows * product.inner * product.columns);
  }

  // Over the pixels and output channels of four blocks.
  bool spreadsNonFinite() const override { return true; }

  double errorBound() const override { return 2e-5; }
  double typicalError() const override { return 4.2e-7; }

private:
  // Sums of blocks of the input that one tile reads.
  int64_t bytesOfTile(const ConvProblem &l, const Variant &v) const {
    return bytesOf(l.types.accumulator) * product.products() * v.pixels *
           (l.inChannels / product.inner);
  }

  const BilinearProduct &product = strassen();
};

} // namespace

const Primitive &strassenPrimitive() {
  static const Strassen primitive;
  return primitive;
}

} // namespace convopt
