// What an object takes beyond its constants depends on the kernels that are
// chosen, which depend on what may be taken. So a guess is made, and what the
// object then has too much is taken off what constants may have. Other kernels
// are not much larger, so the second attempt is nearly always the last.

#include "SizeLimit.h"

using namespace llvm;

namespace convopt {

SizeLimit::SizeLimit(const CompileOptions &given) : next(given) {
  if (!given.maxSize)
    return;
  constexpr int64_t usualCode = 200 << 10;
  next.maxBytes = *given.maxSize - std::min(usualCode, *given.maxSize / 8);
}

/// Bytes of all constants as the plans have them. The sizes of one object have
/// the filters in common.
static int64_t plannedBytes(ArrayRef<Selection> selections) {
  int64_t constants = 0, growth = 0;
  for (const Selection &selection : selections) {
    constants = std::max(constants, selection.constantBytes);
    growth += selection.growth;
  }
  return constants + growth;
}

Expected<bool> SizeLimit::accepts(const FinishedModel &model,
                                  ArrayRef<Selection> selections) {
  if (!next.maxSize)
    return true;
  Expected<int64_t> size = modelBytes(model);
  if (!size)
    return size.takeError();
  if (*size <= *next.maxSize)
    return true;
  least = std::min(least, *size);
  constexpr unsigned most = 4;
  const int64_t planned = plannedBytes(selections);
  // A plan that is larger than it should be is as small as it can be.
  if (++attempts == most || planned > *next.maxBytes)
    return createStringError(
        "--max-size=" + Twine(*next.maxSize) + ": the least size reached is " +
        Twine(least) + " bytes" +
        (next.maxError ? ""
                       : "; with --max-error weights may be stored in fewer "
                         "bits"));
  constexpr int64_t forOtherKernels = 4096; // May be a little larger.
  next.maxBytes = planned - (*size - *next.maxSize) - forOtherKernels;
  return false;
}

} // namespace convopt
