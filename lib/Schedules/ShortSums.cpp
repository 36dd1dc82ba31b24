// Half precision has 11 bits: added to a sum a thousand times larger, a product
// is lost. Sums of 32 products lose about two bits of them, and single
// precision adds these up without further loss. A machine that multiplies and
// adds vectors of halves does the 32 in registers; the sums in single
// precision, twice as many vectors, wait on the stack and are loaded, widened,
// added to and stored once for each 32 products, of few channels those of
// several columns and rows of the window.

#include "ShortSums.h"
#include "Expressions.h"
#include <map>

using namespace Halide;

namespace convopt {

static int extentOf(const RVar &loop) {
  return toInt(Internal::as_const_int(loop.extent()).value_or(1));
}

static constexpr int mostProducts = 32;

/// Channels of a short sum: whole iterations of the unrolled loop.
static int chunkOf(int steps, int unroll) {
  int chunk = unroll;
  for (int size = unroll; size <= std::min(steps, mostProducts); size += unroll)
    if (steps % size == 0)
      chunk = size;
  return chunk;
}

ShortSums::ShortSums(const ConvRequest &request, const ChannelSum &channels,
                     int around, Func sum, const std::vector<Var> &args,
                     Expr first, Expr term) {
  if (request.layer.types.accumulator != ElementType::F16) {
    sum(args) = first;
    sum(args) += term;
    return;
  }
  const int steps = extentOf(channels.steps());
  const int chunk = chunkOf(steps, toInt(request.choice.variant.unroll));
  // Of few channels those of several places of the window.
  Region parts{{0, chunk}}, ranges{{0, steps / chunk}};
  int inside = 0, products = chunk;
  for (; chunk == steps && inside < around; ++inside) {
    const int places = extentOf(channels.around(inside));
    if (products * places > mostProducts)
      break;
    products *= places;
    parts.emplace_back(0, places);
  }
  for (int i = inside; i < around; ++i)
    ranges.emplace_back(0, extentOf(channels.around(i)));
  within = RDom(parts, "within");
  outer = RDom(ranges, "outer");
  std::vector<Var> partArgs = args;
  std::vector<Expr> at(args.begin(), args.end());
  std::map<std::string, Expr> places;
  for (int i = 0; i < outer.dimensions(); ++i) {
    Var place("place" + std::to_string(i));
    partArgs.push_back(place);
    at.emplace_back(outer[i]);
    if (i == 0)
      places[channels.steps().name()] = place * chunk + within[0];
    else
      places[channels.around(inside + i - 1).name()] = place;
  }
  for (int i = 0; i < inside; ++i)
    places[channels.around(i).name()] = within[i + 1];
  part(partArgs) = zeroSum(request);
  part(partArgs) += Internal::substitute(places, term);
  sum(args) = cast<float>(first);
  sum(args) += cast<float>(part(at));
}

void ShortSums::schedule(Accumulator acc, const Variant &variant,
                         LoopLevel at) const {
  if (!part.defined())
    return scheduleAccumulator(acc, variant, at);
  const int lanes = toInt(variant.lanes);
  Var vector("vector");
  acc.sum.compute_at(at)
      .store_in(MemoryType::Stack)
      .bound_extent(acc.vectors, toInt(variant.vectors * variant.lanes))
      .split(acc.vectors, acc.vectors, vector, lanes)
      .vectorize(vector)
      .unroll(acc.vectors);
  Stage update = acc.sum.update();
  update.split(acc.vectors, acc.vectors, vector, lanes)
      .vectorize(vector)
      .unroll(acc.vectors);
  std::vector<VarOrRVar> order{vector, acc.vectors};
  for (const Var &pixel : acc.unrolled) {
    acc.sum.unroll(pixel);
    update.unroll(pixel);
    order.push_back(pixel);
  }
  for (int i = 0; i < outer.dimensions(); ++i)
    order.push_back(outer[i]);
  update.reorder(order);
  const Func whole = acc.sum;
  acc.sum = part;
  acc.inner = within[0];
  acc.outer.clear();
  for (int i = 1; i < within.dimensions(); ++i)
    acc.outer.push_back(within[i]);
  // Of all vectors and pixels of the tile, before any is added.
  scheduleAccumulator(acc, variant, LoopLevel(whole, outer[0]));
}

// Counted in the assembly for a Cortex-A76, instructions of the inner loop for
// each multiply-add of eight lanes, pixels loaded one by one, in runs of four
// and in runs of eight:
//   5x4  1.64  1.38 to 1.44, sums spilled  1.21
//   9x2        1.21 to 1.24                1.20
//   8x2                                    1.22
// With two runs of eight an iteration 1.30, 1.21 and 1.20, sums spilled.
// Measured on one core of an Intel Xeon (Sapphire Rapids), which multiplies and
// adds 32 halves at a time, beside other work; milliseconds, best variants of
// direct and pointwise, and of the same in single precision:
//   64 ->  64, 56x56, 3x3        0.70  1.22
//  256 ->  64, 56x56, 1x1        0.46  0.56
//  256 -> 256, 14x14, 3x3        0.80  1.54

} // namespace convopt
