// Attention and MultiHeadAttention of com.microsoft by their definition:
// softmax(scale * q kT + mask) v, for each head. What is for generating text
// (a past, rotary positions) is refused.
// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
#include "Expansion.h"
#include <cmath>

using namespace llvm;

namespace convopt {

using Name = Expansion::Name;

namespace {
/// Sizes of one attention: batch, queries, keys, heads, and the channels of a
/// head of the queries and keys, and of the values.
struct Sizes {
  int64_t batch, queries, keys, heads, head, valueHead;
};
} // namespace

/// B, S, N * H to B, N, S, H.
static Name splitHeads(Expansion &e, const Name &x, int64_t batch, int64_t rows,
                       int64_t heads, int64_t head) {
  Name apart = e.add("Reshape", {x, e.ints({batch, rows, heads, head})});
  return e.add("Transpose", apart, {{"perm", ArrayRef<int64_t>{0, 2, 1, 3}}});
}

/// `filter` where the boolean `kept` is false, 0 elsewhere.
static Name maskOut(const Node &node, Expansion &e, const Name &kept) {
  ElementKind kind = node.inputKind(0);
  double filter = node.getFloat("mask_filter_value", -10000);
  return e.add("Where", {kept, e.number(kind, 0), e.number(kind, filter)});
}

static Name addTerm(Expansion &e, const Name &sum, const Name &term) {
  return sum.empty() ? term : e.add("Add", {sum, term});
}

/// The numbers from 0 to `count` - 1 in `shape`, of type i32.
static Name counted(Expansion &e, int64_t count, ArrayRef<int64_t> shape) {
  auto all = to_vector(seq<int64_t>(0, count));
  return e.constant(Constant::fromInts(ElementKind::I32, shape, all));
}

/// What is added to the scores for the mask at input `i`, whose form is told by
/// its shape: which keys count (batch x keys, or with rows for queries, with
/// heads), or where they end (batch), and begin (twice the batch).
static Expected<Name> readMask(const Node &node, Expansion &e, size_t i,
                               const Sizes &s) {
  ArrayRef<int64_t> shape = node.inputShape(i);
  Name zero = e.constant(Constant::fromInts(node.inputKind(i), {}, int64_t(0)));
  auto keep = [&](ArrayRef<int64_t> as) {
    Name mask = e.add("Reshape", {e.input(i), e.ints(as)});
    return maskOut(node, e, e.add("Greater", {mask, zero}));
  };
  if (shape == ArrayRef<int64_t>{s.batch, s.keys})
    return keep({s.batch, 1, 1, s.keys});
  if (shape == ArrayRef<int64_t>{s.batch, s.queries, s.keys})
    return keep({s.batch, 1, s.queries, s.keys});
  bool ends = shape == ArrayRef<int64_t>{s.batch};
  if (!ends && shape != ArrayRef<int64_t>{2 * s.batch})
    return node.error("a mask of this shape is not supported");
  Name place = counted(e, s.keys, {1, 1, 1, s.keys});
  auto bound = [&](int64_t from) {
    Name part = e.add(
        "Slice", {e.input(i), e.ints(from), e.ints(from + s.batch), e.ints(0)});
    return e.add("Reshape", {part, e.ints({s.batch, 1, 1, 1})});
  };
  Name kept = e.add("Less", {place, bound(0)});
  if (!ends)
    kept =
        e.add("And", {kept, e.add("GreaterOrEqual", {place, bound(s.batch)})});
  return maskOut(node, e, kept);
}

/// Output 0 of queries, keys and values with their heads apart.
static Error attend(const Node &node, Expansion &e, const Sizes &s,
                    const Name &q, const Name &k, const Name &v, Name term) {
  ElementKind kind = node.inputKind(0);
  double scale = node.getFloat("scale", 0);
  if (scale == 0)
    scale = 1 / std::sqrt(static_cast<double>(s.head));
  if (node.getInt("unidirectional", 0)) {
    Name rows = counted(e, s.queries, {s.queries, 1});
    Name columns = counted(e, s.keys, {1, s.keys});
    term = addTerm(e, term,
                   maskOut(node, e, e.add("LessOrEqual", {columns, rows})));
  }
  Name keys = e.add("Transpose", k, {{"perm", ArrayRef<int64_t>{0, 1, 3, 2}}});
  Name scores = e.add("MatMul", {q, keys});
  scores = e.add("Mul", {scores, e.number(kind, scale)});
  if (!term.empty())
    scores = e.add("Add", {scores, term});
  Name y = e.add("MatMul", {e.add("Softmax", scores, {{"axis", -1}}), v});
  y = e.add("Transpose", y, {{"perm", ArrayRef<int64_t>{0, 2, 1, 3}}});
  e.setOutput(0,
              e.add("Reshape",
                    {y, e.ints({s.batch, s.queries, s.heads * s.valueHead})}));
  return Error::success();
}

/// Output 0 of queries, keys and values of rank 3, in this order, with the mask
/// at input `mask` and the summand of the scores at input 5, where they are.
static Error attendWith(const Node &node, Expansion &e, const Sizes &s,
                        ArrayRef<Name> rows, size_t mask) {
  Name term;
  if (node.hasInput(mask)) {
    auto masked = readMask(node, e, mask, s);
    if (!masked)
      return masked.takeError();
    term = *masked;
  }
  if (node.hasInput(5))
    term = addTerm(e, term, e.input(5));
  return attend(
      node, e, s, splitHeads(e, rows[0], s.batch, s.queries, s.heads, s.head),
      splitHeads(e, rows[1], s.batch, s.keys, s.heads, s.head),
      splitHeads(e, rows[2], s.batch, s.keys, s.heads, s.valueHead), term);
}

/// Inputs: x, weights and bias of the three products beside each other, mask,
/// past, summand of the scores.
static Error expandAttention(const Node &node, Expansion &e) {
  if (node.hasInput(4) || node.hasInput(6) || node.getInt("do_rotary", 0) ||
      node.hasOutput(1))
    return node.error("a past or rotary positions are not supported");
  ArrayRef<int64_t> x = node.inputShape(0), w = node.inputShape(1);
  int64_t heads = node.getInt("num_heads", 0);
  if (x.size() != 3 || w.size() != 2 || heads < 1)
    return node.error("the operands do not fit");
  auto parts = node.getInts("qkv_hidden_sizes")
                   .value_or(std::vector<int64_t>(3, w[1] / 3));
  if (parts.size() != 3 || parts[0] != parts[1] ||
      parts[0] + parts[1] + parts[2] != w[1] || parts[0] % heads ||
      parts[2] % heads || parts[0] < heads)
    return node.error("the operands do not fit");
  Sizes s{x[0], x[1], x[1], heads, parts[0] / heads, parts[2] / heads};
  Name all = e.add("MatMul", {e.input(0), e.input(1)});
  if (node.hasInput(2))
    all = e.add("Add", {all, e.input(2)});
  auto qkv = e.addMany("Split", {all, e.ints(parts)}, 3, {{"axis", -1}});
  return attendWith(node, e, s, qkv, /*mask=*/3);
}

/// Inputs: query, key, value (of rank 3), bias of all beside each other, mask,
/// summand of the scores.
static Error expandMultiHeadAttention(const Node &node, Expansion &e) {
  for (size_t i = 6; i < node.numInputs(); ++i)
    if (node.hasInput(i))
      return node.error("a past is not supported");
  ArrayRef<int64_t> q = node.inputShape(0);
  int64_t heads = node.getInt("num_heads", 0);
  if (!node.hasInput(1) || !node.hasInput(2) || q.size() != 3 ||
      node.inputShape(1).size() != 3 || node.inputShape(2).size() != 3)
    return node.error("supported are query, key and value of rank 3");
  ArrayRef<int64_t> k = node.inputShape(1), v = node.inputShape(2);
  if (heads < 1 || q[2] % heads || v[2] % heads || q[2] != k[2] ||
      k[1] != v[1] || q[0] != k[0] || q[0] != v[0] || q[2] < heads)
    return node.error("the operands do not fit");
  if (node.hasOutput(1) || node.hasOutput(2))
    return node.error("a past is not supported");
  Sizes s{q[0], q[1], k[1], heads, q[2] / heads, v[2] / heads};
  Name rows[] = {e.input(0), e.input(1), e.input(2)};
  if (node.hasInput(3)) {
    auto bias = e.addMany("Split", {e.input(3), e.ints({q[2], k[2], v[2]})}, 3,
                          {{"axis", 0}});
    for (size_t i = 0; i < 3; ++i)
      rows[i] = e.add("Add", {rows[i], bias[i]});
  }
  return attendWith(node, e, s, rows, /*mask=*/4);
}

void registerAttentionExpansions(ExpandTable &table) {
  table["com.microsoft:Attention"] = {expandAttention, 2};
  table["com.microsoft:MultiHeadAttention"] = {expandMultiHeadAttention, 1};
}

} // namespace convopt
