#include "Halide/Recurrence.h"
#include "gtest/gtest.h"

using namespace convopt;

static int sumsOf(int gates, const RecurrenceTile &tile) {
  return gates * tile.vectors * tile.blocks * tile.batch * tile.splits;
}

// Every tile covers what it divides, and its sums are in registers beside
// something to multiply.
TEST(RecurrenceTile, FitsRegisters) {
  for (int registers : {16, 32})
    for (int lanes : {4, 8, 16})
      for (int gates : {1, 2, 3, 4})
        for (int units : {1, 2, 5, 8, 16, 17, 64, 100, 512})
          for (int batch : {1, 2, 3, 7, 8, 64}) {
            int width = 1;
            while (width < units && width < 16)
              width *= 2;
            RecurrenceTile tile = chooseRecurrenceTile(gates, width, units,
                                                       batch, lanes, registers);
            EXPECT_EQ(tile.lanes, std::min(lanes, width));
            EXPECT_EQ(width % (tile.lanes * tile.vectors), 0);
            EXPECT_LE(tile.blocks, (units + width - 1) / width);
            EXPECT_LE(tile.batch, batch);
            EXPECT_EQ(units % tile.splits, 0);
            EXPECT_LE(sumsOf(gates, tile), registers / 2);
          }
}

// One sequence: enough sums, from few streams.
TEST(RecurrenceTile, HidesLatency) {
  for (int gates : {1, 2, 4}) {
    RecurrenceTile tile = chooseRecurrenceTile(gates, 16, 256, 1, 16, 32);
    EXPECT_EQ(sumsOf(gates, tile), 8);
    EXPECT_LE(tile.blocks, 4);
  }
}
