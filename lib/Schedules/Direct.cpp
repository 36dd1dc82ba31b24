// The definition, in the order in which a processor can do it at peak.
// Outermost a strip of rows, whose input stays in the cache; in it blocks of
// channels, whose weights stay in the cache for all tiles of the strip;
// innermost a register tile of pixels x vectors of channels, over all taps and
// input channels. Each step loads the tile's weights, which are packed in just
// that order, and broadcasts a pixel for as many multiply-adds as the tile has
// vectors. Patches are not stored (im2row does that): a tap is an offset into
// the padded copy of the strip.

#include "Builders.h"
#include "ChannelSum.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "ShortSums.h"

using namespace Halide;

namespace convopt {

// Of one group or, as the grouped primitive, of several.
Func buildDirect(const ConvRequest &given) {
  ConvRequest request = given;
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int C = toInt(l.inChannels);

  const LoopNest nest = loopsOf(request);
  const int size = toInt(nest.channels);

  // Algorithm: `t` runs over the channels of a tile, `b` over the tiles.
  ImageVars v;
  Var t("t"), b("b");
  Expr group = l.groups == 1 ? Expr(0) : b / toInt(nest.blocks / l.groups);
  Func padded = paddedInput(request), pixels("pixels"), sum("sum");
  Var row("row"), column("column");
  pixels(v.c, column, row, v.x, v.y, v.n) =
      padded(v.c, v.x * toInt(l.strideWidth) + column * toInt(l.dilationWidth),
             v.y * toInt(l.strideHeight) + row * toInt(l.dilationHeight), v.n);
  const ChannelSum channels(request, l.inChannels,
                            {l.kernelWidth, l.kernelHeight});
  RVar s = channels.around(0), r = channels.around(1);
  const ShortSums sums(
      request, channels, 2, sum, {t, b, v.x, v.y, v.n},
      firstSum(request, b * size + t, size),
      product(request,
              channels.weight(request, {{FilterDim::Block, b},
                                        {FilterDim::Row, r},
                                        {FilterDim::Column, s},
                                        {FilterDim::Lane, t}}),
              pixels(group * C + channels.channel(), s, r, v.x, v.y, v.n)));
  Func out = makeOutput(request, v, sum(v.c % size, v.c / size, v.x, v.y, v.n));

  // Schedule.
  TileLoops loops = tileOutput(request, out, v);
  sums.schedule({sum,
                 t,
                 {v.x, v.y},
                 channels.steps(),
                 {s, r},
                 channels.dot(),
                 channelRuns(request, variant, pixels,
                             request.choice.input == Layout::NHWC)},
                variant, LoopLevel(out, loops.tile));
  // A pixel is read by itself, whatever lies beside it, so the copy keeps the
  // order of the input: transposing it would cost more than it is read for.
  if (l.isPadded() || request.convertsInput ||
      copiedChannels(request) != l.inChannels * l.groups)
    scheduleCopy(request, padded, LoopLevel(out, loops.strip),
                 request.choice.input);
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, whose peak is 118
// GFLOP/s in single precision; NHWC to NHWC, the best variant:
//   64 ->  64, 56x56, 3x3       1.99 ms   116 GFLOP/s   98 % of peak
//  128 -> 128, 28x28, 3x3       1.97 ms   117           99 %
//  256 -> 256, 14x14, 3x3       1.97 ms   118           99 %
//  512 -> 512,  7x7,  3x3       1.98 ms   117           99 %
//    3 ->  64, 224x224, 7x7/2   2.12 ms   111           94 %; from NCHW 2.05 ms
//   64 ->  24, 56x56, 3x3       0.77 ms   112           95 %, vectors of 8
// Of bytes (u8 x s8, vpdpbusd: peak 474 billion operations a second):
//   64 ->  64, 56x56, 3x3       0.505 ms  458          97 %
//  256 -> 256, 14x14, 3x3       0.506 ms  457          96 %
//  512 -> 512,  7x7,  3x3       0.522 ms  443          93 %
//    3 ->  64, 224x224, 7x7/2   0.723 ms  326          69 %, 92 % with the
//                                                      fourth channel
// Reading NCHW takes as long. When the copy transposed it, it took 5 to 12 %
// longer (3 -> 32, 224x224, 3x3/2: 0.243 ms; 64 -> 64, 56x56, 3x3: 2.18).
// Grouped, 128 -> 128 in 32 groups, 56x56, 3x3: 0.69 ms (42 GFLOP/s, vectors
// of the 4 channels of a group); NCHW, whose vectors lie along the image:
// 0.33 ms (89).

} // namespace convopt
