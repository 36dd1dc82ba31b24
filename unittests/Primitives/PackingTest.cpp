#include "convopt/Primitives/Packing.h"
#include "../Schedules/LayerTable.h"
#include "convopt/Primitives/Primitive.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "gtest/gtest.h"
#include <cmath>
#include <numeric>
#include <set>

using namespace convopt;

namespace {

// Sizes that neither a tile nor a cache line divides.
ConvLayer oddLayer(int64_t groups) {
  ConvLayer layer;
  layer.groups = groups;
  layer.inChannels = 7;
  layer.outChannels = 21;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.inHeight = layer.inWidth = 14;
  layer.outHeight = layer.outWidth = 12;
  return layer;
}

std::vector<float> numbers(const ConvLayer &layer) {
  std::vector<float> filter(layer.filterElements());
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] = std::sin(float(i));
  return filter;
}

// `size` channels in each of the tiles, zeros in what is left of them.
void expectTiles(const ConvLayer &layer, int64_t tile, int64_t size) {
  const int64_t G = layer.groups, C = layer.inChannels, K = layer.outChannels;
  const int64_t window = layer.kernelHeight * layer.kernelWidth;
  const std::vector<float> filter = numbers(layer);
  const PackedFilter order = tiledFilter(layer, tile);
  std::vector<float> packed(order.size());
  packWeights(layer, order, toBytes<float>(filter), toBytes(packed));
  ASSERT_EQ(int64_t(packed.size()), G * roundUp(K, tile) * window * C);
  size_t at = 0;
  for (int64_t g = 0; g < G; ++g)
    for (int64_t block = 0; block < divideUp(K, tile); ++block)
      for (int64_t rs = 0; rs < window; ++rs)
        for (int64_t c = 0; c < C; ++c)
          for (int64_t t = 0; t < tile; ++t) {
            const int64_t k = block * size + t;
            const float expected =
                t < size && k < K ? filter[((g * K + k) * C + c) * window + rs]
                                  : 0.0f;
            ASSERT_EQ(packed[at++], expected) << g << " " << k << " " << c;
          }
}

TEST(Packing, TilesHoldEachWeightWhereItIsReadAndZerosElsewhere) {
  expectTiles(oddLayer(1), 8, 8);
}

TEST(Packing, TilesShareAGroupEvenly) {
  expectTiles(oddLayer(2), 8, 7);
  expectTiles(oddLayer(2), 32, 21);
  EXPECT_TRUE(cutsGroups(oddLayer(2), 8));
  EXPECT_FALSE(cutsGroups(oddLayer(2), 16));
}

// Two machines between which every primitive has choices.
std::vector<MachineDescription> machines() {
  MachineDescription narrow, wide;
  narrow.vectorBits = 256;
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  wide.addBitsPerCycle = 512;
  wide.features = {"avx512f"};
  return {narrow, wide};
}

// Beside the table, layers that are large enough for what it has no choice of.
std::vector<NamedLayer> layers() {
  std::vector<NamedLayer> all = layerTable();
  ConvLayer layer;
  layer.inChannels = 160;
  layer.outChannels = 70;
  layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = 8;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  all.push_back({"PairsAndFresh", layer, false});
  return all;
}

void forEachChoice(
    llvm::function_ref<void(const ConvLayer &, const Choice &,
                            const MachineDescription &, const PackedFilter &)>
        each) {
  for (const NamedLayer &entry : layers())
    for (const MachineDescription &machine : machines())
      for (const Choice &choice : allChoices(entry.layer, machine)) {
        SCOPED_TRACE(entry.name + " " + toString(choice));
        each(entry.layer, choice, machine,
             choice.primitive->packedFilter(entry.layer, choice, machine));
      }
}

using At = PackedFilter::At<int64_t>;

