// Einsum: a sum of products over named dimensions. Two operands at a time are
// contracted, the pair first whose result costs least; a contraction is brought
// to the form of matrix products, batch x M x K times batch x K x N, which
// later stages know how to make fast.
#include "EinsumEquation.h"
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// A tensor whose dimensions are called `labels`, each another name.
struct Term {
  Value value;
  Labels labels;
};
} // namespace

static int64_t volume(ArrayRef<Label> labels, const Equation &equation) {
  int64_t product = 1;
  for (Label label : labels)
    product *= std::max<int64_t>(equation.extents.at(label), 1);
  return product;
}

static Shape shapeOfLabels(ArrayRef<Label> labels, const Equation &equation) {
  Shape shape;
  for (Label label : labels)
    shape.push_back(equation.extents.at(label));
  return shape;
}

/// Input `i` without dimensions that are broadcast, and of a name that occurs
/// twice the diagonal.
static Term readTerm(Node &node, size_t i, const Equation &equation) {
  Term term;
  Shape kept;
  Labels all;
  for (auto [label, extent] :
       llvm::zip_equal(equation.inputs[i], node.inputShape(i))) {
    if (extent == 1 &&
        (equation.extents.at(label) != 1 || llvm::is_contained(all, label)))
      continue;
    kept.push_back(extent);
    all.push_back(label);
  }
  term.value = reshapedInput(node, i, kept);
  for (Label label : all)
    if (!llvm::is_contained(term.labels, label))
      term.labels.push_back(label);
  if (term.labels.size() == all.size())
    return term;
  SmallVector<unsigned> places;
  for (Label label : all)
    places.push_back(static_cast<unsigned>(llvm::find(term.labels, label) -
                                           term.labels.begin()));
  size_t rank = term.labels.size();
  MLIRContext *context = node.builder.getContext();
  AffineMap maps[] = {
      AffineMap::getMultiDimMapWithTargets(rank, places, context),
      node.builder.getMultiDimIdentityMap(rank)};
  Value empty = createEmpty(node, shapeOfLabels(term.labels, equation),
                            node.inputType(i).getElementType());
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto body = [](OpBuilder &inner, Location loc, ValueRange arguments) {
    inner.create<linalg::YieldOp>(loc, arguments[0]);
  };
  term.value =
      node.builder
          .create<linalg::GenericOp>(node.loc, empty.getType(), term.value,
                                     empty, maps, loops, body)
          .getResult(0);
  return term;
}

/// Sums up the dimensions that are not `needed`.
static Term sumOthers(Node &node, Term term,
                      llvm::function_ref<bool(Label)> needed) {
  SmallVector<int64_t> axes;
  Labels kept;
  for (auto [i, label] : llvm::enumerate(term.labels))
    if (needed(label))
      kept.push_back(label);
    else
      axes.push_back(static_cast<int64_t>(i));
  if (axes.empty())
    return term;
  ElementKind kind = node.outputKind(0);
  Scalar scalar(node.builder, node.loc, kind);
  Value sum =
      reduce(node, term.value, axes, kind, scalar.attribute(0),
             [](Scalar &s, Value x, Value total) { return s.add(total, x); });
  return {sum, kept};
}

static Value order(Node &node, const Term &term, ArrayRef<Label> wanted) {
  SmallVector<int64_t> perm;
  for (Label label : wanted)
    perm.push_back(llvm::find(term.labels, label) - term.labels.begin());
  return transpose(node, term.value, perm);
}

static Labels join(std::initializer_list<ArrayRef<Label>> lists) {
  Labels all;
  for (ArrayRef<Label> list : lists)
    all.append(list.begin(), list.end());
  return all;
}

/// The product without sums: operands broadcast against each other.
static Term multiply(Node &node, const Term &a, const Term &b,
                     ArrayRef<Label> result, const Equation &equation) {
  auto widened = [&](const Term &term) -> Value {
    Labels own;
    Shape shape;
    for (Label label : result) {
      bool has = llvm::is_contained(term.labels, label);
      if (has)
        own.push_back(label);
      shape.push_back(has ? equation.extents.at(label) : 1);
    }
    return reshape(node, order(node, term, own), shape);
  };
  Value product = elementwise(
      node, {widened(a), widened(b)}, shapeOfLabels(result, equation),
      node.outputKind(0),
      [](Scalar &s, ArrayRef<Value> x) { return s.mul(x[0], x[1]); });
  return {product, Labels(result)};
}

