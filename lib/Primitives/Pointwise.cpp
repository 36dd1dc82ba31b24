// A 1x1 convolution as a matrix product of pixels and channels. Without strides
// the pixels of the plane are one dimension, cut into strips of `strip` pixels
// whose input takes half of L2; a tile may end anywhere, so the planes' shape
// costs nothing. With strides, `strip` counts rows. A fully connected layer is
// a plane of one pixel, and a batch of them a line of images: it is bound by
// its weights, which are read once, so tiles of many vectors keep many loads
// under way.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "TiledPrimitive.h"
#include <algorithm>
#include <utility>

namespace convopt {
namespace {

class Pointwise : public TiledPrimitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Pointwise; }

  bool supportsTypes(const ConvTypes &types) const override {
    return sumsProductsOf(types);
  }
  bool supportsLayer(const ConvLayer &layer) const override {
    return layer.groups == 1 && layer.isPointwise() && !layer.isPadded();
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    // The image is read as it lies, in whole groups of channels.
    if (!supports(layer) ||
        layer.inChannels % dotLength(layer.types, machine) != 0)
      return all;
    for (Variant &v : channelsLast(layer, machine))
      all.push_back({this, Layout::NHWC, Layout::NHWC, v});
    if (!(layer.types == ConvTypes())) // Vectors of channels alone.
      return all;
    for (Variant &v : channelMajor(layer, machine))
      all.push_back({this, Layout::NCHW, Layout::NCHW, v});
    return all;
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    if (layer.strideHeight != 1 || layer.strideWidth != 1)
      return rectangleLoops(layer, choice);
    LoopNest nest = planeLoops(layer, choice);
    if (choice.output == Layout::NHWC && nest.extent == 1) {
      nest.unit = StripUnit::Images;
      nest.extent = std::exchange(nest.images, 1);
    }
    return nest;
  }

  // The pixels of a strip, where they are converted.
  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &) const override {
    if (!convertsInput(choice))
      return 0;
    const LoopNest nest = loops(layer, choice);
    return bytesOf(layer.types.input) * layer.inChannels * nest.strip *
           nest.width;
  }

private:
  static std::vector<Variant> channelMajor(const ConvProblem &layer,
                                           const MachineDescription &machine) {
    std::vector<Variant> all;
    if (layer.strideHeight != 1 || layer.strideWidth != 1)
      return all;
    const int64_t pixels = layer.outHeight * layer.outWidth;
    for (Variant v :
         channelMajorTiles(layer.outChannels, pixels,
                           machine.lanes(layer.types.accumulator), machine)) {
      v.unroll = reductionUnroll(layer.inChannels);
      const int64_t fit =
          machine.l2Bytes / 2 / (bytesOf(layer.types.input) * layer.inChannels);
      v.strip =
          std::min(pixels, roundUp(evenBlock(pixels, fit), vectorTile(v)));
      all.push_back(v);
    }
    return all;
  }

  static std::vector<Variant> channelsLast(const ConvProblem &layer,
                                           const MachineDescription &machine) {
    const bool fused = layer.strideHeight == 1 && layer.strideWidth == 1;
    int64_t width = layer.outWidth, height = layer.outHeight;
    if (fused) {
      width = width * height == 1 ? layer.batch : width * height;
      height = 1;
    }
    std::vector<Variant> all;
    const int64_t unroll =
        reductionUnroll(channelSteps(layer, machine), layer.types, machine);
    for (Variant tile :
         registerTiles(layer.outChannels, width, height,
                       machine.lanes(layer.types.accumulator), machine,
                       pixelRun(unroll, layer.types, machine))) {
      tile.unroll = unroll;
      const int64_t bytes = bytesOf(layer.types.input) * layer.inChannels;
      if (!fused) {
        const int64_t rows = machine.l2Bytes / 2 / (bytes * layer.inWidth);
        tile.strip = std::max(pixelTile(tile.pixels, width, height).rows,
                              evenBlock(height, rows));
        all.push_back(tile);
        continue;
      }
      const int64_t tiles = divideUp(width, tile.pixels);
      const int64_t fit = machine.l2Bytes / 2 / (bytes * tile.pixels);
      tile.strip = std::min(width, evenBlock(tiles, fit) * tile.pixels);
      all.push_back(tile);
    }
    return all;
  }
};

} // namespace

const Primitive &pointwisePrimitive() {
  static const Pointwise pointwise;
  return pointwise;
}

} // namespace convopt