TEST(PackedFilter, CountsPositionsByDimensions) {
  const PackedFilter order({{FilterDim::Block, 3},
                            {FilterDim::Row, 1},
                            {FilterDim::Column, 5},
                            {FilterDim::Channel, 7},
                            {FilterDim::Lane, 2}},
                           ElementType::F32, 2, 3);
  EXPECT_EQ(order.size(), 210);
  EXPECT_EQ(order.bytes(), 840);
  EXPECT_EQ(order.stride(FilterDim::Block), 70);
  EXPECT_EQ(order.stride(FilterDim::Turn), 0);
  EXPECT_EQ(order.extent(FilterDim::Turn), 1);
  const At b{FilterDim::Block, 2}, s{FilterDim::Column, 4},
      c{FilterDim::Channel, 6}, t{FilterDim::Lane, 1};
  EXPECT_EQ(order.at({b, s, c, t}), 209);
  EXPECT_EQ(order.at({t, s}), 4 * 14 + 1);
  EXPECT_EQ(order.at({b}), 140);
  EXPECT_EQ(order.at<int64_t>({}), 0);
  const PackedFilter both = order.fused(FilterDim::Column, FilterDim::Channel);
  EXPECT_EQ(both.size(), 210);
  EXPECT_EQ(both.at<int64_t>({{FilterDim::Block, 2}, {FilterDim::Channel, 34}}),
            order.at({b, s, c}));
  EXPECT_EQ(both.stride(FilterDim::Column), 0);
}

// All indices of all dimensions are all positions.
TEST(PackedFilter, EveryElementHasOnePosition) {
  forEachChoice([](const ConvLayer &, const Choice &,
                   const MachineDescription &, const PackedFilter &order) {
    std::vector<int64_t> positions{0};
    for (const PackedFilter::Dim &dim : order.dimensions()) {
      std::vector<int64_t> more;
      for (int64_t i = 0; i < dim.extent; ++i)
        for (int64_t before : positions)
          more.push_back(before + order.at<int64_t>({{dim.what, i}}));
      positions = std::move(more);
    }
    ASSERT_EQ(int64_t(positions.size()), order.size());
    std::vector<bool> taken(order.size());
    for (int64_t position : positions) {
      ASSERT_TRUE(position >= 0 && position < order.size());
      ASSERT_FALSE(taken[position]);
      taken[position] = true;
    }
  });
}

TEST(PackedFilter, WeightsLieWhereTheOrderSaysAndZerosInTheRest) {
  std::set<PrimitiveKind> kinds;
  forEachChoice([&](const ConvLayer &l, const Choice &choice,
                    const MachineDescription &machine,
                    const PackedFilter &order) {
    std::vector<float> filter(l.filterElements());
    std::iota(filter.begin(), filter.end(), 1.0f);
    std::vector<float> packed = packFloats(l, choice, machine, filter);
    ASSERT_EQ(int64_t(packed.size()), order.size());
    if (!order.holdsWeights())
      return;
    kinds.insert(choice.kind());
    const float *weight = filter.data();
    for (int64_t g = 0; g < l.groups; ++g)
      for (int64_t k = 0; k < l.outChannels; ++k)
        for (int64_t c = 0; c < l.inChannels; ++c)
          for (int64_t r = 0; r < l.kernelHeight; ++r)
            for (int64_t s = 0; s < l.kernelWidth; ++s) {
              const int64_t at = order.positionOf(g, k, c, r, s);
              ASSERT_TRUE(at >= 0 && at < order.size());
              ASSERT_EQ(packed[at], *weight++);
              packed[at] = 0;
            }
    EXPECT_EQ(packed, std::vector<float>(packed.size()));
  });
  // All but the transformed, with Winograd's fresh filters.
  EXPECT_TRUE(kinds.count(PrimitiveKind::Winograd));
  for (PrimitiveKind kind :
       {PrimitiveKind::Direct, PrimitiveKind::Pointwise, PrimitiveKind::Im2Row,
        PrimitiveKind::Im2Col, PrimitiveKind::Kn2Row, PrimitiveKind::Depthwise,
        PrimitiveKind::Grouped, PrimitiveKind::GroupedRotated})
    EXPECT_TRUE(kinds.count(kind)) << stringifyPrimitiveKind(kind).str();
  EXPECT_FALSE(kinds.count(PrimitiveKind::PointwisePairs));
  EXPECT_FALSE(kinds.count(PrimitiveKind::Strassen));
}

// Elements of another type than floats: those of each size go where floats go.
template <typename T>
void expectPlacesOfFloats(const ConvLayer &l, const Choice &choice,
                          const MachineDescription &machine, ElementType type) {
  std::vector<float> floats(l.filterElements());
  std::vector<T> filter(l.filterElements());
  for (size_t i = 0; i < filter.size(); ++i)
    floats[i] = filter[i] = T(i % 125 + 1);
  ConvProblem problem = l;
  problem.types.filter = type;
  const PackedFilter order =
      choice.primitive->packedFilter(problem, choice, machine);
  EXPECT_EQ(order.bytes(), order.size() * int64_t(sizeof(T)));
  std::vector<T> packed(order.size());
  choice.primitive->packFilter(problem, choice, machine, toBytes<T>(filter),
                               toBytes(packed));
  EXPECT_EQ(std::vector<float>(packed.begin(), packed.end()),
            packFloats(l, choice, machine, floats));
}

