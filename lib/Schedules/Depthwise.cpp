#include "Parts.h"

using namespace Halide;

namespace convopt {

Func buildDepthwise(const ConvRequest &request) {
  if (request.choice.output == Layout::NCHW)
    return buildChannelMajor(request);
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int C = static_cast<int>(l.groups);
  const int S = static_cast<int>(l.kernelWidth);
  const int R = static_cast<int>(l.kernelHeight);

  // Algorithm.
  ImageVars v;
  Func padded = paddedInput(request), sum("sum"), filter = request.filter;
  RDom window(0, S, 0, R, "window");
  RVar s = window.x, r = window.y;
  sum(v.c, v.x, v.y, v.n) = 0.0f;
  sum(v.c, v.x, v.y, v.n) +=
      filter((r * S + s) * C + v.c) *
      padded(v.c,
             v.x * static_cast<int>(l.strideWidth) +
                 s * static_cast<int>(l.dilationWidth),
             v.y * static_cast<int>(l.strideHeight) +
                 r * static_cast<int>(l.dilationHeight),
             v.n);
  Func out = makeOutput(request, v, sum(v.c, v.x, v.y, v.n));

  // Schedule.
  const PixelTile pixels = pixelTile(variant.pixels, l.outWidth, l.outHeight);
  Var block("block"), k("k"), vector("vector"), xo("xo"), xi("xi"),
      strip("strip"), yb("yb"), yo("yo"), yi("yi");
  splitInwards(out, v.c, block, k, C, channelTile(variant));
  splitInwards(out, v.x, xo, xi, l.outWidth, pixels.columns);
  splitInwards(out, v.y, strip, yb, l.outHeight, variant.strip);
  splitInwards(out, yb, yo, yi, variant.strip, pixels.rows);
  out.split(k, k, vector, static_cast<int>(variant.lanes))
      .vectorize(vector)
      .unroll(k)
      .unroll(xi)
      .unroll(yi)
      .reorder(vector, k, xi, yi, xo, yo, block, strip, v.n);
  parallelise(request, out,
              {{block, divideUp(C, channelTile(variant))},
               {strip, divideUp(l.outHeight, variant.strip)},
               {v.n, l.batch}});
  scheduleAccumulator({sum, v.c, {v.x, v.y}, s, {r}}, variant,
                      LoopLevel(out, xo));
  if (R <= 3)
    sum.update().unroll(r);
  if (needsCopy(request))
    scheduleCopy(request, padded, LoopLevel(out, strip));
  return out;
}

} // namespace convopt
