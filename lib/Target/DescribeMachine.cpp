// From what the user asked for to numbers. Everything is looked up by name:
// the machine at hand is asked for its name and features only, so that `host`
// on two machines of one kind compiles to the same bytes.

#include "Cpus.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Target/KnownCpus.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <set>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

using FeatureSet = std::set<std::string>;

static llvm::SmallVector<StringRef> splitList(StringRef list) {
  llvm::SmallVector<StringRef> parts;
  list.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return parts;
}

static void enable(StringRef name, FeatureSet &set) {
  set.insert(name.str());
  for (StringRef need : splitList(findCpuFeature(name)->needs))
    enable(need, set);
}

static void disable(StringRef name, FeatureSet &set) {
  set.erase(name.str());
  for (const CpuFeature &feature : allCpuFeatures())
    if (set.count(feature.name.str()) &&
        llvm::is_contained(splitList(feature.needs), name))
      disable(feature.name, set);
}

/// Applies "+a,-b"; what a needs comes with it, what needs b goes with it.
static llvm::Error edit(StringRef edits, Architecture architecture,
                        FeatureSet &set) {
  for (StringRef part : splitList(edits)) {
    StringRef name = part.drop_front();
    if (part[0] != '+' && part[0] != '-')
      return createStringError("--features: '%s' must start with + or -",
                               part.str().c_str());
    const CpuFeature *feature = findCpuFeature(name);
    if (!feature || feature->architecture != architecture) {
      llvm::SmallVector<StringRef> known;
      for (const CpuFeature &each : allCpuFeatures())
        if (each.architecture == architecture)
          known.push_back(each.name);
      return createStringError("--features: unknown feature '" + name + "'" +
                               didYouMean(name, known));
    }
    if (part[0] == '+')
      enable(name, set);
    else if (feature->needs.empty())
      return createStringError("--features: '%s' cannot be switched off",
                               name.str().c_str());
    else
      disable(name, set);
  }
  return llvm::Error::success();
}

/// Whether `cpu` is a level that all makers have or of this machine's maker.
static bool mayBeHost(const Cpu &cpu) {
  namespace x86 = llvm::sys::detail::x86;
  if (cpu.architecture != Architecture::X86)
    return false;
  if (cpu.name.starts_with("x86-64"))
    return true;
  const x86::VendorSignatures maker = x86::getVendorSignature();
  return cpu.name.starts_with("znver")
             ? maker == x86::VendorSignatures::AUTHENTIC_AMD
             : maker == x86::VendorSignatures::GENUINE_INTEL;
}

/// That of the host's name or, of those that have no feature which this machine
/// lacks, the one with the most.
static const Cpu *hostCpu() {
  auto present = llvm::sys::getHostCPUFeatures();
  auto hasAll = [&](const Cpu *cpu) {
    return llvm::all_of(splitList(cpu->features), [&](StringRef feature) {
      // An architecture version is not a flag that the system reports.
      return feature.starts_with("v8.") || present.lookup(feature);
    });
  };
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  // A virtual machine may hide features that its CPU's name promises.
  const Cpu *named = findCpu(llvm::sys::getHostCPUName());
  if (named && hasAll(named))
    return named;
  if (triple.isAArch64())
    return findCpu("generic");
  // One that is newer than this list, or whose model a virtual machine hides.
  const Cpu *best = nullptr;
  for (const Cpu &cpu : allCpus())
    if (mayBeHost(cpu) && hasAll(&cpu) &&
        (!best ||
         splitList(cpu.features).size() > splitList(best->features).size()))
      best = &cpu;
  return best;
}

static llvm::Expected<std::string> resolveTriple(StringRef target) {
  if (target == "host")
    target = llvm::Triple(llvm::sys::getDefaultTargetTriple()).isX86()
                 ? "x86-64"
                 : "aarch64";
  if (target == "x86-64")
    return "x86_64-unknown-linux-gnu";
  if (target == "aarch64")
    return "aarch64-unknown-linux-gnu";
  llvm::Triple triple(llvm::Triple::normalize(target));
  bool known = triple.getArch() == llvm::Triple::x86_64 ||
               triple.getArch() == llvm::Triple::aarch64;
  if (!known || !triple.isOSLinux())
    return createStringError(
        "--target: '" + target +
        "' is neither host, x86-64, aarch64 nor the triple of one of these "
        "with Linux" +
        didYouMean(target, {"host", "x86-64", "aarch64"}));
  return triple.str();
}