TEST(PackedFilter, WeightsOfAnyTypeLieWhereFloatsDo) {
  forEachChoice([&](const ConvLayer &l, const Choice &choice,
                    const MachineDescription &machine,
                    const PackedFilter &order) {
    if (!order.holdsWeights())
      return;
    expectPlacesOfFloats<int8_t>(l, choice, machine, ElementType::I8);
    expectPlacesOfFloats<uint16_t>(l, choice, machine, ElementType::BF16);
    expectPlacesOfFloats<double>(l, choice, machine, ElementType::F64);
  });
}

// Where the order says how input channels lie, scaling the packed filter is
// packing the scaled one.
TEST(PackedFilter, ScalesByInputChannels) {
  std::set<PrimitiveKind> scaled, refused;
  forEachChoice([&](const ConvLayer &l, const Choice &choice,
                    const MachineDescription &machine,
                    const PackedFilter &order) {
    const auto channels = order.inputChannels(l.inChannels);
    (channels ? scaled : refused).insert(choice.kind());
    if (!channels)
      return;
    std::vector<float> filter(l.filterElements());
    for (size_t i = 0; i < filter.size(); ++i)
      filter[i] = std::sin(float(i));
    std::vector<float> packed = packFloats(l, choice, machine, filter);
    auto factor = [](int64_t c) { return std::exp2(float(c % 5)); };
    const int64_t taps = l.kernelHeight * l.kernelWidth;
    for (size_t i = 0; i < filter.size(); ++i)
      filter[i] *= factor(int64_t(i) / taps % l.inChannels);
    ASSERT_EQ(channels->outer * channels->extent * channels->inner,
              order.size());
    for (int64_t i = 0; i < order.size(); ++i)
      packed[i] *= factor(i / channels->inner % channels->extent);
    EXPECT_EQ(packed, packFloats(l, choice, machine, filter));
  });
  for (PrimitiveKind kind : {PrimitiveKind::Pointwise, PrimitiveKind::Im2Col,
                             PrimitiveKind::Winograd})
    EXPECT_TRUE(scaled.count(kind)) << stringifyPrimitiveKind(kind).str();
  for (PrimitiveKind kind :
       {PrimitiveKind::PointwisePairs, PrimitiveKind::Strassen,
        PrimitiveKind::GroupedRotated}) {
    EXPECT_FALSE(scaled.count(kind)) << stringifyPrimitiveKind(kind).str();
    EXPECT_TRUE(refused.count(kind)) << stringifyPrimitiveKind(kind).str();
  }
}

TEST(Packing, WinogradTransformsEachFilterInDouble) {
  const ConvLayer layer = oddLayer(1);
  const std::vector<float> filter = numbers(layer);
  const int64_t C = layer.inChannels, K = layer.outChannels;
  MachineDescription machine;
  machine.vectorBits = 256;
  const Primitive &primitive = getPrimitive("winograd_f4x4_3x3");
  const Choice choice = primitive.choices(layer, machine).front();
  const WinogradTransforms w = winogradTransforms(choice, layer);
  const std::vector<float> packed = packFloats(layer, choice, machine, filter);
  const int64_t tile = channelTile(choice.variant);
  const int64_t blocks = divideUp(K, tile);
  ASSERT_EQ(int64_t(packed.size()), w.elements() * blocks * tile * C);
  for (int64_t e = 0; e < w.elements(); ++e)
    for (int64_t k = 0; k < blocks * tile; ++k)
      for (int64_t c = 0; c < C; ++c) {
        double sum = 0;
        for (int64_t i = 0; i < 9 && k < K; ++i)
          sum += w.rows.filter[e / w.columns.tile()][i / 3] *
                 w.columns.filter[e % w.columns.tile()][i % 3] *
                 filter[(k * C + c) * 9 + i];
        ASSERT_FLOAT_EQ(
            packed[((e * blocks + k / tile) * C + c) * tile + k % tile],
            float(sum))
            << e << " " << k << " " << c;
      }
}

} // namespace
