// A pointwise convolution whose inner loop forms (a + b')(a' + b) for two
// channels at once: two additions and one multiply-add in place of two
// multiply-adds, beside one that stays as it is, so that both kinds of ports
// are busy (Primitives/PairedProducts.h). Before it, each pixel is divided by a
// power of two near its largest element, and its sum of a a' is formed; after
// it, both are undone. A tile is one vector of channels wide: a pixel is then
// an operand read straight from memory, and a tile has up to 20 of them. Its
// pixels stay in the first-level cache while all weights pass, or, where those
// are too many, the weights of a tile stay while a strip's pixels pass.

#include "Builders.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/PairedProducts.h"

using namespace Halide;

namespace convopt {

namespace {
/// What is made of each pixel before its products are formed: functions of
/// pixel and image, `scaled` of the channel first.
struct PairedPixels {
  Func scaled;   ///< to be near one, with zeros after the last channel
  Func unscale;  ///< the power of two that undoes it
  Func products; ///< the sum of a a'
};
} // namespace

Expr powerOfTwo(Expr value) {
  Expr bits = reinterpret<uint32_t>(clamp(value, 0x1p-100f, 0x1p100f));
  return reinterpret<float>(bits & Internal::make_const(UInt(32), 0x7f800000));
}
Expr reciprocalOfPower(Expr power) {
  return reinterpret<float>(Internal::make_const(UInt(32), 254 << 23) -
                            reinterpret<uint32_t>(power));
}

static PairedPixels scalePixels(const ConvRequest &request, LoopLevel at) {
  const Variant &variant = request.choice.variant;
  const ChannelPairs pairs = channelPairs(request.layer, variant);
  const int C = toInt(request.layer.inChannels);
  const int W = toInt(request.layer.outWidth);
  const int lanes = toInt(variant.lanes), iterations = toInt(pairs.iterations);
  const int stride = toInt(pairedPixelStride(request.layer, variant));
  Var c("c"), p("p"), n("n"), lane("lane");
  PairedPixels pixels;
  auto image = [&](Expr channel) {
    return inputAt(request, channel, p % W, p / W, n);
  };

  // Algorithm. A vector of maxima, some elements in two of them; the largest.
  const int width = vectorFor(request, C);
  Func most("most"), largest("largest");
  RDom parts(0, (C + width - 1) / width, "parts"), all(0, width, "all");
  most(lane, p, n) = zeroSum(request);
  most(lane, p, n) =
      max(most(lane, p, n), abs(image(min(parts * width, C - width) + lane)));
  largest(p, n) = zeroSum(request);
  largest(p, n) = max(largest(p, n), most(all, p, n));
  pixels.unscale = Func("unscale");
  pixels.unscale(p, n) = powerOfTwo(largest(p, n));

  pixels.scaled = Func("scaled");
  pixels.scaled(c, p, n) =
      select(likely(c < C),
             image(min(c, C - 1)) * reciprocalOfPower(pixels.unscale(p, n)),
             zeroSum(request));

  Func sums("sums");
  RDom vectors(0, (iterations + lanes - 1) / lanes, "vectors"),
      whole(0, lanes, "whole");
  Expr j = vectors * lanes + lane;
  Expr product = pixels.scaled(j, p, n) * pixels.scaled(j + iterations, p, n);
  sums(lane, p, n) = zeroSum(request);
  sums(lane, p, n) += iterations % lanes ? select(likely(j < iterations),
                                                  product, zeroSum(request))
                                         : product;
  pixels.products = Func("products");
  pixels.products(p, n) = zeroSum(request);
  pixels.products(p, n) += sums(whole, p, n);

  // Schedule.
  pixels.unscale.compute_at(at).store_in(MemoryType::Heap);
  most.compute_at(pixels.unscale, p).store_in(MemoryType::Stack);
  most.bound_extent(lane, width).vectorize(lane).update().vectorize(lane);
  largest.compute_at(pixels.unscale, p).store_in(MemoryType::Stack);
  largest.update().atomic().vectorize(all);
  pixels.scaled.compute_at(at).store_in(MemoryType::Heap);
  pixels.scaled.bound(c, 0, stride).vectorize(c, lanes);
  pixels.products.compute_at(at).store_in(MemoryType::Heap);
  pixels.products.update().reorder(whole, p).atomic().vectorize(whole);
  sums.compute_at(pixels.products, p).store_in(MemoryType::Stack);
  sums.bound_extent(lane, lanes).vectorize(lane).update().vectorize(lane);
  return pixels;
}

Func buildPointwisePairs(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const ChannelPairs pairs = channelPairs(l, variant);
  const PackedFilter order = packedFilter(request);
  const int tile = toInt(order.channelsOfTile());

  // Algorithm: `p` is the pixel, `part` the pair of an iteration or one of the
  // other channels.
  ImageVars v;
  Var t("t"), b("b"), p("p");
  FlatLoops loops = flatLoops(request);
  LoopLevel scaledAt;
  PairedPixels pixels = scalePixels(request, scaledAt);
  Func sum("sum");
  RDom r(0, toInt(pairs.each) - 1, 0, toInt(pairs.iterations), "r");
  RVar part = r.x, j = r.y;
  auto packed = [&](Expr row) {
    return filterAt(
        request,
        {{FilterDim::Block, b}, {FilterDim::Pair, row}, {FilterDim::Lane, t}});
  };
  auto weight = [&](Expr u) { return packed(pairs.rowOf<Expr>(j, u)); };
  auto pixel = [&](Expr u) {
    return pixels.scaled(u * toInt(pairs.iterations) + j, p, v.n);
  };
  sum(t, b, p, v.n) = packed(toInt(pairs.sumRow())) - pixels.products(p, v.n);
  sum(t, b, p, v.n) +=
      select(part == 0, (pixel(0) + weight(1)) * (pixel(1) + weight(0)),
             pixel(part + 1) * weight(part + 1));
  Expr scale = filterAt(request, {{FilterDim::Block, v.c / tile},
                                  {FilterDim::Pair, toInt(pairs.scaleRow())},
                                  {FilterDim::Lane, v.c % tile}});
  Func out = makeFlatOutput(request, v, loops,
                            sum(v.c % tile, v.c / tile, loops.pixel, v.n) *
                                scale * pixels.unscale(loops.pixel, v.n));

  // Schedule: the pixels of a tile lie in the first-level cache while all
  // weights pass by.
  RVar inTile = loops.domain.x, tiles = loops.domain.y, strip = loops.domain.z;
  Stage update = out.update();
  update
      .split(v.c, loops.block, v.c, tile,
             l.outChannels % tile ? TailStrategy::Predicate
                                  : TailStrategy::RoundUp)
      .vectorize(v.c)
      .unroll(inTile)
      .reorder(v.c, inTile, loops.block, tiles, strip, v.n);
  const bool stripsOutside = variant.columns != 0;
  if (stripsOutside)
    update.reorder(tiles, loops.block);
  if (loops.division.loop == DividedLoop::Strips)
    update.allow_race_conditions(); // Pixels of two strips get the same values.
  parallelise(loops.division, update, v.n, strip, loops.block);
  scaledAt.set(LoopLevel(out, stripsOutside ? strip : tiles));
  Variant unrolled = variant;
  unrolled.unroll = pairs.each - 1;
  scheduleAccumulator({sum, t, {p}, part, {j}}, unrolled,
                      stripsOutside ? LoopLevel(out, tiles)
                                    : LoopLevel(out, loops.block));
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, which adds two
// vectors a cycle beside the two that it multiplies and adds; its peak is 118
// GFLOP/s in single precision. The best variant, and the best without pairs at
// the same time, others being at work on the machine:
//   24 ->  144, 56x56            0.185 ms  117 GFLOP/s   99 % of peak; 109
//   96 ->  576, 14x14            0.141 ms  154          130 %; 112
//  576 ->   96, 14x14            0.153 ms  142          120 %; 114
//  192 -> 1152, 7x7              0.154 ms  141          119 %; 106
// 1152 ->  192, 7x7              0.174 ms  125          106 %; 109
//  256 -> 1024, 14x14            0.687 ms  150          127 %; 113
// 1024 ->  256, 14x14            0.721 ms  143          121 %; 109
// 1024 -> 2048, 7x7              1.96  ms  105; weights tile by tile, 75
// The inner loop alone reaches 173, or 147 %; the most there can be is 150 %.
// Sums kept in memory from block to block of channels, so that less of a pixel
// is read at a time, were slower everywhere. On fewer than about 40 output
// channels, scaling takes more than pairs save.

} // namespace convopt
