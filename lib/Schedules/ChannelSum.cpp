// Halide makes an instruction of a sum of products of bytes where it sees the
// whole of it: both factors cast to the accumulator's type, the innermost loop
// of as many channels as the instruction takes, vectorised as a reduction. So
// products of bytes have one loop more than those of floats, and their weights
// one dimension more. An aarch64 core without sdot multiplies eight pairs of
// bytes to 16 bits (smull), adds eight more products to those (smlal), and the
// sums of neighbours to 32 bits (sadalp).

#include "ChannelSum.h"
#include "Expressions.h"
#include "Operands.h"
#include "convopt/Target/DotProducts.h"

using namespace Halide;

namespace convopt {

/// Two products of bytes are added in 16 bits where the sum fits, which takes a
/// weight that is not the least, and pairs of it are widened: three
/// instructions, where widening each product by itself takes four.
static int rowsFor(const ConvRequest &request) {
  const ConvTypes &types = request.layer.types;
  const bool fits =
      types.input == ElementType::I8 && types.filter == ElementType::I8 &&
      types.accumulator == ElementType::I32 && !request.hasLeastByte;
  return !request.machine.isX86() && fits &&
                 dotLength(types, request.machine) == 2 &&
                 request.choice.variant.unroll % 2 == 0
             ? 2
             : 1;
}

static Region rangesOf(int length, int rows, int64_t channels,
                       std::initializer_list<int64_t> around) {
  Region ranges;
  if (length > 1)
    ranges.emplace_back(0, length);
  ranges.emplace_back(0, toInt(divideUp(channels, length)) / rows);
  for (int64_t extent : around)
    ranges.emplace_back(0, toInt(extent));
  return ranges;
}

ChannelSum::ChannelSum(const ConvRequest &request, int64_t channels,
                       std::initializer_list<int64_t> around)
    : length(toInt(dotLength(request.layer.types, request.machine))),
      rows(rowsFor(request)), first(length > 1 ? 1 : 0),
      domain(rangesOf(length, rows, channels, around), "window") {}

std::optional<RVar> ChannelSum::dot() const {
  if (length == 1)
    return std::nullopt;
  return domain[0];
}

Expr ChannelSum::term(const ConvRequest &request,
                      llvm::ArrayRef<PackedFilter::At<Expr>> others,
                      const Image &image) const {
  return term(request, packedFilter(request), others, image);
}

Expr ChannelSum::term(const ConvRequest &request, const PackedFilter &order,
                      llvm::ArrayRef<PackedFilter::At<Expr>> others,
                      const Image &image) const {
  auto factors = [&](int row) {
    Expr step = rows == 1 ? Expr(steps()) : steps() * rows + row;
    llvm::SmallVector<PackedFilter::At<Expr>, 6> all(others.begin(),
                                                     others.end());
    all.push_back({FilterDim::Channel, step});
    if (length > 1)
      all.push_back({FilterDim::Dot, domain[0]});
    Expr channel = length == 1 ? step : step * length + domain[0];
    return std::pair(Expr(request.filter(order.at<Expr>(all))), image(channel));
  };
  auto [weight, input] = factors(0);
  if (rows == 1)
    return product(request, weight, input);
  auto [second, other] = factors(1);
  return cast<int32_t>(cast<int16_t>(weight) * cast<int16_t>(input) +
                       cast<int16_t>(second) * cast<int16_t>(other));
}

Expr product(const ConvRequest &request, Expr weight, Expr input) {
  const Type sum = halideType(request.layer.types.accumulator);
  if (input.type() == sum && weight.type() == sum)
    return weight * input;
  return cast(sum, weight) * cast(sum, input);
}

} // namespace convopt
