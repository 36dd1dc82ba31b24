#include "Parts.h"

using namespace Halide;

namespace convopt {

// Of one group or, as the grouped primitive, of several.
Func buildDirect(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  const Variant &variant = request.choice.variant;
  const int tile = static_cast<int>(channelTile(variant));
  const int C = static_cast<int>(l.inChannels);
  const int S = static_cast<int>(l.kernelWidth);
  const int R = static_cast<int>(l.kernelHeight);

  const ChannelBlocks blocks = channelBlocks(l, tile);
  const int size = static_cast<int>(blocks.size);

  // Algorithm: `t` runs over the channels of a tile, `b` over the tiles.
  ImageVars v;
  Var t("t"), b("b");
  Expr group = l.groups == 1 ? Expr(0) : b / static_cast<int>(blocks.perGroup);
  Func padded = paddedInput(request), sum("sum"), filter = request.filter;
  RDom window(0, C, 0, S, 0, R, "window");
  RVar c = window.x, s = window.y, r = window.z;
  sum(t, b, v.x, v.y, v.n) = 0.0f;
  sum(t, b, v.x, v.y, v.n) +=
      filter((((b * R + r) * S + s) * C + c) * tile + t) *
      padded(group * C + c,
             v.x * static_cast<int>(l.strideWidth) +
                    s * static_cast<int>(l.dilationWidth),
             v.y * static_cast<int>(l.strideHeight) +
                 r * static_cast<int>(l.dilationHeight),
             v.n);
  Func out = makeOutput(request, v,
                        sum(v.c % size, v.c / size, v.x, v.y, v.n));

  // Schedule.
  TileLoops loops = tileOutput(request, out, v);
  scheduleAccumulator({sum, t, {v.x, v.y}, c, {s, r}}, variant,
                      LoopLevel(out, loops.tile));
  if (needsCopy(request))
    scheduleCopy(request, padded, LoopLevel(out, loops.strip));
  return out;
}

} // namespace convopt
