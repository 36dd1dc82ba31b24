#ifndef CONVOPT_IMPORT_OPS_OPS_H
#define CONVOPT_IMPORT_OPS_OPS_H

#include "../Node.h"

namespace convopt {

// One for each file of this folder; OpTable.cpp calls them all.
void registerActivationOps(OpTable &table);
void registerArithmeticOps(OpTable &table);
void registerCol2ImOps(OpTable &table);
void registerComparisonOps(OpTable &table);
void registerConvOps(OpTable &table);
void registerConvTransposeOps(OpTable &table);
void registerDeformConvOps(OpTable &table);
void registerDetOps(OpTable &table);
void registerEinsumOps(OpTable &table);
void registerEncoderOps(OpTable &table);
void registerGatherOps(OpTable &table);
void registerGridSampleOps(OpTable &table);
void registerIdentityOps(OpTable &table);
void registerIntegerProductOps(OpTable &table);
void registerJoinOps(OpTable &table);
void registerLayerNormOps(OpTable &table);
void registerMatMulOps(OpTable &table);
void registerMathOps(OpTable &table);
void registerNonMaxSuppressionOps(OpTable &table);
void registerNormalizationOps(OpTable &table);
void registerOrderOps(OpTable &table);
void registerPadOps(OpTable &table);
void registerPoolOps(OpTable &table);
void registerQuantiseOps(OpTable &table);
void registerRearrangeOps(OpTable &table);
void registerRecurrentOps(OpTable &table);
void registerReductionOps(OpTable &table);
void registerResizeOps(OpTable &table);
void registerRoiOps(OpTable &table);
void registerScatterOps(OpTable &table);
void registerSelectOps(OpTable &table);
void registerShapeOps(OpTable &table);
void registerSignalOps(OpTable &table);
void registerSoftmaxOps(OpTable &table);
void registerTensorScatterOps(OpTable &table);
void registerTfIdfOps(OpTable &table);
void registerTreeOps(OpTable &table);
void registerUniqueOps(OpTable &table);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_OPS_H
