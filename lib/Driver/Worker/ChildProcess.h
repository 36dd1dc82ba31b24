#ifndef CONVOPT_LIB_DRIVER_CHILDPROCESS_H
#define CONVOPT_LIB_DRIVER_CHILDPROCESS_H

#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace convopt {

/// A program that was started with one argument and a socket as its standard
/// input. Of this process it has no descriptors and no blocked or ignored
/// signals.
class ChildProcess {
public:
  static llvm::Expected<std::unique_ptr<ChildProcess>>
  start(const std::string &program, const std::string &argument);
  /// Closes the socket and waits for its end.
  ~ChildProcess();
  ChildProcess(const ChildProcess &) = delete;

  /// This end of it.
  int getSocket() const { return socket; }

  /// Lets it end, and says how it has.
  llvm::Error explainEnd();

private:
  ChildProcess() = default;
  std::optional<int> wait();

  pid_t pid = -1;
  int socket = -1;
  int errors = -1; ///< a file in memory that gets its standard error
};

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CHILDPROCESS_H
