#include "Parts.h"

namespace convopt {

double balanceOf(int64_t count, int64_t size, int64_t extent, int64_t threads) {
  double longest = static_cast<double>(divideUp(count, threads) * size);
  return static_cast<double>(extent) / static_cast<double>(threads) / longest;
}

// The strips are as the variant has them (they fit a cache) unless a thread
// would idle for a tenth of the time and the blocks do no better.
int64_t balancedStrip(int64_t threads, int64_t extent, int64_t granule,
                      int64_t strip, int64_t blocks) {
  constexpr double good = 0.9, better = 0.03;
  if (threads < 2 || strip > extent)
    return strip;
  double best =
      std::max(balanceOf(divideUp(extent, strip), strip, extent, threads),
               balanceOf(blocks, 1, blocks, threads));
  int64_t chosen = strip;
  for (int64_t rounds = 1; rounds <= 4 && best < good; ++rounds) {
    int64_t size =
        divideUp(divideUp(extent, rounds * threads), granule) * granule;
    if (size >= strip)
      continue;
    double balance = balanceOf(divideUp(extent, size), size, extent, threads);
    if (balance > best + better) {
      best = balance;
      chosen = size;
    }
  }
  return chosen;
}

} // namespace convopt
