#ifndef CONVOPT_IR_LOCATEDERROR_H
#define CONVOPT_IR_LOCATEDERROR_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <string>

namespace convopt {

/// An error that knows where in a model it is: "location: message" for who
/// prints it, the two apart for who shows them in another way.
class LocatedError : public llvm::ErrorInfo<LocatedError> {
public:
  static char ID;

  LocatedError(std::string location, std::string message)
      : location(std::move(location)), text(std::move(message)) {}

  const std::string &where() const { return location; }
  const std::string &what() const { return text; }

  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

private:
  std::string location, text;
};

/// `location` is a file or a place in it; if it is empty the error is one
/// without location.
llvm::Error locatedError(llvm::StringRef location, const llvm::Twine &message);

} // namespace convopt

#endif // CONVOPT_IR_LOCATEDERROR_H
