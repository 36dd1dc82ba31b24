#ifndef CONVOPT_TOOLS_PROFILE_BOARD_H
#define CONVOPT_TOOLS_PROFILE_BOARD_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace convopt {

/// Where programs are run: this machine, or one that a shell is reached on.
class Board {
public:
  /// This machine.
  Board() = default;

  /// `host` as `ssh`, a command with options, has it. Makes a temporary folder
  /// there, which goes with the Board.
  static llvm::Expected<Board> connect(llvm::StringRef host,
                                       llvm::StringRef ssh);

  bool isHere() const { return shell.empty(); }

  /// Runs the program in the file `path` with `arguments` (of letters, digits
  /// and -=,. alone) and calls `each` with every line that it prints. Ends when
  /// the program does, or stops it when it has been silent for that long.
  llvm::Error run(const std::string &path,
                  const std::vector<std::string> &arguments,
                  double mostSilentSeconds,
                  llvm::function_ref<void(llvm::StringRef)> each) const;

  Board(Board &&other) = default;
  Board &operator=(Board &&other) = default;
  ~Board();

private:
  std::vector<std::string> shell; ///< takes a command; empty: this machine
  std::string folder;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_BOARD_H
