#ifndef CONVOPT_UNITTESTS_SCHEDULES_JITELEMENTS_H
#define CONVOPT_UNITTESTS_SCHEDULES_JITELEMENTS_H

#include "Halide.h"
#include "convopt/IR/ConvTypes.h"
#include <string>

namespace convopt {

/// Of f32, f16, bf16, f64, i8, u8, i32, i64 or bool.
Halide::Type typeNamed(const std::string &name);
Halide::Type typeOf(ElementType type);

/// Kernels have bytes with a sign in memory, whatever they are multiplied as.
Halide::Type storedType(const Halide::Type &type);

float readElement(const void *element, const Halide::Type &type);

/// Writes `value` as an element of `type`; of integers those of 8 bits.
void writeElement(char *to, const Halide::Type &type, float value);

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_JITELEMENTS_H
