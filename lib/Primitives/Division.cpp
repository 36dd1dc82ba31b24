// One loop of a nest is shared, and which costs what. Tasks are whole: the time
// is that of the thread with most of them, so strips are made shorter until
// each thread has as many as the others. Threads that share strips all read all
// weights, those that share blocks all read the image: of equals, what reads
// the smaller one again comes first. Each start and meeting takes microseconds,
// often all that small layers have to gain. Weights that come from memory come
// little faster to two cores than to one, which no division helps. Winograd's
// stages can be shared one after the other where blocks are too few, but each
// then reads what other cores wrote.

#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>

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
static double secondsOf(const ConvProblem &l,
                        const MachineDescription &machine) {
  constexpr double typicalShare = 0.7, secondsAByte = 1 / 30e9;
  return std::max(
      2.0 * static_cast<double>(l.multiplyAdds()) /
          (typicalShare * machine.peak(l)),
      static_cast<double>(bytesOf(l.types.filter) * l.filterElements()) *
          secondsAByte);
}

SharedLoops sharedLoops(const ConvProblem &layer, const Choice &choice,
                        const MachineDescription &machine) {
  const ConvProblem l = computedProblem(layer, choice);
  SharedLoops loops{choice.primitive->loops(l, choice)};
  loops.seconds = secondsOf(l, machine) * loops.work;
  const PackedFilter packed =
      choice.primitive->packedFilter(l, choice, machine);
  loops.filterSeconds = 1e-9 * static_cast<double>(packed.bytes()) /
                        machine.memoryGigabytesPerSecond;
  return loops;
}

Division divide(const ConvProblem &layer, const Choice &choice,
                const MachineDescription &machine, int64_t threads) {
  return divide(sharedLoops(layer, choice, machine), threads);
}

} // namespace convopt
