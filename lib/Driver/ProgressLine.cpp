#include "ProgressLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace llvm;

namespace convopt {

/// Carriage return, and ECMA-48's erase to the end of the line.
static constexpr char backToStart[] = "\r\x1b[K";

static bool canWriteOver() {
  const char *terminal = std::getenv("TERM");
  return errs().is_displayed() && terminal && StringRef(terminal) != "dumb";
}

ProgressLine::ProgressLine(StringRef what)
    : what(what), start(std::chrono::steady_clock::now()),
      isTerminal(canWriteOver()) {
  // A line that is broken into two cannot be written over.
  constexpr size_t longest = 40;
  if (what.size() > longest)
    this->what = (what.take_front(longest - 3) + "...").str();
}

ProgressLine::~ProgressLine() {
  if (isShown)
    errs() << backToStart;
}

void ProgressLine::show(size_t done, size_t all, StringRef units) {
  if (!isTerminal)
    return;
  std::chrono::duration<double> spent =
      std::chrono::steady_clock::now() - start;
  errs() << backToStart << what << ": " << done << " of " << all << " " << units
         << format(", %.1f s", spent.count());
  isShown = true;
}

} // namespace convopt
