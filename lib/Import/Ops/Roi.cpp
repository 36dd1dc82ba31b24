// RoiAlign and MaxRoiPool: pooling over regions whose place and size are data,
// so that the number of elements that a result is made of is known only when
// the model runs.
#include "LoopCode.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Points of a bin along one dimension, at most: what makes it finite where a
/// region is not.
static constexpr double pointLimit = 1 << 16;

namespace {
/// The neighbours of a coordinate in one dimension and their weights.
struct Neighbours {
  Value low, high, lowWeight, highWeight, isInside;
};

/// One dimension of a region, cut into bins, each with points.
struct RegionSide {
  Value start, binSize, points;
};

/// Builds RoiAlign's loops.
class RoiAlign {
public:
  RoiAlign(const Node &node, LoopCode &code, ElementKind kind)
      : code(code), s(code.scalar(kind)), kind(kind), image(node.inputShape(0)),
        result(node.outputShape(0)), scale(node.getFloat("spatial_scale", 1)),
        sampling(node.getInt("sampling_ratio", 0)),
        isMax(node.getString("mode", "avg") == "max"),
        halfPixel(node.opset() >= 16 &&
                  node.getString("coordinate_transformation_mode",
                                 "half_pixel") == "half_pixel") {}

  void build(Value x, Value rois, Value batches, Value y);

private:
  Value fromIndex(Value index) {
    return s.convert(code.toInteger(index), ElementKind::I64);
  }
  RegionSide readSide(Value rois, Value roi, int64_t entry, int64_t bins);
  Neighbours neighbours(const RegionSide &side, Value bin, Value point,
                        int64_t extent);
  Value readPoint(Value x, ValueRange plane, const Neighbours &row,
                  const Neighbours &column);
  Value pool(Value x, ValueRange plane, const RegionSide &height,
             const RegionSide &width, Value bin, Value binColumn);

  LoopCode &code;
  Scalar s;
  ElementKind kind;
  ArrayRef<int64_t> image, result;
  double scale;
  int64_t sampling;
  bool isMax, halfPixel;
};
} // namespace

/// `entry`: 0 for x, 1 for y; the ends are two entries on.
RegionSide RoiAlign::readSide(Value rois, Value roi, int64_t entry,
                              int64_t bins) {
  auto coordinate = [&](int64_t column) {
    Value raw = code.load(rois, {roi, code.number(column)});
    Value scaled = s.mul(raw, s.constant(scale));
    return halfPixel ? s.sub(scaled, s.constant(0.5)) : scaled;
  };
  RegionSide side;
  side.start = coordinate(entry);
  Value size = s.sub(coordinate(entry + 2), side.start);
  if (!halfPixel)
    size = s.maxNumber(size, s.constant(1));
  side.binSize = s.div(size, s.constant(static_cast<double>(bins)));
  if (sampling > 0) {
    side.points = code.number(sampling);
  } else {
    Value points = s.math<math::CeilOp>(side.binSize);
    points = s.maxNumber(points, s.constant(0));
    points = s.select(s.less(points, s.constant(pointLimit)), points,
                      s.constant(pointLimit));
    side.points =
        code.toIndex(code.scalar(ElementKind::I64).convert(points, kind));
  }
  return side;
}

Neighbours RoiAlign::neighbours(const RegionSide &side, Value bin, Value point,
                                int64_t extent) {
  Value step = s.div(side.binSize, fromIndex(side.points));
  Value at = s.add(side.start, s.mul(fromIndex(bin), side.binSize));
  at = s.add(at, s.mul(s.add(fromIndex(point), s.constant(0.5)), step));
  Neighbours result;
  double size = static_cast<double>(extent);
  result.isInside = code.both(s.lessOrEqual(s.constant(-1), at),
                              s.lessOrEqual(at, s.constant(size)));
  // Inside of the image whatever the region says.
  at = s.maxNumber(at, s.constant(0));
  Value last = s.constant(size - 1);
  at = s.select(s.less(at, last), at, last);
  Value low = s.math<math::FloorOp>(at);
  result.highWeight = s.sub(at, low);
  result.lowWeight = s.sub(s.constant(1), result.highWeight);
  result.low = code.toIndex(code.scalar(ElementKind::I64).convert(low, kind));
  result.high =
      code.min(code.add(result.low, code.number(1)), code.number(extent - 1));
  return result;
}

