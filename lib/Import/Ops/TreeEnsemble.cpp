// TreeEnsemble of ai.onnx.ml: every row of the input goes down every tree, and
// the leaves where it ends are aggregated by their targets. A tree is a table
// of nodes. Both children of a node are one number each: a node's place, or,
// below zero, a leaf's, so that the way down is a loop that ends at the first
// negative number. What is the same of all nodes (the comparison, as a rule) is
// code and no table. Trees as code, a branch a node, would be faster for a few
// rows, and larger than the caches for the forests that there are.
//
// Where the standard leaves something open, this is as ONNX Runtime has it: of
// a minimum or a maximum without a leaf the target is 0, and NaN differs from
// any split. A leaf that is a tree is reached by the comparison like others.
#include "Forest.h"
#include "LoopCode.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

namespace {
enum Aggregate : int64_t { AVERAGE, SUM, MIN, MAX };
/// By the standard; ONNX Runtime has SOFTMAX and LOGISTIC the other way round.
enum Transform : int64_t { NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO };
} // namespace

namespace {
/// The forest's tables: tensors outside of the loops, buffers in them.
class Tables {
public:
  Tables(Node &node, const Forest &forest, ElementKind kind) {
    auto ints = [&](ArrayRef<int64_t> list) {
      const auto count = static_cast<int64_t>(list.size());
      values.push_back(node.materialise(
          Constant::fromInts(ElementKind::I64, {count}, list)));
    };
    auto reals = [&](ArrayRef<double> list) {
      const auto count = static_cast<int64_t>(list.size());
      values.push_back(
          node.materialise(Constant::fromDoubles(kind, {count}, list)));
    };
    ints(forest.roots);
    ints(forest.features);
    ints(forest.yes);
    ints(forest.no);
    ints(forest.targets);
    reals(forest.splits);
    reals(forest.weights);
    ints(forest.modes);
    // What is not there is not read, but tables have elements.
    const int64_t none[] = {0};
    const double nothing[] = {0};
    ints(forest.sets.empty() ? ArrayRef(none) : ArrayRef(forest.sets));
    reals(forest.members.empty() ? ArrayRef(nothing)
                                 : ArrayRef(forest.members));
    ints(forest.tracks.empty() ? ArrayRef(none) : ArrayRef(forest.tracks));
  }

  SmallVector<Value> values;
};

/// The same in the loops.
struct Buffers {
  explicit Buffers(ArrayRef<Value> in)
      : roots(in[0]), features(in[1]), yes(in[2]), no(in[3]), targets(in[4]),
        splits(in[5]), weights(in[6]), modes(in[7]), sets(in[8]),
        members(in[9]), tracks(in[10]) {}
  Value roots, features, yes, no, targets, splits, weights, modes, sets,
      members, tracks;
};
} // namespace

/// Whether the feature `x` fulfils what node `at` asks, if its mode is `mode`.
static Value compare(LoopCode &code, const Buffers &b, Scalar s, int64_t mode,
                     Value x, Value at) {
  if (mode == MEMBER) {
    Value end = code.loadIndex(b.sets, code.add(at, code.number(1)));
    Value found = code.find(code.loadIndex(b.sets, at), end, [&](Value place) {
      return s.equal(code.load(b.members, place), x);
    });
    return code.less(found, end);
  }
  Value split = code.load(b.splits, at);
  switch (mode) {
  case LEQ:
    return s.lessOrEqual(x, split);
  case LT:
    return s.less(x, split);
  case GTE:
    return s.lessOrEqual(split, x);
  case GT:
    return s.less(split, x);
  case EQ:
    return s.equal(x, split);
  default:
    return code.no(s.equal(x, split));
  }
}

/// Where the way goes on from node `at`.
static Value step(LoopCode &code, const Buffers &b, const Forest &forest,
                  ElementKind kind, Value x, Value row, Value at) {
  Scalar s = code.scalar(kind);
  Value feature = code.load(x, {row, code.loadIndex(b.features, at)});
  std::vector<int64_t> modes = forest.modes;
  llvm::sort(modes);
  modes.erase(std::unique(modes.begin(), modes.end()), modes.end());
  Value holds = compare(code, b, s, modes[0], feature, at);
  for (int64_t mode : ArrayRef(modes).drop_front()) {
    Value isMode = code.equal(code.loadIndex(b.modes, at), code.number(mode));
    holds = code.choose(
        isMode, [&] { return compare(code, b, s, mode, feature, at); },
        [&] { return holds; });
  }
  if (!forest.tracks.empty()) {
    Value isNaN = s.builder.create<arith::CmpFOp>(
        s.loc, arith::CmpFPredicate::UNO, feature, feature);
    Value tracks =
        code.no(code.equal(code.loadIndex(b.tracks, at), code.number(0)));
    holds = code.either(holds, code.both(isNaN, tracks));
  }
  return code.select(holds, code.loadIndex(b.yes, at),
                     code.loadIndex(b.no, at));
}

