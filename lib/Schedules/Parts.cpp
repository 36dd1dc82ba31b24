#include "Parts.h"

using namespace Halide;

namespace convopt {

Expr inputAt(const ConvRequest &request, Expr c, Expr x, Expr y, Expr n) {
  Func input = request.input;
  return request.choice.input == Layout::NHWC ? input(c, x, y, n)
                                              : input(x, y, c, n);
}

static int toInt(int64_t value) { return static_cast<int>(value); }

Func paddedInput(const ConvRequest &request, bool padChannels) {
  const ConvLayer &l = request.layer;
  ImageVars v;
  Func padded("padded");
  Expr x = v.x - toInt(l.padLeft), y = v.y - toInt(l.padTop);
  const int width = toInt(l.inWidth), height = toInt(l.inHeight);
  const int channels = toInt(l.inChannels * l.groups);
  // Only the sides that are padded are tested.
  std::vector<Expr> inside;
  Expr c = v.c;
  auto test = [&](Expr condition) { inside.push_back(likely(condition)); };
  if (l.padLeft) {
    test(x >= 0);
    x = max(x, 0);
  }
  if (l.padRight) {
    test(x < width);
    x = min(x, width - 1);
  }
  if (l.padTop) {
    test(y >= 0);
    y = max(y, 0);
  }
  if (l.padBottom) {
    test(y < height);
    y = min(y, height - 1);
  }
  if (padChannels) {
    test(v.c < channels);
    c = min(v.c, channels - 1);
  }
  Expr value = inputAt(request, c, x, y, v.n);
  if (!inside.empty()) {
    Expr all = inside.front();
    for (size_t i = 1; i < inside.size(); ++i)
      all = all && inside[i];
    value = select(all, value, 0.0f);
  }
  padded(v.c, v.x, v.y, v.n) = value;
  return padded;
}

bool needsCopy(const ConvRequest &request) {
  return request.layer.isPadded() || request.choice.input == Layout::NCHW;
}

void scheduleCopy(const ConvRequest &request, Func padded, LoopLevel at) {
  const ConvLayer &l = request.layer;
  const int lanes = toInt(request.machine.vectorFloats());
  const int64_t channels = l.inChannels * l.groups;
  Var c = padded.args()[0], x = padded.args()[1];
  padded.compute_at(at).store_in(MemoryType::Heap);
  if (request.choice.input == Layout::NCHW) {
    if (inputColumns(l) >= lanes)
      padded.reorder(x, c).vectorize(x, lanes, TailStrategy::ShiftInwards);
    return;
  }
  if (channels >= lanes) {
    padded.vectorize(c, lanes, TailStrategy::ShiftInwards);
    return;
  }
  if (channels * inputColumns(l) < lanes)
    return;
  Var row("row");
  padded.fuse(c, x, row).vectorize(row, lanes, TailStrategy::ShiftInwards);
}

Func makeOutput(const ConvRequest &request, const ImageVars &v, Expr sum) {
  const ConvLayer &l = request.layer;
  const bool channelsLast = request.choice.output == Layout::NHWC;
  Func out("out");
  Expr value = request.epilogue(sum, {v.c, v.x, v.y, v.n});
  const std::vector<Var> order = channelsLast
                                     ? std::vector<Var>{v.c, v.x, v.y, v.n}
                                     : std::vector<Var>{v.x, v.y, v.c, v.n};
  const int channels = toInt(l.outChannels * l.groups);
  const int width = toInt(l.outWidth), height = toInt(l.outHeight);
  const std::vector<int> extents =
      channelsLast ? std::vector<int>{channels, width, height, toInt(l.batch)}
                   : std::vector<int>{width, height, channels, toInt(l.batch)};
  out(order) = value;
  int stride = 1;
  for (int i = 0; i < 4; ++i) {
    out.bound(order[i], 0, extents[i]);
    out.output_buffer().dim(i).set_bounds(0, extents[i]).set_stride(stride);
    stride *= extents[i];
  }
  return out;
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

void scheduleAccumulator(Accumulator acc, const Variant &variant,
                         LoopLevel at) {
  const int lanes = toInt(variant.lanes);
  Var vector("vector");
  acc.sum.compute_at(at).store_in(MemoryType::Stack);
  acc.sum.bound_extent(acc.channel, toInt(channelTile(variant)))
      .split(acc.channel, acc.channel, vector, lanes)
      .vectorize(vector)
      .unroll(acc.channel);
  Stage update = acc.sum.update();
  update.split(acc.channel, acc.channel, vector, lanes)
      .vectorize(vector)
      .unroll(acc.channel);
  std::vector<VarOrRVar> order{vector, acc.channel};
  for (const Var &pixel : acc.pixels) {
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
