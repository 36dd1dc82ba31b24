#include "Parts.h"

using namespace Halide;

namespace convopt {

Func buildIm2Col(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(variant.pixels);
  const int C = static_cast<int>(l.inChannels);
  const int R = static_cast<int>(l.kernelHeight);
  const int S = static_cast<int>(l.kernelWidth);
  const int W = static_cast<int>(l.outWidth);

  // Algorithm: a column of the matrix is the plane of the output, shifted.
  ImageVars v;
  Var t("t"), b("b"), p("p"), c("c"), r("r"), s("s");
  Func padded = paddedInput(request), columns("columns"), sum("sum"),
       filter = request.filter;
  columns(p, c, s, r, v.n) =
      padded(c,
             (p % W) * static_cast<int>(l.strideWidth) +
                 s * static_cast<int>(l.dilationWidth),
             (p / W) * static_cast<int>(l.strideHeight) +
                 r * static_cast<int>(l.dilationHeight),
             v.n);
  RDom window(0, C, 0, S, 0, R, "window");
  sum(p, t, b, v.n) = 0.0f;
  sum(p, t, b, v.n) +=
      filter((((b * R + window.z) * S + window.y) * C + window.x) * tile + t) *
      columns(p, window.x, window.y, window.z, v.n);
  FlatLoops loops = flatLoops(l.outHeight * W, vectorTile(variant),
                              variant.strip * W);
  Func out =
      makeFlatOutput(request, v, loops,
                     sum(loops.pixel, v.c % tile, v.c / tile, v.n));

  // Schedule: the columns of a strip of rows, then their matrix product.
  scheduleFlatMajorOutput(request, out, v, loops);
  const LoopLevel strip(out, loops.domain.z);
  scheduleAccumulator({sum, p, {t}, window.x, {window.y, window.z}}, variant,
                      LoopLevel(out, loops.domain.y));
  Var x("x"), y("y");
  columns.compute_at(strip)
      .store_in(MemoryType::Heap)
      .split(p, y, x, W, TailStrategy::RoundUp)
      .vectorize(x, vectorFor(request, W), TailStrategy::ShiftInwards);
  if (l.isPadded())
    scheduleCopy(request, padded, strip, Layout::NCHW);
  return out;
}

} // namespace convopt
