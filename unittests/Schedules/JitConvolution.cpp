#include "JitConvolution.h"
#include "GuardedBuffer.h"
#include "Halide/LoweringPasses.h"
#include "JitElements.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Schedules/ConvSchedule.h"
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sys/syscall.h>
#include <unistd.h>

using namespace Halide;

namespace convopt {

double epilogueOf(double sum, int64_t channel, int64_t x, int64_t y,
                  int64_t n) {
  return std::max(sum + 0.25 * double(channel % 5) - 0.125 * double(x) +
                      0.0625 * double(y) + 0.5 * double(n),
                  0.0);
}

static Expr epilogue(Expr sum, const ConvPoint &at, Type type) {
  Expr value = max(
      sum + 0.25f * cast<float>(at.channel % 5) - 0.125f * cast<float>(at.x) +
          0.0625f * cast<float>(at.y) + 0.5f * cast<float>(at.batch),
      0.0f);
  // A truth value takes a byte.
  return type.is_bool() ? cast<uint8_t>(value != 0.0f) : cast(type, value);
}

namespace {
// Counts what a kernel allocates; a block remembers its size before itself.
std::atomic<int64_t> allocated{0}, mostAllocated{0};

void *countedMalloc(JITUserContext *, size_t bytes) {
  const size_t header = 128;
  char *block = static_cast<char *>(
      std::aligned_alloc(128, (bytes + header + 127) / 128 * 128));
  *reinterpret_cast<size_t *>(block) = bytes;
  int64_t now = allocated += static_cast<int64_t>(bytes);
  int64_t most = mostAllocated;
  while (now > most && !mostAllocated.compare_exchange_weak(most, now))
    ;
  return block + header;
}

void countedFree(JITUserContext *, void *pointer) {
  char *block = static_cast<char *>(pointer) - 128;
  allocated -= static_cast<int64_t>(*reinterpret_cast<size_t *>(block));
  std::free(block);
}

struct Image {
  int64_t batch, channels, height, width;
  int64_t size() const { return batch * channels * height * width; }
  std::vector<int> extents(Layout layout) const {
    const int n(batch), c(channels), h(height), w(width);
    return layout == Layout::NHWC ? std::vector<int>{c, w, h, n}
                                  : std::vector<int>{w, h, c, n};
  }
  // Calls f(position in NCHW, position in `layout`).
  template <typename F> void forEach(Layout layout, F f) const {
    int64_t i = 0;
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t y = 0; y < height; ++y)
          for (int64_t x = 0; x < width; ++x, ++i)
            f(i, layout == Layout::NCHW
                     ? i
                     : ((n * height + y) * width + x) * channels + c);
  }
};
} // namespace

/// Schedules for another architecture are compiled for this one: the same
/// loops of other instructions.
static MachineDescription compiledFor(const MachineDescription &machine) {
  MachineDescription host = llvm::cantFail(describeHost());
  return machine.isX86() == host.isX86() ? machine : host;
}

static Target jitTarget(const MachineDescription &machine) {
  return Target(llvm::cantFail(halideTargetName(machine)))
      .without_feature(Target::NoRuntime)
      .with_feature(Target::JIT)
      .with_feature(Target::NoAsserts)
      .with_feature(Target::NoBoundsQuery);
}

/// The image of `extents`, which lies in a row as in a kernel.
static Func asMultiplied(const ImageParam &input, const Type &type,
                         const std::vector<int> &extents) {
  std::vector<Var> at(extents.size());
  Func image("image");
  Expr position = at.back();
  for (size_t d = extents.size() - 1; d-- > 0;)
    position = position * extents[d] + at[d];
  Expr element = input(position);
  image(at) = input.type() == type ? element : reinterpret(type, element);
  return image;
}

/// As the compiler does it; the result is part of an image of `extents`.
static Callable compile(const ConvRequest &request, const ImageParam &input,
                        const ImageParam &filter,
                        const std::vector<int> &extents) {
  Func out = buildConvolution(request);
  int stride = 1;
  for (size_t d = 0; d < extents.size(); ++d) {
    out.output_buffer().dim(static_cast<int>(d)).set_stride(stride);
    stride *= extents[d];
  }
  const MachineDescription machine = compiledFor(request.machine);
  Pipeline pipeline(out);
  addLoweringPasses(pipeline, machine,
                    request.choice.variant.precision == Precision::BF16 &&
                        supportsPrecision(machine, Precision::BF16));
  pipeline.jit_handlers().custom_malloc = countedMalloc;
  pipeline.jit_handlers().custom_free = countedFree;
  return pipeline.compile_to_callable({input, filter}, jitTarget(machine));
}

/// The weights as the choice reads them, in bytes.
static std::vector<char> packedBytes(const ConvProblem &l, const Choice &choice,
                                     const MachineDescription &machine,
                                     const std::vector<float> &filter) {
  if (!isQuantised(l.types))
    return packBytes(l, choice, machine,
                     toBytes(llvm::ArrayRef<float>(filter)));
  // Whole numbers, of which two's complement has the sign.
  std::vector<char> elements;
  elements.reserve(filter.size());
  for (float weight : filter)
    elements.push_back(static_cast<char>(static_cast<int>(weight)));
  return packBytes(l, choice, machine, elements);
}

