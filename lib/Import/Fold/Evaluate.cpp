// What an importer has written for operands that are known, computed at once.
// Exporters reckon with shapes by any operator there is: Split and Concat, of
// rank 2 for the pads of torch, CumSum and GatherElements in detection heads.
// A second implementation of all of them, to be used on small integers alone,
// would be as long as the importers and never quite agree with them. So the
// importer itself says what its operator means, in linalg, and here are the few
// operations that importers write. Arithmetic on scalars is MLIR's own: its
// folders take constants and give constants.
//
// Elements are attributes of MLIR, which live as long as the context; the steps
// bound their number too. It is meant for shapes and other tables; weights are
// folded by a pass (FoldConstants.cpp).
#include "Evaluate.h"
#include "Elements.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <numeric>

using namespace mlir;

namespace convopt {

namespace {
class Evaluator {
public:
  explicit Evaluator(int64_t &steps) : steps(steps) {}

  /// Null if it cannot be computed.
  const Elements *tensor(Value value);

private:
  /// Takes `count` from the steps; false if they are used up.
  bool spend(int64_t count);
  Attribute scalar(Value value);
  /// The results of `op`, or none.
  std::vector<Elements> compute(Operation *op);
  std::vector<Elements> computeLinalg(linalg::LinalgOp op);
  std::vector<Elements> computeTopK(TopKOp op);
  std::optional<Elements> concat(tensor::ConcatOp op);
  /// The operation `op` of a body at the place `at` of the loops.
  Attribute step(Operation &op, ArrayRef<int64_t> at,
                 const DenseMap<Value, Attribute> &known);

  int64_t &steps;
  DenseMap<Value, std::unique_ptr<Elements>> done;
};
} // namespace

bool Evaluator::spend(int64_t count) {
  steps -= std::min(steps, count);
  return steps > 0;
}

const Elements *Evaluator::tensor(Value value) {
  if (auto it = done.find(value); it != done.end())
    return it->second.get();
  Operation *op = value.getDefiningOp();
  auto type = dyn_cast<RankedTensorType>(value.getType());
  std::optional<int64_t> count =
      type ? countElements(type.getShape()) : std::nullopt;
  if (!op || !count || !spend(*count + 1))
    return nullptr;
  std::vector<Elements> results = compute(op);
  if (results.size() != op->getNumResults())
    return nullptr;
  for (auto [result, elements] : llvm::zip(op->getResults(), results))
    done[result] = std::make_unique<Elements>(std::move(elements));
  return done[value].get();
}

Attribute Evaluator::scalar(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant ? constant.getValue() : Attribute();
}

std::vector<Elements> Evaluator::compute(Operation *op) {
  std::optional<Elements> result;
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto elements = dyn_cast<ElementsAttr>(constant.getValue()))
      result = readConstant(elements);
  } else if (isa<tensor::EmptyOp>(op)) {
    result = Elements(*countElements(shapeOf(op->getResult(0))));
  } else if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op)) {
    if (const Elements *source = tensor(op->getOperand(0)))
      result = *source;
  } else if (auto slicing = dyn_cast<tensor::ExtractSliceOp>(op)) {
    if (const Elements *source = tensor(slicing.getSource()))
      result = sliceElements(slicing, *source);
  } else if (auto padding = dyn_cast<tensor::PadOp>(op)) {
    Value filler = padding.getConstantPaddingValue();
    const Elements *source = tensor(padding.getSource());
    if (Attribute element = filler ? scalar(filler) : Attribute();
        source && element)
      result = padElements(padding, *source, element);
  } else if (auto joining = dyn_cast<tensor::ConcatOp>(op)) {
    result = concat(joining);
  } else if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
    return computeLinalg(structured);
  } else if (auto best = dyn_cast<TopKOp>(op)) {
    return computeTopK(best);
  }
  return result ? std::vector<Elements>{std::move(*result)}
                : std::vector<Elements>();
}

std::optional<Elements> Evaluator::concat(tensor::ConcatOp op) {
  SmallVector<const Elements *> sources;
  for (Value input : op.getInputs()) {
    sources.push_back(tensor(input));
    if (!sources.back())
      return std::nullopt;
  }
  return concatElements(op, sources);
}

Attribute Evaluator::step(Operation &op, ArrayRef<int64_t> at,
                          const DenseMap<Value, Attribute> &known) {
  Builder builder(op.getContext());
  if (auto index = dyn_cast<linalg::IndexOp>(op))
    return builder.getIndexAttr(at[index.getDim()]);
  auto look = [&](Value value) {
    Attribute found = known.lookup(value);
    return found ? found : scalar(value);
  };
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    const Elements *source = tensor(extract.getTensor());
    Shape from;
    for (Value index : extract.getIndices()) {
      auto place = dyn_cast_if_present<IntegerAttr>(look(index));
      if (!place)
        return {};
      from.push_back(place.getValue().getSExtValue());
    }
    auto place = placeOf(from, shapeOf(extract.getTensor()));
    return source && place ? (*source)[*place] : Attribute();
  }
  SmallVector<Attribute> operands;
  for (Value operand : op.getOperands()) {
    operands.push_back(look(operand));
    if (!operands.back())
      return {};
  }
  SmallVector<OpFoldResult> results;
  if (op.getNumRegions() || op.getNumResults() != 1 ||
      failed(op.fold(operands, results)) || results.size() != 1)
    return {};
  if (auto constant = dyn_cast<Attribute>(results[0]))
    return constant;
  return look(cast<Value>(results[0]));
}

