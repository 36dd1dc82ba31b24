#ifndef CONVOPT_LIB_SCHEDULES_PARTS_H
#define CONVOPT_LIB_SCHEDULES_PARTS_H

#include "convopt/Primitives/Tiling.h"
#include "convopt/Schedules/ConvSchedule.h"

namespace convopt {

// Parts that the schedules share. A stage over images inside a schedule has
// the arguments (c, x, y, n), whatever the layout of input and output.

/// The variables of all schedules' outputs.
struct ImageVars {
  Halide::Var c{"c"}, x{"x"}, y{"y"}, n{"n"};
};

/// An element of the request's input, by channel over all groups.
Halide::Expr inputAt(const ConvRequest &request, Halide::Expr c, Halide::Expr x,
                     Halide::Expr y, Halide::Expr n);

/// The input with its zero padding: (c, x, y, n), where x and y begin at the
/// first padded column and row. Channels from the last on read as zero if
/// `padChannels`. Not yet scheduled.
Halide::Func paddedInput(const ConvRequest &request, bool padChannels = false);

/// Whether reading the padded input is more than reading the input.
bool needsCopy(const ConvRequest &request);

/// Schedules the stage of paddedInput as a copy, channels innermost.
void scheduleCopy(const ConvRequest &request, Halide::Func padded,
                  Halide::LoopLevel at);

/// The output: `sum` through the epilogue, in the order of the choice's output
/// layout, bounds and strides set.
Halide::Func makeOutput(const ConvRequest &request, const ImageVars &vars,
                        Halide::Expr sum);

/// Splits with a tail that computes some of the elements twice, or none if the
/// factor divides.
void splitInwards(Halide::Stage stage, Halide::VarOrRVar old,
                  Halide::VarOrRVar outer, Halide::VarOrRVar inner,
                  int64_t extent, int64_t factor);

/// Splits the output's channels into tiles as packTiles cuts them, the stores
/// of a last tile that is not full guarded.
void splitChannelTiles(Halide::Func out, Halide::Var c, Halide::Var outer,
                       Halide::Var inner, int64_t channels, int64_t tile);

/// The sums of one register tile: `sum` has its channels first, then the
/// `pixels` variables; its update reduces over `inner` (unrolled by `unroll`)
/// and then over `outer`, innermost first.
struct Accumulator {
  Halide::Func sum;
  Halide::Var channel;
  std::vector<Halide::Var> pixels;
  Halide::RVar inner;
  std::vector<Halide::RVar> outer;
};
void scheduleAccumulator(Accumulator acc, const Variant &variant,
                         Halide::LoopLevel at);

/// The loops of `out` over blocks, outermost last, run by the request's
/// threads: the outermost that has enough iterations.
void parallelise(const ConvRequest &request, Halide::Func out,
                 std::vector<std::pair<Halide::Var, int64_t>> blocks);

// One function a primitive, in the file of its name.
Halide::Func buildDirect(const ConvRequest &request);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_PARTS_H
