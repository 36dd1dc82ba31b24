#include "Parts.h"

using namespace Halide;

namespace convopt {

// Pixels of the plane as one dimension; with several images of one pixel, the
// images.
static Func buildFused(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(channelTile(variant));
  const int C = static_cast<int>(l.inChannels);
  const int W = static_cast<int>(l.outWidth);
  const bool overBatch = l.outHeight * l.outWidth == 1;
  const int64_t pixels = overBatch ? l.batch : l.outHeight * l.outWidth;

  // Algorithm: `p` is the pixel.
  ImageVars v;
  Var t("t"), b("b"), p("p");
  Func sum("sum"), filter = request.filter;
  RDom c(0, C, "c");
  sum(t, b, p, v.n) = 0.0f;
  sum(t, b, p, v.n) += filter((b * C + c) * tile + t) *
                       (overBatch ? inputAt(request, c, 0, 0, p)
                                  : inputAt(request, c, p % W, p / W, v.n));
  FlatLoops loops = flatLoops(pixels, variant.pixels, variant.strip, overBatch);
  Func out = makeFlatOutput(
      request, v, loops,
      sum(v.c % tile, v.c / tile, loops.pixel, overBatch ? Expr(0) : v.n));

  // Schedule.
  scheduleFlatOutput(request, out, v, loops);
  scheduleAccumulator({sum, t, {p}, c, {}}, variant,
                      LoopLevel(out, loops.domain.y));
  return out;
}

// An NCHW output: vectors of pixels, a tile of channels.
static Func buildNchw(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(variant.pixels);
  const int C = static_cast<int>(l.inChannels);
  const int W = static_cast<int>(l.outWidth);

  // Algorithm.
  ImageVars v;
  Var t("t"), b("b"), p("p");
  Func sum("sum"), filter = request.filter;
  RDom c(0, C, "c");
  sum(p, t, b, v.n) = 0.0f;
  sum(p, t, b, v.n) += filter((b * C + c) * tile + t) *
                       inputAt(request, c, p % W, p / W, v.n);
  FlatLoops loops =
      flatLoops(l.outHeight * W, vectorTile(variant), variant.strip);
  Func out =
      makeFlatOutput(request, v, loops,
                     sum(loops.pixel, v.c % tile, v.c / tile, v.n));

  // Schedule.
  scheduleFlatMajorOutput(request, out, v, loops);
  scheduleAccumulator({sum, p, {t}, c, {}}, variant,
                      LoopLevel(out, loops.domain.y));
  return out;
}

static Func buildStrided(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(channelTile(variant));
  const int C = static_cast<int>(l.inChannels);

  // Algorithm.
  ImageVars v;
  Var t("t"), b("b");
  Func sum("sum"), filter = request.filter;
  RDom c(0, C, "c");
  sum(t, b, v.x, v.y, v.n) = 0.0f;
  sum(t, b, v.x, v.y, v.n) +=
      filter((b * C + c) * tile + t) *
      inputAt(request, c, v.x * static_cast<int>(l.strideWidth),
              v.y * static_cast<int>(l.strideHeight), v.n);
  Func out = makeOutput(request, v,
                        sum(v.c % tile, v.c / tile, v.x, v.y, v.n));

  // Schedule.
  TileLoops loops = tileOutput(request, out, v);
  scheduleAccumulator({sum, t, {v.x, v.y}, c, {}}, variant,
                      LoopLevel(out, loops.tile));
  return out;
}

Func buildPointwise(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  if (request.choice.output == Layout::NCHW)
    return buildNchw(request);
  return l.strideHeight == 1 && l.strideWidth == 1 ? buildFused(request)
                                                   : buildStrided(request);
}

} // namespace convopt
