#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/BilinearProduct.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include <algorithm>
#include <utility>

namespace convopt {

// To begin and end a loop together, and what threads lose while one waits for
// the other.
static constexpr double kSecondsToMeet = 2e-6;
// Stages read what other threads wrote.
static constexpr double kStagesShare = 0.93;

// What several cores read from memory in the time in which one reads one byte:
// 1.3 to 1.7 bytes, two cores of an AMD EPYC (Zen 4).
static constexpr double kMemoryShare = 1.4;

// As long as data lie in caches.
static double divided(const Division &division, double seconds) {
  return seconds / division.speedup +
         static_cast<double>(division.started) * kSecondsToMeet;
}

double Division::secondsOf(double seconds) const {
  return std::max(divided(*this, seconds), std::min(seconds, filterSeconds));
}

// Of `count` equal tasks, which one thread does in the time of `whole` of them.
static double speedupOf(int64_t count, int64_t threads, double whole) {
  return whole / static_cast<double>(divideUp(count, threads));
}

// The strips as the variant has them (they fit a cache), and shorter ones that
// give each thread as many as the others.
static std::vector<int64_t> stripsFor(const SharedLoops &loops,
                                      int64_t threads) {
  std::vector<int64_t> strips{loops.strip};
  for (int64_t rounds = 1; rounds <= 4; ++rounds) {
    int64_t strip =
        roundUp(divideUp(loops.extent, rounds * threads), loops.granule);
    if (loops.wholeStrips)
      while (strip < loops.extent && loops.extent % strip)
        ++strip;
    if (strip < strips.back())
      strips.push_back(strip);
  }
  return strips;
}

Division divide(const SharedLoops &loops, int64_t threads) {
  Division best{DividedLoop::None, loops.strip, 1, 0};
  if (threads < 2)
    return best;
  const int64_t strips = divideUp(loops.extent, loops.strip);
  // A little worse is as good, if it comes first.
  constexpr double better = 0.92;
  double seconds = loops.seconds;
  auto consider = [&](const Division &division) {
    double these = divided(division, loops.seconds);
    if (these >= better * seconds)
      return;
    best = division;
    seconds = these;
    const bool apart = division.loop == DividedLoop::Blocks ||
                       division.loop == DividedLoop::Stages;
    best.filterSeconds = loops.filterSeconds / (apart ? kMemoryShare : 1);
  };
  const double images = static_cast<double>(loops.images);
  consider({DividedLoop::Images, loops.strip,
            speedupOf(loops.images, threads, images), 1});
  auto considerStrips = [&] {
    for (int64_t strip : stripsFor(loops, threads))
      consider({DividedLoop::Strips, strip,
                speedupOf(divideUp(loops.extent, strip), threads,
                          static_cast<double>(strips * loops.strip) /
                              static_cast<double>(strip)),
                loops.images * (loops.blocksOutside ? loops.blocks : 1)});
  };
  auto considerBlocks = [&] {
    consider(
        {DividedLoop::Blocks, loops.strip,
         speedupOf(loops.blocks, threads, static_cast<double>(loops.blocks)),
         loops.images * (loops.blocksOutside ? 1 : strips)});
  };
  auto considerStages = [&] {
    if (loops.stages)
      consider({DividedLoop::Stages, loops.strip,
                kStagesShare * static_cast<double>(threads),
                loops.images * strips * loops.blocks * loops.stages});
  };
  if (loops.filter > loops.image) {
    considerStages();
    considerBlocks();
    considerStrips();
  } else {
    considerStrips();
    considerBlocks();
    considerStages();
  }
  return best;
}

// Only to tell what is worth dividing. Weights, read once, come from afar.
static double secondsOf(const ConvLayer &l, const MachineDescription &machine) {
  constexpr double typicalShare = 0.7, secondsAByte = 1 / 30e9;
  return std::max(2.0 * static_cast<double>(l.multiplyAdds()) /
                      (typicalShare * machine.peakFlops()),
                  4.0 * static_cast<double>(l.filterElements()) * secondsAByte);
}

// Channels last in tiles that are rectangles of the image.
static void setTiles(SharedLoops &loops, const ConvLayer &l,
                     const Choice &choice) {
  const int64_t tile = channelBlocks(l, channelTile(choice.variant)).size;
  loops.granule =
      pixelTile(choice.variant.pixels, l.outWidth, l.outHeight).rows;
  loops.blocks = divideUp(l.groups * l.outChannels, tile);
}

static void setChannelMajor(SharedLoops &loops, const ConvLayer &l,
                            const Choice &choice) {
  const bool depthwise = l.isDepthwise();
  const int64_t tile = depthwise ? 1 : choice.variant.pixels;
  loops.granule = depthwise ? choice.variant.pixels : 1;
  loops.blocks =
      divideUp(l.groups * l.outChannels, channelBlocks(l, tile).size);
  loops.blocksOutside = l.groups > 1;
}

// Whose tiles run through the plane as if it were one row.
static void setFlat(SharedLoops &loops, const ConvLayer &l,
                    const Choice &choice) {
  const Variant &v = choice.variant;
  const bool major = choice.output == Layout::NCHW;
  loops.blocks = divideUp(l.outChannels, major ? v.pixels : channelTile(v));
  const int64_t pixels = major ? vectorTile(v) : v.pixels;
  loops.extent = l.outHeight * l.outWidth;
  loops.granule = pixels;
  if (choice.kind() == PrimitiveKind::Im2Row ||
      choice.kind() == PrimitiveKind::Im2Col) { // Strips are of rows.
    loops.strip *= l.outWidth;
    loops.granule = roundUp(pixels, l.outWidth);
  } else if (!major && loops.extent == 1) {
    loops.extent = std::exchange(loops.images, 1);
  }
}

static void setStrassen(SharedLoops &loops, const ConvLayer &l,
                        const Choice &choice) {
  const BilinearProduct &product = strassen();
  loops.extent = l.outHeight * l.outWidth;
  loops.granule = choice.variant.pixels * product.rows;
  // A pixel of two strips would be computed from other sums in each.
  loops.wholeStrips = true;
  loops.blocks =
      divideUp(l.outChannels, channelTile(choice.variant) * product.columns);
  loops.seconds *= choice.primitive->productShare();
}

static void setWinograd(SharedLoops &loops, const ConvLayer &l,
                        const Choice &choice) {
  const WinogradBlocks b = winogradBlocks(l, choice);
  loops.extent = b.rows;
  loops.strip = b.blockRows;
  loops.wholeStrips = true;
  // A register tile of tiles has that many at least.
  loops.granule = divideUp(choice.variant.pixels, b.blockColumns);
  // Each strip would transform all filters.
  if (choice.variant.fresh)
    loops.granule = loops.strip;
  loops.blocks = divideUp(b.columns, b.blockColumns);
  loops.stages = 3;
  loops.filter = l.inChannels * l.outChannels;
  loops.image = b.rows * b.columns * (l.inChannels + l.outChannels);
  loops.seconds /= 2;
}

SharedLoops sharedLoops(const ConvLayer &l, const Choice &choice,
                        const MachineDescription &machine) {
  SharedLoops loops;
  loops.images = l.batch;
  loops.extent = l.outHeight;
  loops.strip = choice.variant.strip;
  loops.filter = l.filterElements();
  loops.image = l.inputElements() / l.batch;
  loops.seconds = secondsOf(l, machine);
  const PackedFilter packed =
      choice.primitive->packedFilter(l, choice, machine);
  loops.filterSeconds = 1e-9 * static_cast<double>(packed.bytes()) /
                        machine.memoryGigabytesPerSecond;
  switch (choice.kind()) {
  case PrimitiveKind::Pointwise:
    if (choice.output == Layout::NHWC &&
        (l.strideHeight != 1 || l.strideWidth != 1))
      setTiles(loops, l, choice);
    else
      setFlat(loops, l, choice);
    break;
  case PrimitiveKind::PointwisePairs: // Threads share no scaled pixels.
    setFlat(loops, l, choice);
    loops.blocks = 1;
    break;
  case PrimitiveKind::Im2Row:
  case PrimitiveKind::Im2Col:
    setFlat(loops, l, choice);
    break;
  case PrimitiveKind::Strassen:
    setStrassen(loops, l, choice);
    break;
  case PrimitiveKind::Depthwise:
    if (choice.output == Layout::NCHW) {
      setChannelMajor(loops, l, choice);
      break;
    }
    setTiles(loops, l, choice);
    loops.blocks = choice.variant.columns
                       ? 1
                       : divideUp(l.groups, channelTile(choice.variant));
    break;
  case PrimitiveKind::Winograd:
  case PrimitiveKind::ToomCook:
    setWinograd(loops, l, choice);
    break;
  case PrimitiveKind::Direct:
  case PrimitiveKind::Grouped:
  case PrimitiveKind::GroupedRotated:
  case PrimitiveKind::Kn2Row:
    if (choice.output == Layout::NCHW)
      setChannelMajor(loops, l, choice);
    else
      setTiles(loops, l, choice);
  }
  return loops;
}

Division divide(const ConvLayer &layer, const Choice &choice,
                const MachineDescription &machine, int64_t threads) {
  return divide(sharedLoops(layer, choice, machine), threads);
}

} // namespace convopt
