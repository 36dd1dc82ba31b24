#include "Weights.h"

using namespace mlir;

namespace convopt {

Weights::Weights(Node &node, size_t i) : node(&node), kind(node.inputKind(i)) {
  if (const Constant *known = node.constant(i))
    constant = *known;
  else
    tensor = node.input(i);
}

ArrayRef<int64_t> Weights::shape() const {
  return constant ? constant->shape() : shapeOf(tensor);
}

Weights Weights::reshaped(ArrayRef<int64_t> shape) const {
  if (constant)
    return Weights(*node, kind, constant->reshaped(shape));
  return Weights(*node, kind, reshape(*node, tensor, shape));
}

Weights Weights::transposed(ArrayRef<int64_t> perm) const {
  if (constant)
    return Weights(*node, kind, constant->transposed(perm));
  return Weights(*node, kind, transpose(*node, tensor, perm));
}

/// Elements of one dimension, zeros where there are none.
static Constant takeRange(const Constant &from, int64_t dim, int64_t begin,
                          int64_t count) {
  Shape shape(from.shape());
  const int64_t extent = shape[dim];
  const int64_t bytes = byteSize(from.kind());
  shape[dim] = count;
  int64_t outer = 1, inner = bytes;
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
    (d < dim ? outer : inner) *= d == dim ? 1 : shape[d];
  auto data = std::make_shared<std::vector<char>>(outer * count * inner);
  const int64_t there = std::clamp<int64_t>(extent - begin, 0, count);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t at = 0; at < there * inner; at += bytes) {
      // A splat has one element for all.
      const char *element =
          from.isSplat()
              ? from.bytes().data()
              : from.bytes().data() + (o * extent + begin) * inner + at;
      std::memcpy(data->data() + o * count * inner + at, element, bytes);
    }
  ArrayRef<char> view(*data);
  return Constant(from.kind(), shape, view, std::move(data));
}

Weights Weights::range(int64_t dim, int64_t begin, int64_t count) const {
  Shape sizes(shape());
  if (begin == 0 && count == sizes[dim])
    return *this;
  if (constant && constant->isSplat() && begin + count <= sizes[dim]) {
    sizes[dim] = count;
    return Weights(*node, kind,
                   Constant::splat(kind, sizes, constant->bytes()));
  }
  if (constant)
    return Weights(*node, kind, takeRange(*constant, dim, begin, count));
  const int64_t there = std::min(count, sizes[dim] - begin);
  SmallVector<int64_t> zeros(sizes.size(), 0), offsets(zeros), high(zeros);
  offsets[dim] = begin;
  high[dim] = count - there;
  sizes[dim] = there;
  Scalar scalar(node->builder, node->loc, kind);
  return Weights(*node, kind,
                 pad(*node, slice(*node, tensor, offsets, sizes), zeros, high,
                     scalar.attribute(0)));
}

Weights Weights::plus(const Weights &other) const {
  if (constant && other.constant) {
    std::vector<double> sum = constant->doubles();
    for (auto [a, b] : llvm::zip_equal(sum, other.constant->doubles()))
      a += b;
    return Weights(*node, kind,
                   Constant::fromDoubles(kind, constant->shape(), sum));
  }
  return Weights(*node, kind,
                 elementwise(*node, {value(), other.value()}, shape(), kind,
                             [](Scalar &s, ArrayRef<Value> x) {
                               return s.add(x[0], x[1]);
                             }));
}

Value Weights::value() const {
  return constant ? node->materialise(*constant) : tensor;
}

} // namespace convopt
