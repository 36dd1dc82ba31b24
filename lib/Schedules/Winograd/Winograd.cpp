// For a block of tiles of the image, three stages: the input transform of all
// its tiles; for each element of a transformed tile a matrix product, tiles x
// input channels x output channels, as pointwise has it; the output transform.
// Element by element, weights pass as one stream and each meets all tiles of
// the block, so a block should be large; but its transformed inputs and its
// products are read again by the next stage and should stay in half of L2. Some
// variants have such blocks, some one block for the image, which reads the
// weights once. A transform is vectors of channels through small matrices of
// constants, unrolled: sums and differences in registers.

#include "Builders.h"
#include "ChannelSum.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "WinogradFresh.h"
#include "WinogradPairs.h"
#include "WinogradTimes.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Target/DotProducts.h"

using namespace Halide;

namespace convopt {

Func buildWinograd(const ConvRequest &given) {
  if (given.choice.variant.fresh)
    return buildFreshWinograd(given);
  // The image is transformed in the numbers that products are summed up in, and
  // rounded to those that are multiplied.
  ConvRequest request = given;
  request.layer.types.input = request.layer.types.accumulator;
  const Type multiplied = halideType(given.layer.types.input);
  const int dot = toInt(dotLength(given.layer.types, given.machine));
  const ConvLayer &l = request.layer;
  const Division division = divide(request);
  const LoopNest nest = loopsOf(request);
  const Variant &variant = request.choice.variant;
  const WinogradTransforms w = winogradTransforms(request.choice, l);
  const int my = w.rows.outputs, mx = w.columns.outputs;
  const int nx = w.columns.elements();
  const int tile = toInt(channelTile(variant));
  const int C = toInt(w.inChannels(l));
  const int tilesX = toInt(nest.columns);
  const int tilesY = toInt(division.strip);
  const int blocksX = toInt(nest.blocks);
  const int blocksY = toInt(divideUp(nest.extent, tilesY));
  const int lanes = lanesOf(request);
  // What a block reads of the image.
  const int blockColumns = tilesX * mx + w.columns.taps - 1;
  const int blockRows = tilesY * my + w.rows.taps - 1;

  // Algorithm: `p` is the tile in block (`bx`, `by`), `i` and `j` are row and
  // column in a tile.
  ImageVars v;
  Var p("p"), i("i"), j("j"), e("e"), t("t"), b("b"), bx("bx"), by("by");
  const bool strided = l.strideHeight > 1 || l.strideWidth > 1;
  Func padded = paddedInput(
      request,
      (blocksX * tilesX * mx + w.columns.taps - 1) * w.columnPhases.stride,
      (blocksY * tilesY * my + w.rows.taps - 1) * w.rowPhases.stride,
      strided ? l.inChannels : roundUp(C, lanes));
  Func image = strided
                   ? inputPhases(request, w.rowPhases, w.columnPhases, padded)
                   : padded;
  Func rowsIn("rowsIn"), transformed("transformed"), pixels("pixels"),
      sum("sum"), product("product");
  const bool paired = variant.paired;
  std::optional<BlockScale> scale;
  if (paired)
    scale.emplace(image, blockColumns, blockRows, tilesX * mx, tilesY * my, C,
                  lanes);
  rowsIn(v.c, j, i, p, bx, by, v.n) =
      timesRow(paired ? balanced(w.rows.inputT) : w.rows.inputT, i, [&](int k) {
        return image(v.c, (bx * tilesX + p % tilesX) * mx + j,
                     (by * tilesY + p / tilesX) * my + k, v.n);
      });
  Expr element =
      timesRow(paired ? balanced(w.columns.inputT) : w.columns.inputT, j,
               [&](int k) { return rowsIn(v.c, k, i, p, bx, by, v.n); });
  transformed(v.c, p, j, i, bx, by, v.n) =
      cast(multiplied,
           paired ? element * reciprocalOfPower(scale->unscale(bx, by, v.n))
                  : element);
  // Phases of few channels are one run. Those with a tap less have nothing at
  // infinity, the last element of a side.
  const bool few = l.inChannels < lanes;
  const int columnPhases = toInt(w.columnPhases.count);
  const int run = toInt(l.inChannels) * (few ? columnPhases : 1);
  Region ranges{{0, run / dot},
                {0, few ? 1 : columnPhases},
                {0, toInt(w.rowPhases.count)}};
  if (dot > 1)
    ranges.insert(ranges.begin(), {0, dot});
  RDom c(ranges, "c");
  const int first = dot > 1 ? 1 : 0;
  const RVar steps = c[first], phaseX = c[first + 1], phaseY = c[first + 2];
  if (w.rowPhases.full < w.rowPhases.count)
    c.where(e / nx < w.rows.elements() - 1 || phaseY < toInt(w.rowPhases.full));
  if (w.columnPhases.full < columnPhases && !few)
    c.where(e % nx < nx - 1 || phaseX < toInt(w.columnPhases.full));
  const Expr step =
      (phaseY * (few ? 1 : columnPhases) + phaseX) * (run / dot) + steps;
  const Expr channel = dot > 1 ? step * dot + c[0] : step;
  std::optional<PairedSums> pairs;
  if (paired) {
    pairs.emplace(request, transformed, nx);
    product(pairs->t, pairs->p, pairs->b, pairs->e, pairs->bx, pairs->by,
            pairs->n) = pairs->sum(pairs->t, pairs->p, pairs->b, pairs->e,
                                   pairs->bx, pairs->by, pairs->n) *
                        pairs->scale *
                        scale->unscale(pairs->bx, pairs->by, pairs->n);
  } else {
    pixels(v.c, p, e, bx, by, v.n) =
        transformed(v.c, p, e % nx, e / nx, bx, by, v.n);
    sum(t, p, b, e, bx, by, v.n) = zeroSum(request);
    llvm::SmallVector<PackedFilter::At<Expr>, 5> place{
        {FilterDim::Element, e},
        {FilterDim::Block, b},
        {FilterDim::Channel, step},
        {FilterDim::Lane, t}};
    if (dot > 1)
      place.push_back({FilterDim::Dot, c[0]});
    sum(t, p, b, e, bx, by, v.n) += convopt::product(
        request, filterAt(request, place), pixels(channel, p, e, bx, by, v.n));
    product(t, p, b, e, bx, by, v.n) = sum(t, p, b, e, bx, by, v.n);
  }
  const int width = toInt(variant.lanes);
  const int widthOut = outputWidth(request);
  const int vectorsOut = toInt(channelTile(variant)) / widthOut;
  WinogradOutput output(
      request, v, w, widthOut, [&](const WinogradOutput &o, int k) {
        return product(o.b % vectorsOut * widthOut + o.t,
                       o.tx % tilesX + tilesX * (o.ty % tilesY),
                       o.b / vectorsOut, k * nx + o.j, o.tx / tilesX,
                       o.ty / tilesY, v.n);
      });
  Func out = output.out;

  // Schedule. The output transform, tile by tile.
  Var k = output.k, vector = output.vector, blockX = output.blockX,
      blockY = output.blockY, po("po"), pi("pi");
  output.split(request, v, w, nest, tilesY, widthOut);
  out.reorder(vector, output.xi, output.yi, k, v.x, v.y, blockX, blockY, v.n);
  parallelise(division, out, v.n, blockY, blockX);
  // Or one stage after the other, some tasks a thread in case one is held up.
  const bool inStages = division.loop == DividedLoop::Stages;
  const int64_t tasks = 4 * request.threads;
  Var atTile = k;
  if (inStages)
    atTile = shareTasks(
        out,
        {{k, divideUp(l.outChannels, widthOut)}, {v.x, tilesX}, {v.y, tilesY}},
        tasks);
  output.computeAt(atTile, widthOut);

  // The products of a block, element by element, in register tiles.
  const int64_t tiles = int64_t(tilesX) * tilesY;
  product.compute_at(out, blockX)
      .store_in(MemoryType::Heap)
      .bound_extent(t, tile)
      .bound_extent(p, toInt(tiles));
  splitInwards(product, p, po, pi, tiles, variant.pixels);
  product.split(t, t, vector, width)
      .vectorize(vector)
      .unroll(t)
      .unroll(pi)
      .reorder(vector, t, pi, po, b, e, bx, by, v.n);
  if (inStages)
    product.parallel(e);
  if (paired) {
    // A tile's inputs stay in the first-level cache while it meets all filters.
    product.reorder(b, po);
    scale->schedule(LoopLevel(out, blockX));
    pairs->schedule(variant, LoopLevel(product, b), LoopLevel(product, e));
    transformed.align_storage(v.c, (toInt(divideUp(C, lanes)) | 1) * lanes);
  } else {
    scheduleAccumulator({sum,
                         t,
                         {p},
                         steps,
                         {phaseX, phaseY},
                         dot > 1 ? std::optional<RVar>(c[0]) : std::nullopt,
                         channelRuns(given, variant, pixels, true)},
                        variant, LoopLevel(product, po));
  }

  // The input transform of a block, tile by tile.
  transformed.compute_at(out, blockX)
      .store_in(MemoryType::Heap)
      .align_extent(v.c, lanes)
      .split(v.c, v.c, vector, lanes, TailStrategy::RoundUp)
      .vectorize(vector)
      .unroll(j)
      .reorder(vector, j, i, v.c, p, bx, by, v.n);
  Var atChannels = v.c;
  if (inStages)
    atChannels =
        shareTasks(transformed, {{v.c, divideUp(C, lanes)}, {p, tiles}}, tasks);
  rowsIn.compute_at(transformed, atChannels)
      .store_in(MemoryType::Stack)
      .vectorize(v.c, lanes)
      .reorder(v.c, i, j)
      .unroll(i);
  if (strided) {
    scheduleInputPhases(request, image, padded, LoopLevel(out, blockX),
                        blockColumns * w.columnPhases.stride);
  } else {
    scheduleCopy(request, padded, LoopLevel(out, blockX), Layout::NHWC,
                 blockColumns);
    // Whole tiles, also where the last block of a row is cut off.
    padded.bound_extent(v.x, blockColumns).bound_extent(v.y, blockRows);
  }
  if (inStages)
    shareRows(request, image, blockRows);
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, whose peak is 118
// GFLOP/s in single precision, while its other core was busy; the best variant
// in ms, weights read from memory:
//   3x3               F(2x2)  F(2x4)  F(4x4)  F(5x5)  F(6x6)  F(7x7)
//    64 ->  64, 224                    12.5                    11.6
//    64 ->  64, 56                     0.70    0.73    0.70    0.65
//   128 -> 128, 28                     0.68    0.62    0.60    0.58
//   256 -> 256, 14             0.96    0.89    0.86    1.18    0.95
//   512 -> 512, 28                     11.0            10.3    10.1
//   512 -> 512, 7      1.72    1.57    1.72
// (512, 28 in one row of tiles a block, which reads the weights anew for each:
// 25 ms.) The last is bound by the weights, which grow as (m + 2)^2.
//   1x7, 160 -> 160, 17   F(4,7)       0.43 ms, direct 1.03
//   5x5,  48 ->  64, 35   F(4x4,5x5)   0.36 ms, F(2x2,5x5) 0.78, direct 1.65
//   1x3, 384 -> 384, 8    F(4,3)       0.34 ms, direct 0.54
// With stride 2, NHWC, the input's phases brought together by the copy:
//     3 ->  64, 224, 7x7/2    F(4x4,4x4)  0.98 ms, direct 2.08; AVX2 1.81, 2.14
//    64 -> 128, 56, 3x3/2     F(4x4,2x2)  0.70 ms, direct 1.01; AVX2 1.05, 1.11
//   128 -> 128, 56, 3x3/2     F(4x4,2x2)  1.7  ms, direct 2.1
//   128 -> 256, 28, 3x3/2     F(2x2,2x2)  0.88 ms, direct 1.03
//   288 -> 384, 35, 3x3/2     F(3x3,2x2)  4.8  ms, F(2x2,2x2) 4.9, direct 6.5
// Complex points, by the inputs of a tile's side, NHWC (AVX2):
//    48 ->  64, 35,  5x5   10  0.32 ms (0.37), F(4x4,5x5) 0.38 (0.40)
//   128 -> 128, 46,  7x7   14   5.1 ms (6.0), 10  7.4, 18  7.8, direct 33
//   128 -> 128, 46,  9x9   14   8.4 ms, direct 56
//   128 -> 128, 46, 11x11  18  11.8 ms, 14 16.1
// Relative error against double precision for 64 to 512 channels: F(2x2,3x3)
// 3e-7 to 7e-7, F(2x4) 7e-7 to 2e-6, F(4x4) 2e-6 to 4e-6, F(5x5) 2e-6 to 5e-6,
// F(6x6) 3e-6 to 8e-6, F(7x7) 9e-6 to 3e-5; F(2x2,5x5) 2e-6, F(4x4,5x5) 3e-6,
// F(4,3) 7e-7, F(4,7) 4e-6; F(m,2x2) 2e-7 to 1e-6, F(4x4,4x4) 3e-6; complex
// points 6e-7 to 4e-6, less for 14 and 18 than for 10.
// With transformed filters in half precision, for the unit tests' layers, where
// direct sums have 1.7e-4 to 2.9e-4: F(2x2,3x3) 3e-4 to 6e-4, F(2x4) 7e-4 to
// 1e-3, F(4x4) 9e-4 to 2.4e-3, F(5x5) 1.7e-3 to 3.1e-3, F(6x6) 3.3e-3 to 7e-3,
// F(7x7) 3.6e-3 to 1.6e-2; F(2x2,5x5) 2.1e-3 to 2.4e-3, F(4x4,5x5) 3.7e-3 to
// 4.2e-3; F(4,3) 7e-4, F(4,7) 3e-3; F(m,2x2) 2.6e-4 to 8e-4, F(4x4,4x4) 2.8e-3;
// complex points 10 1.6e-3, 14 9e-4, 18 7e-4. In bfloat16 all are 8 times that.
// With products of bfloat16, where direct sums have 1.8e-3 to 3.7e-3:
// F(2x2,3x3) 4e-3, F(2x4) 1e-2, F(4x4) 2.2e-2 to 2.9e-2, F(5x5) 3.2e-2 to
// 3.6e-2; F(4,3) 7.5e-3, F(4,7) 3.8e-2; F(2x2,2x2) 2.9e-3, F(3x3,2x2) 3.6e-3,
// F(4x4,2x2) 8.5e-3; complex points 10 1.9e-2, 14 9e-3, 18 8e-3. All of these
// are what rounding errors are multiplied by (WinogradTiles.cpp) times those of
// a direct sum.

} // namespace convopt
