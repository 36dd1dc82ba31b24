#include "Catalogue.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"

namespace convopt {
namespace {

// Sums over window and channels, in registers, of a tile of output pixels and
// channels (Variant: pixels x vectors of lanes; `unroll` input channels an
// iteration). `strip` rows of the output are one cache block: their input is
// copied once, with its padding and channels last, then read by every tile of
// channels. An NCHW input is transposed by that copy.
class Direct : public Primitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::Direct; }

  bool supports(const ConvLayer &layer) const override {
    return layer.groups == 1;
  }

  std::vector<Choice> choices(const ConvLayer &layer,
                              const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    for (Layout input : {Layout::NHWC, Layout::NCHW})
      for (Variant &v : variants(layer, machine))
        all.push_back({kind(), input, Layout::NHWC, v});
    return all;
  }

  std::vector<float> packFilter(const ConvLayer &layer, const Choice &choice,
                                const MachineDescription &,
                                llvm::ArrayRef<float> filter) const override {
    return packTiles(layer, channelTile(choice.variant), filter);
  }
  int64_t packedFilterSize(const ConvLayer &layer, const Choice &choice,
                           const MachineDescription &) const override {
    return packedTilesSize(layer, channelTile(choice.variant));
  }

  int64_t workspaceBytes(const ConvLayer &layer, const Choice &choice,
                         const MachineDescription &) const override {
    if (!layer.isPadded() && choice.input == Layout::NHWC)
      return 0;
    return 4 * layer.inChannels * inputColumns(layer) *
           inputRows(layer, choice.variant.strip);
  }

  double errorBound() const override { return 1e-5; }

private:
  // Every tile with a strip whose input takes half of L2; where that is not
  // the whole image and several channel tiles read it, one that stays in L1.
  static std::vector<Variant> variants(const ConvLayer &layer,
                                       const MachineDescription &machine) {
    std::vector<Variant> all;
    const int64_t row = 4 * layer.inChannels * inputColumns(layer);
    auto rowsIn = [&](int64_t bytes) {
      return (bytes / row - (layer.kernelHeight - 1) * layer.dilationHeight) /
             layer.strideHeight;
    };
    for (Variant tile : registerTiles(layer.outChannels, layer.outWidth,
                                      layer.outHeight, machine)) {
      tile.unroll = reductionUnroll(layer.inChannels);
      const int64_t least =
          pixelTile(tile.pixels, layer.outWidth, layer.outHeight).rows;
      const int64_t large = std::max(
          least, evenBlock(layer.outHeight, rowsIn(machine.l2Bytes / 2)));
      tile.strip = large;
      all.push_back(tile);
    }
    return all;
  }
};

} // namespace

const Primitive &directPrimitive() {
  static const Direct direct;
  return direct;
}

} // namespace convopt
