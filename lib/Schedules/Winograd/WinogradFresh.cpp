// A transformed filter is (m + r - 1)^2 / r^2 as large as the filter, and deep
// layers on small planes do nothing but wait for it. Here plain weights are
// read and transformed just before they are used: for one tile of output
// channels, 16 input channels at a time into the cache, where they meet all
// tiles of the block. That makes a matrix product of which the sums over 16
// channels stay in registers and the rest in the cache. The transform takes as
// long as two or three tiles' products, and while it runs memory must not stand
// still: the products prefetch the next weights.

#include "WinogradFresh.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "WinogradTimes.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "llvm/ADT/STLExtras.h"

using namespace Halide;

namespace convopt {

namespace {
// Has the loop that multiplies prefetch what is transformed next, so that
// memory is read all the time. Halide prefetches what the body of a loop reads
// in a later iteration: the body is made to read, under a condition that no
// number meets, a slice of the plain filters' current chunk for each element of
// a tile. Halide 21 prefetches every fourth line of four times the range: a
// slice of an odd number of lines leaves none out, nor would it with each line.
struct Ahead {
  int slice, last; ///< weights

  Ahead(const PackedFilter &order, int64_t chunk, int elements)
      : last(toInt(order.size() - 1)) {
    const int64_t line = 64 / bytesOf(order.type());
    slice = toInt((divideUp(divideUp(chunk, line), elements) | 1) * line);
  }

  // 0: `part` of `parts` parts of the slice of an element of the chunk that
  // begins at `chunk`.
  Expr zero(Func filter, Expr chunk, Expr element, Expr part, int parts) const {
    const Type weight = filter.types()[0], bits = Int(weight.bits());
    const Expr noNumber =
        Internal::make_const(bits, weight.bits() == 16 ? 0x7fef : 0x7fc0beef);
    auto at = [&](Expr offset) {
      return filter(min(chunk + element * slice + offset, last));
    };
    return select(reinterpret(bits, at(0)) == noNumber,
                  at(part * slice / std::max(1, parts - 1)),
                  Internal::make_zero(weight));
  }

