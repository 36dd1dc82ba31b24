// Groups of as many inputs as outputs, few enough that a vector holds one or
// several groups. Every lane adds up its group's inputs in turn, beginning with
// that at its own place, so that a vector of outputs reads vectors of inputs
// rotated within groups: all lanes are busy, where vectors of one group leave
// most idle. A register tile of `pixels`, over as many turns as a group has
// channels, written out, which limits it to 16; the input of `strip` rows of
// the output takes half of L2, and every vector of channels reads it.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>

namespace convopt {
namespace {

class GroupedRotated : public Primitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::GroupedRotated; }

  bool supportsTypes(const ConvTypes &types) const override {
    return Primitive::supportsTypes(types) || narrowsWeightsAlone(types);
  }
  // Longer groups make loops that are too long to be written out.
  bool supportsLayer(const ConvLayer &layer) const override {
    const int64_t channels = layer.outChannels;
    return layer.groups > 1 && layer.inChannels == channels &&
           (channels == 2 || channels == 4 || channels == 8 ||
            channels == 16) &&
           layer.kernelWidth <= 3;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    const int64_t channels = layer.groups * layer.outChannels;
    for (int64_t lanes = machine.lanes(layer.types.accumulator);
         lanes >= std::max<int64_t>(4, layer.outChannels); lanes /= 2)
      if (channels % lanes == 0) {
        for (Variant &v : variants(layer, machine, lanes))
          all.push_back({this, Layout::NHWC, Layout::NHWC, v});
        break;
      }
    return all;
  }

  // [channels / lanes][R][S][turn][lanes], the lanes of several groups.
  PackedFilter filterOrder(const ConvProblem &l, const Choice &choice,
                           const MachineDescription &) const override {
    const int64_t groups = choice.variant.lanes / l.outChannels;
    return PackedFilter({{FilterDim::Block, l.groups / groups},
                         {FilterDim::Row, l.kernelHeight},
                         {FilterDim::Column, l.kernelWidth},
                         {FilterDim::Turn, l.inChannels},
                         {FilterDim::Group, groups},
                         {FilterDim::Lane, l.outChannels}},
                        l.types.filter, l.outChannels);
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    LoopNest nest = rectangleLoops(layer, choice);
    nest.channels = choice.variant.lanes;
    nest.blocks = layer.groups * layer.outChannels / nest.channels;
    return nest;
  }

  int64_t intermediateBytes(const ConvProblem &, const Choice &,
                            const MachineDescription &) const override {
    return 0;
  }

  bool spreadsNonFinite() const override { return false; }

  double errorBound() const override { return 1e-5; }

private:
  static std::vector<Variant> variants(const ConvProblem &layer,
                                       const MachineDescription &machine,
                                       int64_t lanes) {
    std::vector<Variant> all;
    const int64_t row = bytesOf(layer.types.input) * layer.groups *
                        layer.inChannels * inputColumns(layer);
    const int64_t fit = (machine.l2Bytes / 2 / row -
                         (layer.kernelHeight - 1) * layer.dilationHeight) /
                        layer.strideHeight;
    // A row of weights and a few rotated inputs lie beside the sums.
    int64_t most = machine.vectorRegisters - 3 - layer.kernelWidth;
    // With strides neighbours share little of it, and more pixels are slower:
    // 672 channels, 7x7/2 in 42 groups take 0.14 ms with 7 of them, 0.31 with
    // 14; 256, 28x28/2 in 32 groups 0.33 and 0.39.
    if (layer.strideWidth > 1)
      most = std::min<int64_t>(most, 9);
    for (int64_t wanted : {most, most * 2 / 3, most / 2}) {
      int64_t pixels = std::min(wanted, layer.outWidth);
      for (int64_t p = pixels; p > pixels / 2; --p)
        if (layer.outWidth % p == 0) {
          pixels = p;
          break;
        }
      if (pixels == layer.outWidth)
        pixels = std::max(pixels, wanted);
      const PixelTile tile = pixelTile(pixels, layer.outWidth, layer.outHeight);
      Variant v;
      v.pixels = tile.columns * tile.rows;
      v.vectors = 1;
      v.lanes = lanes;
      v.unroll = layer.inChannels;
      v.strip = std::max(tile.rows, evenBlock(layer.outHeight, fit));
      if (std::none_of(all.begin(), all.end(), [&](const Variant &other) {
            return other.name() == v.name();
          }))
        all.push_back(v);
    }
    return all;
  }
};

} // namespace

const Primitive &groupedRotatedPrimitive() {
  static const GroupedRotated primitive;
  return primitive;
}

} // namespace convopt
