#include "Parts.h"

using namespace Halide;

namespace convopt {

Expr inputAt(const ConvRequest &request, Expr c, Expr x, Expr y, Expr n) {
  Func input = request.input;
  return request.choice.input == Layout::NHWC ? input(c, x, y, n)
                                              : input(x, y, c, n);
}

static int toInt(int64_t value) { return static_cast<int>(value); }

Func paddedInput(const ConvRequest &request, int64_t columns, int64_t rows,
                 int64_t channels) {
  const ConvLayer &l = request.layer;
  ImageVars v;
  Func padded("padded");
  Expr c = v.c, x = v.x - toInt(l.padLeft), y = v.y - toInt(l.padTop);
  const int allChannels = toInt(l.inChannels * l.groups);
  // Only the sides that are read beyond the image are tested.
  Expr inside = Internal::const_true();
  auto testBelow = [&](Expr &at) {
    inside = inside && likely(at >= 0);
    at = max(at, 0);
  };
  auto testAbove = [&](Expr &at, int64_t extent) {
    inside = inside && likely(at < toInt(extent));
    at = min(at, toInt(extent) - 1);
  };
  if (l.padLeft)
    testBelow(x);
  if (columns > l.padLeft + l.inWidth)
    testAbove(x, l.inWidth);
  if (l.padTop)
    testBelow(y);
  if (rows > l.padTop + l.inHeight)
    testAbove(y, l.inHeight);
  if (channels > allChannels)
    testAbove(c, allChannels);
  Expr value = inputAt(request, c, x, y, v.n);
  padded(v.c, v.x, v.y, v.n) =
      Internal::is_const_one(inside) ? value : select(inside, value, 0.0f);
  return padded;
}

Func paddedInput(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  return paddedInput(request, inputColumns(l), inputRows(l, l.outHeight),
                     l.inChannels * l.groups);
}

bool needsCopy(const ConvRequest &request) {
  return request.layer.isPadded() || request.choice.input == Layout::NCHW;
}

int vectorFor(const ConvRequest &request, int64_t extent) {
  int64_t lanes = request.machine.vectorFloats();
  while (lanes > extent)
    lanes /= 2;
  return toInt(lanes);
}

void scheduleCopy(const ConvRequest &request, Func padded, LoopLevel at,
                  Layout layout) {
  const ConvLayer &l = request.layer;
  const int64_t channels = l.inChannels * l.groups, width = inputColumns(l);
  Var c = padded.args()[0], x = padded.args()[1], y = padded.args()[2];
  padded.compute_at(at).store_in(MemoryType::Heap);
  if (layout == Layout::NCHW)
    padded.reorder_storage(x, y, c, padded.args()[3]).reorder(x, y, c);
  if (request.choice.input == Layout::NCHW) {
    padded.reorder(x, c).vectorize(x, vectorFor(request, width),
                                   TailStrategy::ShiftInwards);
    return;
  }
  if (channels >= request.machine.vectorFloats()) {
    padded.vectorize(c, vectorFor(request, channels),
                     TailStrategy::ShiftInwards);
    return;
  }
  Var row("row");
  padded.fuse(c, x, row).vectorize(row, vectorFor(request, channels * width),
                                   TailStrategy::ShiftInwards);
}

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

template <typename T>
static std::vector<T> inOrder(Layout layout, T c, T x, T y, T n) {
  if (layout == Layout::NHWC)
    return {c, x, y, n};
  return {x, y, c, n};
}

Func makeOutput(const ConvRequest &request, const ImageVars &v, Expr sum) {
  Func out("out");
  std::vector<Var> order = inOrder(request.choice.output, v.c, v.x, v.y, v.n);
  out(order) = request.epilogue(sum, {v.c, v.x, v.y, v.n});
  setOutputBounds(request, out, order);
  return out;
}

FlatLoops flatLoops(int64_t pixels, int64_t tile, int64_t strip,
                    bool overBatch) {
  FlatLoops loops;
  loops.overBatch = overBatch;
  loops.domain = RDom(0, toInt(tile), 0, toInt(divideUp(strip, tile)), 0,
                      toInt(divideUp(pixels, strip)), "flat");
  auto begin = [](RVar block, int64_t size, int64_t extent) -> Expr {
    if (extent == size)
      return 0;
    if (extent % size == 0)
      return block * toInt(size);
    return min(block * toInt(size), toInt(extent - size));
  };
  loops.pixel = begin(loops.domain.z, strip, pixels) +
                begin(loops.domain.y, tile, strip) + loops.domain.x;
  return loops;
}

Func makeFlatOutput(const ConvRequest &request, const ImageVars &v,
                    FlatLoops loops, Expr sum) {
  const bool overBatch = loops.overBatch;
  const int width = toInt(request.layer.outWidth);
  Expr c = v.c, p = loops.pixel;
  Expr x = overBatch ? Expr(0) : p % width, y = overBatch ? Expr(0) : p / width;
  Expr n = overBatch ? p : Expr(v.n);
  Func out("out");
  std::vector<Var> order = inOrder(request.choice.output, v.c, v.x, v.y, v.n);
  out(order) = undef<float>();
  out(inOrder(request.choice.output, c, x, y, n)) =
      request.epilogue(sum, {c, x, y, n});
  setOutputBounds(request, out, order);
  return out;
}

// Blocks of channels are independent of each other, strips too but for pixels
// that both compute, to the same value.
static void paralleliseFlat(const ConvRequest &request, Stage update, Var n,
                            FlatLoops loops, int64_t blocks) {
  RVar strip = loops.domain.z;
  Expr strips = simplify(strip.extent());
  if (request.threads < 2)
    return;
  if (request.layer.batch >= request.threads &&
      !loops.overBatch)
    update.parallel(n);
  else if (auto count = as_const_int(strips);
           count && *count >= request.threads)
    update.allow_race_conditions().parallel(strip);
  else if (blocks >= request.threads)
    update.parallel(loops.block);
}

void scheduleFlatOutput(const ConvRequest &request, Func out,
                        const ImageVars &v, FlatLoops loops) {
  const Variant &variant = request.choice.variant;
  const int64_t tile = channelTile(variant);
  const int64_t channels = request.layer.outChannels;
  Var k("k"), vector("vector");
  RVar pi = loops.domain.x, po = loops.domain.y, strip = loops.domain.z;
  Stage update = out.update();
  update
      .split(v.c, loops.block, k, toInt(tile),
             channels % tile ? TailStrategy::Predicate : TailStrategy::RoundUp)
      .split(k, k, vector, toInt(variant.lanes))
      .vectorize(vector)
      .unroll(k)
      .unroll(pi)
      .reorder(vector, k, pi, po, loops.block, strip);
  if (!loops.overBatch)
    update.reorder(strip, v.n);
  paralleliseFlat(request, update, v.n, loops, divideUp(channels, tile));
}

void scheduleFlatMajorOutput(const ConvRequest &request, Func out,
                             const ImageVars &v, FlatLoops loops) {
  const Variant &variant = request.choice.variant;
  const int64_t tile = variant.pixels;
  const int64_t channels = request.layer.outChannels;
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
  paralleliseFlat(request, update, v.n, loops, divideUp(channels, tile));
}

void splitInwards(Stage stage, VarOrRVar old, VarOrRVar outer, VarOrRVar inner,
                  int64_t extent, int64_t factor) {
  stage.split(old, outer, inner, toInt(factor),
              extent % factor ? TailStrategy::ShiftInwards
                              : TailStrategy::RoundUp);
  stage.partition(outer, Partition::Never);
}

void splitChannelTiles(Func out, Var c, Var outer, Var inner, int64_t channels,
                       int64_t tile) {
  out.split(c, outer, inner, toInt(tile),
            channels % tile ? TailStrategy::Predicate : TailStrategy::RoundUp);
}

TileLoops tileOutput(const ConvRequest &request, Func out,
                     const ImageVars &v) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int64_t channels = l.groups * l.outChannels;
  const int64_t tile = channelBlocks(l, channelTile(variant)).size;
  const PixelTile pixels = pixelTile(variant.pixels, l.outWidth, l.outHeight);
  TileLoops loops;
  Var k("k"), vector("vector"), xi("xi"), yb("yb"), yi("yi");
  splitChannelTiles(out, v.c, loops.block, k, channels, tile);
  splitInwards(out, v.x, loops.tile, xi, l.outWidth, pixels.columns);
  splitInwards(out, v.y, loops.strip, yb, l.outHeight, variant.strip);
  splitInwards(out, yb, loops.row, yi, variant.strip, pixels.rows);
  out.split(k, k, vector, toInt(variant.lanes),
            tile % variant.lanes ? TailStrategy::Predicate
                                 : TailStrategy::RoundUp)
      .vectorize(vector)
      .unroll(k)
      .unroll(xi)
      .unroll(yi)
      .reorder(vector, k, xi, yi, loops.tile, loops.row, loops.block,
               loops.strip, v.n);
  parallelise(request, out,
              {{loops.block, divideUp(channels, tile)},
               {loops.strip, divideUp(l.outHeight, variant.strip)},
               {v.n, l.batch}});
  return loops;
}

