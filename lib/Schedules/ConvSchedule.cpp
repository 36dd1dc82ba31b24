// The one place that knows every schedule. A kind of primitive, not a
// primitive, has a schedule: Winograd's tiles share one, and what differs
// between them are numbers that it asks the primitive for.

#include "convopt/Schedules/ConvSchedule.h"
#include "Builders.h"
#include "Expressions.h"

namespace convopt {

static Halide::Func buildDirectOrMajor(const ConvRequest &request) {
  return request.choice.output == Layout::NHWC ? buildDirect(request)
                                               : buildChannelMajor(request);
}

// The schedule of each family.
static constexpr struct {
  PrimitiveKind kind;
  Halide::Func (*build)(const ConvRequest &request);
} schedules[] = {
    {PrimitiveKind::Direct, buildDirectOrMajor},
    {PrimitiveKind::Pointwise, buildPointwise},
    {PrimitiveKind::Im2Row, buildIm2Row},
    {PrimitiveKind::Im2Col, buildIm2Col},
    {PrimitiveKind::Depthwise, buildDepthwise},
    {PrimitiveKind::Grouped, buildDirectOrMajor},
    {PrimitiveKind::GroupedRotated, buildGroupedRotated},
    {PrimitiveKind::PointwisePairs, buildPointwisePairs},
    {PrimitiveKind::Strassen, buildStrassen},
    {PrimitiveKind::Kn2Row, buildKn2Row},
    {PrimitiveKind::MatrixTiles, buildMatrixTiles},
    {PrimitiveKind::Winograd, buildWinograd},
    {PrimitiveKind::ToomCook, buildWinograd},
};

/// The input as the numbers that the choice multiplies.
static Halide::Func convertedInput(const ConvRequest &request) {
  std::vector<Halide::Var> at;
  for (int d = 0; d < 4; ++d)
    at.emplace_back("at" + std::to_string(d));
  Halide::Func converted("converted");
  converted(at) =
      cast(halideType(request.layer.types.input), request.input(at));
  return converted;
}

Halide::Func buildConvolution(const ConvRequest &given) {
  ConvRequest request = given;
  request.layer = computedProblem(given.layer, given.choice);
  request.convertsInput = convertsInput(given.layer, given.choice);
  if (request.convertsInput)
    request.input = convertedInput(request);
  for (const auto &[kind, build] : schedules)
    if (kind == request.choice.kind())
      return build(request);
  llvm_unreachable("every kind has a schedule");
}

} // namespace convopt
