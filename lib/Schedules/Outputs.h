#ifndef CONVOPT_LIB_SCHEDULES_OUTPUTS_H
#define CONVOPT_LIB_SCHEDULES_OUTPUTS_H

#include "convopt/Primitives/Division.h"
#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

// The output of a schedule: by its tiles, and through the epilogue.

/// The variables of all schedules' outputs.
struct ImageVars {
  Halide::Var c{"c"}, x{"x"}, y{"y"}, n{"n"};
};

/// The output: `sum` through the epilogue, in the order of the choice's output
/// layout, bounds and strides set.
Halide::Func makeOutput(const ConvRequest &request, const ImageVars &vars,
                        Halide::Expr sum);

/// Splits one group's channels of the output into tiles as tiledFilter cuts
/// them, the stores of a last tile that is not full guarded.
void splitChannelTiles(Halide::Func out, Halide::Var c, Halide::Var outer,
                       Halide::Var inner, int64_t channels, int64_t tile);

/// The loops of an output in tiles of pixels and channels, in strips of rows:
/// n, strip, group, block (of channels), row, tile. Used by schedules with a
/// channels last output whose tiles are rectangles of the image.
struct TileLoops {
  Halide::Var group{"group"}, block{"block"}, tile{"tile"}, row{"row"},
      strip{"strip"};
};
TileLoops tileOutput(const ConvRequest &request, Halide::Func out,
                     const ImageVars &vars);

/// The loops of an output whose tiles run through the plane as if it were one
/// row of `pixels` = height * width: n, strip, block (of channels), tile. The
/// output is an update over `pixel`, which lies in a strip of `strip` pixels;
/// the last tile of a strip and the last strip compute some pixels twice, so
/// that every tile is full.
struct FlatLoops {
  int64_t pixels, tile, strip;
  int64_t pitch;       ///< pixels of a row, with those that are not stored
  int64_t channels;    ///< of a block
  Halide::RDom domain; ///< pixel in the tile, tile, strip
  Halide::Expr pixel;
  /// The first pixel of a tile of a strip.
  Halide::Expr first(Halide::Expr inTile, Halide::Expr inStrip) const;
  bool overBatch; ///< The plane is one pixel of each of several images.
  Division division;
  Halide::Var block{"block"};
};
/// Those of the request's choice, in strips of its division among threads.
FlatLoops flatLoops(const ConvRequest &request);

/// The output: `sum` at flat pixel `loops.pixel` through the epilogue.
Halide::Func makeFlatOutput(const ConvRequest &request, const ImageVars &vars,
                            const FlatLoops &loops, Halide::Expr sum);
/// The division's loop of the output's update is run by all threads.
void paralleliseFlat(const FlatLoops &loops, Halide::Stage update,
                     Halide::Var n);
void scheduleFlatOutput(const ConvRequest &request, Halide::Func out,
                        const ImageVars &vars, const FlatLoops &loops);

/// The output as an update: `sum` through the epilogue, stored at column `x`.
Halide::Func makeTiledOutput(const ConvRequest &request, const ImageVars &vars,
                             Halide::Expr x, Halide::Expr sum);

/// As scheduleFlatOutput, for an NCHW output: vectors of pixels.
void scheduleFlatMajorOutput(const ConvRequest &request, Halide::Func out,
                             const ImageVars &vars, const FlatLoops &loops);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_OUTPUTS_H
