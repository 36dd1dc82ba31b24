// A convolution whose every tap is moved by an offset that is data. The moved
// elements are gathered first, as columns of a matrix: one for each place of
// the result, with the taps of all channels in it; then the filter is
// multiplied with that matrix, as im2col does it. To gather within the product
// would interpolate each element once for every channel of the result.
#include "Ops.h"
#include "Sampling.h"
#include "Window.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// Sizes of one node; channels are those of all groups.
struct DeformShape {
  int64_t batch, channels, outChannels, groups, offsetGroups, taps, places;
  Window window;
  Shape outSpatial;
};
} // namespace

static llvm::Expected<DeformShape> readShape(const Node &node) {
  ArrayRef<int64_t> x = node.inputShape(0), w = node.inputShape(1);
  ArrayRef<int64_t> offset = node.inputShape(2), y = node.outputShape(0);
  size_t spatial = x.size() < 3 ? 0 : x.size() - 2;
  if (!spatial || w.size() != x.size() || offset.size() != x.size() ||
      y.size() != x.size())
    return node.error("input, filter and offset differ in rank");
  auto window = readWindow(node, w.drop_front(2));
  if (!window)
    return window.takeError();
  DeformShape shape;
  shape.window = *window;
  shape.batch = x[0];
  shape.channels = x[1];
  shape.outChannels = w[0];
  shape.groups = node.getInt("group", 1);
  shape.offsetGroups = node.getInt("offset_group", 1);
  shape.taps = *countElements(w.drop_front(2));
  shape.outSpatial.assign(y.begin() + 2, y.end());
  shape.places = *countElements(shape.outSpatial);
  if (shape.groups < 1 || shape.offsetGroups < 1 || x[1] % shape.groups ||
      w[0] % shape.groups || w[1] != x[1] / shape.groups ||
      x[1] % shape.offsetGroups)
    return node.error("channels and groups do not fit");
  Shape offsets{x[0], shape.offsetGroups * shape.taps *
                          static_cast<int64_t>(spatial)};
  Shape masks{x[0], shape.offsetGroups * shape.taps};
  offsets.append(shape.outSpatial);
  masks.append(shape.outSpatial);
  if (offset != ArrayRef<int64_t>(offsets))
    return node.error("the offset does not fit input and filter");
  if (node.hasInput(3) && node.inputShape(3) != ArrayRef<int64_t>{w[0]})
    return node.error("the bias does not fit the filter");
  if (node.hasInput(4) && node.inputShape(4) != ArrayRef<int64_t>(masks))
    return node.error("the mask does not fit the offset");
  return shape;
}

/// One of the coordinates that a flat index into `extents` stands for.
static Value unflatten(Scalar &s, Value flat, ArrayRef<int64_t> extents,
                       size_t dim) {
  auto number = [&](int64_t value) -> Value {
    return s.builder.create<arith::ConstantIndexOp>(s.loc, value);
  };
  int64_t inner = *countElements(extents.drop_front(dim + 1));
  Value outer = s.builder.create<arith::DivUIOp>(s.loc, flat, number(inner));
  return dim == 0
             ? outer
             : s.builder
                   .create<arith::RemUIOp>(s.loc, outer, number(extents[dim]))
                   .getResult();
}

