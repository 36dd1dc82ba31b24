// A step of a recurrence reads every weight once for the whole batch. With one
// sequence each vector of weights is multiplied once, and what counts is that
// loads never wait: independent sums, at least as many as multiply-adds are
// under way at a time (8: two a cycle, four cycles each), of as few streams of
// memory as give them. With more sequences a vector of weights that is in a
// register is used for several of them.

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
  const bool many = registers >= 32;
  // Sums in registers, beside which one batch's weights or state has to fit.
  const int most = many ? 16 : 8;
  if (batch > 1)
    tile.batch = tileOf(batch, std::clamp(most / gates, 1, 8));
  auto sums = [&] { return gates * tile.vectors * tile.blocks * tile.batch; };
  while (2 * tile.vectors <= vectors && 2 * sums() <= most)
    tile.vectors *= 2;
  if (tile.vectors == vectors)
    tile.blocks = tileOf(blocks, most / sums());
  while (tile.splits < 4 && sums() * tile.splits < 8 &&
         units % (2 * tile.splits) == 0)
    tile.splits *= 2;
  return tile;
}

} // namespace convopt
