// Which register tiles are worth a try. A tile's sums, its weights and one
// pixel must fit the registers; the more sums the fewer loads for each
// multiply-add, and with too few of them additions wait for each other. But a
// tile computes whole, so whatever of it lies beyond the image or the last
// channel is wasted: for each number of vectors the size is taken that wastes
// least, and what pads channels by a tenth more than the best is left out.
// About six remain. More are not better: each is a candidate for every layer,
// and wants samples.

#include "convopt/Primitives/Tiling.h"
#include "convopt/Target/DotProducts.h"
#include <algorithm>
#include <numeric>

namespace convopt {

PixelTile pixelTile(int64_t pixels, int64_t width, int64_t height) {
  if (pixels <= width)
    return {pixels, 1};
  return {width, std::min(pixels / width, height)};
}

int64_t evenBlock(int64_t extent, int64_t wanted) {
  wanted = std::clamp<int64_t>(wanted, 1, extent);
  return divideUp(extent, divideUp(extent, wanted));
}

int64_t reductionUnroll(int64_t channels) {
  if (channels <= 4)
    return channels;
  for (int64_t unroll : {4, 3, 2})
    if (channels % unroll == 0)
      return unroll;
  return 1;
}

/// Whether pixels may be operands by element of a register.
static bool takesElements(const ConvTypes &types,
                          const MachineDescription &machine) {
  return !machine.isX86() &&
         (types == ConvTypes() || narrowsWeightsAlone(types) ||
          types.accumulator == ElementType::F16 || isQuantised(types));
}

/// Steps of a pixel's input channels that a 128-bit register holds.
static int64_t longestRun(const ConvTypes &types,
                          const MachineDescription &machine) {
  if (types.accumulator == ElementType::F16)
    return 8;
  return isQuantised(types) ? 16 / dotLength(types, machine) : 4;
}

int64_t reductionUnroll(int64_t steps, const ConvTypes &types,
                        const MachineDescription &machine) {
  if (!(types == ConvTypes()) && takesElements(types, machine))
    for (int64_t run = longestRun(types, machine); run > 1; run /= 2)
      if (steps % run == 0)
        return run;
  return reductionUnroll(steps);
}

int64_t pixelRun(int64_t unroll, const ConvTypes &types,
                 const MachineDescription &machine) {
  if (!takesElements(types, machine))
    return 1;
  for (int64_t run = longestRun(types, machine); run > 1; run /= 2)
    if (unroll == run)
      return run;
  return 1;
}

bool readsRows(const ConvProblem &layer, Layout input,
               const MachineDescription &machine) {
  const ConvTypes &types = layer.types;
  if (!takesElements(types, machine) || layer.groups > 1 ||
      layer.kernelWidth == 1 || layer.strideWidth > layer.kernelWidth)
    return false;
  // Of a plane, neighbouring columns; else pixels with all of their channels,
  // for which numbers of four bytes would take too many registers.
  if (input == Layout::NCHW)
    return types == ConvTypes() && layer.kernelWidth <= 11;
  const int64_t steps = divideUp(layer.inChannels, dotLength(types, machine));
  return bytesOf(types.input) < 4 && layer.dilationWidth == 1 && steps < 4 &&
         steps * layer.kernelWidth <= 32;
}

int64_t packedRun(int64_t channels, int64_t lanes) {
  return std::gcd(channels, lanes);
}

namespace {
// Pixels computed for one pixel that is wanted.
double pixelWaste(int64_t pixels, int64_t width, int64_t height) {
  PixelTile tile = pixelTile(pixels, width, height);
  return double(roundUp(width, tile.columns) * roundUp(height, tile.rows)) /
         double(width * height);
}

// The size of tile, from half of `most` to `most`, that wastes least.
int64_t fittingPixels(int64_t most, int64_t width, int64_t height) {
  int64_t best = 0;
  double least = 0;
  for (int64_t p = most; p >= std::max<int64_t>(1, most / 2); --p) {
    PixelTile tile = pixelTile(p, width, height);
    if (tile.columns * tile.rows != p)
      continue;
    double waste = pixelWaste(p, width, height);
    if (!best || waste < least * 0.99) {
      best = p;
      least = waste;
    }
  }
  if (best)
    return best;
  PixelTile tile = pixelTile(most, width, height);
  return tile.columns * tile.rows;
}
} // namespace

/// Whether runs of so many steps are of pairs of bytes, each of which is copied
/// to all lanes of a register before it is multiplied with.
static bool copiesPairs(const MachineDescription &machine, int64_t run) {
  return run == 8 && !machine.isX86() && !machine.has("dotprod");
}

/// The most pixels of a tile of `vectors` whose accumulators stay in registers
/// beside one vector of weights each and one broadcast pixel. An aarch64
/// multiply-add takes nothing from memory: pixels need registers for as long as
/// their loads take, and with more accumulators some are spilled.
/// Where several channels of a pixel are loaded together, it has a register of
/// its own until all have been multiplied with; three more are for weights that
/// are loaded early. With one (7x3) sums were stored and loaded in the loop.
/// A pixel whose pairs are copied takes another for the copy, and products that
/// are not widened yet six: with one sum more (4x4, 6x2) some are spilled.
static int64_t mostPixels(int64_t vectors, const MachineDescription &machine,
                          int64_t run = 1) {
  int64_t accumulators = machine.vectorRegisters - 1 - vectors;
  if (copiesPairs(machine, run))
    return (accumulators - 8) / (vectors + 2);
  if (run > 1)
    return (accumulators - 2) / (vectors + 1);
  if (!machine.isX86())
    accumulators = std::min<int64_t>(accumulators, 25);
  return accumulators / vectors;
}

/// Leaves those of `tiles` whose inner loop executes few instructions for the
/// channels and pixels that are wanted: beside a channel's multiply-adds it
/// loads a run of each pixel once, and weights two vectors at a time. It
/// decides where loads and arithmetic are issued in one order, two or three a
/// cycle. Where pairs are copied there is a copy of each pixel's, too.
static void keepFewestInstructions(std::vector<Variant> &tiles,
                                   int64_t channels, int64_t width,
                                   int64_t height, int64_t run, bool copied) {
  constexpr double tolerance = 1.025;
  std::vector<double> instructions;
  for (const Variant &v : tiles) {
    const double sums = double(v.pixels * v.vectors);
    const double loads = double(v.pixels) / double(run) + 0.5 * v.vectors +
                         (copied ? double(v.pixels) : 0.0);
    instructions.push_back(double(roundUp(channels, channelTile(v))) *
                           pixelWaste(v.pixels, width, height) *
                           (1 + loads / sums));
  }
  const double least =
      *std::min_element(instructions.begin(), instructions.end());
  std::vector<Variant> kept;
  for (size_t i = 0; i < tiles.size(); ++i)
    if (instructions[i] <= least * tolerance)
      kept.push_back(tiles[i]);
  tiles = kept;
}

std::vector<Variant> registerTiles(int64_t channels, int64_t width,
                                   int64_t height, int64_t full,
                                   const MachineDescription &machine,
                                   int64_t run) {
  std::vector<Variant> tiles;
  auto add = [&](int64_t pixels, int64_t vectors, int64_t lanes) {
    Variant v;
    v.pixels = pixels;
    v.vectors = vectors;
    v.lanes = lanes;
    if (lanes != full)
      v.named.lanes = lanes;
    for (const Variant &other : tiles)
      if (other.name() == v.name())
        return;
    tiles.push_back(v);
  };
  const bool onePixel = width * height == 1;
  auto addVectors = [&](int64_t vectors, int64_t lanes) {
    const int64_t most = mostPixels(vectors, machine, run);
    if (onePixel) {
      add(1, vectors, lanes);
      return;
    }
    add(fittingPixels(most, width, height), vectors, lanes);
    const PixelTile largest = pixelTile(most, width, height);
    if (pixelWaste(most, width, height) < 1.05 &&
        largest.columns * largest.rows == most)
      add(most, vectors, lanes);
  };
  auto addLanes = [&](int64_t lanes) {
    // The least channel padding that any number of vectors has.
    const int64_t least = roundUp(channels, lanes);
    const size_t before = tiles.size();
    for (int64_t vectors : {4, 2, 3, 6, 5, 8, 1}) {
      if (double(roundUp(channels, vectors * lanes)) > double(least) * 1.1)
        continue;
      if (onePixel && vectors % 2 && least > lanes)
        continue;
      if (!onePixel && (vectors == 8 || (vectors == 1 && least > lanes)))
        continue;
      addVectors(vectors, lanes);
    }
    // Seven vectors, or few of a fully connected layer: what pads least.
    if (tiles.size() == before)
      for (int64_t vectors : {7, 3, 5, 1})
        if (roundUp(channels, vectors * lanes) == least &&
            (onePixel || vectors * 2 < machine.vectorRegisters))
          addVectors(vectors, lanes);
  };
  addLanes(full);
  if (run > 1 && !onePixel)
    keepFewestInstructions(tiles, channels, width, height, run,
                           copiesPairs(machine, run));
  // Half vectors where they avoid computing padding.
  if (full >= 8 && double(roundUp(channels, full / 2)) <
                       0.97 * double(roundUp(channels, full)))
    addLanes(full / 2);
  return tiles;
}

/// How much longer `sums` independent sums take than enough of them: two units
/// that need four cycles for a multiply-add have eight in flight. One channel
/// says nothing, since such tiles have rows of the image too.
static double latencyWaste(int64_t sums, int64_t channels) {
  constexpr double inFlight = 8;
  return channels > 1 ? std::max(1.0, inFlight / double(sums)) : 1.0;
}

std::vector<Variant> channelMajorTiles(int64_t channels, int64_t pixels,
                                       int64_t full,
                                       const MachineDescription &machine) {
  std::vector<Variant> tiles;
  std::vector<double> wastes;
  for (int64_t lanes = full; lanes >= 4; lanes /= 2) {
    // Shorter vectors only where longer ones do not fit or leave much idle.
    if (lanes < full / 2 && !tiles.empty())
      break;
    for (int64_t vectors : {2, 3, 4, 1}) {
      if (vectors * lanes > pixels)
        continue;
      const int64_t most = mostPixels(vectors, machine);
      Variant v;
      v.pixels = fittingPixels(most, channels, 1);
      v.vectors = vectors;
      v.lanes = lanes;
      if (lanes != full)
        v.named.lanes = lanes;
      // Short vectors waste what they leave idle of the machine's.
      wastes.push_back(double(roundUp(pixels, vectors * lanes)) /
                       double(pixels) * pixelWaste(v.pixels, channels, 1) *
                       (lanes < std::min<int64_t>(full, 8) ? 2.0 : 1.0) *
                       latencyWaste(v.pixels * v.vectors, channels));
      tiles.push_back(v);
    }
  }
  if (tiles.empty())
    return tiles;
  const double least = *std::min_element(wastes.begin(), wastes.end());
  std::vector<Variant> kept;
  for (size_t i = 0; i < tiles.size(); ++i)
    if (wastes[i] <= least * 1.1)
      kept.push_back(tiles[i]);
  return kept;
}

} // namespace convopt
