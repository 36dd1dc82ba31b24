// The patches of `strip` rows of the output as rows of a matrix, then a matrix
// product with the filter whose pixel tiles need not end where a row of the
// image does. Direct does the same products without the copies; it loses where
// the plane is narrower than a tile, which then computes pixels twice. MEC (Cho
// and Brand), which stores patches along rows alone, takes memory between the
// two and was faster than neither, so it is not offered. Variant as for a
// matrix product: pixels x vectors of lanes.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "TiledPrimitive.h"

namespace convopt {
namespace {

class Im2Row : public TiledPrimitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Im2Row; }

  bool supportsTypes(const ConvTypes &types) const override {
    return sumsProductsOf(types);
  }
  bool supportsLayer(const ConvLayer &layer) const override {
    return layer.groups == 1 && !layer.isPointwise();
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    const int64_t patch = bytesOf(layer.types.input) *
                          copiedChannels(layer, machine) * layer.kernelHeight *
                          layer.kernelWidth;
    const int64_t pixels = machine.l2Bytes / 2 / patch;
    const int64_t strip = evenBlock(layer.outHeight, pixels / layer.outWidth);
    const int64_t unroll = reductionUnroll(
        channelSteps(layer, machine) * layer.kernelWidth, layer.types, machine);
    for (Variant v :
         registerTiles(layer.outChannels, strip * layer.outWidth, 1,
                       machine.lanes(layer.types.accumulator), machine,
                       pixelRun(unroll, layer.types, machine))) {
      // Half vectors win nothing that Direct does not win by more.
      if (v.lanes < machine.lanes(layer.types.accumulator))
        continue;
      v.strip = strip;
      v.unroll = unroll;
      all.push_back({this, Layout::NHWC, Layout::NHWC, v});
      if (layer.types == ConvTypes())
        all.push_back({this, Layout::NCHW, Layout::NHWC, v});
    }
    return all;
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    return planeOfRowsLoops(layer, choice);
  }

  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine) const override {
    return patchBytes(layer, choice, machine);
  }
};

} // namespace

const Primitive &im2RowPrimitive() {
  static const Im2Row im2Row;
  return im2Row;
}

} // namespace convopt
