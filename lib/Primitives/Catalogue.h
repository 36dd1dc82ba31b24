#ifndef CONVOPT_LIB_PRIMITIVES_CATALOGUE_H
#define CONVOPT_LIB_PRIMITIVES_CATALOGUE_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

// One function a primitive; each in the file of its name.
const Primitive &directPrimitive();
const Primitive &pointwisePrimitive();
const Primitive &pointwisePairsPrimitive();
const Primitive &im2RowPrimitive();
const Primitive &im2ColPrimitive();
const Primitive &kn2RowPrimitive();
const Primitive &matrixTilesPrimitive();
const Primitive &depthwisePrimitive();
const Primitive &groupedPrimitive();
const Primitive &groupedRotatedPrimitive();
const Primitive &strassenPrimitive();
/// One for each row of winogradTiles().
void addWinogradPrimitives(std::vector<const Primitive *> &catalogue);

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_CATALOGUE_H