static Architecture architectureOf(StringRef triple) {
  return llvm::Triple(triple).isX86() ? Architecture::X86
                                      : Architecture::AArch64;
}

static std::vector<StringRef> cpuNames(Architecture architecture) {
  std::vector<StringRef> names;
  for (const Cpu &cpu : allCpus())
    if (cpu.architecture == architecture)
      names.push_back(cpu.name);
  return names;
}

llvm::Expected<std::vector<StringRef>>
convopt::knownCpus(const TargetRequest &request) {
  auto triple = resolveTriple(request.target);
  if (!triple)
    return triple.takeError();
  return cpuNames(architectureOf(*triple));
}

static llvm::Expected<const Cpu *> resolveHostCpu(Architecture architecture) {
  if (architecture != architectureOf(llvm::sys::getDefaultTargetTriple()))
    return createStringError(
        "--cpu=native: the target is not of this machine's architecture");
  if (const Cpu *cpu = hostCpu())
    return cpu;
  return createStringError("--target: this machine lacks what x86-64-v2 has");
}

static llvm::Expected<const Cpu *> resolveCpu(const TargetRequest &request,
                                              Architecture architecture) {
  if (request.cpu == "native" ||
      (request.cpu.empty() && request.target == "host"))
    return resolveHostCpu(architecture);
  if (request.cpu.empty())
    return findCpu(architecture == Architecture::X86 ? "x86-64-v3" : "generic");
  const Cpu *cpu = findCpu(request.cpu);
  if (cpu && cpu->architecture == architecture)
    return cpu;
  std::vector<StringRef> names = cpuNames(architecture);
  return createStringError(
      "--cpu: unknown '" + request.cpu + "'; known for this target: " +
      llvm::join(names, ", ") + didYouMean(request.cpu, names));
}

static int64_t vectorBits(const FeatureSet &features) {
  if (features.count("prefer-128-bit") || !features.count("avx"))
    return 128;
  if (features.count("prefer-256-bit") || !features.count("avx512f"))
    return 256;
  return 512;
}

llvm::Expected<MachineDescription>
convopt::describeMachine(const TargetRequest &request) {
  MachineDescription machine;
  auto triple = resolveTriple(request.target);
  if (!triple)
    return triple.takeError();
  machine.triple = *triple;
  Architecture architecture = architectureOf(machine.triple);
  auto cpu = resolveCpu(request, architecture);
  if (!cpu)
    return cpu.takeError();
  const Cpu &row = **cpu;

  FeatureSet features;
  for (StringRef feature : splitList(row.features))
    features.insert(feature.str());
  if (llvm::Error e = edit(request.features, architecture, features))
    return e;

  machine.cpu = row.name.str();
  machine.features.assign(features.begin(), features.end());
  machine.vectorBits = vectorBits(features);
  bool x86 = architecture == Architecture::X86;
  machine.vectorRegisters =
      x86 ? (features.count("avx512vl") ? 32 : 16) : row.vectorRegisters;
  machine.fmaBitsPerCycle =
      row.fmaPorts * std::min<int64_t>(row.fmaPortBits, machine.vectorBits);
  if (x86 && !features.count("fma"))
    machine.fmaBitsPerCycle /= 2; // a multiplication and an addition instead
  machine.addBitsPerCycle =
      row.addPorts * std::min<int64_t>(row.fmaPortBits, machine.vectorBits);
  machine.loadBitsPerCycle =
      row.loadPorts * std::min<int64_t>(row.loadPortBits, machine.vectorBits);
  machine.gigahertz = row.gigahertz;
  machine.l1Bytes = int64_t(row.l1KiB) << 10;
  machine.l1Ways = row.l1Ways ? row.l1Ways : row.l1KiB / 4;
  machine.l2Bytes = int64_t(row.l2KiB) << 10;
  machine.l3Bytes = int64_t(row.l3KiB) << 10;
  machine.memoryGigabytesPerSecond = row.gigabytesPerSecond;
  return machine;
}

llvm::Expected<MachineDescription> convopt::describeHost() {
  return describeMachine(TargetRequest());
}

bool MachineDescription::has(const std::string &feature) const {
  return llvm::is_contained(features, feature);
}

std::string convopt::llvmFeatures(const MachineDescription &machine) {
  std::string list;
  for (const CpuFeature &feature : allCpuFeatures()) {
    if ((feature.architecture == Architecture::X86) != machine.isX86())
      continue;
    list += list.empty() ? "" : ",";
    list += (machine.has(feature.name.str()) ? "+" : "-") + feature.name.str();
  }
  return list;
}
