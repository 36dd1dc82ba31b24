// One input channel for each output channel: nothing is summed over channels,
// so there is no matrix product, and loads bound it. NHWC: vectors of channels,
// a register tile of pixels x vectors; the input of `strip` rows of the output
// takes half of L2, and every tile of channels reads it unpadded, where reading
// a padded copy took 1.2 to 2.1 times as long. With `columns`, which large
// images are read faster for, the strip is the image, and a column of tiles is
// computed down to its last row, all channels of each. Tiles should divide the
// row, for a last tile that overlaps is work done twice. NCHW: vectors along a
// row of the image, a register tile of rows (`pixels`) x vectors, any
// multiplier of channels; `strip` rows are computed from one padded copy.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>

namespace convopt {
namespace {

class Depthwise : public Primitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Depthwise; }

  bool supportsTypes(const ConvTypes &types) const override {
    return Primitive::supportsTypes(types) || isQuantised(types) ||
           narrowsWeightsAlone(types) || extendsImage(types);
  }
  bool supportsLayer(const ConvLayer &layer) const override {
    return layer.isDepthwise();
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    // What was chosen for an image in single precision is there for halves.
    ConvProblem inMemory = layer;
    if (extendsImage(layer.types))
      inMemory.types.input = ElementType::F32;
    if (layer.outChannels == 1)
      for (Variant &v : channelsLast(inMemory, machine))
        all.push_back({this, Layout::NHWC, Layout::NHWC, v});
    if (!(layer.types == ConvTypes()))
      return all;
    for (Variant &v : channelMajor(layer, machine))
      all.push_back({this, Layout::NCHW, Layout::NCHW, v});
    return all;
  }

  // NHWC: [R][S][C]; NCHW: [C][K][R][S], as it is.
  PackedFilter filterOrder(const ConvProblem &l, const Choice &choice,
                           const MachineDescription &) const override {
    if (choice.output == Layout::NCHW)
      return tiledFilter(l, 1);
    return PackedFilter({{FilterDim::Row, l.kernelHeight},
                         {FilterDim::Column, l.kernelWidth},
                         {FilterDim::Group, l.groups}},
                        l.types.filter, 1);
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    if (choice.output == Layout::NCHW)
      return channelMajorLoops(layer, choice, 1, choice.variant.pixels);
    LoopNest nest = rectangleLoops(layer, choice);
    nest.channels = nest.tile.channels;
    nest.blocks = divideUp(layer.groups, nest.channels);
    if (choice.variant.columns) { // All channels are within a tile of pixels.
      nest.blocks = 1;
      nest.columns = choice.variant.columns;
    }
    return nest;
  }

  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &) const override {
    if (choice.output == Layout::NHWC)
      return 0;
    const int64_t copy = bytesOf(layer.types.input) *
                         inputRows(layer, choice.variant.strip) *
                         phaseColumns(layer);
    return (layer.isPadded() ? copy : 0) + (layer.strideWidth > 1 ? copy : 0);
  }

  bool spreadsNonFinite() const override { return false; }

  double errorBound() const override { return 1e-5; }

