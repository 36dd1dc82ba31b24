// With one input channel a group there is no sum over channels: an input meets
// the taps of one window for each output that reads it, and loads, not
// products, are what there is most of. Channels are the vectors. A tile of
// neighbouring pixels is unrolled over a row of the window, so that an input is
// loaded once for all of them that it is read for, and so are the weights of
// that row. Copying the input with its padding would be a load and a store for
// every few multiply-adds: zeros beside the image are selected in place, rows
// above and below left out.

#include "Builders.h"
#include "ChannelSum.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/Division.h"

using namespace Halide;

namespace convopt {

Func buildDepthwise(const ConvRequest &given) {
  ConvRequest request = given;
  if (request.choice.output == Layout::NCHW)
    return buildChannelMajor(request);
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int C = toInt(l.groups);
  const int S = toInt(l.kernelWidth);
  const int R = toInt(l.kernelHeight);

  // Algorithm.
  ImageVars v;
  Func sum("sum");
  RDom window(0, S, 0, R, "window");
  RVar s = window.x, r = window.y;
  Expr input = unpaddedInput(
      request, window, v.c,
      v.x * toInt(l.strideWidth) + s * toInt(l.dilationWidth),
      v.y * toInt(l.strideHeight) + r * toInt(l.dilationHeight), v.n);
  sum(v.c, v.x, v.y, v.n) = firstSum(request, v.c, 1);
  Expr weight = filterAt(
      request,
      {{FilterDim::Row, r}, {FilterDim::Column, s}, {FilterDim::Group, v.c}});
  sum(v.c, v.x, v.y, v.n) += product(request, weight, input);
  Func out = makeOutput(request, v, sum(v.c, v.x, v.y, v.n));

  // Schedule.
  const LoopNest nest = loopsOf(request);
  const Division division = divide(request);
  Var block("block"), k("k"), vector("vector"), xo("xo"), xi("xi"),
      strip("strip"), yb("yb"), yo("yo"), yi("yi");
  splitInwards(out, v.c, block, k, C, nest.channels);
  splitInwards(out, v.x, xo, xi, l.outWidth, nest.pixels.columns);
  splitInwards(out, v.y, strip, yb, l.outHeight, division.strip);
  splitInwards(out, yb, yo, yi, division.strip, nest.pixels.rows);
  out.partition(xo, Partition::Auto);
  if (request.padValue != 0)
    out.partition(yo, Partition::Auto);
  out.split(k, k, vector, toInt(variant.lanes))
      .vectorize(vector)
      .unroll(k)
      .unroll(xi)
      .unroll(yi)
      .reorder(vector, k, xi, yi, xo, yo, block, strip, v.n);
  // Down a column of tiles, all channels of each, which lie together.
  const bool channelsInside = variant.columns != 0;
  if (channelsInside)
    out.reorder(block, yo, xo);
  parallelise(division, out, v.n, strip, block);
  sum.compute_at(out, channelsInside ? block : xo)
      .store_in(MemoryType::Stack)
      .bound_extent(v.c, toInt(nest.channels))
      .split(v.c, v.c, vector, toInt(variant.lanes))
      .vectorize(vector)
      .unroll(v.c)
      .unroll(v.x)
      .unroll(v.y);
  // Neighbouring pixels read an input together.
  sum.update()
      .split(v.c, v.c, vector, toInt(variant.lanes))
      .reorder(vector, s, v.x, v.c, v.y, r)
      .vectorize(vector)
      .unroll(s)
      .unroll(v.x)
      .unroll(v.c)
      .unroll(v.y);
  return out;
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, whose peak is 118
// GFLOP/s in single precision; the best variant. Products with padding count,
// though whole rows of it are left out:
//   32, 112x112, 3x3             0.070 ms  103 GFLOP/s
//  144, 56x56, 3x3               0.078 ms  104
//  576, 14x14, 3x3               0.023 ms   90
//  960, 7x7, 3x3                 0.009 ms   92
//   96, 112x112, 3x3, stride 2   0.101 ms   54, 60 GB/s
//  240, 28x28, 5x5               0.084 ms  112
//  672, 14x14, 5x5, stride 2     0.023 ms   73
//   80, 28x28, 7x7               0.053 ms  115
// Down columns of tiles, all channels of each, 8x2c1 and 16x1c1 (8x2 at the
// same time):
//   96, 112x112, 3x3, stride 2   0.080 ms   68, 75 GB/s (0.099)
//   32, 112x112, 3x3             0.066 ms  110 (0.070)
//  144, 56x56, 3x3               0.081 ms  100 (14x1: 0.078)
// A row of tiles after the other instead: 0.099, 0.070, 0.086 ms.
// Of bytes (u8 x s8 widened, vpdpwssd with one product a lane):
//  144, 56x56, 3x3               0.105 ms   77
//  576, 14x14, 3x3               0.025 ms   80
//  960, 7x7, 3x3                 0.012 ms   71
//   96, 112x112, 3x3, stride 2   0.080 ms   68
// From a padded copy of the strip: 70, 69, 56, 45, 27, 84, 35 and 96 GFLOP/s.
// Weights as halves or bytes take up to a tenth longer on a Sapphire Rapids and
// are there for their size: the least object of EfficientNet-B0 in w8 has 5.72
// MB, 6.23 with these in single precision.

} // namespace convopt
