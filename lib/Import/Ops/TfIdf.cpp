// TfIdfVectorizer of integers: how often each n-gram of a pool occurs in a row,
// its elements one after another or with others between them. A pool is short
// and so is a row; every n-gram is looked for at every place.
#include "LoopCode.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

namespace {
/// The n-grams of one length.
struct Grams {
  int64_t length, count;
  Value pool;    ///< count x length, i64
  Value outputs; ///< where each is counted
};

struct Vectoriser {
  SmallVector<Grams> grams;
  int64_t maxSkip;
};
} // namespace

static Expected<Vectoriser> readVectoriser(Node &node, int64_t width) {
  auto pool = node.getInts("pool_int64s");
  auto begins = node.getInts("ngram_counts");
  auto outputs = node.getInts("ngram_indexes");
  const int64_t shortest = node.getInt("min_gram_length", 1);
  const int64_t longest = node.getInt("max_gram_length", 1);
  auto refuse = [&] { return node.error("its attributes do not fit"); };
  Vectoriser result{{}, node.getInt("max_skip_count", 0)};
  if (!pool || !begins || !outputs || shortest < 1 || longest < shortest ||
      result.maxSkip < 0)
    return refuse();
  size_t first = 0;
  for (size_t i = 0; i < begins->size(); ++i) {
    const auto length = static_cast<int64_t>(i) + 1;
    const auto size = static_cast<int64_t>(pool->size());
    const int64_t begin = (*begins)[i];
    const int64_t end = i + 1 < begins->size() ? (*begins)[i + 1] : size;
    if (begin < 0 || end < begin || end > size || (end - begin) % length)
      return refuse();
    const int64_t count = (end - begin) / length;
    if (first + count > outputs->size())
      return refuse();
    ArrayRef<int64_t> places = ArrayRef(*outputs).slice(first, count);
    first += count;
    if (llvm::any_of(places, [&](int64_t at) { return at < 0 || at >= width; }))
      return refuse();
    if (count == 0 || length < shortest || length > longest)
      continue;
    result.grams.push_back({length, count,
                            node.materialise(Constant::fromInts(
                                ElementKind::I64, {count, length},
                                ArrayRef(*pool).slice(begin, end - begin))),
                            node.materialise(Constant::fromInts(
                                ElementKind::I64, {count}, places))});
  }
  return result;
}

/// Adds to row `row` of `y` how often the grams occur in that of `x`, their
/// elements `step` apart.
static void countGrams(LoopCode &code, Value x, Value pool, Value outputs,
                       Value y, const Grams &grams, Value row, int64_t columns,
                       int64_t step, ElementKind kind) {
  const int64_t places = columns - (grams.length - 1) * step;
  if (places <= 0)
    return;
  Scalar single = code.scalar(ElementKind::F32);
  Scalar integer = code.scalar(ElementKind::I64);
  Value zero = code.number(0);
  code.loop(zero, code.number(grams.count), [&](Value gram) {
    Value found =
        code.fold(zero, code.number(places), single.constant(0),
                  [&](Value start, ValueRange so) {
                    Value same = code.truth(true);
                    for (int64_t k = 0; k < grams.length; ++k) {
                      Value at = code.add(start, code.number(k * step));
                      Value element =
                          integer.convert(code.load(x, {row, at}), kind);
                      Value wanted = code.load(pool, {gram, code.number(k)});
                      same = code.both(same, code.equal(element, wanted));
                    }
                    Value next = single.add(so[0], single.constant(1));
                    return SmallVector<Value>{code.select(same, next, so[0])};
                  })[0];
    Value to[] = {row, code.loadIndex(outputs, gram)};
    code.store(single.add(code.load(y, to), found), y, to);
  });
}

/// By `mode` how often (TF), whether (IDF), or both; the latter two weighted.
static Expected<Value> weigh(Node &node, Value counts) {
  StringRef mode = node.getString("mode", "");
  auto weights = node.getFloats("weights");
  ArrayRef<int64_t> shape = shapeOf(counts);
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
    return node.error("has a mode that ONNX does not define");
  if (mode == "TF")
    return counts;
  std::vector<double> values(shape.back(), 1);
  if (weights && static_cast<int64_t>(weights->size()) != shape.back())
    return node.error("its weights do not fit its output");
  if (weights)
    values.assign(weights->begin(), weights->end());
  Constant table =
      Constant::fromDoubles(ElementKind::F32, {shape.back()}, values);
  return elementwise(node, {counts, table}, shape, ElementKind::F32,
                     [&](Scalar &s, ArrayRef<Value> a) {
                       if (mode == "TFIDF")
                         return s.mul(a[0], a[1]);
                       Value zero = s.constant(0);
                       return s.select(s.less(zero, a[0]), a[1], zero);
                     });
}

static Error importTfIdf(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0), result = node.outputShape(0);
  if (shape.empty() || shape.size() > 2 || result.size() != shape.size() ||
      result.drop_back() != shape.drop_back())
    return node.error("takes a row or a batch of rows");
  const int64_t rows = shape.size() == 2 ? shape[0] : 1;
  const int64_t columns = shape.back(), width = result.back();
  auto vectoriser = readVectoriser(node, width);
  if (!vectoriser)
    return vectoriser.takeError();
  SmallVector<Value> inputs{reshapedInput(node, 0, {rows, columns})};
  for (const Grams &grams : vectoriser->grams)
    inputs.append({grams.pool, grams.outputs});
  Scalar single(node.builder, node.loc, ElementKind::F32);
  ElementKind kind = node.inputKind(0);
  auto body = [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
    code.loop(code.number(0), code.number(rows), [&](Value row) {
      for (auto [i, grams] : llvm::enumerate(vectoriser->grams)) {
        // Single elements have nothing between them.
        const int64_t last = grams.length == 1 ? 0 : vectoriser->maxSkip;
        for (int64_t skip = 0; skip <= last; ++skip)
          countGrams(code, in[0], in[1 + 2 * i], in[2 + 2 * i], out[0], grams,
                     row, columns, skip + 1, kind);
      }
    });
  };
  Value counts = createLoops(
      node, inputs, createFilled(node, {rows, width}, single.attribute(0)),
      body)[0];
  auto weighed = weigh(node, counts);
  if (!weighed)
    return weighed.takeError();
  return node.setOutput(0, reshape(node, *weighed, result));
}

void registerTfIdfOps(OpTable &table) {
  table["TfIdfVectorizer"] = importTfIdf;
}

} // namespace convopt
