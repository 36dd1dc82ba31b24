#include "convopt/Schedules/ConvSchedule.h"
#include "Parts.h"

namespace convopt {

Halide::Func buildConvolution(const ConvRequest &request) {
  switch (request.choice.kind) {
  case PrimitiveKind::Direct:
  case PrimitiveKind::Grouped:
    return request.choice.output == Layout::NHWC ? buildDirect(request)
                                                 : buildChannelMajor(request);
  case PrimitiveKind::Pointwise:
    return buildPointwise(request);
  case PrimitiveKind::PointwisePairs:
    return buildPointwisePairs(request);
  case PrimitiveKind::Im2Row:
    return buildIm2Row(request);
  case PrimitiveKind::Im2Col:
    return buildIm2Col(request);
  case PrimitiveKind::WinogradF2x2_3x3:
  case PrimitiveKind::WinogradF4x4_3x3:
  case PrimitiveKind::WinogradF5x5_3x3:
  case PrimitiveKind::WinogradF6x6_3x3:
  case PrimitiveKind::WinogradF7x7_3x3:
  case PrimitiveKind::WinogradF2x4_3x3:
  case PrimitiveKind::WinogradF2x2_5x5:
  case PrimitiveKind::WinogradF4x4_5x5:
  case PrimitiveKind::WinogradF4_3:
  case PrimitiveKind::WinogradF4_7:
  case PrimitiveKind::WinogradF2x2_2x2:
  case PrimitiveKind::WinogradF3x3_2x2:
  case PrimitiveKind::WinogradF4x4_2x2:
  case PrimitiveKind::WinogradF4x4_4x4:
  case PrimitiveKind::ToomCook10:
  case PrimitiveKind::ToomCook14:
  case PrimitiveKind::ToomCook18:
    return buildWinograd(request);
  case PrimitiveKind::Kn2Row:
    return buildKn2Row(request);
  case PrimitiveKind::Depthwise:
    return buildDepthwise(request);
  case PrimitiveKind::GroupedRotated:
    return buildGroupedRotated(request);
  case PrimitiveKind::Strassen:
    return buildStrassen(request);
  }
  llvm_unreachable("every kind has a schedule");
}

} // namespace convopt
