// Cost models, which users train and edit, and profiles of runs. A model that
// is accepted must predict: trees whose numbers lead out of them would show
// there. The word FEATURES stands for the version of the features, so that the
// corpus does not go out of date with them.

#include "Target.h"
#include "TextFile.h"
#include "convopt/CostModel/CostModel.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Report/RunProfile.h"
#include <cstdlib>

using namespace convopt;

/// Some layers with all their choices.
static void predict(const CostModel &model) {
  static const MachineDescription machine = [] {
    auto described = describeMachine({"x86-64", "", ""});
    if (!described)
      std::abort();
    return *described;
  }();
  for (const char *text :
       {"c=16 k=32 h=14 w=14 r=3x3 p=1x1x1x1", "c=1 k=1 g=8 h=7 w=7"}) {
    auto layer = parseLayer(text);
    if (!layer)
      std::abort();
    ConvProblem problem;
    static_cast<ConvLayer &>(problem) = *layer;
    for (const Primitive *primitive : allPrimitives()) {
      auto choices = primitive->choices(problem, machine);
      if (!choices.empty())
        (void)model.convolution(problem, choices.front(), machine);
    }
  }
  (void)model.transformation(1, 8, 7, 7, Layout::NCHW, Layout::NHWC, machine);
}

/// As of a model of one size, and of several.
static void match(const RunProfile &profile) {
  static const ModelInterface interface{{{"x", "f32", {1, 8}}}, {}, {}};
  static const Selection selection;
  for (size_t count : {1, 2}) {
    std::vector<SizeExplanation> sizes;
    for (size_t i = 0; i < count; ++i)
      sizes.push_back({interface, selection, Program{}});
    if (auto profiles = profilesOfSizes(profile, sizes); !profiles)
      llvm::consumeError(profiles.takeError());
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text(reinterpret_cast<const char *>(data), size);
  if (size_t place = text.find("FEATURES"); place != std::string::npos)
    text.replace(place, 8, featuresVersion());
  TextFile file(text);
  if (auto model = loadCostModel(file.path()))
    predict(**model);
  else
    llvm::consumeError(model.takeError());
  if (auto profile = readRunProfile(file.path()))
    match(*profile);
  else
    llvm::consumeError(profile.takeError());
  return 0;
}
