// From the catalogue to what the solver chooses from. Every choice of a layer
// gets a price: predicted for one thread, divided among the threads as far as
// its loops let it, in whole nanoseconds, so that two machines' last bits never
// decide. Limits then leave some out; what the user names is not held to them.
// Of the rest the cheapest for each pair of layouts goes on, four at most: how
// a convolution is computed matters to its neighbours only by its layouts, so
// nothing that is dropped could be part of a better plan.

#include "Candidates.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Primitives/ChoiceError.h"
#include "convopt/Primitives/Division.h"
#include <cmath>
#include <limits>
#include <map>

using namespace mlir;

namespace convopt {

constexpr double kLongest = 1e12; // Sums of such nanoseconds are computed.

/// No prediction is free, and none so long that a sum of them overflows.
static int64_t wholeNanoseconds(double seconds) {
  double nanoseconds = seconds * 1e9;
  if (!(nanoseconds < kLongest)) // Also NaN.
    return static_cast<int64_t>(kLongest);
  return std::max<int64_t>(1, std::llround(nanoseconds));
}

void chargeForGrowth(llvm::MutableArrayRef<Candidate> candidates,
                     double price) {
  // Whole costs are not negative: the least is what all pay.
  int64_t least = 0;
  for (const Candidate &candidate : candidates)
    least = std::min(least, candidate.growth);
  for (Candidate &candidate : candidates)
    candidate.charge = std::llround(price * double(candidate.growth - least));
}

void chargeForErrors(llvm::MutableArrayRef<Candidate> candidates,
                     double price) {
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate &candidate : candidates)
    least = std::min(least, candidate.error * candidate.error);
  for (Candidate &candidate : candidates)
    candidate.errorCharge = std::llround(std::min(
        price * (candidate.error * candidate.error - least), kLongest));
}

/// Bytes of the packed filter beyond the filter's own, fewer than none where it
/// is stored in narrower numbers.
static int64_t growthOf(const ConvProblem &layer, const Choice &choice,
                        const MachineDescription &machine) {
  const PackedFilter packed =
      choice.primitive->packedFilter(layer, choice, machine);
  return packed.bytes() - layer.filterElements() * bytesOf(layer.types.filter);
}

const std::vector<Candidate> &PriceList::candidates(const ConvProblem &layer) {
  for (const auto &[other, priced] : known)
    if (other == layer)
      return priced;
  std::vector<Candidate> priced;
  const std::vector<Choice> choices = allChoices(layer, machine, precisions);
  std::vector<std::optional<double>> measured;
  std::vector<Choice> others;
  for (const Choice &choice : choices)
    if (!measured.emplace_back(
            model.threadedConvolution(layer, choice, threads)))
      others.push_back(choice);
  // No model is asked for what was measured: it would say that it had to guess.
  const std::vector<double> alone = model.convolutions(layer, others, machine);
  const double *next = alone.data();
  for (auto [choice, known] : llvm::zip_equal(choices, measured)) {
    double seconds =
        known ? *known
              : divide(layer, choice, machine, threads).secondsOf(*next++);
    priced.push_back(
        {choice, wholeNanoseconds(seconds), growthOf(layer, choice, machine)});
    priced.back().known = model.knows(layer, choice, machine);
  }
  known.push_back({layer, std::move(priced)});
  return known.back().second;
}

int64_t PriceList::transformation(Value value, ArrayRef<char> roles,
                                  Layout from, Layout to) const {
  int64_t batch = 1, channels = 1, height = 1, width = 1;
  bool sawHeight = false;
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  for (auto [role, size] : llvm::zip_equal(roles, shape)) {
    if (role == 'n')
      batch *= size;
    else if (role == 'c')
      channels *= size;
    else if (!std::exchange(sawHeight, true))
      height = size;
    else
      width *= size;
  }
  if (std::optional<double> measured = model.threadedTransformation(
          batch, channels, height, width, from, to, threads))
    return wholeNanoseconds(*measured);
  double seconds =
      model.transformation(batch, channels, height, width, from, to, machine);
  SharedLoops rows;
  rows.extent = channels * height;
  rows.seconds = seconds;
  return wholeNanoseconds(divide(rows, threads).secondsOf(seconds));
}

llvm::StringRef stringifyObstacle(Obstacle obstacle) {
  switch (obstacle) {
  case Obstacle::Unmeasured:
    return "unmeasured";
  case Obstacle::Error:
    return "error";
  case Obstacle::NonFinite:
    return "nan";
  case Obstacle::Workspace:
    return "workspace";
  case Obstacle::Weights:
    return "weights";
  case Obstacle::Named:
    return "named";
  case Obstacle::Growth:
    return "growth";
  case Obstacle::Layouts:
    return "layouts";
  }
  llvm_unreachable("an obstacle");
}

/// As in "has 7 choices, all excluded: 7 by error".
static std::string exclusionText(Obstacle obstacle) {
  if (obstacle == Obstacle::Unmeasured)
    return "without measurements";
  if (obstacle == Obstacle::NonFinite)
    return "by NaN";
  return ("by " + stringifyObstacle(obstacle)).str();
}

/// What no candidate for a layer may exceed: all that the results may have, but
/// what the most exact one has in any case.
static double errorLimit(ArrayRef<Candidate> all,
                         const SelectionOptions &options) {
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate &candidate : all)
    if (candidate.known)
      least = std::min(least, candidate.error);
  return options.maxError ? std::max(*options.maxError, least)
                          : std::numeric_limits<double>::max();
}

