#include "Ops.h"

namespace convopt {

const OpTable &getOpTable() {
  static const OpTable table = [] {
    OpTable all;
    registerActivationOps(all);
    registerArithmeticOps(all);
    registerCol2ImOps(all);
    registerComparisonOps(all);
    registerConvOps(all);
    registerConvTransposeOps(all);
    registerDeformConvOps(all);
    registerDetOps(all);
    registerEinsumOps(all);
    registerEncoderOps(all);
    registerGatherOps(all);
    registerGridSampleOps(all);
    registerIdentityOps(all);
    registerIntegerProductOps(all);
    registerJoinOps(all);
    registerLayerNormOps(all);
    registerMatMulOps(all);
    registerMathOps(all);
    registerNonMaxSuppressionOps(all);
    registerNormalizationOps(all);
    registerOrderOps(all);
    registerPadOps(all);
    registerPoolOps(all);
    registerQuantiseOps(all);
    registerRearrangeOps(all);
    registerRecurrentOps(all);
    registerReductionOps(all);
    registerResizeOps(all);
    registerRoiOps(all);
    registerScatterOps(all);
    registerSelectOps(all);
    registerShapeOps(all);
    registerSignalOps(all);
    registerSoftmaxOps(all);
    registerTensorScatterOps(all);
    registerTfIdfOps(all);
    registerTreeOps(all);
    registerUniqueOps(all);
    return all;
  }();
  return table;
}

} // namespace convopt
