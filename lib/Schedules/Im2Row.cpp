// A convolution as a matrix product: each pixel's patch becomes a row, as many
// times copied as the window has taps. The product's tiles then need not be
// rectangles of the image: 7x7 pixels are 49 rows one after the other, which a
// tile of 10 cuts as well as one of 7. A patch's row of channels and columns is
// one run of memory in NHWC, so a step of the sum reads straight on. Made strip
// by strip, so that the copies, taps times as large as the image, never leave
// the cache.

#include "Builders.h"
#include "ChannelSum.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "ShortSums.h"
#include "convopt/Primitives/Tiling.h"

using namespace Halide;

namespace convopt {

Func buildIm2Row(const ConvRequest &given) {
  ConvRequest request = given;
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = toInt(channelTile(variant));
  const int C = toInt(copiedChannels(request));
  const int W = toInt(l.outWidth);
  const int patch = C * toInt(l.kernelWidth);
  const PackedFilter order =
      packedFilter(request).fused(FilterDim::Column, FilterDim::Channel);

  // Algorithm: `p` is the pixel of the output, `f` runs over the channels and
  // columns of one row of its patch, which lie next to each other.
  ImageVars v;
  Var t("t"), b("b"), p("p"), f("f"), r("r");
  Func padded = paddedInput(request), rows("rows"), pixels("pixels"),
       sum("sum");
  rows(f, r, p, v.n) = padded(
      f % C, (p % W) * toInt(l.strideWidth) + (f / C) * toInt(l.dilationWidth),
      (p / W) * toInt(l.strideHeight) + r * toInt(l.dilationHeight), v.n);
  pixels(f, r, p, v.n) = rows(f, r, p, v.n);
  const ChannelSum places(request, patch, {l.kernelHeight});
  const ShortSums sums(request, places, 1, sum, {t, b, p, v.n},
                       firstSum(request, b * tile + t, tile),
                       places.term(request, order,
                                   {{FilterDim::Block, b},
                                    {FilterDim::Row, places.around(0)},
                                    {FilterDim::Lane, t}},
                                   [&](const Expr &c) {
                                     return pixels(c, places.around(0), p, v.n);
                                   }));
  FlatLoops loops = flatLoops(request);
  Func out = makeFlatOutput(request, v, loops,
                            sum(v.c % tile, v.c / tile, loops.pixel, v.n));

  // Schedule: the patches of a strip of rows, then their matrix product.
  scheduleFlatOutput(request, out, v, loops);
  const LoopLevel strip(out, loops.domain.z);
  sums.schedule({sum,
                 t,
                 {p},
                 places.steps(),
                 {places.around(0)},
                 places.dot(),
                 channelRuns(request, variant, pixels, true),
                 0,
                 0,
                 places.rowsOfStep()},
                variant, LoopLevel(out, loops.domain.y));
  const int lanes = lanesOf(request);
  rows.compute_at(strip).store_in(MemoryType::Heap);
  // Without dilation a row of a patch is one run; with, each pixel is.
  if (l.dilationWidth == 1 && patch >= lanes) {
    rows.vectorize(f, lanes, TailStrategy::ShiftInwards);
  } else if (C % lanes == 0) {
    rows.vectorize(f, lanes);
  }
  if (needsCopy(request))
    scheduleCopy(request, padded, strip);
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, whose peak is 118
// GFLOP/s in single precision; the best variant:
//   64 ->  64, 56x56, 3x3       2.13 ms   109 GFLOP/s   92 % of peak
//  512 -> 512,  7x7,  3x3       2.37 ms    98           83 %
//    3 ->  64, 224x224, 7x7/2   2.37 ms    99           84 %

} // namespace convopt
