// Seven products of half matrices in place of eight. One step only, and on
// register tiles: what Strassen does with blocks of the whole matrix is done
// here with blocks that lie side by side in each tile of two by two register
// tiles, so that the seven products of a tile fit the first-level cache and
// their sums are formed right there. The sums of blocks of pixels are packed
// once a strip and read by every tile of channels; those of weights are packed
// at compile time, 7/4 as large. A pixel's sums are made once for all output
// channels, which is why few of those do not pay.

#include "Builders.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/BilinearProduct.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"

using namespace Halide;

namespace convopt {

// A row of `matrix` times elements, in the order of `row`, which becomes a
// constant once its loop is unrolled.
static Expr timesRow(const BilinearProduct::Matrix &matrix, Expr row,
                     const std::function<Expr(int)> &element) {
  std::vector<Expr> sums;
  for (const std::vector<double> &factors : matrix) {
    std::vector<std::pair<double, Expr>> terms;
    for (size_t i = 0; i < factors.size(); ++i)
      terms.push_back({factors[i], element(toInt(i))});
    sums.push_back(weightedSum(terms));
  }
  return mux(row, sums);
}

// Pixels of the plane as one dimension, cut into tiles of several register
// tiles, one after the other, each of another block of the input's rows; the
// same for output channels.
Func buildStrassen(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const BilinearProduct &a = strassen();
  const int tile = toInt(channelTile(variant));
  const int tiles = tile * a.columns;
  const int P = toInt(variant.pixels);
  const int part = toInt(l.inChannels) / a.inner;
  const int run = toInt(packedRun(part, lanesOf(request)));
  const int W = toInt(l.outWidth);

  // Algorithm: `j` counts products, `i` pixels and `t` channels of a register
  // tile, `p` tiles of a strip `s`.
  FlatLoops loops = flatLoops(request);
  ImageVars v;
  Var ci("ci"), co("co"), i("i"), j("j"), t("t"), b("b"), p("p"), s("s");
  Func packed("packed"), pixels("pixels"), sum("sum"), product("product");
  packed(ci, i, co, j, p, s, v.n) = timesRow(a.left, j, [&](int block) {
    Expr pixel = loops.first(p, s) + block / a.inner * P + i;
    return inputAt(request, block % a.inner * part + co * run + ci,
                   pixel % W * toInt(l.strideWidth),
                   pixel / W * toInt(l.strideHeight), v.n);
  });
  pixels(ci, i, co, j, p, s, v.n) = packed(ci, i, co, j, p, s, v.n);
  RDom c(0, run, 0, part / run, "c");
  sum(t, i, b, j, p, s, v.n) = zeroSum(request);
  sum(t, i, b, j, p, s, v.n) +=
      filterAt(request, {{FilterDim::Block, b},
                         {FilterDim::Product, j},
                         {FilterDim::Part, c.y * run + c.x},
                         {FilterDim::Lane, t}}) *
      pixels(c.x, i, c.y, j, p, s, v.n);
  product(t, i, b, j, p, s, v.n) = sum(t, i, b, j, p, s, v.n);
  const RVar pixel = loops.domain.x, po = loops.domain.y,
             strip = loops.domain.z;
  Expr block = Expr(pixel) / P * a.columns + v.c % tiles / tile;
  Func out = makeFlatOutput(
      request, v, loops, timesRow(a.result, block, [&](int k) {
        return product(v.c % tile, pixel % P, v.c / tiles, k, po, strip, v.n);
      }));

  // Schedule. The output from its products.
  Var k("k"), hk("hk"), vector("vector");
  RVar hp("hp"), pi("pi");
  Stage update = out.update();
  update
      .split(v.c, loops.block, k, tiles,
             l.outChannels % tiles ? TailStrategy::Predicate
                                   : TailStrategy::RoundUp)
      .split(k, hk, k, tile)
      .split(k, k, vector, toInt(variant.lanes))
      .split(pixel, hp, pi, P)
      .vectorize(vector)
      .unroll(k)
      .unroll(hk)
      .unroll(hp)
      .reorder({vector, k, hk, pi, hp, po, loops.block, strip, v.n});
  paralleliseFlat(loops, update, v.n);

  // The products of a tile, one after the other.
  product.compute_at(out, po)
      .store_in(MemoryType::Heap)
      .bound_extent(t, tile)
      .bound_extent(i, P)
      .split(t, t, vector, toInt(variant.lanes))
      .vectorize(vector)
      .unroll(t)
      .unroll(i)
      .reorder(vector, t, i, j, p, b, s, v.n);
  scheduleAccumulator({sum,
                       t,
                       {i},
                       c.x,
                       {c.y},
                       std::nullopt,
                       channelRuns(request, variant, pixels, true)},
                      variant, LoopLevel(product, j));

  // The sums of blocks of a strip of the input, all of a vector together.
  packed.compute_at(out, strip)
      .store_in(MemoryType::Heap)
      .bound_extent(ci, run)
      .vectorize(ci)
      .unroll(j)
      .reorder(ci, j, i, co, p, s, v.n);
  if (loops.division.loop == DividedLoop::Blocks)
    packed.parallel(p);
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, whose peak is 118
// GFLOP/s in single precision, weights read from memory, both cores busy; the
// best variant, beside the best of pointwise:
// 1024 ->  512, 14x14   1.68 ms   122 GFLOP/s   104 % of peak; 1.84 ms
//  512 -> 1024, 14x14   1.68      122           104            1.83
//  512 ->  256, 28x28   1.67      123           104
//  256 ->  512, 28x28   1.71      120           102            1.84
//  768 ->  192, 17x17   0.71      120           102            0.78
//  256 ->  128, 56x56   1.96      105            89, no gain
// 2048 -> 1024,  7x7    1.90      108            92, no gain: the filter grows
// Beside the products (93 % of the time) the packed sums take 3 % and the
// output 4 %, for its lines are not in L1 or L2 when they are written.
// Relative error against double precision, 256 channels: 4e-7.

} // namespace convopt
