// Of boxes that overlap the one with the best score: the textbook's algorithm,
// greedy for each batch and class. Scores that are too low are left out before
// the others are sorted, which they mostly are.
#include "Ops.h"
#include "Select.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// Corners of a box, in order.
struct Corners {
  Value low[2], high[2];
};

/// Builds the loops of NonMaxSuppression: the textbook's, greedy for each batch
/// and class.
class Suppression {
public:
  Suppression(LoopCode &code, bool isCentered, ArrayRef<int64_t> scores,
              int64_t most)
      : code(code), s(code.scalar(ElementKind::F32)), isCentered(isCentered),
        batches(scores[0]), classes(scores[1]), count(scores[2]), most(most) {}

  /// in: boxes, scores, the number of boxes (of rank 0, as are the next),
  /// threshold of overlap, threshold of scores. out: selected, their number,
  /// two vectors of places to sort in.
  void build(ArrayRef<Value> in, ArrayRef<Value> out);

private:
  Corners readBox(Value boxes, Value batch, Value box);
  Value overlaps(const Corners &a, const Corners &b, Value threshold);
  void select(ArrayRef<Value> in, ArrayRef<Value> out, Value batch,
              Value klass);
  Value entry(Value selected, Value row, int64_t column) {
    return code.loadIndex(selected, {row, code.number(column)});
  }

  LoopCode &code;
  Scalar s;
  bool isCentered;
  int64_t batches, classes, count, most;
};
} // namespace

/// y1 x1 y2 x2 in any order of corners, or x y width height.
Corners Suppression::readBox(Value boxes, Value batch, Value box) {
  Value raw[4];
  for (int64_t i = 0; i < 4; ++i)
    raw[i] = code.load(boxes, {batch, box, code.number(i)});
  Corners corners;
  for (int64_t i = 0; i < 2; ++i) {
    if (isCentered) {
      Value half = s.div(raw[2 + i], s.constant(2));
      corners.low[i] = s.sub(raw[i], half);
      corners.high[i] = s.add(raw[i], half);
    } else {
      corners.low[i] = s.min(raw[i], raw[2 + i]);
      corners.high[i] = s.max(raw[i], raw[2 + i]);
    }
  }
  return corners;
}

/// Whether the intersection is more than `threshold` of the union; never for
/// boxes without area.
Value Suppression::overlaps(const Corners &a, const Corners &b,
                            Value threshold) {
  Value zero = s.constant(0), shared, areaA, areaB, isReal;
  auto multiply = [&](Value &product, Value side) {
    product = product ? s.mul(product, side) : side;
  };
  for (int64_t i = 0; i < 2; ++i) {
    Value side = s.sub(s.min(a.high[i], b.high[i]), s.max(a.low[i], b.low[i]));
    Value meets = s.less(zero, side);
    isReal = isReal ? code.both(isReal, meets) : meets;
    multiply(shared, side);
    multiply(areaA, s.sub(a.high[i], a.low[i]));
    multiply(areaB, s.sub(b.high[i], b.low[i]));
  }
  Value joined = s.sub(s.add(areaA, areaB), shared);
  for (Value area : {shared, areaA, areaB, joined})
    isReal = code.both(isReal, s.less(zero, area));
  return code.both(isReal, s.less(threshold, s.div(shared, joined)));
}

