#ifndef CONVOPT_LIB_SCHEDULES_PARTS_H
#define CONVOPT_LIB_SCHEDULES_PARTS_H

#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

// Parts that the schedules share. A stage over images inside a schedule has
// the arguments (c, x, y, n), whatever the layout of input and output.

/// Halide's sizes are int; a layer's fit.
inline int toInt(int64_t value) { return static_cast<int>(value); }

Halide::Type halideType(ElementType type);

/// The zero that sums begin with.
Halide::Expr zeroSum(const ConvRequest &request);

/// The variables of all schedules' outputs.
struct ImageVars {
  Halide::Var c{"c"}, x{"x"}, y{"y"}, n{"n"};
};

/// An element of the request's input, by channel over all groups.
Halide::Expr inputAt(const ConvRequest &request, Halide::Expr c, Halide::Expr x,
                     Halide::Expr y, Halide::Expr n);

/// The order of the request's filter.
PackedFilter packedFilter(const ConvRequest &request);
/// An element of the request's filter, as PackedFilter::at says.
Halide::Expr
filterAt(const ConvRequest &request,
         std::initializer_list<PackedFilter::At<Halide::Expr>> indices);

/// The input with zeros around it: (c, x, y, n), where x and y begin at the
/// first padded column and row; `columns`, `rows` and `channels` say how far
/// it is read. Not yet scheduled.
Halide::Func paddedInput(const ConvRequest &request, int64_t columns,
                         int64_t rows, int64_t channels);
/// As far as the layer reads it.
Halide::Func paddedInput(const ConvRequest &request);

/// An element of the padded input that is never stored: columns beside the
/// image are selected as zeros, and `window`, over which the caller reduces,
/// leaves out the rows above and below it. For schedules that unroll the
/// columns of a tile, so that most of them need no test, and not the rows of
/// the window.
Halide::Expr unpaddedInput(const ConvRequest &request, Halide::RDom &window,
                           Halide::Expr c, Halide::Expr x, Halide::Expr y,
                           Halide::Expr n);

/// The phases of a padded input, for strides, as channels of an image without:
/// (c, x, y, n), where c is row phase, column phase and channel. The other
/// function schedules both stages as a copy.
Halide::Func inputPhases(const ConvRequest &request, const Phases &rows,
                         const Phases &columns, Halide::Func padded);
void scheduleInputPhases(const ConvRequest &request, Halide::Func phases,
                         Halide::Func padded, Halide::LoopLevel at);

/// Whether reading the padded input is more than reading the input.
bool needsCopy(const ConvRequest &request);

/// Schedules the stage of paddedInput as a copy that is stored in `layout`.
void scheduleCopy(const ConvRequest &request, Halide::Func padded,
                  Halide::LoopLevel at, Layout layout = Layout::NHWC);

/// The power of two in a float that is not negative, and what undoes it.
Halide::Expr powerOfTwo(Halide::Expr value);
Halide::Expr reciprocalOfPower(Halide::Expr power);

/// Elements of a vector of the input, and of the longest that a row of `extent`
/// of them fills.
int lanesOf(const ConvRequest &request);
int vectorFor(const ConvRequest &request, int64_t extent);

/// Sum of elements times factors, those of 0 left out; undefined if all are.
Halide::Expr
weightedSum(const std::vector<std::pair<double, Halide::Expr>> &terms);

/// The output: `sum` through the epilogue, in the order of the choice's output
/// layout, bounds and strides set.
Halide::Func makeOutput(const ConvRequest &request, const ImageVars &vars,
                        Halide::Expr sum);

/// Splits with a tail that computes some of the elements twice, or none if the
/// factor divides.
void splitInwards(Halide::Stage stage, Halide::VarOrRVar old,
                  Halide::VarOrRVar outer, Halide::VarOrRVar inner,
                  int64_t extent, int64_t factor);

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

/// The sums of one register tile: `sum` has the dimension of its vectors
/// first, then those that are unrolled; its update reduces over `inner`
/// (unrolled by `unroll`) and then over `outer`, innermost first.
struct Accumulator {
  Halide::Func sum;
  Halide::Var vectors;
  std::vector<Halide::Var> unrolled;
  Halide::RVar inner;
  std::vector<Halide::RVar> outer;
};
void scheduleAccumulator(Accumulator acc, const Variant &variant,
                         Halide::LoopLevel at);

/// The loops of the request's choice, and how they are divided among its
/// threads.
LoopNest loopsOf(const ConvRequest &request);
Division divide(const ConvRequest &request);

/// The loop of `out` over images, strips or blocks that `division` names is run
/// by all threads.
void parallelise(const Division &division, Halide::Stage out,
                 const Halide::VarOrRVar &image, const Halide::VarOrRVar &strip,
                 const Halide::VarOrRVar &block);

// One function a primitive, in the file of its name.
Halide::Func buildDirect(const ConvRequest &request);
Halide::Func buildChannelMajor(const ConvRequest &request);
Halide::Func buildDepthwise(const ConvRequest &request);
Halide::Func buildGroupedRotated(const ConvRequest &request);
Halide::Func buildPointwise(const ConvRequest &request);
Halide::Func buildPointwisePairs(const ConvRequest &request);
Halide::Func buildIm2Row(const ConvRequest &request);
Halide::Func buildKn2Row(const ConvRequest &request);
Halide::Func buildIm2Col(const ConvRequest &request);
Halide::Func buildWinograd(const ConvRequest &request);
Halide::Func buildStrassen(const ConvRequest &request);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_PARTS_H
