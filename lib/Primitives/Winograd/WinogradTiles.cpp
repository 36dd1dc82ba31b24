// A new tile is one row here, and samples that the cost model learns from.
//
// Error bounds are above what the table of layers in the unit tests shows, see
// lib/Schedules/Winograd. Typical errors are those of 256 channels to 64 on
// 14x14 pixels, by `convopt-profile --errors` (toom_cook_18 from 64, twice that).
//
// Rounding: what `roundingGrowth` says of the matrices, for the filter of most
// where there are several; the unit tests compare.
//
// Vectors: wider register tiles than `vectors` (than `fresh` with fresh
// filters) were the best of those measured for no layer (`python -m
// convopt.catalogue`); 8 is as wide as there are, 5 as wide as fresh filters
// are worth trying.
//
// Pairs: F(2x2, 3x3) and F(2x4, 3x3) have so few products beside the sums of
// their transforms that fewer of them were the best for no layer.

#include "convopt/Primitives/WinogradTiles.h"

namespace convopt {

llvm::ArrayRef<WinogradTile> winogradTiles() {
  constexpr auto W = PrimitiveKind::Winograd, T = PrimitiveKind::ToomCook;
  constexpr auto real = InterpolationPoints::Real;
  constexpr auto complex = InterpolationPoints::Complex;
  static constexpr WinogradTile tiles[] = {
      // clang-format off
      //                     outputs taps    points   errors         rounding vectors fresh pairs
      {W, "winograd_f2x2_3x3", 2, 2,  3,  3, real,    2e-5, 5.1e-7,  1.7, 4, 4, false},
      {W, "winograd_f4x4_3x3", 4, 4,  3,  3, real,    1e-4, 2.4e-6, 10.8, 8, 5, true},
      {W, "winograd_f5x5_3x3", 5, 5,  3,  3, real,    1e-4, 3.2e-6, 15.6, 8, 5, true},
      {W, "winograd_f6x6_3x3", 6, 6,  3,  3, real,    1e-4, 5.9e-6, 20.7, 4, 2, true},
      {W, "winograd_f7x7_3x3", 7, 7,  3,  3, real,    3e-4, 1.9e-5, 59.4, 4, 4, true},
      {W, "winograd_f2x4_3x3", 2, 4,  3,  3, real,    5e-5, 9.5e-7,  4.3, 5, 5, false},
      {W, "winograd_f2x2_5x5", 2, 2,  5,  5, real,    1e-4, 3.6e-6, 12.3, 8, 5, true},
      {W, "winograd_f4x4_5x5", 4, 4,  5,  5, real,    1e-4, 5.7e-6, 19.1, 8, 5, true},
      // For filters of one row or one column.
      {W, "winograd_f4_3",     1, 4,  3,  3, real,    5e-5, 8.5e-7,  3.3, 8, 5, true},
      {W, "winograd_f4_7",     1, 4,  7,  7, real,    1e-4, 4.6e-6, 15.5, 8, 5, true},
      // Also for strides: a 3x3 filter of stride 2 is four of 2x2.
      {W, "winograd_f2x2_2x2", 2, 2,  2,  2, real,    2e-5, 3.6e-7,  1.5, 8, 5, true},
      {W, "winograd_f3x3_2x2", 3, 3,  2,  2, real,    2e-5, 3.7e-7,  1.7, 8, 5, true},
      {W, "winograd_f4x4_2x2", 4, 4,  2,  2, real,    2e-5, 1.2e-6,  4.1, 8, 5, true},
      {W, "winograd_f4x4_4x4", 4, 4,  4,  4, real,    5e-5, 3.9e-6, 14.9, 8, 5, true},
      // For large filters, named by the inputs of a tile's side.
      {T, "toom_cook_10",      6, 6,  5,  7, complex, 2e-5, 2.3e-6,  8.1, 8, 5, true},
      {T, "toom_cook_14",      9, 9,  6, 11, complex, 2e-5, 1.1e-6,  4.6, 8, 5, true},
      {T, "toom_cook_18",     10, 10, 9, 15, complex, 2e-5, 1.3e-6,  5.2, 8, 5, true},
      // clang-format on
  };
  return tiles;
}

} // namespace convopt
