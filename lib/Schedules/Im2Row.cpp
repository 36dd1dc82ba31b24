#include "Parts.h"

using namespace Halide;

namespace convopt {

Func buildIm2Row(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(channelTile(variant));
  const int C = static_cast<int>(l.inChannels);
  const int R = static_cast<int>(l.kernelHeight);
  const int W = static_cast<int>(l.outWidth);
  const int patch = C * static_cast<int>(l.kernelWidth);

  // Algorithm: `p` is the pixel of the output, `f` runs over the channels and
  // columns of one row of its patch, which lie next to each other.
  ImageVars v;
  Var t("t"), b("b"), p("p"), f("f"), r("r");
  Func padded = paddedInput(request), rows("rows"), sum("sum"),
       filter = request.filter;
  rows(f, r, p, v.n) =
      padded(f % C,
             (p % W) * static_cast<int>(l.strideWidth) +
                 (f / C) * static_cast<int>(l.dilationWidth),
             (p / W) * static_cast<int>(l.strideHeight) +
                 r * static_cast<int>(l.dilationHeight),
             v.n);
  RDom window(0, patch, 0, R, "window");
  sum(t, b, p, v.n) = 0.0f;
  sum(t, b, p, v.n) +=
      filter(((b * R + window.y) * patch + window.x) * tile + t) *
      rows(window.x, window.y, p, v.n);
  FlatLoops loops = flatLoops(l.outHeight * W, variant.pixels,
                              variant.strip * W);
  Func out = makeFlatOutput(
      request, v, loops,
      sum(v.c % tile, v.c / tile, loops.pixel, v.n));

  // Schedule: the patches of a strip of rows, then their matrix product.
  scheduleFlatOutput(request, out, v, loops);
  const LoopLevel strip(out, loops.domain.z);
  scheduleAccumulator({sum, t, {p}, window.x, {window.y}}, variant,
                      LoopLevel(out, loops.domain.y));
  const int lanes = static_cast<int>(request.machine.vectorFloats());
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

} // namespace convopt
