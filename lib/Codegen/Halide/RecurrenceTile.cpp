// A step of a recurrence reads every weight once for the whole batch. With one
// sequence each vector of weights is multiplied once, and what counts is that
// loads never wait: as many independent sums as multiply-adds are under way at
// a time (8: two a cycle, four cycles each), from few streams of memory. A GRU
// of 256 units took 20 % longer with the 16 blocks of one gate side by side
// than with four, each in two sums. With more sequences a vector of weights
// that is in a register is used for several of them, and sums fill the
// registers.

#include "Recurrence.h"

namespace convopt {

/// The largest number up to `limit` that divides `extent`, or `limit` where
/// that would be less than half of it: then tiles overlap.
static int tileOf(int extent, int limit) {
  limit = std::clamp(limit, 1, extent);
  for (int tile = limit; 2 * tile > limit; --tile)
    if (extent % tile == 0)
      return tile;
  return limit;
}

RecurrenceTile chooseRecurrenceTile(int gates, int width, int units, int batch,
                                    int lanes, int64_t registers) {
  RecurrenceTile tile{std::min(lanes, width), 1, 1, 1, 1};
  const int vectors = width / tile.lanes;
  const int blocks = (units + width - 1) / width;
  constexpr int underWay = 8, streams = 4;
  // Beside the sums, weights or states have to fit the registers.
  const int most = batch > 1 && registers >= 32 ? 16 : underWay;
  if (batch > 1)
    tile.batch = tileOf(batch, std::clamp(most / gates, 1, 8));
  auto sums = [&] { return gates * tile.vectors * tile.blocks * tile.batch; };
  while (2 * tile.vectors <= vectors && 2 * sums() <= most)
    tile.vectors *= 2;
  if (tile.vectors == vectors)
    tile.blocks = tileOf(blocks, std::min(most / sums(), streams));
  while (tile.splits < 4 && 2 * sums() * tile.splits <= most &&
         units % (2 * tile.splits) == 0)
    tile.splits *= 2;
  return tile;
}

} // namespace convopt
