// Every schedule writes its output in one of three ways. As a pure definition
// over (c, x, y, n), where tiles are rectangles of the image and the last of a
// row overlaps the one before. As an update over pixels of the plane in a line,
// where tiles run on over the ends of rows: x and y are then a remainder and a
// quotient, so it is Halide that must be told that no two tasks write different
// values to one place. And as an update over tiles of a row. A tail of single
// pixels would take longer than to compute some of them twice.

#include "Outputs.h"
#include "Expressions.h"
#include "LoopOrder.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"

using namespace Halide;

namespace convopt {

// Declares the output in the order of its layout; its definition follows.
static void setOutputBounds(const ConvRequest &request, Func out,
                            const std::vector<Var> &order) {
  const ConvLayer &l = request.layer;
  const int channels = toInt(l.outChannels * l.groups);
  const int width = toInt(l.outWidth), height = toInt(l.outHeight);
  const int batch = toInt(l.batch);
  const std::vector<int> extents =
      request.choice.output == Layout::NHWC
          ? std::vector<int>{channels, width, height, batch}
          : std::vector<int>{width, height, channels, batch};
  int stride = 1;
  for (int i = 0; i < 4; ++i) {
    out.bound(order[i], 0, extents[i]);
    out.output_buffer().dim(i).set_bounds(0, extents[i]).set_stride(stride);
    stride *= extents[i];
  }
}

/// What is stored of a sum.
static Expr finished(const ConvRequest &request, const Expr &sum,
                     const ConvPoint &at) {
  return request.epilogue(request.initial ? sum + request.initial(at) : sum,
                          at);
}

template <typename T>
static std::vector<T> inOrder(Layout layout, T c, T x, T y, T n) {
  if (layout == Layout::NHWC)
    return {c, x, y, n};
  return {x, y, c, n};
}

Func makeOutput(const ConvRequest &request, const ImageVars &v, Expr sum) {
  Func out("out");
  std::vector<Var> order = inOrder(request.choice.output, v.c, v.x, v.y, v.n);
  out(order) = finished(request, sum, {v.c, v.x, v.y, v.n});
  setOutputBounds(request, out, order);
  return out;
}

Expr FlatLoops::first(Expr inTile, Expr inStrip) const {
  auto begin = [](Expr block, int64_t size, int64_t extent) -> Expr {
    if (extent == size)
      return 0;
    if (extent % size == 0)
      return block * toInt(size);
    return min(block * toInt(size), toInt(extent - size));
  };
  return begin(inStrip, strip, pixels) + begin(inTile, tile, strip);
}

FlatLoops flatLoops(const ConvRequest &request) {
  const LoopNest nest = loopsOf(request);
  FlatLoops loops;
  loops.overBatch = nest.unit == StripUnit::Images;
  loops.division = divide(request);
  loops.pixels = nest.extent;
  loops.tile = nest.pixels.columns;
  loops.channels = nest.channels;
  loops.pitch = rowPitch(request.layer, request.choice.variant);
  loops.strip = loops.division.strip;
  loops.domain =
      RDom(0, toInt(loops.tile), 0, toInt(divideUp(loops.strip, loops.tile)), 0,
           toInt(divideUp(loops.pixels, loops.strip)), "flat");
  loops.pixel = loops.first(loops.domain.y, loops.domain.z) + loops.domain.x;
  // What lies between rows is not stored.
  const int64_t width = request.layer.outWidth;
  if (loops.pitch != width && !loops.overBatch)
    loops.domain.where(loops.pixel % toInt(loops.pitch) < toInt(width));
  return loops;
}

Func makeFlatOutput(const ConvRequest &request, const ImageVars &v,
                    const FlatLoops &loops, Expr sum) {
  const bool overBatch = loops.overBatch;
  const int width = toInt(request.layer.outWidth), pitch = toInt(loops.pitch);
  Expr c = v.c, p = loops.pixel;
  Expr x = overBatch ? Expr(0) : p % pitch, y = overBatch ? Expr(0) : p / pitch;
  // Bounds are found without the condition that flatLoops sets.
  if (pitch != width)
    x = min(x, width - 1);
  Expr n = overBatch ? p : Expr(v.n);
  Func out("out");
  std::vector<Var> order = inOrder(request.choice.output, v.c, v.x, v.y, v.n);
  Expr value = finished(request, sum, {c, x, y, n});
  out(order) = undef(value.type());
  // Halide does not see that a row and a column that are a quotient and a
  // remainder are one pixel, which lies where that of a longer first row would.
  if (!overBatch && request.rowsTogether) {
    x = pitch == width ? p : y * width + x;
    y = 0;
  }
  out(inOrder(request.choice.output, c, x, y, n)) = value;
  setOutputBounds(request, out, order);
  return out;
}

Func makeTiledOutput(const ConvRequest &request, const ImageVars &v, Expr x,
                     Expr sum) {
  Func out("out");
  std::vector<Var> order = inOrder(request.choice.output, v.c, v.x, v.y, v.n);
  Expr c = v.c, y = v.y, n = v.n;
  Expr value = finished(request, sum, {c, x, y, n});
  out(order) = undef(value.type());
  out(inOrder(request.choice.output, c, x, y, n)) = value;
  setOutputBounds(request, out, order);
  return out;
}

// Blocks of channels are independent of each other, strips too but for pixels
// that both compute, to the same value.
void paralleliseFlat(const FlatLoops &loops, Stage update, Var n) {
  if (loops.division.loop == DividedLoop::Strips)
    update.allow_race_conditions();
  parallelise(loops.division, update, n, loops.domain.z, loops.block);
}

void scheduleFlatOutput(const ConvRequest &request, Func out,
                        const ImageVars &v, const FlatLoops &loops) {
  const int64_t tile = loops.channels,
                channels = request.layer.groups * request.layer.outChannels;
  Var k("k"), vector("vector");
  RVar pi = loops.domain.x, po = loops.domain.y, strip = loops.domain.z;
  Stage update = out.update();
  update
      .split(v.c, loops.block, k, toInt(tile),
             channels % tile ? TailStrategy::Predicate : TailStrategy::RoundUp)
      .split(k, k, vector, storedTogether(request, out, tile))
      .vectorize(vector)
      .unroll(k)
      .unroll(pi)
      .reorder(vector, k, pi, po, loops.block, strip);
  if (!loops.overBatch)
    update.reorder(strip, v.n);
  paralleliseFlat(loops, update, v.n);
}

void scheduleFlatMajorOutput(const ConvRequest &request, Func out,
                             const ImageVars &v, const FlatLoops &loops) {
  const Variant &variant = request.choice.variant;
  const int64_t tile = loops.channels, channels = request.layer.outChannels;
  Var k("k");
  RVar vector("vector");
  RVar pi = loops.domain.x, po = loops.domain.y, strip = loops.domain.z;
  Stage update = out.update();
  update
      .split(v.c, loops.block, k, toInt(tile),
             channels % tile ? TailStrategy::GuardWithIf
                             : TailStrategy::RoundUp)
      .split(pi, pi, vector, toInt(variant.lanes))
      .allow_race_conditions() // Pixels of one tile are different.
      .vectorize(vector)
      .unroll(pi)
      .unroll(k)
      .reorder(vector, pi, k, po, loops.block, strip, v.n);
  paralleliseFlat(loops, update, v.n);
}

} // namespace convopt