void scheduleAccumulator(Accumulator acc, const Variant &variant,
                         LoopLevel at) {
  const int lanes = toInt(variant.lanes);
  Var vector("vector");
  acc.sum.compute_at(at).store_in(MemoryType::Stack);
  acc.sum.bound_extent(acc.vectors, toInt(variant.vectors * variant.lanes))
      .split(acc.vectors, acc.vectors, vector, lanes)
      .vectorize(vector)
      .unroll(acc.vectors);
  Stage update = acc.sum.update();
  update.split(acc.vectors, acc.vectors, vector, lanes)
      .vectorize(vector)
      .unroll(acc.vectors);
  std::vector<VarOrRVar> order{vector, acc.vectors};
  for (const Var &pixel : acc.unrolled) {
    acc.sum.unroll(pixel);
    update.unroll(pixel);
    order.push_back(pixel);
  }
  if (variant.unroll > 1) {
    RVar part("part");
    update.split(acc.inner, acc.inner, part, toInt(variant.unroll))
        .unroll(part);
    order.push_back(part);
  }
  order.push_back(acc.inner);
  order.insert(order.end(), acc.outer.begin(), acc.outer.end());
  update.reorder(order);
}

void parallelise(const ConvRequest &request, Func out,
                 std::vector<std::pair<Var, int64_t>> blocks) {
  if (request.threads < 2)
    return;
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
    if (block->second >= request.threads) {
      out.parallel(block->first);
      return;
    }
}

} // namespace convopt
