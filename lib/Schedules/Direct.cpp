#include "Parts.h"

using namespace Halide;

namespace convopt {

Func buildDirect(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(channelTile(variant));
  const int C = static_cast<int>(l.inChannels);
  const int S = static_cast<int>(l.kernelWidth);
  const int R = static_cast<int>(l.kernelHeight);

  // Algorithm: `t` runs over the channels of a tile, `b` over the tiles.
  ImageVars v;
  Var t("t"), b("b");
  Func padded = paddedInput(request), sum("sum"), filter = request.filter;
  RDom window(0, C, 0, S, 0, R, "window");
  RVar c = window.x, s = window.y, r = window.z;
  sum(t, b, v.x, v.y, v.n) = 0.0f;
  sum(t, b, v.x, v.y, v.n) +=
      filter((((b * R + r) * S + s) * C + c) * tile + t) *
      padded(c, v.x * static_cast<int>(l.strideWidth) +
                    s * static_cast<int>(l.dilationWidth),
             v.y * static_cast<int>(l.strideHeight) +
                 r * static_cast<int>(l.dilationHeight),
             v.n);
  Func out = makeOutput(request, v,
                        sum(v.c % tile, v.c / tile, v.x, v.y, v.n));

  // Schedule.
  Var block("block"), k("k"), xo("xo"), xi("xi"), yo("yo"), yb("yb"), yi("yi"),
      yt("yt"), vector("vector");
  const PixelTile pixels = pixelTile(variant.pixels, l.outWidth, l.outHeight);
  splitChannelTiles(out, v.c, block, k, l.outChannels, tile);
  splitInwards(out, v.x, xo, xi, l.outWidth, pixels.columns);
  splitInwards(out, v.y, yo, yb, l.outHeight, variant.strip);
  splitInwards(out, yb, yt, yi, variant.strip, pixels.rows);
  out.split(k, k, vector, static_cast<int>(variant.lanes))
      .vectorize(vector)
      .unroll(k)
      .unroll(xi)
      .unroll(yi)
      .reorder(vector, k, xi, yi, xo, yt, block, yo, v.n);
  parallelise(request, out,
              {{block, divideUp(l.outChannels, tile)},
               {yo, divideUp(l.outHeight, variant.strip)},
               {v.n, l.batch}});
  scheduleAccumulator({sum, t, {v.x, v.y}, c, {s, r}}, variant,
                      LoopLevel(out, xo));
  if (needsCopy(request))
    scheduleCopy(request, padded, LoopLevel(out, yo));
  return out;
}

} // namespace convopt
