// For `strip` rows of the output, one row of a matrix for each input channel
// and element of the window, then a matrix product with vectors of pixels that
// need not end where a row of the image does: that is its use, on planes whose
// rows are shorter than vectors. The matrix is as many times the image as the
// window has taps, so a strip's takes half of L2 and is never whole. NCHW
// throughout.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "TiledPrimitive.h"
#include <algorithm>

namespace convopt {
namespace {

class Im2Col : public TiledPrimitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Im2Col; }

  bool supportsLayer(const ConvLayer &layer) const override {
    return layer.groups == 1 && layer.outHeight * layer.outWidth >= 4;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    const int64_t column = bytesOf(layer.types.input) * layer.inChannels *
                           layer.kernelHeight * layer.kernelWidth;
    const int64_t rows = machine.l2Bytes / 2 / column / layer.outWidth;
    // A strip has at least one short vector of pixels.
    const int64_t strip =
        evenBlock(layer.outHeight, std::max(rows, divideUp(4, layer.outWidth)));
    for (Variant v :
         channelMajorTiles(layer.outChannels, strip * layer.outWidth,
                           machine.lanes(layer.types.accumulator), machine)) {
      v.strip = strip;
      v.unroll = reductionUnroll(layer.inChannels);
      all.push_back({this, Layout::NCHW, Layout::NCHW, v});
    }
    return all;
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    return planeOfRowsLoops(layer, choice);
  }

  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &) const override {
    return patchBytes(layer, choice.variant.strip, layer.isPadded());
  }
};

} // namespace

const Primitive &im2ColPrimitive() {
  static const Im2Col im2Col;
  return im2Col;
}

} // namespace convopt