void Suppression::select(ArrayRef<Value> in, ArrayRef<Value> out, Value batch,
                         Value klass) {
  Value boxes = in[0], scores = in[1], selected = out[0], places = out[2];
  Value zero = code.number(0), one = code.number(1);
  auto scoreOf = [&](Value box) {
    return code.load(scores, {batch, klass, box});
  };
  Value threshold = code.load(in[4], {});
  Value candidates =
      code.fold(zero, code.number(count), zero, [&](Value box, ValueRange so) {
        Value isGood = s.less(threshold, scoreOf(box)), place = so[0];
        code.when(isGood, [&] { code.storeIndex(box, places, place); });
        return SmallVector<Value>{
            code.select(isGood, code.add(place, one), place)};
      })[0];
  sortPlaces(code, places, out[3], candidates,
             [&](Value a, Value b) { return s.less(scoreOf(b), scoreOf(a)); });
  Value begin = code.loadIndex(out[1], {});
  Value limit = code.loadIndex(in[2], {});
  limit = code.add(begin, code.max(code.min(limit, code.number(most)), zero));
  Value end = code.fold(zero, candidates, begin, [&](Value at, ValueRange so) {
    Value found = so[0];
    Value next = code.choose(
        code.less(found, limit),
        [&] {
          Value box = code.loadIndex(places, at);
          Corners corners = readBox(boxes, batch, box);
          Value overlap = code.load(in[3], {});
          Value hit = code.find(begin, found, [&](Value row) {
            Corners other = readBox(boxes, batch, entry(selected, row, 2));
            return overlaps(corners, other, overlap);
          });
          Value isNew = code.equal(hit, found);
          code.when(isNew, [&] {
            Value row[] = {batch, klass, box};
            for (int64_t i = 0; i < 3; ++i)
              code.storeIndex(row[i], selected, {found, code.number(i)});
          });
          return code.select(isNew, code.add(found, one), found);
        },
        [&] { return found; });
    return SmallVector<Value>{next};
  })[0];
  code.storeIndex(end, out[1], {});
}

void Suppression::build(ArrayRef<Value> in, ArrayRef<Value> out) {
  code.storeIndex(code.number(0), out[1], {});
  code.nest({batches, classes},
            [&](ArrayRef<Value> at) { select(in, out, at[0], at[1]); });
}

/// An optional input of one number, as a tensor of rank 0.
static llvm::Expected<Value> readNumber(Node &node, size_t i,
                                        TypedAttr fallback) {
  if (!node.hasInput(i))
    return createFilled(node, {}, fallback);
  if (*countElements(node.inputShape(i)) != 1)
    return node.error("input " + Twine(i) + " must be one number");
  return reshapedInput(node, i, {});
}

static Error importNonMaxSuppression(Node &node) {
  ArrayRef<int64_t> boxes = node.inputShape(0), scores = node.inputShape(1);
  if (boxes.size() != 3 || boxes[2] != 4 || scores.size() != 3 ||
      scores[0] != boxes[0] || scores[2] != boxes[1])
    return node.error("boxes and scores do not fit");
  int64_t center = node.getInt("center_point_box", 0);
  if (center != 0 && center != 1)
    return node.error("center_point_box must be 0 or 1");
  OpBuilder &builder = node.builder;
  ArrayRef<int64_t> result = node.outputShape(0);
  auto limit = readNumber(node, 2, builder.getI64IntegerAttr(0));
  if (!limit)
    return limit.takeError();
  auto overlap = readNumber(node, 3, builder.getF32FloatAttr(0));
  if (!overlap)
    return overlap.takeError();
  // Without threshold every score is good enough, but for NaN.
  Scalar scalar(builder, node.loc, ElementKind::F32);
  auto threshold = readNumber(node, 4, scalar.lowest());
  if (!threshold)
    return threshold.takeError();
  int64_t rows = scores[0] * scores[1];
  int64_t most = rows ? result[0] / rows : 0;
  Value places = createEmpty(node, scores[2], builder.getI64Type());
  Value spare = createEmpty(node, scores[2], builder.getI64Type());
  auto results = createLoops(
      node, {node.input(0), node.input(1), *limit, *overlap, *threshold},
      {createZeros(node, 0), emptySize(node), places, spare},
      [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
        Suppression(code, center == 1, scores, most).build(in, out);
      });
  node.setOutputSize(0, 0, results[1]);
  return node.setOutput(0, results[0]);
}

void registerNonMaxSuppressionOps(OpTable &table) {
  table["NonMaxSuppression"] = importNonMaxSuppression;
}

} // namespace convopt
