#ifndef CONVOPT_DRIVER_PROGRESSLINE_H
#define CONVOPT_DRIVER_PROGRESSLINE_H

#include "llvm/ADT/StringRef.h"
#include <chrono>
#include <string>

namespace convopt {

/// A line on standard error that says how far something is, if that is a
/// terminal whose lines can be written over; else nothing is ever written.
class ProgressLine {
public:
  /// `what` is at work, since now.
  explicit ProgressLine(llvm::StringRef what);
  /// Takes the line away.
  ~ProgressLine();
  ProgressLine(const ProgressLine &) = delete;

  /// "resnet18.onnx: 12 of 40 kernels, 1.3 s"
  void show(size_t done, size_t all, llvm::StringRef units);

private:
  std::string what;
  std::chrono::steady_clock::time_point start;
  bool isTerminal, isShown = false;
};

} // namespace convopt

#endif // CONVOPT_DRIVER_PROGRESSLINE_H
