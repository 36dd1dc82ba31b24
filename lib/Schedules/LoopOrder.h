#ifndef CONVOPT_LIB_SCHEDULES_LOOPORDER_H
#define CONVOPT_LIB_SCHEDULES_LOOPORDER_H

#include "convopt/Primitives/Division.h"
#include "convopt/Schedules/ConvSchedule.h"
#include <optional>

namespace convopt {

// How loops are split, kept in registers and shared among threads.

/// Splits with a tail that computes some of the elements twice, or none if the
/// factor divides.
void splitInwards(Halide::Stage stage, Halide::VarOrRVar old,
                  Halide::VarOrRVar outer, Halide::VarOrRVar inner,
                  int64_t extent, int64_t factor);

/// Channels of a block of `tile` that `out` stores at once: those of four
/// vectors, where it is of bytes that an instruction narrows these to together.
int storedTogether(const ConvRequest &request, const Halide::Func &out,
                   int64_t tile);

/// The sums of one register tile: `sum` has the dimension of its vectors
/// first, then those that are unrolled; its update reduces over `inner`
/// (unrolled by `unroll`) and then over `outer`, innermost first. `dot`, if
/// there is one, is summed up within the lanes.
struct Accumulator {
  Halide::Func sum;
  Halide::Var vectors;
  std::vector<Halide::Var> unrolled;
  Halide::RVar inner;
  std::vector<Halide::RVar> outer;
  std::optional<Halide::RVar> dot = std::nullopt;
  /// The operand that is broadcast, where some of it is loaded as one vector.
  std::optional<Halide::Func> runs = std::nullopt;
  /// The elements of a run, unless they are those that `unroll` steps read.
  int64_t run = 0;
  /// How many of `outer` are unrolled whole, within a run.
  int64_t whole = 0;
  /// Steps of `unroll` that an iteration of `inner` takes.
  int64_t rows = 1;
};

/// Accumulator::runs: `pixels`, whose first dimension is the input channel, if
/// register tiles of the request are to load as many channels of a pixel as
/// `variant` unrolls as one vector (pixelRun); none where they do not lie
/// `together`.
std::optional<Halide::Func> channelRuns(const ConvRequest &request,
                                        const Variant &variant,
                                        Halide::Func pixels, bool together);

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

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_LOOPORDER_H
