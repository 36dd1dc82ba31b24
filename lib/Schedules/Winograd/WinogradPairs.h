#ifndef CONVOPT_LIB_SCHEDULES_WINOGRADPAIRS_H
#define CONVOPT_LIB_SCHEDULES_WINOGRADPAIRS_H

#include "convopt/Primitives/CookToom.h"
#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

// Winograd's minimal filtering with products formed of pairs of channels, see
// Primitives/PairedProducts.h. What is added to weights must be near one: the
// matrices of the input transform are balanced row by row, and each block of
// the image is scaled by a power of two.

/// Each row times balancingFactor.
CookToom::Matrix balanced(CookToom::Matrix matrix);

/// The power of two of the largest element of a block (bx, by, n) of the image
/// (c, x, y, n): of `columns` x `rows` pixels from (bx * stepX, by * stepY).
struct BlockScale {
  Halide::Func unscale, largest, most;
  Halide::Var lane{"lane"};
  BlockScale(Halide::Func image, int columns, int rows, int stepX, int stepY,
             int channels, int lanes);
  void schedule(Halide::LoopLevel at);
};

/// Sums of products of `transformed` (c, p, j, i, bx, by, n), `columns` of j a
/// row of i, with the request's filter.
struct PairedSums {
  Halide::Var t{"t"}, p{"p"}, b{"b"}, e{"e"}, bx{"bx"}, by{"by"}, n{"n"};
  Halide::Func sum; ///< (t, p, b, e, bx, by, n), not yet scaled back
  Halide::Expr scale;
  PairedSums(const ConvRequest &request, Halide::Func transformed, int columns);
  /// `each`: where a register tile is computed; `element`: where all tiles of
  /// one element are.
  void schedule(const Variant &variant, Halide::LoopLevel each,
                Halide::LoopLevel element);

private:
  Halide::Func products{"products"}, partial{"partial"};
  Halide::Var lane{"lane"};
  Halide::RDom whole, both, rest;
  int lanes;
};

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_WINOGRADPAIRS_H
