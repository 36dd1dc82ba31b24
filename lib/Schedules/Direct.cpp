// The definition, in the order in which a processor can do it at peak.
// Outermost a strip of rows, whose input stays in the cache; in it blocks of
// channels, whose weights stay in the cache for all tiles of the strip;
// innermost a register tile of pixels x vectors of channels, over all taps and
// input channels. Each step loads the tile's weights, which are packed in just
// that order, and broadcasts a pixel for as many multiply-adds as the tile has
// vectors. Patches are not stored (im2row does that): a tap is an offset into
// the padded copy of the strip. Where an element of a register may be an
// operand but channels are too few to fill one, a tile loads what its pixels
// read of a row together: five pixels of 3x3/2 read eleven columns, not 15.

#include "Builders.h"
#include "ChannelSum.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "ShortSums.h"

using namespace Halide;

namespace convopt {

namespace {
/// The pixels that a tile reads: of the padded input as channel, column and row
/// of the window and the pixel of the output; where rows are read (readsRows),
/// as what lies in a row of it.
class ReadPixels {
public:
  ReadPixels(const ConvRequest &request, Func padded)
      : request(request), l(request.layer),
        ofRows(readsRows(l, request.choice.input, request.machine)),
        together(request.choice.input == Layout::NHWC
                     ? toInt(copiedChannels(request))
                     : 1) {
    ImageVars v;
    Var row("row"), column("column");
    if (!ofRows)
      func(v.c, column, row, v.x, v.y, v.n) =
          padded(v.c, columnOf(v.x, column), rowOf(v.y, row), v.n);
    else if (together > 1)
      func(column, v.y, v.n) =
          padded(column % together, column / together, v.y, v.n);
    else
      func(column, v.c, v.y, v.n) = padded(v.c, column, v.y, v.n);
  }

  Expr at(Expr c, Expr s, Expr r, const ImageVars &v) const {
    if (!ofRows)
      return func(c, s, r, v.x, v.y, v.n);
    Expr x = columnOf(v.x, s), y = rowOf(v.y, r);
    return together > 1 ? func(x * together + c, y, v.n) : func(x, c, y, v.n);
  }

  void schedule(Accumulator &acc) const {
    const Variant &variant = request.choice.variant;
    if (!ofRows) {
      acc.runs = channelRuns(request, variant, func,
                             request.choice.input == Layout::NHWC);
      return;
    }
    const int64_t columns = loopsOf(request).pixels.columns;
    acc.runs = func;
    acc.run = together * ((columns - 1) * l.strideWidth +
                          (l.kernelWidth - 1) * l.dilationWidth + 1);
    if (together > 1)
      acc.whole = 1;
    else
      std::swap(acc.inner, acc.outer[0]); // columns before channels
  }

private:
  Expr columnOf(Expr x, Expr s) const {
    return x * toInt(l.strideWidth) + s * toInt(l.dilationWidth);
  }
  Expr rowOf(Expr y, Expr r) const {
    return y * toInt(l.strideHeight) + r * toInt(l.dilationHeight);
  }

  const ConvRequest &request;
  const ConvProblem &l;
  Func func{"pixels"};
  const bool ofRows;
  const int together; ///< channels of a pixel
};
} // namespace

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
  Func padded = paddedInput(request), sum("sum");
  const ReadPixels pixels(request, padded);
  const ChannelSum channels(request, l.inChannels,
                            {l.kernelWidth, l.kernelHeight});
  RVar s = channels.around(0), r = channels.around(1);
  const ShortSums sums(request, channels, 2, sum, {t, b, v.x, v.y, v.n},
                       firstSum(request, b * size + t, size),
                       channels.term(request,
                                     {{FilterDim::Block, b},
                                      {FilterDim::Row, r},
                                      {FilterDim::Column, s},
                                      {FilterDim::Lane, t}},
                                     [&](const Expr &c) {
                                       return pixels.at(group * C + c, s, r, v);
                                     }));
  Func out = makeOutput(request, v, sum(v.c % size, v.c / size, v.x, v.y, v.n));

  // Schedule.
  TileLoops loops = tileOutput(request, out, v);
  Accumulator acc{sum, t, {v.x, v.y}, channels.steps(), {s, r}, channels.dot()};
  acc.rows = channels.rowsOfStep();
  pixels.schedule(acc);
  sums.schedule(acc, variant, LoopLevel(out, loops.tile));
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
// Counted in the assembly for a Cortex-A73, 3 -> 64, 111x111, 3x3/2 from NCHW,
// rows read by 4x4: 1.24 instructions of the inner loop for each multiply-add.

} // namespace convopt
