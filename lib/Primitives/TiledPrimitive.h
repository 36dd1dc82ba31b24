#ifndef CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H
#define CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H

#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"

namespace convopt {

/// A primitive whose filter lies in the tiles of channels that its register
/// tiles compute, and that sums the products as they are.
class TiledPrimitive : public Primitive {
public:
  PackedFilter packedFilter(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &) const override {
    return tiledFilter(layer, choice.output == Layout::NHWC
                                  ? channelTile(choice.variant)
                                  : choice.variant.pixels);
  }
  bool spreadsNonFinite() const override { return false; }

  double errorBound() const override { return 1e-5; }

protected:
  /// Bytes of the window of every pixel of `rows` rows of the output, and of
  /// the input that they read if it is copied.
  static int64_t patchBytes(const ConvProblem &l, int64_t rows, bool copied) {
    int64_t elements =
        l.inChannels * l.kernelHeight * l.kernelWidth * l.outWidth * rows;
    if (copied)
      elements += l.inChannels * inputColumns(l) * inputRows(l, rows);
    return bytesOf(l.types.input) * elements;
  }
};

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H
