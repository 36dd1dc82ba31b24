#ifndef CONVOPT_TOOLS_PROFILE_SAMPLING_H
#define CONVOPT_TOOLS_PROFILE_SAMPLING_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// `count` of `choices` at random, each primitive and pair of layouts in turn,
/// so that the rare ones are seen too; all if there are no more. Depends on
/// the arguments alone.
std::vector<Choice> sampleChoices(std::vector<Choice> choices, size_t count,
                                  uint64_t seed);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_SAMPLING_H
