// A 1x1 convolution is a matrix product, pixels x input channels times input
// channels x output channels; with no neighbours to read, a plane is a line of
// pixels, and no tile is cut off at the end of a row. Strips of pixels are read
// from the cache by every block of channels. With a stride pixels are no line
// any more, and tiles are rectangles, as direct's. Planes of one pixel, as
// fully connected layers are, take the images for pixels: each weight read from
// memory then serves all of a batch.

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

// Where its numbers are converted the input of a strip is copied; each block of
// channels then reads the copy.
static void scheduleConverted(const ConvRequest &request, Func converted,
                              LoopLevel strip) {
  if (!request.convertsInput)
    return;
  converted.compute_at(strip).store_in(MemoryType::Heap);
  converted.vectorize(converted.args()[0],
                      vectorFor(request, request.layer.inChannels),
                      TailStrategy::ShiftInwards);
}

// Pixels of the plane as one dimension; with several images of one pixel, the
// images.
static Func buildFused(const ConvRequest &given) {
  ConvRequest request = given;
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = toInt(channelTile(variant));
  const int W = toInt(l.outWidth);
  FlatLoops loops = flatLoops(request);
  const bool overBatch = loops.overBatch;

  // Algorithm: `p` is the pixel.
  ImageVars v;
  Var t("t"), b("b"), p("p");
  Func read("read"), pixels("pixels"), sum("sum");
  read(v.c, p, v.n) = overBatch ? inputAt(request, v.c, 0, 0, p)
                                : inputAt(request, v.c, p % W, p / W, v.n);
  pixels(v.c, p, v.n) = read(v.c, p, v.n);
  const ChannelSum channels(request, l.inChannels, {});
  const ShortSums sums(
      request, channels, 0, sum, {t, b, p, v.n},
      firstSum(request, b * tile + t, tile),
      channels.term(request, {{FilterDim::Block, b}, {FilterDim::Lane, t}},
                    [&](const Expr &c) { return pixels(c, p, v.n); }));
  Func out = makeFlatOutput(
      request, v, loops,
      sum(v.c % tile, v.c / tile, loops.pixel, overBatch ? Expr(0) : v.n));

  // Schedule.
  scheduleFlatOutput(request, out, v, loops);
  sums.schedule({sum,
                 t,
                 {p},
                 channels.steps(),
                 {},
                 channels.dot(),
                 channelRuns(request, variant, pixels, true),
                 0,
                 0,
                 channels.rowsOfStep()},
                variant, LoopLevel(out, loops.domain.y));
  scheduleConverted(request, read, LoopLevel(out, loops.domain.z));
  return out;
}

// An NCHW output: vectors of pixels, a tile of channels.
static Func buildNchw(const ConvRequest &given) {
  ConvRequest request = given;
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = toInt(variant.pixels);
  const int C = toInt(l.inChannels);
  const int W = toInt(l.outWidth);

  // Algorithm.
  ImageVars v;
  Var t("t"), b("b"), p("p");
  Func sum("sum");
  RDom c(0, C, "c");
  sum(p, t, b, v.n) = firstSum(request, b * tile + t, tile);
  sum(p, t, b, v.n) += filterAt(request, {{FilterDim::Block, b},
                                          {FilterDim::Channel, c},
                                          {FilterDim::Lane, t}}) *
                       inputAt(request, c, p % W, p / W, v.n);
  FlatLoops loops = flatLoops(request);
  Func out = makeFlatOutput(request, v, loops,
                            sum(loops.pixel, v.c % tile, v.c / tile, v.n));

  // Schedule.
  scheduleFlatMajorOutput(request, out, v, loops);
  scheduleAccumulator({sum, p, {t}, c, {}}, variant,
                      LoopLevel(out, loops.domain.y));
  return out;
}

static Func buildStrided(const ConvRequest &given) {
  ConvRequest request = given;
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = toInt(channelTile(variant));

  // Algorithm.
  ImageVars v;
  Var t("t"), b("b");
  Func read("read"), pixels("pixels"), sum("sum");
  read(v.c, v.x, v.y, v.n) = inputAt(request, v.c, v.x * toInt(l.strideWidth),
                                     v.y * toInt(l.strideHeight), v.n);
  pixels(v.c, v.x, v.y, v.n) = read(v.c, v.x, v.y, v.n);
  const ChannelSum channels(request, l.inChannels, {});
  const ShortSums sums(
      request, channels, 0, sum, {t, b, v.x, v.y, v.n},
      firstSum(request, b * tile + t, tile),
      channels.term(request, {{FilterDim::Block, b}, {FilterDim::Lane, t}},
                    [&](const Expr &c) { return pixels(c, v.x, v.y, v.n); }));
  Func out = makeOutput(request, v, sum(v.c % tile, v.c / tile, v.x, v.y, v.n));

  // Schedule.
  TileLoops loops = tileOutput(request, out, v);
  sums.schedule({sum,
                 t,
                 {v.x, v.y},
                 channels.steps(),
                 {},
                 channels.dot(),
                 channelRuns(request, variant, pixels, true),
                 0,
                 0,
                 channels.rowsOfStep()},
                variant, LoopLevel(out, loops.tile));
  scheduleConverted(request, read, LoopLevel(out, loops.strip));
  return out;
}

Func buildPointwise(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  if (request.choice.output == Layout::NCHW)
    return buildNchw(request);
  return l.strideHeight == 1 && l.strideWidth == 1 ? buildFused(request)
                                                   : buildStrided(request);
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, whose peak is 118
// GFLOP/s in single precision; the best variant:
//   64 ->  256, 56x56            0.89 ms   115 GFLOP/s   98 % of peak (NCHW)
//   64 ->  256, 56x56            0.93 ms   110           94 % (NHWC)
//  256 ->  512, 28x28, stride 2  0.44 ms   117           99 %
// 2048 ->  512, 7x7              0.87 ms   118           99 %; NCHW 1.15 ms
//  512 -> 1000, 1x1              0.02 ms    49           2.1 MB of weights at
//  98
//                                                        GB/s, from L3
// Of bytes (u8 x s8, vpdpbusd: peak 474 billion operations a second):
//  256 ->   64, 56x56           0.231 ms  445          94 %
//   64 ->  256, 56x56           0.259 ms  397          84 %
// 1024 ->  256, 14x14           0.227 ms  453          96 %
// 2048 ->  512, 7x7             0.235 ms  437          92 %
//   24 ->  144, 56x56           0.072 ms  302          64 %

} // namespace convopt