private:
  /// Whether an image of halves is multiplied in single precision.
  static bool extendsImage(const ConvTypes &types) {
    return readsRounded(types, Precision::BF16);
  }

  /// Lanes of a vector of channels. What loads and widens bytes of aarch64 does
  /// it with a register of them, whose sums are in four.
  static int64_t fullLanes(const ConvProblem &layer,
                           const MachineDescription &machine) {
    return isQuantised(layer.types) && !machine.isX86()
               ? machine.lanes(layer.types.input)
               : machine.lanes(layer.types.accumulator);
  }

  static std::vector<Variant> channelsLast(const ConvProblem &layer,
                                           const MachineDescription &machine) {
    std::vector<Variant> all;
    int64_t lanes = fullLanes(layer, machine);
    while (lanes > layer.groups)
      lanes /= 2;
    addChannelsLast(layer, machine, lanes, all);
    // Half vectors where whole ones overlap much.
    const int64_t half = lanes / 2;
    if (half >= 8 && double(roundUp(layer.groups, lanes)) >
                         1.15 * double(roundUp(layer.groups, half)))
      addChannelsLast(layer, machine, half, all);
    return all;
  }

  /// Whether pixels lie so far apart that one line of each falls into few sets
  /// of a first-level cache, which evict each other before the next tile reads
  /// them again; in larger windows arithmetic takes longer. In a network 512
  /// channels, 14x14, 3x3 take 62 us by one vector of each, 38 by two.
  static bool crowdsCache(const ConvProblem &layer) {
    return bytesOf(layer.types.input) * layer.groups % 1024 == 0 &&
           layer.kernelHeight * layer.kernelWidth <= 9;
  }

  static void addChannelsLast(const ConvProblem &layer,
                              const MachineDescription &machine, int64_t lanes,
                              std::vector<Variant> &all) {
    const int64_t row =
        bytesOf(layer.types.input) * layer.groups * inputColumns(layer);
    const int64_t strip = evenBlock(layer.outHeight, machine.l2Bytes / 2 / row /
                                                         layer.strideHeight);
    const bool exceedsL2 =
        bytesOf(layer.types.input) * layer.inputElements() / layer.batch >
        machine.l2Bytes;
    auto addOne = [&](int64_t wanted, int64_t vectors, int64_t columns) {
      const PixelTile tile = pixelTile(wanted, layer.outWidth, layer.outHeight);
      Variant v;
      v.pixels = tile.columns * tile.rows;
      v.vectors = vectors;
      v.lanes = lanes;
      v.unroll = layer.kernelWidth;
      v.strip = std::max(strip, tile.rows);
      if (lanes < fullLanes(layer, machine) && lanes < layer.groups)
        v.named.lanes = lanes;
      v.columns = v.named.columns = columns;
      if (columns)
        v.strip = layer.outHeight;
      for (const Variant &other : all)
        if (other.name() == v.name())
          return;
      all.push_back(v);
    };
    auto add = [&](int64_t wanted, int64_t vectors) {
      addOne(wanted, vectors, 0);
      if (exceedsL2 && vectors <= 2 && vectors * lanes < layer.groups)
        addOne(wanted, vectors, 1);
    };
    const int64_t registers =
        std::max<int64_t>(1, lanes / machine.lanes(layer.types.accumulator));
    for (int64_t vectors : {1, 2, 4}) {
      if (vectors * lanes > layer.groups ||
          (vectors == 1 && 4 * lanes <= layer.groups && crowdsCache(layer)))
        continue;
      const int64_t most = machine.vectorRegisters / 2 / vectors / registers;
      if (most == 0)
        continue;
      // The widest tile that divides the row, or nearly.
      int64_t pixels = std::min(most, layer.outWidth);
      for (int64_t p = pixels; p > pixels / 2; --p)
        if (layer.outWidth % p == 0) {
          pixels = p;
          break;
        }
      add(pixels, vectors);
      if (pixels == layer.outWidth && 2 * pixels <= most)
        add(most, vectors);
    }
  }

  static std::vector<Variant> channelMajor(const ConvProblem &layer,
                                           const MachineDescription &machine) {
    std::vector<Variant> all;
    const int64_t row = bytesOf(layer.types.input) * inputColumns(layer);
    const int64_t fit = machine.l2Bytes / 2 / row / layer.strideHeight;
    const int64_t strip = evenBlock(layer.outHeight, fit);
    for (Variant v :
         channelMajorTiles(1, layer.outWidth,
                           machine.lanes(layer.types.accumulator), machine)) {
      v.unroll = 0;
      v.strip = strip;
      v.pixels = 1;
      for (int64_t rows : {4, 2, 3, 5, 7})
        if (rows <= strip && strip % rows == 0) {
          v.pixels = rows;
          break;
        }
      all.push_back(v);
    }
    return all;
  }
};

} // namespace

const Primitive &depthwisePrimitive() {
  static const Depthwise depthwise;
  return depthwise;
}

} // namespace convopt