/// Zero outside. The largest is that of the four weighted neighbours.
Value RoiAlign::readPoint(Value x, ValueRange plane, const Neighbours &row,
                          const Neighbours &column) {
  auto part = [&](Value y, Value weightY, Value z, Value weightZ) {
    Value element = code.load(x, {plane[0], plane[1], y, z});
    return s.mul(s.mul(weightY, weightZ), element);
  };
  return code.choose(
      code.both(row.isInside, column.isInside),
      [&] {
        Value parts[] = {
            part(row.low, row.lowWeight, column.low, column.lowWeight),
            part(row.low, row.lowWeight, column.high, column.highWeight),
            part(row.high, row.highWeight, column.low, column.lowWeight),
            part(row.high, row.highWeight, column.high, column.highWeight)};
        Value total = parts[0];
        for (Value next : ArrayRef(parts).drop_front())
          total = isMax ? s.max(total, next) : s.add(total, next);
        return total;
      },
      [&] { return s.constant(0); });
}

Value RoiAlign::pool(Value x, ValueRange plane, const RegionSide &height,
                     const RegionSide &width, Value bin, Value binColumn) {
  Value zero = code.number(0);
  Value start =
      isMax ? code.builder.create<arith::ConstantOp>(code.loc, s.lowest())
                  .getResult()
            : s.constant(0);
  Value total =
      code.fold(zero, height.points, start, [&](Value point, ValueRange outer) {
        Neighbours row = neighbours(height, bin, point, image[2]);
        return code.fold(
            zero, width.points, outer, [&](Value other, ValueRange so) {
              Neighbours column = neighbours(width, binColumn, other, image[3]);
              Value value = readPoint(x, plane, row, column);
              return SmallVector<Value>{isMax ? s.max(so[0], value)
                                              : s.add(so[0], value)};
            });
      })[0];
  Value count = code.mul(height.points, width.points);
  if (!isMax)
    return s.div(total, fromIndex(code.max(count, code.number(1))));
  return s.select(code.equal(count, zero), s.constant(0), total);
}

void RoiAlign::build(Value x, Value rois, Value batches, Value y) {
  code.loop(code.number(0), code.number(result[0]), [&](Value roi) {
    // A batch that is not there reads the nearest one.
    Value batch = code.toIndex(code.load(batches, roi));
    batch =
        code.max(code.min(batch, code.number(image[0] - 1)), code.number(0));
    RegionSide width = readSide(rois, roi, 0, result[3]);
    RegionSide height = readSide(rois, roi, 1, result[2]);
    code.nest(result.drop_front(), [&](ArrayRef<Value> at) {
      Value plane[] = {batch, at[0]};
      Value value = pool(x, plane, height, width, at[1], at[2]);
      code.store(value, y, {roi, at[0], at[1], at[2]});
    });
  });
}

static Error importRoiAlign(Node &node) {
  ArrayRef<int64_t> x = node.inputShape(0), rois = node.inputShape(1);
  ArrayRef<int64_t> y = node.outputShape(0);
  ElementKind kind = node.inputKind(0);
  StringRef mode = node.getString("mode", "avg");
  if (mode != "avg" && mode != "max")
    return node.error("has a mode that ONNX does not define");
  if (x.size() != 4 || rois.size() != 2 || rois[1] != 4 || y.size() != 4 ||
      node.inputShape(2) != rois.take_front(1) || y[0] != rois[0] ||
      y[1] != x[1] || y[2] < 1 || y[3] < 1)
    return node.error("the regions do not fit the input");
  if (kind != ElementKind::F32 && kind != ElementKind::F64)
    return node.error("takes floating point only");
  Value empty = createEmpty(node, y, node.outputType(0).getElementType());
  if (*countElements(y) == 0)
    return node.setOutput(0, empty);
  if (*countElements(x) == 0)
    return node.error("pools an empty tensor");
  auto results = createLoops(
      node, {node.input(0), node.input(1), node.input(2)}, empty,
      [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
        RoiAlign(node, code, kind).build(in[0], in[1], in[2], out[0]);
      });
  return node.setOutput(0, results[0]);
}

