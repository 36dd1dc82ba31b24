#ifndef CONVOPT_TRANSFORMS_PASSES_TD
#define CONVOPT_TRANSFORMS_PASSES_TD

// In the order in which a model passes through them.
include "convopt/Transforms/NormalisePasses.td"
include "convopt/Transforms/SelectionPasses.td"
include "convopt/Transforms/LoweringPasses.td"

#endif // CONVOPT_TRANSFORMS_PASSES_TD
