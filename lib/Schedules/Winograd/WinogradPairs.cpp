// Pairs of channels as in pointwise_pairs, within the products of Winograd's
// method; what differs is how numbers are kept near one. An input transform has
// rows of very different length, so each is scaled by a power of two, which the
// packed filter undoes; pixels of a tile meet in sums, so all of a block have
// one factor, not each its own. The first third of the channels meets the
// second, and the last is multiplied as it is; where it is shorter, the pairs
// beyond it have a loop of their own.

#include "WinogradPairs.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "convopt/Primitives/PairedProducts.h"
#include "convopt/Primitives/Tiling.h"

using namespace Halide;

namespace convopt {

CookToom::Matrix balanced(CookToom::Matrix matrix) {
  for (std::vector<double> &row : matrix) {
    const double factor = balancingFactor(row);
    for (double &element : row)
      element *= factor;
  }
  return matrix;
}

BlockScale::BlockScale(Func image, int columns, int rows, int stepX, int stepY,
                       int channels, int lanes)
    : unscale("unscale"), largest("largest"), most("most") {
  Var bx("bx"), by("by"), n("n");
  RDom r(0, (channels + lanes - 1) / lanes, 0, columns, 0, rows, "r");
  RDom all(0, lanes, "all");
  const Expr zero = Internal::make_zero(image.types()[0]);
  most(lane, bx, by, n) = zero;
  most(lane, bx, by, n) = max(
      most(lane, bx, by, n),
      abs(image(r.x * lanes + lane, bx * stepX + r.y, by * stepY + r.z, n)));
  largest(bx, by, n) = zero;
  largest(bx, by, n) = max(largest(bx, by, n), most(all, bx, by, n));
  unscale(bx, by, n) = powerOfTwo(largest(bx, by, n));
  most.bound_extent(lane, lanes).vectorize(lane);
  most.update().vectorize(lane);
  largest.update().atomic().vectorize(all);
}

void BlockScale::schedule(LoopLevel at) {
  for (Func stage : {most, largest, unscale})
    stage.compute_at(at).store_in(MemoryType::Stack);
}

PairedSums::PairedSums(const ConvRequest &request, Func transformed,
                       int columns)
    : sum("sum"), lanes(toInt(request.choice.variant.lanes)) {
  const HalvedChannels halves(request.layer.inChannels);
  const int pairs = toInt(halves.pairs), triples = toInt(halves.triples);
  auto image = [&](Expr c) {
    return transformed(c, p, e % columns, e / columns, bx, by, n);
  };
  auto weight = [&](Expr row) {
    return filterAt(request, {{FilterDim::Element, e},
                              {FilterDim::Block, b},
                              {FilterDim::Pair, row},
                              {FilterDim::Lane, t}});
  };
  whole = RDom(0, lanes, "whole");
  RDom steps(0, (pairs + lanes - 1) / lanes, "steps");
  Expr c = steps * lanes + lane, product = image(c) * image(c + pairs);
  partial(lane, p, e, bx, by, n) = zeroSum(request);
  partial(lane, p, e, bx, by, n) +=
      pairs % lanes ? select(c < pairs, product, zeroSum(request)) : product;
  products(p, e, bx, by, n) = zeroSum(request);
  products(p, e, bx, by, n) += partial(whole, p, e, bx, by, n);

  sum(t, p, b, e, bx, by, n) =
      weight(toInt(halves.sumRow())) - products(p, e, bx, by, n);
  auto pairOf = [&](Expr i, Expr row) {
    return (image(i) + weight(row + 1)) * (image(i + pairs) + weight(row));
  };
  both = RDom(0, 2, 0, triples, "both");
  Expr tripleRow = halves.rowInTriple<Expr>(both.y);
  sum(t, p, b, e, bx, by, n) +=
      select(both.x == 0, pairOf(both.y, tripleRow),
             image(2 * pairs + both.y) * weight(tripleRow + 2));
  if (triples < pairs) {
    rest = RDom(triples, pairs - triples, "rest");
    sum(t, p, b, e, bx, by, n) += pairOf(rest, halves.rowOfPair<Expr>(rest));
  }
  scale = weight(toInt(halves.scaleRow()));
}

void PairedSums::schedule(const Variant &variant, LoopLevel each,
                          LoopLevel element) {
  Variant unrolled = variant;
  unrolled.unroll = 2;
  scheduleAccumulator({sum, t, {p}, both.x, {both.y}}, unrolled, each);
  if (rest.defined())
    sum.update(1).vectorize(t, lanes).unroll(p).reorder(t, p, rest);
  products.compute_at(element).store_in(MemoryType::Heap);
  products.update().reorder(whole, p).atomic().vectorize(whole);
  partial.compute_at(products, p)
      .store_in(MemoryType::Stack)
      .bound_extent(lane, lanes)
      .vectorize(lane)
      .update()
      .vectorize(lane);
}

// Measured as the figures in Winograd.cpp, F(4x4,3x3), pairs and plain:
//    64 ->  64, 56     0.56 ms  0.62
//   128 -> 128, 28     0.53     0.60
//   256 -> 256, 14     1.23     0.89   filters from memory: not offered
//   512 -> 512, 28    11.0     10.0
// and F(6x6,3x3)
//    64 ->  64, 224   10.3     11.6

} // namespace convopt
