// GridSample reads an image at coordinates that are data; AffineGrid makes such
// coordinates.
#include "Ops.h"
#include "Sampling.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Points that one read adds up, each a load: more of them would be code
/// without end.
static constexpr int64_t tapLimit = 64;

static llvm::Expected<SamplingRule> readRule(const Node &node) {
  using Mode = SamplingRule::Mode;
  using Padding = SamplingRule::Padding;
  auto mode =
      llvm::StringSwitch<std::optional<Mode>>(node.getString("mode", "linear"))
          .Case("nearest", Mode::Nearest)
          .Cases("linear", "bilinear", Mode::Linear)
          .Cases("cubic", "bicubic", Mode::Cubic)
          .Default(std::nullopt);
  auto padding = llvm::StringSwitch<std::optional<Padding>>(
                     node.getString("padding_mode", "zeros"))
                     .Case("zeros", Padding::Zeros)
                     .Case("border", Padding::Border)
                     .Case("reflection", Padding::Reflection)
                     .Default(std::nullopt);
  if (!mode || !padding)
    return node.error("has a mode or padding_mode that ONNX does not define");
  SamplingRule rule;
  rule.mode = *mode;
  rule.padding = *padding;
  rule.alignCorners = node.getInt("align_corners", 0) != 0;
  return rule;
}

static ElementKind coordinateKind(ElementKind kind) {
  return kind == ElementKind::F64 ? kind : ElementKind::F32;
}

/// From [-1, 1] to elements: -1 and 1 are the centers of the first and the last
/// one, or their outer edges.
static Value denormalize(Scalar &s, Value x, int64_t extent,
                         bool alignCorners) {
  double length = static_cast<double>(extent);
  Value shifted = s.add(x, s.constant(1));
  if (alignCorners)
    return s.mul(s.div(shifted, s.constant(2)), s.constant(length - 1));
  return s.div(s.sub(s.mul(shifted, s.constant(length)), s.constant(1)),
               s.constant(2));
}

static Error importGridSample(Node &node) {
  ArrayRef<int64_t> x = node.inputShape(0), grid = node.inputShape(1);
  auto rule = readRule(node);
  if (!rule)
    return rule.takeError();
  size_t spatial = x.size() < 3 ? 0 : x.size() - 2;
  if (!spatial || grid.size() != x.size() || grid[0] != x[0] ||
      grid.back() != static_cast<int64_t>(spatial))
    return node.error("the grid does not fit the input");
  ElementKind kind = node.inputKind(0);
  if (!isFloat(kind) && rule->mode != SamplingRule::Mode::Nearest)
    return node.error("interpolates floating point only");
  int64_t taps = 1;
  for (size_t i = 0; i < spatial; ++i)
    if ((taps *= rule->taps()) > tapLimit)
      return node.error("interpolates along too many dimensions");
  if (*countElements(node.outputShape(0)) == 0)
    return node.setOutput(0, createEmpty(node, node.outputShape(0),
                                         node.outputType(0).getElementType()));
  if (*countElements(x) == 0)
    return node.error("samples an empty tensor");

  int64_t count = *countElements(grid.drop_front().drop_back());
  Shape points{x[0], count};
  Value flat =
      reshapedInput(node, 1, {x[0], count, static_cast<int64_t>(spatial)});
  ElementKind gridKind = node.inputKind(1), computed = coordinateKind(kind);
  SmallVector<SampleTable> tables;
  for (size_t i = 0; i < spatial; ++i) {
    // The grid names the last dimension first.
    int64_t entry = static_cast<int64_t>(spatial - 1 - i);
    tables.push_back(makeSampleTable(
        node, points, x[2 + i], *rule, computed,
        [&](Scalar &s, ArrayRef<Value> at) {
          SmallVector<Value> place(at);
          place.push_back(
              s.builder.create<arith::ConstantIndexOp>(s.loc, entry));
          Value raw = s.builder.create<tensor::ExtractOp>(s.loc, flat, place);
          return denormalize(s, s.convert(raw, gridKind), x[2 + i],
                             rule->alignCorners);
        }));
  }
  Value image = node.input(0);
  Value y = generate(node, {x[0], x[1], count}, kind,
                     [&](Scalar &s, ArrayRef<Value> at) {
                       return sample(s, image, at.take_front(2), tables,
                                     {at[0], at[2]}, *rule);
                     });
  return node.setOutput(0, reshape(node, y, node.outputShape(0)));
}

/// Where the points lie before they are moved: for each, -1 to 1.
static Constant basePoints(int64_t extent, bool alignCorners,
                           ElementKind kind) {
  std::vector<double> values;
  for (int64_t i = 0; i < extent; ++i)
    values.push_back(alignCorners
                         ? (extent == 1 ? -1 : 2.0 * i / (extent - 1) - 1)
                         : (2.0 * i + 1) / extent - 1);
  return Constant::fromDoubles(kind, extent, values);
}

static Error importAffineGrid(Node &node) {
  auto size = node.constantInts(1, "size");
  if (!size)
    return size.takeError();
  ArrayRef<int64_t> theta = node.inputShape(0), y = node.outputShape(0);
  int64_t spatial = static_cast<int64_t>(size->size()) - 2;
  if (spatial < 2 || spatial > 3 ||
      theta != ArrayRef<int64_t>{size->front(), spatial, spatial + 1})
    return node.error("theta does not fit size");
  bool alignCorners = node.getInt("align_corners", 0) != 0;
  ElementKind kind = node.outputKind(0);
  SmallVector<Value> points;
  for (int64_t i = 0; i < spatial; ++i)
    points.push_back(
        node.materialise(basePoints((*size)[2 + i], alignCorners, kind)));
  Value matrix = node.input(0);
  Value grid = generate(node, y, kind, [&](Scalar &s, ArrayRef<Value> at) {
    auto coefficient = [&](int64_t column) -> Value {
      return s.builder.create<tensor::ExtractOp>(
          s.loc, matrix,
          ValueRange{at.front(), at.back(),
                     s.builder.create<arith::ConstantIndexOp>(s.loc, column)});
    };
    Value sum = coefficient(spatial);
    for (int64_t i = 0; i < spatial; ++i) {
      // The last dimension is called x and comes first.
      int64_t dim = spatial - 1 - i;
      Value point =
          s.builder.create<tensor::ExtractOp>(s.loc, points[dim], at[1 + dim]);
      sum = s.add(sum, s.mul(coefficient(i), point));
    }
    return sum;
  });
  return node.setOutput(0, grid);
}

void registerGridSampleOps(OpTable &table) {
  table["GridSample"] = importGridSample;
  table["AffineGrid"] = importAffineGrid;
}

} // namespace convopt
