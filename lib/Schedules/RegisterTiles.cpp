// A multiply-add takes four cycles, and one or two can begin in each, so a core
// needs about eight independent sums to be busy; loading two operands for each
// would take twice the loads that it can make. A register tile of P pixels x V
// vectors of channels mends both: P * V sums stay in registers over the whole
// reduction, and P + V operands are loaded for P * V multiply-adds. Weights are
// the vectors, pixels are broadcast, with AVX-512 by the instruction that
// multiplies. All of a tile is unrolled, since registers have no index. Tails
// are whole tiles, too: a last tile of pixels overlaps the one before, a last
// tile of channels computes with zeros that the filter was packed with, and
// stores what exists.
//
// An aarch64 multiply-add takes nothing from memory, but one of its operands
// may be an element of a register. There a run of four input channels of each
// pixel is loaded as one vector and stays in a register until all four have met
// their weights: a quarter of the loads of pixels, whose addresses are offsets
// from one pointer, where those that broadcast what they load take no offset.
// The price are registers, so that tiles are smaller (Tiling.cpp). A register
// has eight halves, four times the four bytes that sdot takes of an element, or
// eight pairs of bytes, which no multiplication takes of one: each is copied to
// all elements of another, still without an address.

#include "Expressions.h"
#include "LoopOrder.h"
#include "Outputs.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Target/ByteVectors.h"

using namespace Halide;

namespace convopt {

Expr weightedSum(const std::vector<std::pair<double, Expr>> &terms) {
  Expr sum;
  for (const auto &[weight, e] : terms) {
    const float factor = static_cast<float>(weight);
    if (factor == 0)
      continue;
    if (!sum.defined())
      sum = factor == 1 ? e : factor == -1 ? -e : e * factor;
    else if (factor == 1)
      sum += e;
    else if (factor == -1)
      sum -= e;
    else
      sum += e * factor;
  }
  return sum;
}

void splitInwards(Stage stage, VarOrRVar old, VarOrRVar outer, VarOrRVar inner,
                  int64_t extent, int64_t factor) {
  stage.split(old, outer, inner, toInt(factor),
              extent % factor ? TailStrategy::ShiftInwards
                              : TailStrategy::RoundUp);
  stage.partition(outer, Partition::Never);
}

int storedTogether(const ConvRequest &request, const Func &out, int64_t tile) {
  const MachineDescription &machine = request.machine;
  const ConvLayer &l = request.layer;
  const int lanes = toInt(request.choice.variant.lanes);
  const bool packs = out.type().bits() == 8 && packsBytes(machine) &&
                     lanes == machine.lanes(ElementType::F32) &&
                     tile % (4 * lanes) == 0 &&
                     l.groups * l.outChannels % tile == 0;
  return packs ? 4 * lanes : lanes;
}

void splitChannelTiles(Func out, Var c, Var outer, Var inner, int64_t channels,
                       int64_t tile) {
  out.split(c, outer, inner, toInt(tile),
            channels % tile ? TailStrategy::Predicate : TailStrategy::RoundUp);
}

TileLoops tileOutput(const ConvRequest &request, Func out, const ImageVars &v) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const LoopNest nest = loopsOf(request);
  const int64_t channels = l.groups * l.outChannels, tile = nest.channels;
  const Division division = divide(request);
  TileLoops loops;
  Var k("k"), vector("vector"), xi("xi"), yb("yb"), yi("yi");
  splitChannelTiles(out, v.c, loops.block, k, channels, tile);
  splitInwards(out, v.x, loops.tile, xi, l.outWidth, nest.pixels.columns);
  splitInwards(out, v.y, loops.strip, yb, l.outHeight, division.strip);
  splitInwards(out, yb, loops.row, yi, division.strip, nest.pixels.rows);
  out.split(k, k, vector, storedTogether(request, out, tile),
            tile % variant.lanes ? TailStrategy::Predicate
                                 : TailStrategy::RoundUp)
      .vectorize(vector)
      .unroll(k)
      .unroll(xi)
      .unroll(yi)
      .reorder(vector, k, xi, yi, loops.tile, loops.row, loops.block,
               loops.strip, v.n);
  parallelise(division, out, v.n, loops.strip, loops.block);
  return loops;
}

std::optional<Func> channelRuns(const ConvRequest &request,
                                const Variant &variant, Func pixels,
                                bool together) {
  if (!together ||
      pixelRun(variant.unroll, request.layer.types, request.machine) == 1)
    return std::nullopt;
  return pixels;
}

