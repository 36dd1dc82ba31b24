// A filter of R x S taps is R x S pointwise convolutions of shifted images,
// added up. Where the dilation is large the shifts move much of the image out
// of itself: of 3x3 with dilation 12 on 33x33 pixels 43 % of the products are
// with padding. So a tile sums, tap by tap, only the taps whose pixels lie at
// least in part in the image; rows of zeros are neither stored nor multiplied.
// The price is a test for each tap of a tile, and that tiles are within one
// row.

#include "Builders.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"

using namespace Halide;

namespace convopt {

// The image with zeros on its left and right: (c, x, y, n).
static Func withColumns(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  ImageVars v;
  Func padded("padded");
  Expr x = v.x - toInt(l.padLeft), column = x;
  Expr inside = Internal::const_true();
  if (l.padLeft) {
    inside = likely(x >= 0);
    column = max(column, 0);
  }
  if (inputColumns(l) > l.padLeft + l.inWidth) {
    inside = inside && likely(x < toInt(l.inWidth));
    column = min(column, toInt(l.inWidth) - 1);
  }
  Expr value = inputAt(request, v.c, column, v.y, v.n);
  padded(v.c, v.x, v.y, v.n) =
      Internal::is_const_one(inside)
          ? value
          : select(inside, value, Internal::make_zero(value.type()));
  return padded;
}

Func buildKn2Row(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = toInt(channelTile(variant));
  const int C = toInt(l.inChannels);
  const int S = toInt(l.kernelWidth);
  const int R = toInt(l.kernelHeight);
  const int W = toInt(l.inWidth), H = toInt(l.inHeight);
  const LoopNest nest = loopsOf(request);
  const int pixels = toInt(nest.pixels.columns), width = toInt(l.outWidth);
  const int stride = toInt(l.strideWidth), left = toInt(l.padLeft);

  // Algorithm: `xi` is the pixel in tile `xo` of a row. The last tile overlaps
  // that before it, so that every tile is full.
  ImageVars v;
  Var t("t"), b("b"), xi("xi"), xo("xo");
  auto first = [&](Expr tileX) {
    return width % pixels ? min(tileX * pixels, width - pixels)
                          : tileX * pixels;
  };
  Func padded = withColumns(request), sum("sum");
  RDom window(0, C, 0, S, 0, R, "window");
  RVar c = window.x, s = window.y, r = window.z;
  Expr row = v.y * toInt(l.strideHeight) + r * toInt(l.dilationHeight) -
             toInt(l.padTop);
  Expr column = first(xo) * stride + s * toInt(l.dilationWidth);
  window.where(row >= 0 && row < H);
  window.where(column < left + W && column + (pixels - 1) * stride >= left);
  sum(t, xi, b, xo, v.y, v.n) = zeroSum(request);
  sum(t, xi, b, xo, v.y, v.n) +=
      filterAt(request, {{FilterDim::Block, b},
                         {FilterDim::Row, r},
                         {FilterDim::Column, s},
                         {FilterDim::Channel, c},
                         {FilterDim::Lane, t}}) *
      padded(c, column + xi * stride, clamp(row, 0, H - 1), v.n);
  RDom inRow(0, pixels, 0, toInt(divideUp(width, pixels)), "inRow");
  Func out =
      makeTiledOutput(request, v, first(inRow.y) + inRow.x,
                      sum(v.c % tile, inRow.x, v.c / tile, inRow.y, v.y, v.n));

  // Schedule.
  const int64_t channels = l.outChannels;
  const Division division = divide(request);
  Var k("k"), vector("vector"), block("block"), strip("strip"), y("y");
  Stage update = out.update();
  update
      .split(v.c, block, k, tile,
             channels % tile ? TailStrategy::Predicate : TailStrategy::RoundUp)
      .split(k, k, vector, toInt(variant.lanes))
      .split(v.y, strip, y, toInt(division.strip),
             l.outHeight % division.strip ? TailStrategy::GuardWithIf
                                          : TailStrategy::RoundUp)
      .vectorize(vector)
      .unroll(k)
      .unroll(inRow.x)
      .reorder(vector, k, inRow.x, inRow.y, y, block, strip, v.n);
  parallelise(division, update, v.n, strip, block);
  scheduleAccumulator({sum, t, {xi}, c, {s, r}}, variant,
                      LoopLevel(out, inRow.y));
  if (inputColumns(l) > l.inWidth || l.padLeft ||
      request.choice.input == Layout::NCHW)
    scheduleCopy(request, padded, LoopLevel(out, v.n));
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz while it was busy with
// other work; 3x3 filters, NHWC, the best variant:
//   2048 -> 256, 33x33, dilation 12   59 ms, direct 150, im2row 164
// Not dilated, small planes, where the tiles of one row are short: 5x5, 256 ->
// 480: 0.64 ms, direct 0.63; 3x3, 256 -> 324: 0.25 ms, direct 0.16.

} // namespace convopt