/// Where a bin begins and ends in the image: from the region's rounded corners
/// on, bins overlapping by what does not divide.
static std::pair<Value, Value> poolSide(LoopCode &code, Scalar &s, Value start,
                                        Value size, Value bin, int64_t bins,
                                        int64_t extent) {
  Scalar integer = code.scalar(ElementKind::I64);
  Value binSize = s.div(size, s.constant(static_cast<double>(bins)));
  auto toPlace = [&](Value x) {
    Value moved = s.add(x, start);
    moved = s.maxNumber(moved, s.constant(0));
    Value last = s.constant(static_cast<double>(extent));
    moved = s.select(s.less(moved, last), moved, last);
    return code.toIndex(integer.convert(moved, s.kind));
  };
  auto edge = [&](Value number) {
    return s.mul(s.convert(code.toInteger(number), ElementKind::I64), binSize);
  };
  Value begin = s.math<math::FloorOp>(edge(bin));
  Value end = s.math<math::CeilOp>(edge(code.add(bin, code.number(1))));
  return {toPlace(begin), toPlace(end)};
}

static Error importMaxRoiPool(Node &node) {
  ArrayRef<int64_t> x = node.inputShape(0), rois = node.inputShape(1);
  ArrayRef<int64_t> y = node.outputShape(0);
  ElementKind kind = node.inputKind(0);
  if (x.size() != 4 || rois.size() != 2 || rois[1] != 5 || y.size() != 4 ||
      y[0] != rois[0] || y[1] != x[1] || y[2] < 1 || y[3] < 1)
    return node.error("the regions do not fit the input");
  if (kind != ElementKind::F32 && kind != ElementKind::F64)
    return node.error("takes floating point only");
  double scale = node.getFloat("spatial_scale", 1);
  Value empty = createEmpty(node, y, node.outputType(0).getElementType());
  if (*countElements(y) == 0)
    return node.setOutput(0, empty);
  if (*countElements(x) == 0)
    return node.error("pools an empty tensor");
  auto body = [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
    Scalar s = code.scalar(kind);
    code.nest(y, [&](ArrayRef<Value> at) {
      auto entry = [&](int64_t column) {
        return code.load(in[1], {at[0], code.number(column)});
      };
      auto corner = [&](int64_t column) {
        return s.math<math::RoundOp>(s.mul(entry(column), s.constant(scale)));
      };
      // A batch that is not there reads the nearest one.
      Value batch = s.maxNumber(entry(0), s.constant(0));
      Value last = s.constant(static_cast<double>(x[0] - 1));
      batch = s.select(s.less(batch, last), batch, last);
      batch = code.toIndex(code.scalar(ElementKind::I64).convert(batch, kind));
      auto side = [&](int64_t column, Value bin, int64_t dim) {
        Value start = corner(column), one = s.constant(1);
        Value size = s.add(s.sub(corner(column + 2), start), one);
        return poolSide(code, s, start, s.maxNumber(size, one), bin, y[dim],
                        x[dim]);
      };
      auto rows = side(2, at[2], 2), columns = side(1, at[3], 3);
      Value lowest =
          code.builder.create<arith::ConstantOp>(code.loc, s.lowest());
      auto foldRow = [&](Value row, ValueRange start) {
        return code.fold(columns.first, columns.second, start,
                         [&](Value column, ValueRange so) {
                           Value element =
                               code.load(in[0], {batch, at[1], row, column});
                           return SmallVector<Value>{s.max(so[0], element)};
                         });
      };
      Value most = code.fold(rows.first, rows.second, lowest, foldRow)[0];
      Value hasAny = code.both(code.less(rows.first, rows.second),
                               code.less(columns.first, columns.second));
      code.store(s.select(hasAny, most, s.constant(0)), out[0], at);
    });
  };
  auto results = createLoops(node, {node.input(0), node.input(1)}, empty, body);
  return node.setOutput(0, results[0]);
}

void registerRoiOps(OpTable &table) {
  table["RoiAlign"] = importRoiAlign;
  table["MaxRoiPool"] = importMaxRoiPool;
}

} // namespace convopt