// Halide stores a run to the stack and reads its elements from there; LLVM
// makes a register of it, since all of its indices are constants.
static void scheduleRuns(Func runs, int run, LoopLevel at) {
  const std::vector<Var> args = runs.args();
  runs.compute_at(at)
      .store_in(MemoryType::Stack)
      .bound_extent(args[0], run)
      .vectorize(args[0]);
  for (size_t i = 1; i < args.size(); ++i)
    runs.unroll(args[i]);
}

/// Runs of so many steps an iteration of a loop: its counters take the more of
/// the time the fewer multiply-adds it has. But LLVM loads two runs of a pixel
/// by one instruction, and then they take two registers.
static int runsTogether(int64_t steps, int64_t iterations) {
  if (steps >= 8)
    return 1;
  return iterations % 2 == 0 ? 2 : iterations == 3 ? 3 : 1;
}

static int64_t extentOf(const RVar &loop) {
  return Internal::as_const_int(loop.extent()).value_or(1);
}

void scheduleAccumulator(Accumulator acc, const Variant &variant,
                         LoopLevel at) {
  // Two products in 16 bits are of whole registers of weights.
  const bool twice = acc.rows > 1 && variant.vectors % 2 == 0;
  const int lanes = toInt(variant.lanes) * (twice ? 2 : 1);
  const int64_t unroll = variant.unroll / acc.rows;
  Var vector("vector");
  acc.sum.compute_at(at).store_in(MemoryType::Stack);
  acc.sum.bound_extent(acc.vectors, toInt(variant.vectors * variant.lanes))
      .split(acc.vectors, acc.vectors, vector, lanes)
      .vectorize(vector)
      .unroll(acc.vectors);
  Stage update = acc.sum.update();
  update.split(acc.vectors, acc.vectors, vector, lanes);
  std::vector<VarOrRVar> order;
  if (acc.dot) {
    update.atomic().vectorize(*acc.dot);
    order.push_back(*acc.dot);
  }
  update.vectorize(vector).unroll(acc.vectors);
  order.insert(order.end(), {vector, acc.vectors});
  for (const Var &pixel : acc.unrolled) {
    acc.sum.unroll(pixel);
    update.unroll(pixel);
    order.push_back(pixel);
  }
  if (unroll > 1) {
    RVar part("part");
    update.split(acc.inner, acc.inner, part, toInt(unroll)).unroll(part);
    order.push_back(part);
  }
  std::vector<RVar> loops{acc.inner};
  loops.insert(loops.end(), acc.outer.begin(), acc.outer.end());
  for (int64_t i = 0; i < acc.whole; ++i)
    update.unroll(acc.outer[i]);
  if (acc.runs) {
    int64_t run = acc.run;
    if (run == 0)
      run = variant.unroll * (acc.dot ? extentOf(*acc.dot) : 1);
    // The loop around a run.
    size_t i = acc.whole ? acc.whole + 1 : 0;
    int64_t iterations = extentOf(acc.inner) / unroll;
    if (i == 0 && iterations == 1 && !acc.outer.empty())
      i = 1;
    if (i < loops.size()) {
      if (i > 0)
        iterations = extentOf(loops[i]);
      const int together = runsTogether(variant.unroll, iterations);
      RVar runs("runs");
      update.split(loops[i], loops[i], runs, together).unroll(runs);
      loops.insert(loops.begin() + static_cast<std::ptrdiff_t>(i), runs);
      at = LoopLevel(acc.sum, runs);
    }
    scheduleRuns(*acc.runs, toInt(run), at);
  }
  order.insert(order.end(), loops.begin(), loops.end());
  update.reorder(order);
}

// Counted (bench/counted.py), instructions of the inner loop for each
// multiply-add on a Cortex-A73, 128 -> 240, 28x28, 1x1, of each shape of tile:
//   one by one   6x4  1.39   4x6  1.45   8x3  1.45
//   runs of 4    5x4  1.18   4x5  1.19   9x2  1.19   7x3  1.19, sums spilled
// With one run an iteration in place of two 1.21, 1.23, 1.24 and 1.20.
// Of bytes, in the assembly for 64 -> 32, 30x30, 3x3 (1x1: 5x4, 8x2 and 9x2),
// instructions for each sdot on a Cortex-A76, smull or sadalp on a Cortex-A73:
//   sdot         4x4  1.19   7x2  1.17   5x4  1.18   8x2  1.20   9x2  1.22
//   pairs        4x4  1.22   7x2  1.33
// Of pairs whose products are added in 16 bits, multiply-adds for each
// instruction of the inner loop (above, one by one, 4x4 3.28):
//   2x6  4.32   3x4  4.20   5x2  3.70
// and with sums spilled 4x4 3.77, 3x6 3.62, 2x8 3.64, 6x2 3.16, 8x2 3.07.

} // namespace convopt