/// What each tap reads: N, channels, taps, places.
static Value gatherColumns(Node &node, const DeformShape &shape,
                           ElementKind kind) {
  ArrayRef<int64_t> x = node.inputShape(0);
  int64_t spatial = static_cast<int64_t>(shape.window.rank());
  SamplingRule rule;
  Shape points{shape.batch, shape.offsetGroups, shape.taps, shape.places};
  Value offsets = reshapedInput(
      node, 2,
      {shape.batch, shape.offsetGroups, shape.taps, spatial, shape.places});
  auto coordinate = [&](Scalar &s, ArrayRef<Value> at, int64_t dim) {
    OpBuilder &b = s.builder;
    auto number = [&](int64_t value) -> Value {
      return b.create<arith::ConstantIndexOp>(s.loc, value);
    };
    const Window &w = shape.window;
    Value out = unflatten(s, at[3], shape.outSpatial, dim);
    Value tap = unflatten(s, at[2], w.kernel, dim);
    Value place = b.create<arith::AddIOp>(
        s.loc, b.create<arith::MulIOp>(s.loc, out, number(w.strides[dim])),
        b.create<arith::MulIOp>(s.loc, tap, number(w.dilations[dim])));
    place = b.create<arith::SubIOp>(s.loc, place, number(w.low[dim]));
    Value base =
        s.convert(b.create<arith::IndexCastOp>(s.loc, b.getI32Type(), place),
                  ElementKind::I32);
    Value moved = b.create<tensor::ExtractOp>(
        s.loc, offsets, ValueRange{at[0], at[1], at[2], number(dim), at[3]});
    return s.add(base, moved);
  };
  SmallVector<SampleTable> tables;
  for (int64_t dim = 0; dim < spatial; ++dim)
    tables.push_back(makeSampleTable(
        node, points, x[2 + dim], rule, kind,
        [&](Scalar &s, ArrayRef<Value> at) { return coordinate(s, at, dim); }));
  Value image = node.input(0);
  Value mask = node.hasInput(4) ? reshapedInput(node, 4, points) : Value();
  int64_t channelsOfOffset = shape.channels / shape.offsetGroups;
  return generate(
      node, {shape.batch, shape.channels, shape.taps, shape.places}, kind,
      [&](Scalar &s, ArrayRef<Value> at) {
        Value group = s.builder.create<arith::DivUIOp>(
            s.loc, at[1],
            s.builder.create<arith::ConstantIndexOp>(s.loc, channelsOfOffset));
        Value point[] = {at[0], group, at[2], at[3]};
        Value element = sample(s, image, at.take_front(2), tables, point, rule);
        if (!mask)
          return element;
        return s.mul(element,
                     s.builder.create<tensor::ExtractOp>(s.loc, mask, point));
      });
}

static Error importDeformConv(Node &node) {
  auto shape = readShape(node);
  if (!shape)
    return shape.takeError();
  ArrayRef<int64_t> result = node.outputShape(0);
  ElementKind kind = node.outputKind(0);
  if (kind != ElementKind::F32 && kind != ElementKind::F64)
    return node.error("takes floating point only");
  if (*countElements(result) == 0)
    return node.setOutput(
        0, createEmpty(node, result, node.outputType(0).getElementType()));
  Scalar scalar(node.builder, node.loc, kind);
  int64_t n = shape->batch, g = shape->groups;
  int64_t terms = shape->channels / g * shape->taps;
  int64_t outs = shape->outChannels / g;
  Shape sums{n, g, outs, shape->places};
  Value y = createFilled(node, sums, scalar.attribute(0));
  if (terms && *countElements(node.inputShape(0))) {
    Value columns = reshape(node, gatherColumns(node, *shape, kind),
                            {n, g, terms, shape->places});
    Value filter = reshapedInput(node, 1, {g, outs, terms});
    MLIRContext *context = node.builder.getContext();
    auto map = [&](ArrayRef<unsigned> dims) {
      return AffineMap::getMultiDimMapWithTargets(5, dims, context);
    };
    SmallVector<utils::IteratorType> loops(5, utils::IteratorType::parallel);
    loops.back() = utils::IteratorType::reduction;
    // Loops: n, g, channel, place, term.
    y = sumOfProducts(node, filter, columns, y,
                      {map({1, 2, 4}), map({0, 1, 4, 3}), map({0, 1, 2, 3})},
                      loops);
  }
  y = reshape(node, y, result);
  if (node.hasInput(3)) {
    Shape column(result.size() - 1, 1);
    column[0] = shape->outChannels;
    y = elementwise(
        node, {y, reshapedInput(node, 3, column)}, result, kind,
        [](Scalar &s, ArrayRef<Value> a) { return s.add(a[0], a[1]); });
  }
  return node.setOutput(0, y);
}

void registerDeformConvOps(OpTable &table) {
  table["DeformConv"] = importDeformConv;
}

} // namespace convopt