static Term contract(Node &node, Term a, Term b, const Equation &equation,
                     llvm::function_ref<bool(Label)> neededLater) {
  auto has = [](const Term &term, Label label) {
    return llvm::is_contained(term.labels, label);
  };
  a = sumOthers(node, a, [&](Label label) {
    return neededLater(label) || has(b, label);
  });
  b = sumOthers(node, b, [&](Label label) {
    return neededLater(label) || has(a, label);
  });
  Labels batch, rows, columns, sums;
  for (Label label : a.labels) {
    if (!has(b, label))
      rows.push_back(label);
    else
      (neededLater(label) ? batch : sums).push_back(label);
  }
  for (Label label : b.labels)
    if (!has(a, label))
      columns.push_back(label);
  Labels result = join({batch, rows, columns});
  if (sums.empty())
    return multiply(node, a, b, result, equation);
  int64_t count = volume(batch, equation), m = volume(rows, equation);
  int64_t k = volume(sums, equation), n = volume(columns, equation);
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  TypedAttr zero = scalar.attribute(0);
  Value left = order(node, a, join({batch, rows, sums}));
  Value right = order(node, b, join({batch, sums, columns}));
  auto product = [&](auto op, ArrayRef<int64_t> x, ArrayRef<int64_t> y,
                     ArrayRef<int64_t> z) {
    using Op = decltype(op);
    Value init = createFilled(node, z, zero);
    Value operands[] = {reshape(node, left, x), reshape(node, right, y)};
    return node.builder
        .create<Op>(node.loc, TypeRange(init.getType()), operands,
                    ValueRange(init))
        ->getResult(0);
  };
  Value sum = count == 1 ? product(linalg::MatmulOp(), {m, k}, {k, n}, {m, n})
                         : product(linalg::BatchMatmulOp(), {count, m, k},
                                   {count, k, n}, {count, m, n});
  return {reshape(node, sum, shapeOfLabels(result, equation)), result};
}

static Error importEinsum(Node &node) {
  auto equation = readEquation(node);
  if (!equation)
    return equation.takeError();
  Shape result = shapeOfLabels(equation->output, *equation);
  if (ArrayRef<int64_t>(result) != node.outputShape(0))
    return node.error("the output does not fit the equation");
  ElementKind kind = node.outputKind(0);
  if (kind == ElementKind::Bool)
    return node.error("multiplies bool");
  bool isEmpty = false;
  for (auto [label, extent] : equation->extents)
    isEmpty |= extent == 0;
  if (isEmpty) {
    Scalar scalar(node.builder, node.loc, kind);
    return node.setOutput(0, createFilled(node, result, scalar.attribute(0)));
  }
  SmallVector<Term> terms;
  for (size_t i = 0; i < node.numInputs(); ++i)
    terms.push_back(readTerm(node, i, *equation));
  auto isOutput = [&](Label label) {
    return llvm::is_contained(equation->output, label);
  };
  while (terms.size() > 1) {
    size_t bestA = 0, bestB = 1;
    double least = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < terms.size(); ++i)
      for (size_t j = i + 1; j < terms.size(); ++j) {
        double cost = 1;
        Labels both = terms[i].labels;
        for (Label label : terms[j].labels)
          if (!llvm::is_contained(both, label))
            both.push_back(label);
        for (Label label : both)
          cost *= static_cast<double>(equation->extents.at(label));
        if (cost < least) {
          least = cost;
          bestA = i;
          bestB = j;
        }
      }
    Term a = terms[bestA], b = terms[bestB];
    terms.erase(terms.begin() + bestB);
    terms.erase(terms.begin() + bestA);
    auto neededLater = [&](Label label) {
      return isOutput(label) || llvm::any_of(terms, [&](const Term &other) {
               return llvm::is_contained(other.labels, label);
             });
    };
    terms.push_back(contract(node, a, b, *equation, neededLater));
  }
  Term last = sumOthers(node, terms[0], isOutput);
  // A dimension of one that every operand was broadcast in has no label left.
  Labels present;
  Shape stored;
  for (Label label : equation->output) {
    bool has = llvm::is_contained(last.labels, label);
    if (has)
      present.push_back(label);
    stored.push_back(has ? equation->extents.at(label) : 1);
  }
  Value y = reshape(node, order(node, last, present), stored);
  if (stored != result)
    y = elementwise(node, Operand(y), result, kind,
                    [](Scalar &, ArrayRef<Value> x) { return x[0]; });
  return node.setOutput(0, y);
}

void registerEinsumOps(OpTable &table) { table["Einsum"] = importEinsum; }

} // namespace convopt
