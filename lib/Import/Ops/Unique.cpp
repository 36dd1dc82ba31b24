// Unique: the different elements, or slices along an axis. Their places are
// sorted, equal ones in their order, so that what is equal comes together and
// its first occurrence first; one pass over the sorted places numbers the
// groups. In the order of occurrence a second pass over the elements numbers
// them anew. NaN comes last and equals itself, as in numpy.
#include "LoopCode.h"
#include "Ops.h"
#include "Select.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// Builds the loops on rows of `width` elements each.
class Uniqueness {
public:
  Uniqueness(LoopCode &code, ElementKind kind, int64_t count, int64_t width,
             bool sorted)
      : code(code), s(code.scalar(kind)), count(count), width(width),
        sorted(sorted) {}

  /// out: the first place of each group, each row's group, the groups' sizes,
  /// the number of groups (all i64), two vectors of places to work in.
  void build(Value rows, ArrayRef<Value> out);

private:
  Value comesBefore(Value a, Value b);
  Value isNan(Value x) {
    return isFloat(s.kind) ? code.builder
                                 .create<arith::CmpFOp>(
                                     code.loc, arith::CmpFPredicate::UNO, x, x)
                                 .getResult()
                           : code.truth(false);
  }
  /// Whether row `a` comes before row `b`, by the first elements that differ.
  Value rowComesBefore(Value rows, Value a, Value b);
  void renumber(ArrayRef<Value> out, Value groups);

  LoopCode &code;
  Scalar s;
  int64_t count, width;
  bool sorted;
};
} // namespace

Value Uniqueness::comesBefore(Value a, Value b) {
  Value nanLast = code.both(code.no(isNan(a)), isNan(b));
  return code.either(s.less(a, b), nanLast);
}

Value Uniqueness::rowComesBefore(Value rows, Value a, Value b) {
  auto element = [&](Value row, Value column) {
    return code.load(rows, {row, column});
  };
  if (width == 1)
    return comesBefore(element(a, code.number(0)), element(b, code.number(0)));
  Value end = code.number(width);
  Value differs = code.find(code.number(0), end, [&](Value column) {
    Value x = element(a, column), y = element(b, column);
    return code.either(comesBefore(x, y), comesBefore(y, x));
  });
  return code.choose(
      code.less(differs, end),
      [&] { return comesBefore(element(a, differs), element(b, differs)); },
      [&] { return code.truth(false); });
}

/// Groups in the order of their first places: `out` as for `build`.
void Uniqueness::renumber(ArrayRef<Value> out, Value groups) {
  Value zero = code.number(0), one = code.number(1), end = code.number(count);
  Value firsts = out[0], groupOf = out[1], sizes = out[2];
  Value numbers = out[4], oldSizes = out[5];
  code.loop(zero, groups, [&](Value group) {
    code.store(code.load(sizes, group), oldSizes, group);
  });
  code.fold(zero, end, zero, [&](Value row, ValueRange so) {
    Value group = code.loadIndex(groupOf, row), next = so[0];
    Value isFirst = code.equal(code.loadIndex(firsts, group), row);
    code.when(isFirst, [&] { code.storeIndex(next, numbers, group); });
    return SmallVector<Value>{code.select(isFirst, code.add(next, one), next)};
  });
  code.loop(zero, groups, [&](Value group) {
    code.store(code.load(oldSizes, group), sizes,
               code.loadIndex(numbers, group));
  });
  code.loop(zero, end, [&](Value row) {
    Value group = code.loadIndex(groupOf, row);
    code.store(code.load(numbers, group), groupOf, row);
  });
  // The first row of each number is the one that raises it.
  code.fold(zero, end, zero, [&](Value row, ValueRange so) {
    Value group = code.loadIndex(groupOf, row), next = so[0];
    Value isFirst = code.equal(group, next);
    code.when(isFirst, [&] { code.storeIndex(row, firsts, group); });
    return SmallVector<Value>{code.select(isFirst, code.add(next, one), next)};
  });
}

