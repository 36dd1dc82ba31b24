#ifndef CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H
#define CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H

#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"

namespace convopt {

/// A primitive whose filter is packed as packTiles does it, in the tiles of
/// channels that its register tiles compute, and that sums the products as
/// they are.
class TiledPrimitive : public Primitive {
public:
  std::vector<float> packFilter(const ConvLayer &layer, const Choice &choice,
                                const MachineDescription &,
                                llvm::ArrayRef<float> filter) const override {
    return packTiles(layer, tileOf(choice), filter);
  }
  int64_t packedFilterSize(const ConvLayer &layer, const Choice &choice,
                           const MachineDescription &) const override {
    return packedTilesSize(layer, tileOf(choice));
  }
  bool spreadsNonFinite() const override { return false; }

  double errorBound() const override { return 1e-5; }

private:
  static int64_t tileOf(const Choice &choice) {
    return choice.output == Layout::NHWC ? channelTile(choice.variant)
                                         : choice.variant.pixels;
  }
};

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H
