#include "Ops.h"

namespace convopt {

const OpTable &getOpTable() {
  static const OpTable table = [] {
    OpTable all;
    registerActivationOps(all);
    registerArithmeticOps(all);
    registerComparisonOps(all);
    registerConvOps(all);
    registerConvTransposeOps(all);
    registerGatherOps(all);
    registerIdentityOps(all);
    registerJoinOps(all);
    registerLayerNormOps(all);
    registerMathOps(all);
    registerMatMulOps(all);
    registerNormalizationOps(all);
    registerOrderOps(all);
    registerPadOps(all);
    registerPoolOps(all);
    registerRearrangeOps(all);
    registerRecurrentOps(all);
    registerReductionOps(all);
    registerResizeOps(all);
    registerShapeOps(all);
    registerSoftmaxOps(all);
    return all;
  }();
  return table;
}

} // namespace convopt