void Uniqueness::build(Value rows, ArrayRef<Value> out) {
  Value zero = code.number(0), one = code.number(1), end = code.number(count);
  Value places = out[4];
  code.loop(zero, end, [&](Value row) { code.storeIndex(row, places, row); });
  auto before = [&](Value a, Value b) { return rowComesBefore(rows, a, b); };
  sortPlaces(code, places, out[5], end, before);
  Value groups = code.fold(zero, end, zero, [&](Value at, ValueRange so) {
    Value row = code.loadIndex(places, at);
    Value isNew = code.choose(
        code.equal(at, zero), [&] { return code.truth(true); },
        [&] { return before(code.loadIndex(places, code.sub(at, one)), row); });
    Value next = code.select(isNew, code.add(so[0], one), so[0]);
    Value group = code.sub(next, one);
    Scalar integer = code.scalar(ElementKind::I64);
    code.when(isNew, [&] {
      code.storeIndex(row, out[0], group);
      code.store(integer.intConstant(0), out[2], group);
    });
    Value size = integer.add(code.load(out[2], group), integer.intConstant(1));
    code.store(size, out[2], group);
    code.storeIndex(group, out[1], row);
    return SmallVector<Value>{next};
  })[0];
  code.storeIndex(groups, out[3], {});
  if (!sorted)
    renumber(out, groups);
}

static Error importUnique(Node &node) {
  Shape shape(node.inputShape(0));
  ElementKind kind = node.inputKind(0);
  OpBuilder &builder = node.builder;
  auto axis = axisOrFlatten(node, shape);
  if (!axis)
    return axis.takeError();
  int64_t count = shape[*axis];
  if (count == 0) {
    for (size_t i = 0; i < 4; ++i)
      if (node.hasOutput(i))
        if (Error error = node.setOutput(
                i, createEmpty(node, node.outputShape(i),
                               node.outputType(i).getElementType())))
          return error;
    return Error::success();
  }
  if (*countElements(shape) == 0)
    return node.error("slices without elements are not supported");
  int64_t width = *countElements(shape) / count;
  // Slices as rows.
  SmallVector<int64_t> perm = llvm::to_vector(
      llvm::seq<int64_t>(0, static_cast<int64_t>(shape.size())));
  std::rotate(perm.begin(), perm.begin() + *axis, perm.begin() + *axis + 1);
  Value x = reshapedInput(node, 0, shape);
  Value rows = reshape(node, transpose(node, x, perm), {count, width});
  Type i64 = builder.getI64Type();
  Value none = createFilled(node, count, builder.getI64IntegerAttr(0));
  Value outputs[] = {none,
                     createEmpty(node, count, i64),
                     createFilled(node, count, builder.getI64IntegerAttr(0)),
                     createEmpty(node, {}, i64),
                     createEmpty(node, count, i64),
                     createEmpty(node, count, i64)};
  auto results = createLoops(
      node, rows, outputs,
      [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
        Uniqueness(code, kind, count, width, node.getInt("sorted", 1) != 0)
            .build(in[0], out);
      });
  Value firsts = results[0], size = results[3];
  if (node.hasOutput(0)) {
    Value y = generate(
        node, shape, kind, [&](Scalar &s, ArrayRef<Value> at) -> Value {
          SmallVector<Value> from(at);
          Value first =
              s.builder.create<tensor::ExtractOp>(s.loc, firsts, at[*axis]);
          from[*axis] = s.builder.create<arith::IndexCastOp>(
              s.loc, s.builder.getIndexType(), first);
          return s.builder.create<tensor::ExtractOp>(s.loc, x, from);
        });
    node.setOutputSize(0, *axis, size);
    if (Error error = node.setOutput(0, y))
      return error;
  }
  for (size_t i = 1; i < 4; ++i) {
    if (!node.hasOutput(i))
      continue;
    if (i != 2)
      node.setOutputSize(i, 0, size);
    if (Error error = node.setOutput(i, results[i - 1]))
      return error;
  }
  return Error::success();
}

void registerUniqueOps(OpTable &table) { table["Unique"] = importUnique; }

} // namespace convopt
