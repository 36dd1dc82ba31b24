#ifndef CONVOPT_PRIMITIVES_WINOGRADTILES_H
#define CONVOPT_PRIMITIVES_WINOGRADTILES_H

#include "convopt/IR/ConvoptEnums.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

enum class InterpolationPoints { Real, Complex };

/// One tile of Winograd's or of Toom and Cook's method: all that makes one of
/// their primitives different from the others.
struct WinogradTile {
  PrimitiveKind kind;
  llvm::StringLiteral name; ///< of the primitive
  /// Outputs that are made at once, where the filter has `taps` taps a side
  /// (after it was cut into phases). A tile of one row is for filters of one
  /// row and, turned, for those of one column.
  int rows, columns, taps;
  /// Filters of up to so many taps have it too, with as many outputs less a
  /// side: the inputs of a tile are as many.
  int mostTaps;
  InterpolationPoints points;
  double errorBound, typicalError; ///< see Primitive
  double roundingGrowth;           ///< see Primitive::roundingGrowth
  /// Vectors of the widest register tile; where filters are transformed while
  /// it computes, too.
  int mostVectors, mostFreshVectors;
  /// Whether products of pairs of channels pay.
  bool pairs;
};

/// All of them, in the catalogue's order.
llvm::ArrayRef<WinogradTile> winogradTiles();

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_WINOGRADTILES_H