/// Why `candidate` is left out, or nothing.
static std::optional<Obstacle> exclusion(const Candidate &candidate,
                                         const ConvProblem &layer,
                                         const MachineDescription &machine,
                                         const SelectionOptions &options,
                                         double errorLimit) {
  const Choice &choice = candidate.choice;
  const Primitive &primitive = *choice.primitive;
  if (!candidate.known)
    return Obstacle::Unmeasured;
  if (candidate.error > errorLimit) // Also infinite.
    return Obstacle::Error;
  if (!options.maxError && options.errorBound &&
      errorOf(choice) > *options.errorBound)
    return Obstacle::Error;
  if (options.strictNan && primitive.spreadsNonFinite())
    return Obstacle::NonFinite;
  if (options.maxWorkspace &&
      primitive.workspaceBytes(layer, choice, machine) > *options.maxWorkspace)
    return Obstacle::Workspace;
  if (options.maxWeights &&
      static_cast<double>(
          primitive.packedFilter(layer, choice, machine).bytes()) >
          *options.maxWeights *
              static_cast<double>(layer.filterElements() *
                                  bytesOf(layer.types.filter)))
    return Obstacle::Weights;
  return std::nullopt;
}

static Admitted withinLimits(ArrayRef<Candidate> all, const ConvProblem &layer,
                             const MachineDescription &machine,
                             const SelectionOptions &options) {
  Admitted admitted;
  std::map<std::string, unsigned> excluded;
  const double mostError = errorLimit(all, options);
  auto reject = [&](const Candidate &candidate, Obstacle obstacle) {
    if (options.reasons)
      admitted.rejected.push_back({candidate, obstacle});
  };
  for (const Candidate &candidate : all)
    if (auto why = exclusion(candidate, layer, machine, options, mostError)) {
      ++excluded[exclusionText(*why)];
      reject(candidate, *why);
    } else {
      admitted.candidates.push_back(candidate);
    }
  auto isLarge = [&](const Candidate &candidate) {
    const Choice &choice = candidate.choice;
    return options.preferredWorkspace &&
           choice.primitive->workspaceBytes(layer, choice, machine) >
               *options.preferredWorkspace;
  };
  if (!llvm::all_of(admitted.candidates, isLarge))
    llvm::erase_if(admitted.candidates, [&](const Candidate &candidate) {
      if (!isLarge(candidate))
        return false;
      reject(candidate, Obstacle::Workspace);
      return true;
    });
  if (all.empty())
    admitted.whyNone = "is supported by no primitive";
  else if (admitted.candidates.empty()) {
    llvm::raw_string_ostream os(admitted.whyNone);
    os << "has " << all.size() << " choices, all excluded: ";
    llvm::interleaveComma(excluded, os, [&](const auto &entry) {
      os << entry.second << " " << entry.first;
    });
  }
  return admitted;
}

llvm::Expected<Admitted> admittedCandidates(const ConvOp &conv,
                                            ArrayRef<Candidate> all,
                                            const MachineDescription &machine,
                                            const SelectionOptions &options) {
  auto keep = [&](auto predicate) {
    Admitted admitted;
    for (const Candidate &candidate : all)
      if (predicate(candidate))
        admitted.candidates.push_back(candidate);
      else if (options.reasons)
        admitted.rejected.push_back({candidate, Obstacle::Named});
    return admitted;
  };
  auto isPinned =
      conv.op->hasAttr(ConvoptDialect::PinnedAttrHelper::getNameStr());
  if (isPinned) {
    auto attr = conv.op->getAttrOfType<PrimitiveAttr>(
        ConvoptDialect::PrimitiveAttrHelper::getNameStr());
    auto fail = [&](const Twine &why) {
      return llvm::createStringError(nameOf(conv.op->getLoc()) + ": " + why);
    };
    llvm::Expected<Annotation> pinned = readAnnotation(attr);
    if (!pinned)
      return fail(llvm::toString(pinned.takeError()));
    Admitted kept = keep([&](const Candidate &candidate) {
      return pinned->admits(candidate.choice);
    });
    if (kept.candidates.empty()) {
      const bool alone =
          attr == PrimitiveAttr::get(attr.getContext(), attr.getName(), {}, {},
                                     {}, 0, 0, 0, 0, attr.getNanoseconds());
      return fail("the pinned primitive " + attr.getName().getValue() +
                  (alone ? "" : " with this variant and these layouts") +
                  " does not support this convolution");
    }
    return kept;
  }
  if (options.force) {
    Admitted kept = keep([&](const Candidate &candidate) {
      const Choice &choice = candidate.choice;
      // A primitive was asked for, not fewer bits.
      const bool isReduced = choice.variant.precision != Precision::Full;
      return choice.primitive == options.force &&
             !(options.strictNan && options.force->spreadsNonFinite()) &&
             (!isReduced ||
              (options.maxError && candidate.error <= *options.maxError));
    });
    if (!kept.candidates.empty())
      return kept;
  }
  return withinLimits(all, conv.layer, machine, options);
}

std::vector<Candidate> bestPerLayouts(ArrayRef<Candidate> candidates) {
  std::vector<Candidate> best;
  for (Layout input : {Layout::NCHW, Layout::NHWC})
    for (Layout output : {Layout::NCHW, Layout::NHWC}) {
      const Candidate *cheapest = nullptr;
      for (const Candidate &candidate : candidates)
        if (candidate.choice.input == input &&
            candidate.choice.output == output &&
            (!cheapest || candidate.cost() < cheapest->cost()))
          cheapest = &candidate;
      if (cheapest)
        best.push_back(*cheapest);
    }
  return best;
}

} // namespace convopt
