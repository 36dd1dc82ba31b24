#ifndef CONVOPT_PRIMITIVES_LOOPNEST_H
#define CONVOPT_PRIMITIVES_LOOPNEST_H

#include <cstdint>

namespace convopt {

/// A register tile's columns and rows: a tile larger than a row of the image
/// takes several rows.
struct PixelTile {
  int64_t columns = 1, rows = 1;
};

/// The sums that registers hold while a tile is computed.
struct RegisterTile {
  int64_t channels = 1, pixels = 1;
};

/// What strips divide. Rows are of the output or of Winograd's tiles; the
/// pixels of a plane are counted as if it were one row; images have one pixel
/// each.
enum class StripUnit { Rows, Pixels, Images };

/// The loops in which one choice computes a layer's outputs, outermost first:
/// images, strips of each of them, blocks of each strip, tiles of each block.
/// Schedules are built from it, threads share its loops, and the cost model is
/// told of it. A point is one output of each channel or, of Winograd's method,
/// one tile of them.
struct LoopNest {
  int64_t images = 1;

  /// An image's rows or pixels, in strips of at most `strip`. A shorter one is
  /// a multiple of `granule` and, if `wholeStrips`, divides `extent`.
  StripUnit unit = StripUnit::Rows;
  int64_t extent = 1, strip = 1, granule = 1;
  bool wholeStrips = false;
  /// Points that lie side by side in one unit of `extent`, and rows of the
  /// output that they make.
  int64_t width = 1, unitRows = 1;

  /// Of all points and some channels, or of `columns` points of each unit and
  /// all channels.
  int64_t blocks = 1, columns = 1;
  bool blocksOutside = false; ///< of the strips
  /// The stages of a block may be divided instead, one after the other.
  int64_t stages = 0;

  /// What one iteration of the innermost loops computes: so many channels of
  /// so many points. The register tile, or several for algorithms that form
  /// their products together.
  int64_t channels = 1;
  PixelTile pixels;
  RegisterTile tile;

  /// Elements that all strips and that all blocks read.
  int64_t filter = 0, image = 0;
  /// Its time over that of the definition's multiply-adds, about.
  double work = 1;
};

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_LOOPNEST_H
