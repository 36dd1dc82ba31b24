// Where channels are last, neighbouring pixels lie as far apart as there are
// channels. If that is a multiple of a page, or half of one, all of them fall
// into one set of the cache or two: a tile of 28 pixels of 2,048 channels runs
// at an eighth of its speed, since none of its lines stays until its next
// channel is read. No tree sees that in the number of channels.

#include "SetLines.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>
#include <vector>

using namespace convopt;

static constexpr int64_t lineBytes = 64;
/// More pixels say nothing that these do not.
static constexpr int64_t mostColumns = 64, mostRows = 16;

namespace {
/// Counts lines by the set that they fall into.
class Counter {
public:
  Counter(const ConvProblem &layer, const MachineDescription &machine)
      : pixelBytes(bytesOf(layer.types.input) * layer.groups *
                   layer.inChannels),
        rowBytes(pixelBytes * layer.inWidth),
        sets(std::max<int64_t>(1, machine.l1Bytes /
                                      (lineBytes * machine.l1Ways))) {}

  /// The most lines that one set has of so many pixels.
  int64_t most(int64_t rows, int64_t rowStep, int64_t columns,
               int64_t columnStep) const {
    std::vector<int64_t> counts(sets);
    int64_t most = 0;
    for (int64_t r = 0; r < std::min(rows, mostRows); ++r)
      for (int64_t c = 0; c < std::min(columns, mostColumns); ++c) {
        int64_t address = r * rowStep * rowBytes + c * columnStep * pixelBytes;
        most = std::max(most, ++counts[address / lineBytes % sets]);
      }
    return most;
  }

private:
  int64_t pixelBytes, rowBytes, sets;
};
} // namespace

SetLines convopt::setLines(const ConvProblem &l, Layout input, int64_t pixels,
                           const MachineDescription &machine) {
  if (input != Layout::NHWC)
    return {};
  pixels = std::max<int64_t>(1, pixels);
  // Without windows and strides a plane is one row.
  bool isPlane = l.kernelHeight * l.kernelWidth == 1 && l.strideWidth == 1;
  int64_t columns = isPlane ? pixels : std::min(pixels, l.outWidth);
  Counter counter(l, machine);
  SetLines lines;
  lines.tile = counter.most(divideUp(pixels, columns), l.strideHeight, columns,
                            l.strideWidth);
  int64_t span =
      (columns - 1) * l.strideWidth + (l.kernelWidth - 1) * l.dilationWidth + 1;
  lines.window = counter.most(l.kernelHeight, l.dilationHeight, span, 1);
  return lines;
}
