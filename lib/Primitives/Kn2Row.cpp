// A sum of pointwise convolutions of the image, one for each tap of the filter,
// after Anderson, Vasudevan and Gregg (Low-memory GEMM-based convolution
// algorithms for deep neural networks, 2017); here the sums stay in registers.
// A tap that meets nothing but padding is left out, so the zeros above and
// below the image are neither stored nor multiplied, those beside it in part.
// Offered only where a tenth of the rows or more meet padding, as with large
// dilations: without them direct is faster, whose tiles may take several rows.
// Variant: `pixels` of one row x `vectors` of channels.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "TiledPrimitive.h"

namespace convopt {
namespace {

class Kn2Row : public TiledPrimitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Kn2Row; }

  bool supportsLayer(const ConvLayer &layer) const override {
    return layer.groups == 1 && layer.isPadded() && !layer.isPointwise() &&
           layer.dilationHeight > 1 && rowsInside(layer) < 0.9;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    for (Variant v :
         registerTiles(layer.outChannels, layer.outWidth, 1,
                       machine.lanes(layer.types.accumulator), machine)) {
      v.unroll = reductionUnroll(layer.inChannels);
      v.strip = layer.outHeight;
      for (Layout input : {Layout::NHWC, Layout::NCHW})
        all.push_back({this, input, Layout::NHWC, v});
    }
    return all;
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    return rectangleLoops(layer, choice);
  }

  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &) const override {
    if (choice.input == Layout::NHWC && !layer.padLeft &&
        inputColumns(layer) <= layer.inWidth)
      return 0;
    return bytesOf(layer.types.input) * layer.inChannels * inputColumns(layer) *
           layer.inHeight;
  }

private:
  // The share of pairs of an output's row and a filter's that meet in the
  // image.
  static double rowsInside(const ConvLayer &l) {
    int64_t inside = 0;
    for (int64_t y = 0; y < l.outHeight; ++y)
      for (int64_t r = 0; r < l.kernelHeight; ++r) {
        const int64_t row =
            y * l.strideHeight + r * l.dilationHeight - l.padTop;
        inside += row >= 0 && row < l.inHeight;
      }
    return double(inside) / double(l.outHeight * l.kernelHeight);
  }
};

} // namespace

const Primitive &kn2RowPrimitive() {
  static const Kn2Row kn2Row;
  return kn2Row;
}

} // namespace convopt
