#include "Progress.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace convopt;

void Progress::begin(unsigned newRound, unsigned newPasses, size_t newCount) {
  round = newRound;
  passes = newPasses;
  count = newCount;
  done = 0;
  compileSeconds = 0;
  start = Clock::now();
}

void Progress::print() const {
  double spent = std::chrono::duration<double>(Clock::now() - start).count();
  double each = done ? spent / done : 0;
  double left = each * (count - done);
  if (round + 1 < passes && done)
    left += (spent - compileSeconds) / done * tasks * (passes - 1 - round);
  auto &os = llvm::errs();
  if (round < passes)
    os << "[pass " << round + 1 << "/" << passes << "] ";
  else
    os << "[again " << round - passes + 1 << "] ";
  os << done << " of " << count << " samples, "
     << llvm::format("%.2f s each, %.0f min left\n", each, left / 60);
}

void convopt::printNote(const llvm::Twine &text) {
  llvm::errs() << "convopt-profile: note: " << text << "\n";
}

void Progress::end(size_t failed, size_t doubtful) const {
  llvm::errs() << tasks << " samples";
  if (failed)
    llvm::errs() << ", " << failed << " failed";
  if (doubtful)
    llvm::errs() << ", " << doubtful << " in doubt still";
  llvm::errs() << "\n";
}
