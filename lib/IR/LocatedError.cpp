#include "convopt/IR/LocatedError.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace convopt {

char LocatedError::ID = 0;

void LocatedError::log(raw_ostream &os) const {
  os << location << ": " << text;
}

std::error_code LocatedError::convertToErrorCode() const {
  return inconvertibleErrorCode();
}

Error locatedError(StringRef location, const Twine &message) {
  if (location.empty())
    return createStringError(message);
  return make_error<LocatedError>(location.str(), message.str());
}

} // namespace convopt
