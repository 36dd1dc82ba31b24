#include "Measure.h"
#include "convopt/Schedules/ConvSchedule.h"
#include <algorithm>
#include <ctime>

using namespace convopt;
using Halide::Expr;
using llvm::createStringError;

static constexpr size_t arenaBytes = 128 << 20;

WeightArena::WeightArena() : lines(arenaBytes / sizeof(Line)) {
  uint32_t state = 1;
  for (Line &line : lines)
    for (float &f : line.floats) {
      state = state * 1664525 + 1013904223;
      f = (int32_t(state) >> 8) * 0x1p-24f;
    }
}

float *WeightArena::next(size_t count) {
  size_t needed = (count * sizeof(float) + sizeof(Line) - 1) / sizeof(Line);
  if (needed > lines.size())
    lines.resize(needed, lines.front());
  if (at + needed > lines.size())
    at = 0;
  at += needed;
  return lines[at - needed].floats;
}

/// The time that this thread had a core: others may be at work here.
static double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

double convopt::secondsOf(const std::function<void()> &run) {
  // The clock is a system call, so short runs are taken together.
  int together = 1;
  auto once = [&] {
    double start = threadSeconds();
    for (int i = 0; i < together; ++i)
      run();
    return (threadSeconds() - start) / together;
  };
  once();
  together = std::max(1, std::min(1000, int(3e-5 / once())));
  std::vector<double> times;
  for (double spent = 0;
       times.size() < 3 || (spent < 0.1 && times.size() < 2000);) {
    times.push_back(once());
    spent += times.back() * together;
  }
  // Virtual machines guess the time that was stolen from them, now and then too
  // much: the very least would be one of those.
  auto tenth = times.begin() + times.size() / 10;
  std::nth_element(times.begin(), tenth, times.end());
  return *tenth;
}

/// A dense float image as the kernels of a model see it: bounds and strides
/// are constants.
static Halide::ImageParam image(const char *name, std::vector<int> extents) {
  Halide::ImageParam param(Halide::Float(32), extents.size(), name);
  param.set_host_alignment(64);
  int stride = 1;
  for (size_t i = 0; i < extents.size(); ++i) {
    param.dim(i).set_bounds(0, extents[i]).set_stride(stride);
    stride *= extents[i];
  }
  return param;
}

/// Innermost first.
static std::vector<int> extents(Layout layout, int64_t n, int64_t c, int64_t h,
                                int64_t w) {
  if (layout == Layout::NHWC)
    return {int(c), int(w), int(h), int(n)};
  return {int(w), int(h), int(c), int(n)};
}

static llvm::Expected<Halide::Target>
jitTarget(const MachineDescription &machine) {
  auto name = halideTargetName(machine);
  if (!name)
    return name.takeError();
  return Halide::Target(*name + "-jit-no_asserts-no_bounds_query");
}

llvm::Expected<double>
convopt::measureConvolution(const ConvLayer &layer, const Choice &choice,
                            const MachineDescription &machine,
                            WeightArena &arena) {
  auto target = jitTarget(machine);
  if (!target)
    return target.takeError();
  int filters = layer.groups * layer.outChannels;
  int64_t packed =
      choice.primitive->packedFilter(layer, choice, machine).size();
  auto inExtents =
      extents(choice.input, layer.batch, layer.groups * layer.inChannels,
              layer.inHeight, layer.inWidth);
  auto outExtents = extents(choice.output, layer.batch, filters,
                            layer.outHeight, layer.outWidth);
  try {
    auto input = image("input", inExtents);
    auto filter = image("filter", {int(packed)});
    auto bias = image("bias", {filters});
    ConvRequest request{layer, choice, machine, 1, input, filter, {}};
    request.epilogue = [&](Expr sum, const ConvPoint &at) {
      return Halide::max(sum + bias(at.channel), 0.0f);
    };
    Halide::Func result = buildConvolution(request);
    Halide::Callable call =
        result.compile_to_callable({input, filter, bias}, *target);

    Halide::Buffer<float> in(inExtents), out(outExtents), offsets(filters);
    in.fill(0.25f);
    offsets.fill(0.5f);
    return secondsOf([&] {
      Halide::Buffer<float> weights(arena.next(packed), int(packed));
      call(in, weights, offsets, out);
    });
  } catch (const Halide::Error &e) {
    return createStringError(e.what());
  }
}
