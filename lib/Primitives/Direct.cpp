// Sums over window and channels, in registers, of a tile of output pixels and
// channels: where channels come last 94 to 99 % of a machine's peak, so that
// only fewer operations are faster. NHWC output: pixels x vectors of channels,
// `unroll` input channels an iteration; `strip` rows of the output are one
// cache block, whose input takes half of L2, is copied once, with its padding,
// then read by every tile of channels; without padding it is read where it
// lies. NCHW to NCHW: vectors along the rows, `pixels` channels. Channels in
// blocks as a third layout (NCHWc) would gain less than a change of layout
// costs. Grouped is the same for several groups, vectors within one group.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "TiledPrimitive.h"
#include <algorithm>

namespace convopt {
namespace {

class Direct : public TiledPrimitive {
public:
  explicit Direct(PrimitiveKind kind) : which(kind) {}
  PrimitiveKind kind() const override { return which; }

  bool supportsTypes(const ConvTypes &types) const override {
    return sumsProductsOf(types);
  }
  bool supportsLayer(const ConvLayer &layer) const override {
    if (which == PrimitiveKind::Direct)
      return layer.groups == 1;
    return layer.groups > 1 && (!layer.isDepthwise() || layer.outChannels != 1);
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    if (!(layer.types == ConvTypes())) {
      // Channels that meet in a lane are of one group and next to each other.
      const int64_t dot = dotLength(layer.types, machine);
      if (layer.groups == 1 || layer.inChannels % dot == 0)
        for (Variant &v : variants(layer, Layout::NHWC, machine))
          all.push_back({this, Layout::NHWC, Layout::NHWC, v});
      return all;
    }
    // Where channels that lie together are loaded together, reading them one by
    // one takes twice the loads: another layout is then changed beforehand.
    const bool inRuns =
        pixelRun(reductionUnroll(layer.inChannels), layer.types, machine) > 1 &&
        layer.inHeight * layer.inWidth > 1;
    for (Layout input : {Layout::NHWC, Layout::NCHW})
      if (input == Layout::NHWC || !inRuns)
        for (Variant &v : variants(layer, input, machine))
          all.push_back({this, input, Layout::NHWC, v});
    // The depthwise primitive's NCHW schedule takes any multiplier.
    if (!layer.isDepthwise())
      for (Variant &v : channelMajor(layer, machine))
        all.push_back({this, Layout::NCHW, Layout::NCHW, v});
    return all;
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    if (choice.output == Layout::NCHW)
      return channelMajorLoops(layer, choice, choice.variant.pixels, 1);
    return rectangleLoops(layer, choice);
  }

  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine) const override {
    const int64_t rows = inputRows(layer, choice.variant.strip);
    if (choice.output == Layout::NCHW) {
      const int64_t columns = phaseColumns(layer);
      const int64_t copy =
          bytesOf(layer.types.input) * layer.inChannels * columns * rows;
      return (layer.isPadded() ? copy : 0) + (layer.strideWidth > 1 ? copy : 0);
    }
    const int64_t channels = copiedChannels(layer, machine);
    if (!layer.isPadded() && !convertsInput(choice) &&
        channels == layer.groups * layer.inChannels)
      return 0;
    return bytesOf(layer.types.input) * channels * inputColumns(layer) * rows;
  }

private:
  // Rows of the output whose input takes `bytes`.
  static int64_t rowsIn(const ConvProblem &layer, int64_t channels,
                        int64_t bytes) {
    const int64_t row =
        bytesOf(layer.types.input) * channels * inputColumns(layer);
    return (bytes / row - (layer.kernelHeight - 1) * layer.dilationHeight) /
           layer.strideHeight;
  }

  static std::vector<Variant> channelMajor(const ConvProblem &layer,
                                           const MachineDescription &machine) {
    std::vector<Variant> all;
    for (Variant v :
         channelMajorTiles(layer.outChannels, layer.outWidth,
                           machine.lanes(layer.types.accumulator), machine)) {
      if (!cutsGroups(layer, v.pixels))
        continue;
      v.unroll = reductionUnroll(layer.inChannels);
      v.strip = evenBlock(layer.outHeight,
                          rowsIn(layer, layer.inChannels, machine.l2Bytes / 2));
      all.push_back(v);
    }
    return all;
  }

  // Where no tile cuts a group without much padding, those of its half, third
  // and fourth part.
  static std::vector<Variant> tilesOfGroup(const ConvLayer &layer,
                                           int64_t lanes, int64_t run,
                                           const MachineDescription &machine) {
    std::vector<Variant> all;
    for (int64_t parts = 1; parts <= 4; ++parts) {
      if (layer.outChannels % parts != 0)
        continue;
      for (const Variant &tile :
           registerTiles(layer.outChannels / parts, layer.outWidth,
                         layer.outHeight, lanes, machine, run))
        if (cutsGroups(layer, channelTile(tile)) &&
            std::none_of(all.begin(), all.end(), [&](const Variant &other) {
              return other.name() == tile.name();
            }))
          all.push_back(tile);
      if (parts == 1 && !all.empty())
        break;
    }
    return all;
  }

  // Every tile with a strip whose input takes half of L2.
  static std::vector<Variant> variants(const ConvProblem &layer, Layout input,
                                       const MachineDescription &machine) {
    std::vector<Variant> all;
    // Vectors stay within a group.
    const int64_t shortest = 16 / bytesOf(layer.types.accumulator);
    int64_t lanes = machine.lanes(layer.types.accumulator);
    while (lanes > shortest && layer.groups > 1 &&
           lanes / 2 >= layer.outChannels)
      lanes /= 2;
    int64_t unroll =
        reductionUnroll(channelSteps(layer, machine), layer.types, machine);
    // Channels that come first do not lie together.
    int64_t run =
        input == Layout::NHWC ? pixelRun(unroll, layer.types, machine) : 1;
    if (readsRows(layer, input, machine)) {
      unroll = input == Layout::NCHW ? layer.kernelWidth
                                     : channelSteps(layer, machine);
      run = 4; // About: what is loaded serves several columns of the window.
    }
    for (Variant tile : tilesOfGroup(layer, lanes, run, machine)) {
      tile.unroll = unroll;
      const int64_t least =
          pixelTile(tile.pixels, layer.outWidth, layer.outHeight).rows;
      tile.strip = std::max(
          least, evenBlock(layer.outHeight,
                           rowsIn(layer, layer.groups * layer.inChannels,
                                  machine.l2Bytes / 2)));
      all.push_back(tile);
    }
    return all;
  }

  PrimitiveKind which;
};

} // namespace

const Primitive &directPrimitive() {
  static const Direct direct(PrimitiveKind::Direct);
  return direct;
}
const Primitive &groupedPrimitive() {
  static const Direct grouped(PrimitiveKind::Grouped);
  return grouped;
}

} // namespace convopt