/// Adds the weight of a leaf to what the row has of its target so far. `seen`
/// says whether it has anything, null where that does not matter.
static void aggregate(LoopCode &code, Scalar s, int64_t how, Value weight,
                      Value y, Value seen, ValueRange at) {
  Value old = code.load(y, at);
  if (!seen) {
    code.store(s.add(old, weight), y, at);
    return;
  }
  Value better = how == MIN ? s.min(old, weight) : s.max(old, weight);
  Value isFirst = code.equal(code.loadIndex(seen, at), code.number(0));
  code.store(code.select(isFirst, weight, better), y, at);
  code.storeIndex(code.number(1), seen, at);
}

static Value runTrees(Node &node, const Forest &forest, int64_t how) {
  ArrayRef<int64_t> shape = node.outputShape(0);
  const ElementKind kind = node.inputKind(0);
  const auto trees = static_cast<int64_t>(forest.roots.size());
  SmallVector<Value> inputs{node.input(0)};
  llvm::append_range(inputs, Tables(node, forest, kind).values);
  Scalar real(node.builder, node.loc, kind);
  SmallVector<Value> outputs{createFilled(node, shape, real.attribute(0))};
  const bool needsFirst = how == MIN || how == MAX;
  if (needsFirst)
    outputs.push_back(
        createFilled(node, shape, node.builder.getI64IntegerAttr(0)));
  auto body = [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
    const Buffers b(in.drop_front());
    Value zero = code.number(0);
    code.loop(zero, code.number(shape[0]), [&](Value row) {
      code.loop(zero, code.number(trees), [&](Value tree) {
        Value end = code.follow(
            code.loadIndex(b.roots, tree),
            [&](Value at) { return code.no(code.less(at, zero)); },
            [&](Value at) {
              return step(code, b, forest, kind, in[0], row, at);
            });
        Value leaf = code.sub(code.number(-1), end);
        Value to[] = {row, code.loadIndex(b.targets, leaf)};
        aggregate(code, code.scalar(kind), how, code.load(b.weights, leaf),
                  out[0], needsFirst ? out[1] : Value(), to);
      });
    });
  };
  Value sums = createLoops(node, inputs, outputs, body)[0];
  if (how != AVERAGE)
    return sums;
  return elementwise(
      node, {sums}, shape, kind, [&](Scalar &s, ArrayRef<Value> a) {
        return s.div(a[0], s.constant(static_cast<double>(trees)));
      });
}

/// A row's scores as shares of one; of SOFTMAX_ZERO those that are 0 stay 0.
static Value softmax(Node &node, Value scores, bool keepsZeros) {
  ArrayRef<int64_t> shape = shapeOf(scores);
  const int64_t column[] = {shape[0], 1};
  const ElementKind kind = node.inputKind(0);
  Scalar real(node.builder, node.loc, kind);
  Value most =
      reduce(node, scores, {1}, kind, real.lowest(),
             [](Scalar &s, Value x, Value so) { return s.max(x, so); });
  Value powers = elementwise(
      node, {scores, reshape(node, most, column)}, shape, kind,
      [&](Scalar &s, ArrayRef<Value> a) -> Value {
        Value power = s.math<math::ExpOp>(s.sub(a[0], a[1]));
        Value zero = s.constant(0);
        return keepsZeros ? s.select(s.equal(a[0], zero), zero, power) : power;
      });
  Value sum = reduce(node, powers, {1}, kind, real.attribute(0),
                     [](Scalar &s, Value x, Value so) { return s.add(x, so); });
  return elementwise(node, {powers, reshape(node, sum, column)}, shape, kind,
                     [&](Scalar &s, ArrayRef<Value> a) -> Value {
                       if (!keepsZeros)
                         return s.div(a[0], a[1]);
                       Value zero = s.constant(0);
                       return s.select(s.equal(a[0], zero), zero,
                                       s.div(a[0], a[1]));
                     });
}

static Error importTreeEnsemble(Node &node) {
  const int64_t how = node.getInt("aggregate_function", SUM);
  const int64_t transform = node.getInt("post_transform", NONE);
  if (how < AVERAGE || how > MAX)
    return node.error("has an aggregate_function that ONNX does not define");
  if (transform < NONE || transform > SOFTMAX_ZERO)
    return node.error("post_transform " + Twine(transform) +
                      " is not supported");
  ArrayRef<int64_t> shape = node.outputShape(0);
  auto forest = readForest(node, node.inputShape(0)[1], shape[1]);
  if (!forest)
    return forest.takeError();
  Value scores = runTrees(node, *forest, how);
  if (transform == LOGISTIC)
    scores = elementwise(
        node, {scores}, shape, node.inputKind(0),
        [](Scalar &s, ArrayRef<Value> a) { return s.sigmoid(a[0]); });
  else if (transform != NONE)
    scores = softmax(node, scores, transform == SOFTMAX_ZERO);
  return node.setOutput(0, scores);
}

void registerTreeOps(OpTable &table) {
  table["TreeEnsemble"] = importTreeEnsemble;
}

} // namespace convopt