namespace {
/// Elements up against a page that may not be touched.
class GuardedElements {
public:
  GuardedElements(int64_t bytes, GuardedBuffer::Side side)
      : buffer((bytes + 3) / 4, side),
        start(reinterpret_cast<char *>(buffer.data())) {
    // Its end is the page's end, if any is.
    if (side == GuardedBuffer::Back)
      start += (bytes + 3) / 4 * 4 - bytes;
  }
  char *first() { return start; }

private:
  GuardedBuffer buffer;
  char *start;
};
} // namespace

/// Linux keeps tile registers only for programs that ask for them.
static void askForTiles() {
#if defined(__x86_64__)
  constexpr long requestPermission = 0x1023, tileData = 18;
  syscall(SYS_arch_prctl, requestPermission, tileData);
#endif
}

static JitResult run(const ConvProblem &l, const Choice &choice,
                     const MachineDescription &machine, int64_t threads,
                     const std::vector<float> &image,
                     const std::vector<float> &filter, const Type &type,
                     const JitOptions &options) {
  const Image in{l.batch, l.groups * l.inChannels, l.inHeight, l.inWidth};
  const Image whole{l.batch, l.groups * l.outChannels, l.outHeight,
                    l.outWidth + options.columnsBeside};
  const bool plain = options.plain || isQuantised(l.types);
  const std::vector<char> packed = packedBytes(l, choice, machine, filter);
  const Type imageType = storedType(typeOf(l.types.input));
  const Type filterType =
      typeOf(choice.primitive->packedFilter(l, choice, machine).type());

  ImageParam input(imageType, 1, "input"), weights(filterType, 1, "weights");
  input.dim(0).set_bounds(0, int(in.size())).set_stride(1);
  const int weightCount = int(packed.size()) / filterType.bytes();
  weights.dim(0).set_bounds(0, weightCount).set_stride(1);
  auto ending = [&](Expr sum, const ConvPoint &at) {
    return plain ? sum : epilogue(sum, at, type);
  };
  const Func multiplied =
      asMultiplied(input, typeOf(l.types.input), in.extents(choice.input));
  ConvRequest request{
      l,       choice,           machine,
      threads, multiplied,       weights,
      ending,  options.padValue, llvm::is_contained(filter, -128.0f)};
  request.rowsTogether = options.columnsBeside == 0;
  const std::vector<int> extents = whole.extents(choice.output);
  Callable kernel = compile(request, input, weights, extents);
  if (choice.kind() == PrimitiveKind::MatrixTiles)
    askForTiles();
  const Type stored = type.is_bool() ? UInt(8) : type;

  JitResult result;
  mostAllocated = 0;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (GuardedBuffer::Side side : {GuardedBuffer::Front, GuardedBuffer::Back}) {
    GuardedElements from(in.size() * imageType.bytes(), side),
        to(whole.size() * stored.bytes(), side), with(packed.size(), side);
    in.forEach(choice.input, [&](int64_t nchw, int64_t at) {
      writeElement(from.first() + at * imageType.bytes(), imageType,
                   image[nchw]);
    });
    std::copy(packed.begin(), packed.end(), with.first());
    // NaN in every type of floating point.
    std::memset(to.first(), 0xff, whole.size() * stored.bytes());
    char *first = to.first();
    Runtime::Buffer<> toBuffer(stored, first, extents);
    toBuffer.crop(choice.output == Layout::NHWC ? 1 : 0, 0, int(l.outWidth));
    Runtime::Buffer<> fromBuffer(imageType, from.first(), int(in.size())),
        withBuffer(filterType, with.first(), weightCount);
    if (kernel(fromBuffer, withBuffer, toBuffer) != 0)
      result.error = "the kernel returned an error";
    std::vector<float> before = result.output;
    result.output.assign(whole.size() / whole.width * l.outWidth, nan);
    whole.forEach(choice.output, [&](int64_t nchw, int64_t at) {
      const char *element = first + at * stored.bytes();
      const int64_t row = nchw / whole.width, column = nchw % whole.width;
      if (column >= l.outWidth) {
        if (std::any_of(element, element + stored.bytes(),
                        [](char byte) { return byte != '\xff'; }))
          result.error = "the kernel wrote beside its result";
        return;
      }
      const int64_t i = row * l.outWidth + column;
      const float value = readElement(element, stored);
      if (before.empty() || before[i] == value)
        result.output[i] = value;
    });
  }
  result.scratchBytes = mostAllocated;
  return result;
}

JitResult runConvolution(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine, int64_t threads,
                         const std::vector<float> &image,
                         const std::vector<float> &filter,
                         const JitOptions &options) {
  try {
    return run(layer, choice, machine, threads, image, filter,
               typeNamed(isQuantised(layer.types) ? "i32" : options.type),
               options);
  } catch (const Halide::Error &error) {
    JitResult result;
    result.error = error.what();
    return result;
  }
}

} // namespace convopt