  static void schedule(Stage stage, Func filter, const Var &at,
                       const RVar &chunks) {
    if (const auto *call = filter.value().as<Internal::Call>())
      if (call->param.defined())
        stage.prefetch(call->param, at, chunks, 1,
                       PrefetchBoundStrategy::NonFaulting);
  }
};
} // namespace

/// The same method with rows of G that begin with 1, so that they are powers of
/// their points: mostly sums and differences. What each is divided by is in
/// its row of B^T, which is multiplied with for few tiles, not for each filter.
static CookToom withCheapFilters(CookToom method) {
  for (size_t row = 0; row < method.filter.size(); ++row) {
    double first = 1;
    for (double factor : llvm::reverse(method.filter[row]))
      first = factor != 0 ? factor : first;
    for (double &factor : method.filter[row])
      factor /= first;
    for (double &factor : method.inputT[row])
      factor *= first;
  }
  return method;
}

Func buildFreshWinograd(const ConvRequest &request) {
  const ConvProblem &l = request.layer;
  const Division division = divide(request);
  const LoopNest nest = loopsOf(request);
  const Variant &variant = request.choice.variant;
  const WinogradTransforms given = winogradTransforms(request.choice, l);
  // Where filters wait for memory their arithmetic is hidden.
  const bool hidden = request.machine.isX86();
  auto method = [&](const CookToom &side) {
    return hidden ? side : withCheapFilters(side);
  };
  const CookToom rowMethod = method(given.rows),
                 columnMethod = method(given.columns);
  const WinogradTransforms w{rowMethod, columnMethod, given.rowPhases,
                             given.columnPhases};
  const int my = w.rows.outputs, mx = w.columns.outputs;
  const int nx = w.columns.elements(), ny = w.rows.elements();
  const int R = w.rows.taps, S = w.columns.taps;
  const int tile = toInt(channelTile(variant));
  const int chunk = toInt(variant.unroll);
  const int C = toInt(freshChannels(l, variant));
  const PackedFilter order = packedFilter(request);
  const int tilesX = toInt(nest.columns);
  const int tilesY = toInt(division.strip);
  const int64_t tiles = int64_t(tilesX) * tilesY;
  const int blocksX = toInt(nest.blocks);
  const int blocksY = toInt(divideUp(nest.extent, tilesY));
  const int lanes = lanesOf(request);
  const int vectorIn = std::min(lanes, chunk);
  const int width = toInt(variant.lanes);
  const int widthOut = outputWidth(request);
  const int vectorsOut = toInt(channelTile(variant)) / widthOut;

  // Algorithm: the sums over a chunk of channels are formed in registers, those
  // over all chunks where they stay in the caches. `p` is the tile in block
  // (`bx`, `by`), `i` and `j` are row and column in a tile, `ci` is the channel
  // in chunk `ck`.
  ImageVars v;
  Var p("p"), i("i"), j("j"), t("t"), b("b"), bx("bx"), by("by"), ci("ci"),
      ck("ck"), s("s"), c("c");
  Func image = paddedInput(request, blocksX * tilesX * mx + S - 1,
                           blocksY * tilesY * my + R - 1, C);
  Func rowsIn("rowsIn"), transformed("transformed"), filterRows("filterRows"),
      fresh("fresh"), pixels("pixels"), part("part"), sum("sum");
  rowsIn(ci, j, i, p, ck, bx, by, v.n) = timesRow(w.rows.inputT, i, [&](int k) {
    return image(ck * chunk + ci, (bx * tilesX + p % tilesX) * mx + j,
                 (by * tilesY + p / tilesX) * my + k, v.n);
  });
  transformed(ci, p, j, i, ck, bx, by, v.n) =
      timesRow(w.columns.inputT, j,
               [&](int k) { return rowsIn(ci, k, i, p, ck, bx, by, v.n); });
  auto asSum = [&](Expr weight) {
    return cast(halideType(l.types.accumulator), weight);
  };
  filterRows(t, s, i, c, b) = timesRow(w.rows.filter, i, [&](int k) {
    return asSum(filterAt(request, {{FilterDim::Block, b},
                                    {FilterDim::Channel, c},
                                    {FilterDim::Row, k},
                                    {FilterDim::Column, s},
                                    {FilterDim::Lane, t}}));
  });
  fresh(t, j, i, ci, ck, b) = timesRow(w.columns.filter, j, [&](int k) {
    return filterRows(t, k, i, ck * chunk + ci, b);
  });
  pixels(ci, p, j, i, ck, bx, by, v.n) =
      transformed(ci, p, j, i, ck, bx, by, v.n);
  RDom within(0, chunk, "within"), chunks(0, C / chunk, "chunks");
  const Ahead ahead(order, chunk * order.stride(FilterDim::Channel), nx * ny);
  part(t, p, j, i, b, ck, bx, by, v.n) = asSum(
      hidden ? ahead.zero(request.filter,
                          order.at<Expr>({{FilterDim::Block, b},
                                          {FilterDim::Channel, ck * chunk}}),
                          i * nx + j, p, toInt(tiles))
             : zeroSum(request));
  part(t, p, j, i, b, ck, bx, by, v.n) +=
      fresh(t, j, i, within, ck, b) * pixels(within, p, j, i, ck, bx, by, v.n);
  sum(t, p, j, i, b, bx, by, v.n) = zeroSum(request);
  sum(t, p, j, i, b, bx, by, v.n) += part(t, p, j, i, b, chunks, bx, by, v.n);
  WinogradOutput output(
      request, v, w, widthOut, [&](const WinogradOutput &o, int k) {
        return sum(o.b % vectorsOut * widthOut + o.t,
                   o.tx % tilesX + tilesX * (o.ty % tilesY), o.j, k,
                   o.b / vectorsOut, o.tx / tilesX, o.ty / tilesY, v.n);
      });
  Func out = output.out;

  // Schedule. A tile of output channels at a time: the products of all tiles of
  // the block, chunk by chunk, then the output transform.
  Var k = output.k, vector = output.vector, blockX = output.blockX,
      blockY = output.blockY, kb("kb"), po("po"), pi("pi");
  output.split(request, v, w, nest, tilesY, widthOut);
  const int64_t allVectors = divideUp(l.outChannels, widthOut);
  out.split(k, kb, k, vectorsOut,
            allVectors % vectorsOut ? TailStrategy::GuardWithIf
                                    : TailStrategy::RoundUp)
      .reorder(vector, output.xi, output.yi, k, v.x, v.y, kb, blockX, blockY,
               v.n);
  parallelise(division, out, v.n, blockY, blockX);
  const bool inStages = division.loop == DividedLoop::Stages;
  const int64_t tasks = 4 * request.threads;
  if (inStages)
    out.parallel(kb);
  output.computeAt(k, widthOut);

  // Filters of a chunk are transformed and meet all tiles, element by element.
  sum.compute_at(out, kb)
      .store_in(MemoryType::Heap)
      .bound_extent(t, tile)
      .bound_extent(p, toInt(tiles))
      .bound_extent(j, nx)
      .bound_extent(i, ny)
      .bound_extent(b, 1) // Not seen where the last tile is cut off.
      .vectorize(t, width);
  Stage update = sum.update();
  // Sums that are added to must not be met twice.
  update
      .split(p, po, pi, toInt(variant.pixels),
             tiles % variant.pixels ? TailStrategy::GuardWithIf
                                    : TailStrategy::RoundUp)
      .partition(po, Partition::Never);
  update.split(t, t, vector, width)
      .vectorize(vector)
      .unroll(t)
      .unroll(pi)
      .reorder(vector, t, pi, po, j, i, chunks, b, bx, by, v.n);
  if (hidden)
    Ahead::schedule(update, request.filter, j, chunks);
  Variant unrolled = variant;
  unrolled.unroll = freshUnroll;
  scheduleAccumulator({part,
                       t,
                       {p},
                       within,
                       {},
                       std::nullopt,
                       channelRuns(request, unrolled, pixels, true)},
                      unrolled, LoopLevel(sum, po));
  fresh.compute_at(sum, chunks)
      .store_in(MemoryType::Heap)
      .bound_extent(t, tile)
      .split(t, t, vector, width)
      .vectorize(vector)
      .unroll(j)
      .unroll(i)
      .reorder(vector, j, i, t, ci, ck, b);
  if (!hidden)
    fresh.reorder_storage(t, ci, j, i, ck, b);
  filterRows.compute_at(fresh, t)
      .store_in(MemoryType::Stack)
      .vectorize(t, width)
      .unroll(i)
      .unroll(s);

  // The input transform as in Winograd.cpp, but a chunk is one stream.
  transformed.compute_at(out, blockX)
      .store_in(MemoryType::Heap)
      .bound_extent(ci, chunk)
      .split(ci, ci, vector, vectorIn)
      .vectorize(vector)
      .unroll(j)
      .reorder(vector, j, i, ci, p, ck, bx, by, v.n);
  Var atChannels = ci;
  if (inStages)
    atChannels = shareTasks(
        transformed, {{ci, chunk / vectorIn}, {p, tiles}, {ck, C / chunk}},
        tasks);
  rowsIn.compute_at(transformed, atChannels)
      .store_in(MemoryType::Stack)
      .vectorize(ci, vectorIn)
      .reorder(ci, i, j)
      .unroll(i);
  scheduleCopy(request, image, LoopLevel(out, blockX));
  if (inStages)
    shareRows(request, image, tilesY * my + R - 1);
  return out;
}

// Measured as the figures in Winograd.cpp while other work ran, ms (MB of
// packed weights), fresh and the best packed transformed:
//   512 -> 512, 28   F(7x7)   8.4  (9.4)   F(7x7) 10.1  (85)
//   512 -> 512, 14   F(5x5)   3.2  (9.4)   F(5x5)  3.2  (51)
//   256 -> 256, 14   F(5x5)   0.79 (2.4)   F(5x5)  0.83 (13)
//   512 -> 512, 7    F(4x4)   1.8  (9.4)   F(2x4)  1.6  (25)
// Without prefetching: 4.2 for 14x14, 2.6 for 7x7. The last would take 1.4 if
// the lines were prefetched to L2 alone, which Halide cannot say.
//
// Counted (bench/counted.py) on a Cortex-A73, millions of instructions of 512
// -> 512, 7, F(4x4): 27.5 as x86 has it, for which Halide prefetches nothing;
// with rows of G that begin with 1 23.2, filters in the order of their use and
// nothing read ahead 21.5. All of ResNet-18 270, 255 and 249; with sums and
// pixels of phases in registers (Codegen/Halide/OwnStack.cpp) 242; with outputs
// by two vectors, the bias once a row and copies by four registers 239.

} // namespace convopt
