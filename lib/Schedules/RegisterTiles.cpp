#include "Parts.h"

using namespace Halide;

namespace convopt {

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

TileLoops tileOutput(const ConvRequest &request, Func out, const ImageVars &v) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int64_t channels = l.groups * l.outChannels;
  const int64_t tile = channelBlocks(l, channelTile(variant)).size;
  const PixelTile pixels = pixelTile(variant.pixels, l.outWidth, l.outHeight);
  const int64_t blocks = divideUp(channels, tile);
  const int64_t strip = balancedStrip(request.threads, l.outHeight, pixels.rows,
                                      variant.strip, blocks);
  TileLoops loops;
  Var k("k"), vector("vector"), xi("xi"), yb("yb"), yi("yi");
  splitChannelTiles(out, v.c, loops.block, k, channels, tile);
  splitInwards(out, v.x, loops.tile, xi, l.outWidth, pixels.columns);
  splitInwards(out, v.y, loops.strip, yb, l.outHeight, strip);
  splitInwards(out, yb, loops.row, yi, strip, pixels.rows);
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
              {{loops.block, blocks},
               {loops.strip, divideUp(l.outHeight, strip)},
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
  auto balance = [&](int64_t count) {
    return balanceOf(count, 1, count, request.threads);
  };
  constexpr double better = 0.05;
  auto best = blocks.end();
  for (auto block = blocks.end(); block-- != blocks.begin();)
    if (block->second >= request.threads &&
        (best == blocks.end() ||
         balance(block->second) > balance(best->second) + better))
      best = block;
  if (best != blocks.end())
    out.parallel(best->first);
}

} // namespace convopt