std::vector<Elements> Evaluator::computeLinalg(linalg::LinalgOp op) {
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  Block &body = op->getRegion(0).front();
  std::optional<int64_t> trips = countElements(extents);
  int64_t each = static_cast<int64_t>(body.getOperations().size());
  if (!trips || *trips > steps || !spend(*trips * each))
    return {};
  // Inputs are tensors or scalars; outputs begin with what they are given.
  SmallVector<const Elements *> inputs;
  SmallVector<Attribute> scalars;
  std::vector<Elements> results;
  for (OpOperand &operand : op->getOpOperands()) {
    bool isTensor = isa<RankedTensorType>(operand.get().getType());
    const Elements *elements = isTensor ? tensor(operand.get()) : nullptr;
    scalars.push_back(isTensor ? Attribute() : scalar(operand.get()));
    if (!elements && !scalars.back())
      return {};
    inputs.push_back(elements);
    if (op.isDpsInit(&operand))
      results.push_back(*elements);
  }
  size_t firstResult = inputs.size() - results.size();
  if (*trips == 0)
    return results;
  SmallVector<int64_t> at(extents.size(), 0);
  DenseMap<Value, Attribute> known;
  do {
    known.clear();
    SmallVector<int64_t> places;
    for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
      auto place =
          inputs[i] ? placeOf(maps[i].compose(at), shapeOf(op->getOperand(i)))
                    : std::optional<int64_t>(0);
      if (!place)
        return {};
      places.push_back(*place);
      known[argument] = !inputs[i]        ? scalars[i]
                        : i < firstResult ? (*inputs[i])[*place]
                                          : results[i - firstResult][*place];
    }
    for (Operation &inner : body.without_terminator()) {
      Attribute value = step(inner, at, known);
      if (!value)
        return {};
      known[inner.getResult(0)] = value;
    }
    for (auto [i, value] :
         llvm::enumerate(body.getTerminator()->getOperands())) {
      Attribute element = known.lookup(value);
      element = element ? element : scalar(value);
      if (!element)
        return {};
      results[i][places[firstResult + i]] = element;
    }
  } while (advance(at, extents));
  return results;
}

std::vector<Elements> Evaluator::computeTopK(TopKOp op) {
  const Elements *input = tensor(op.getInput());
  auto type = dyn_cast<RankedTensorType>(op.getInput().getType());
  if (!input || !type || !isa<IntegerType>(type.getElementType()))
    return {};
  int64_t n = type.getShape()[1], k = shapeOf(op.getElements())[1];
  Builder builder(op.getContext());
  Elements elements, places;
  for (int64_t row = 0; row < type.getShape()[0]; ++row) {
    auto numberAt = [&](int64_t i) {
      return cast<IntegerAttr>((*input)[row * n + i]).getValue();
    };
    // The first of equals goes first.
    auto isBefore = [&](int64_t a, int64_t b) {
      llvm::APInt x = numberAt(a), y = numberAt(b);
      if (x == y)
        return a < b;
      if (op.getSmallest())
        std::swap(x, y);
      return op.getIsUnsigned() ? x.ugt(y) : x.sgt(y);
    };
    std::vector<int64_t> order(n);
    std::iota(order.begin(), order.end(), 0);
    if (!spend(n) || !llvm::all_of(order, [&](int64_t i) {
          return (*input)[row * n + i] != Attribute();
        }))
      return {};
    llvm::sort(order, isBefore);
    for (int64_t i = 0; i < k; ++i) {
      elements.push_back((*input)[row * n + order[i]]);
      places.push_back(builder.getI64IntegerAttr(order[i]));
    }
  }
  return {elements, places};
}

std::optional<Constant> evaluate(Value value, ElementKind kind,
                                 int64_t &steps) {
  Evaluator evaluator(steps);
  const Elements *elements = evaluator.tensor(value);
  if (!elements)
    return std::nullopt;
  std::vector<int64_t> ints;
  std::vector<double> doubles;
  for (Attribute element : *elements) {
    if (auto integer = dyn_cast_if_present<IntegerAttr>(element))
      ints.push_back(static_cast<int64_t>(
          isUnsigned(kind) ? integer.getValue().getZExtValue()
                           : integer.getValue().getSExtValue()));
    else if (auto number = dyn_cast_if_present<FloatAttr>(element))
      doubles.push_back(number.getValueAsDouble());
    else
      return std::nullopt;
  }
  return isFloat(kind) ? Constant::fromDoubles(kind, shapeOf(value), doubles)
                       : Constant::fromInts(kind, shapeOf(value), ints);
}

} // namespace convopt
