#include "convopt/IR/NearestName.h"

using namespace llvm;

namespace convopt {

StringRef nearestName(StringRef text, ArrayRef<StringRef> names) {
  // One more than is near enough: what is farther need not be counted out.
  unsigned least = static_cast<unsigned>((text.size() + 2) / 3) + 1;
  StringRef nearest;
  for (StringRef name : names) {
    unsigned distance = text.edit_distance(name, /*AllowReplacements=*/true,
                                           /*MaxEditDistance=*/least);
    if (distance >= least)
      continue;
    least = distance;
    nearest = name;
  }
  return text.empty() ? StringRef() : nearest;
}

std::string didYouMean(StringRef text, ArrayRef<StringRef> names) {
  StringRef nearest = nearestName(text, names);
  return nearest.empty() ? "" : ("; did you mean '" + nearest + "'?").str();
}

} // namespace convopt
