// Halide makes an instruction of a sum of products of bytes where it sees the
// whole of it: both factors cast to the accumulator's type, the innermost loop
// of as many channels as the instruction takes, vectorised as a reduction. So
// products of bytes have one loop more than those of floats, and their weights
// one dimension more.

#include "ChannelSum.h"
#include "Expressions.h"
#include "Operands.h"
#include "convopt/Target/DotProducts.h"

using namespace Halide;

namespace convopt {

static Region rangesOf(int length, int64_t channels,
                       std::initializer_list<int64_t> around) {
  Region ranges;
  if (length > 1)
    ranges.emplace_back(0, length);
  ranges.emplace_back(0, toInt(divideUp(channels, length)));
  for (int64_t extent : around)
    ranges.emplace_back(0, toInt(extent));
  return ranges;
}

ChannelSum::ChannelSum(const ConvRequest &request, int64_t channels,
                       std::initializer_list<int64_t> around)
    : length(toInt(dotLength(request.layer.types, request.machine))),
      first(length > 1 ? 1 : 0),
      domain(rangesOf(length, channels, around), "window") {}

std::optional<RVar> ChannelSum::dot() const {
  if (length == 1)
    return std::nullopt;
  return domain[0];
}

Expr ChannelSum::channel() const {
  return length == 1 ? Expr(steps()) : steps() * length + domain[0];
}

Expr ChannelSum::weight(const ConvRequest &request,
                        llvm::ArrayRef<PackedFilter::At<Expr>> others) const {
  return weight(request, packedFilter(request), others);
}

Expr ChannelSum::weight(const ConvRequest &request, const PackedFilter &order,
                        llvm::ArrayRef<PackedFilter::At<Expr>> others) const {
  llvm::SmallVector<PackedFilter::At<Expr>, 6> all(others.begin(),
                                                   others.end());
  all.push_back({FilterDim::Channel, steps()});
  if (length > 1)
    all.push_back({FilterDim::Dot, domain[0]});
  return request.filter(order.at<Expr>(all));
}

Expr product(const ConvRequest &request, Expr weight, Expr input) {
  const Type sum = halideType(request.layer.types.accumulator);
  if (input.type() == sum && weight.type() == sum)
    return weight * input;
  return cast(sum, weight) * cast(sum, input);
}

} // namespace convopt
