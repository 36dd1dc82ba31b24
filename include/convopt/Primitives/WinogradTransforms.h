#ifndef CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
#define CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H

#include "convopt/IR/ConvLayer.h"
#include "convopt/Primitives/CookToom.h"
#include "convopt/Primitives/Primitive.h"
#include "convopt/Primitives/WinogradTiles.h"

namespace convopt {

/// A side of a convolution with a stride as one without: `count` phases of the
/// image (every stride-th row) are as many input channels, of which each meets
/// every count-th tap of the filter. The first `full` of them meet `taps`, the
/// others one less.
struct Phases {
  int64_t stride, count, taps, full;
};
Phases phasesOf(int64_t kernel, int64_t stride);

/// Winograd's minimal filtering nested over both sides of the image: F(1, 1),
/// which does nothing, along a side on which the filter has one tap.
/// A tile of outputs is A^T ((G g G'^T) * (B^T d B')) A' for its inputs d and
/// the filter g, the matrices of rows on the left, of columns on the right.
struct WinogradTransforms {
  const CookToom &rows, &columns;
  Phases rowPhases, columnPhases;
  int elements() const { return rows.elements() * columns.elements(); }
  /// Channels of the input by phase: row, column, channel.
  int64_t inChannels(const ConvLayer &layer) const {
    return rowPhases.count * columnPhases.count * layer.inChannels;
  }
  /// Multiplications that make a tile of one output channel from one input
  /// channel: phases with a tap less have nothing at infinity.
  int64_t products() const;
};

/// A primitive of one of winogradTiles().
class WinogradPrimitive : public Primitive {
public:
  explicit WinogradPrimitive(const WinogradTile &tile) : tile(tile) {}
  PrimitiveKind kind() const override { return tile.kind; }
  llvm::StringRef name() const override { return tile.name; }
  bool savesProducts() const override { return true; }
  double roundingGrowth(const Variant &variant) const override {
    return variant.fresh ? 1 : tile.roundingGrowth; // Filters stay as they are.
  }
  static bool classof(const Primitive *primitive) {
    return primitive->kind() == PrimitiveKind::Winograd ||
           primitive->kind() == PrimitiveKind::ToomCook;
  }
  const WinogradTile &tile;
};

/// Those of one of winogradTiles() for a layer; nothing if the tile is not made
/// for such a filter.
std::optional<WinogradTransforms>
findWinogradTransforms(const WinogradTile &tile, const ConvLayer &layer,
                       bool balancedFilter = false);

/// Those of a choice for a layer that its primitive supports: with a balanced
/// filter where the transformed one is stored in half precision.
WinogradTransforms winogradTransforms(const Choice &choice,
                                      const ConvLayer &layer);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
