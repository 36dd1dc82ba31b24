#include "DescriptorParts.h"
#include "StructConstant.h"
#include "convopt-c/profile.h"
#include "convopt-c/sizes.h"

using namespace llvm;

namespace convopt {

Constant *makeSizes(DescriptorConstants &constants,
                    ArrayRef<ModelInterface> sizes) {
  SmallVector<Constant *> structs;
  for (const ModelInterface &size : sizes)
    structs.push_back(StructConstant<convopt_size>{
        constants.getContext(),
        CONVOPT_MEMBER(convopt_size, inputs, constants.tensors(size.inputs)),
        CONVOPT_MEMBER(convopt_size, outputs,
                       constants.tensors(size.outputs))});
  return constants.array(structs);
}

void addSizes(DescriptorConstants &constants, const ModelFacts &facts,
              size_t count, Constant *sizes) {
  Constant *exported = StructConstant<convopt_sizes>{
      constants.getContext(), CONVOPT_MEMBER(convopt_sizes, count, count),
      CONVOPT_MEMBER(convopt_sizes, sizes, sizes),
      CONVOPT_MEMBER(convopt_sizes, run,
                     constants.runtimeFunction("convopt_run_sizes")),
      CONVOPT_MEMBER(convopt_sizes, output_dims,
                     constants.runtimeFunction("convopt_output_dims"))};
  constants.exportConstant(exported, facts.name + "_sizes");
}

static Constant *makeLaunch(DescriptorConstants &constants,
                            const LaunchProfile &launch) {
  auto text = [&](StringRef string) { return constants.text(string); };
  return StructConstant<convopt_launch>{
      constants.getContext(),
      CONVOPT_MEMBER(convopt_launch, node, text(launch.node)),
      CONVOPT_MEMBER(convopt_launch, kernel, text(launch.kernel)),
      CONVOPT_MEMBER(convopt_launch, operation, text(launch.operation)),
      CONVOPT_MEMBER(convopt_launch, shape, text(launch.shape)),
      CONVOPT_MEMBER(convopt_launch, primitive, text(launch.primitive)),
      CONVOPT_MEMBER(convopt_launch, operations, launch.operations),
      CONVOPT_MEMBER(convopt_launch, bytes, launch.bytes),
      CONVOPT_MEMBER(convopt_launch, predicted_ns,
                     launch.predictedNanoseconds)};
}

void addProfile(DescriptorConstants &constants, const ModelFacts &facts,
                const MachineDescription &machine) {
  SmallVector<Constant *> launches;
  std::vector<int64_t> first;
  for (const std::vector<LaunchProfile> &ofSize : *facts.launches) {
    first.push_back(static_cast<int64_t>(launches.size()));
    for (const LaunchProfile &launch : ofSize)
      launches.push_back(makeLaunch(constants, launch));
  }
  const bool several = first.size() > 1;
  first.push_back(static_cast<int64_t>(launches.size()));
  Constant *profile = StructConstant<convopt_profile>{
      constants.getContext(),
      CONVOPT_MEMBER(convopt_profile, threads, facts.threads),
      CONVOPT_MEMBER(convopt_profile, peak_flops, machine.peak(ConvTypes())),
      CONVOPT_MEMBER(convopt_profile, launch_count, launches.size()),
      CONVOPT_MEMBER(convopt_profile, launches, constants.array(launches)),
      CONVOPT_MEMBER(convopt_profile, watch,
                     constants.runtimeFunction("convopt_watch")),
      CONVOPT_MEMBER(convopt_profile, first_launch,
                     several ? constants.array(first) : constants.null())};
  constants.exportConstant(profile, facts.name + "_profile");
}

} // namespace convopt
