#include "JitConvolution.h"
#include "GuardedBuffer.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Schedules/ConvSchedule.h"
#include "convopt/Schedules/TileRegisters.h"
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

static Type typeNamed(const std::string &name) {
  if (name == "bool")
    return Bool();
  if (name == "bf16")
    return BFloat(16);
  const int bits = std::stoi(name.substr(1));
  return name[0] == 'f' ? Float(bits) : name[0] == 'i' ? Int(bits) : UInt(bits);
}

static Expr epilogue(Expr sum, const ConvPoint &at, Type type) {
  Expr value = max(
      sum + 0.25f * cast<float>(at.channel % 5) - 0.125f * cast<float>(at.x) +
          0.0625f * cast<float>(at.y) + 0.5f * cast<float>(at.batch),
      0.0f);
  // A truth value takes a byte.
  return type.is_bool() ? cast<uint8_t>(value != 0.0f) : cast(type, value);
}

template <typename T> static float readAs(const void *element) {
  T value;
  std::memcpy(&value, element, sizeof value);
  return static_cast<float>(value);
}

static float readElement(const void *element, const Type &type) {
  if (type == Float(16))
    return readAs<float16_t>(element);
  if (type == BFloat(16))
    return readAs<bfloat16_t>(element);
  if (type.is_float())
    return type.bits() == 64 ? readAs<double>(element) : readAs<float>(element);
  switch (type.is_uint() ? 1 : type.bits()) {
  case 1: // u8 and truth values
    return readAs<uint8_t>(element);
  case 8:
    return readAs<int8_t>(element);
  case 32:
    return readAs<int32_t>(element);
  default:
    return readAs<int64_t>(element);
  }
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
static Target jitTarget(const MachineDescription &machine) {
  Target target(llvm::cantFail(halideTargetName(machine)));
  const Target host = get_host_target();
  if (target.arch != host.arch)
    target = host;
  return target.without_feature(Target::NoRuntime)
      .with_feature(Target::JIT)
      .with_feature(Target::NoAsserts)
      .with_feature(Target::NoBoundsQuery);
}

/// Kernels have bytes with a sign in memory, whatever they are multiplied as.
static Type storedType(const Type &type) {
  return type == UInt(8) ? Int(8) : type;
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

static Callable compile(const ConvRequest &request, ImageParam input,
                        ImageParam filter) {
  Func out = buildConvolution(request);
  out.add_custom_lowering_pass(new TileRegisters); // Halide deletes it.
  out.jit_handlers().custom_malloc = countedMalloc;
  out.jit_handlers().custom_free = countedFree;
  return out.compile_to_callable({input, filter}, jitTarget(request.machine));
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

static Type typeOf(ElementType type) { return typeNamed(toString(type).str()); }

/// Linux keeps tile registers only for programs that ask for them.
static void askForTiles() {
#if defined(__x86_64__)
  constexpr long requestPermission = 0x1023, tileData = 18;
  syscall(SYS_arch_prctl, requestPermission, tileData);
#endif
}

/// Writes `value` as an element of `type`.
static void writeElement(char *to, const Type &type, float value) {
  if (type == Float(32)) {
    std::memcpy(to, &value, sizeof value);
  } else if (type.is_float()) {
    const uint16_t bits = type.is_bfloat() ? bfloat16_t(value).to_bits()
                                           : float16_t(value).to_bits();
    std::memcpy(to, &bits, sizeof bits);
  } else {
    *to = static_cast<char>(static_cast<int>(value));
  }
}

static JitResult run(const ConvProblem &l, const Choice &choice,
                     const MachineDescription &machine, int64_t threads,
                     const std::vector<float> &image,
                     const std::vector<float> &filter, const Type &type,
                     bool plain, int64_t padValue) {
  const Image in{l.batch, l.groups * l.inChannels, l.inHeight, l.inWidth};
  const Image out{l.batch, l.groups * l.outChannels, l.outHeight, l.outWidth};
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
  Callable kernel = compile(
      {l, choice, machine, threads, multiplied, weights, ending, padValue},
      input, weights);
  if (choice.kind() == PrimitiveKind::MatrixTiles)
    askForTiles();
  const Type stored = type.is_bool() ? UInt(8) : type;

  JitResult result;
  mostAllocated = 0;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (GuardedBuffer::Side side : {GuardedBuffer::Front, GuardedBuffer::Back}) {
    GuardedElements from(in.size() * imageType.bytes(), side),
        to(out.size() * stored.bytes(), side), with(packed.size(), side);
    in.forEach(choice.input, [&](int64_t nchw, int64_t at) {
      writeElement(from.first() + at * imageType.bytes(), imageType,
                   image[nchw]);
    });
    std::copy(packed.begin(), packed.end(), with.first());
    // NaN in every type of floating point.
    std::memset(to.first(), 0xff, out.size() * stored.bytes());
    char *first = to.first();
    Runtime::Buffer<> toBuffer(stored, first, out.extents(choice.output));
    Runtime::Buffer<> fromBuffer(imageType, from.first(), int(in.size())),
        withBuffer(filterType, with.first(), weightCount);
    if (kernel(fromBuffer, withBuffer, toBuffer) != 0)
      result.error = "the kernel returned an error";
    std::vector<float> before = result.output;
    result.output.assign(out.size(), nan);
    out.forEach(choice.output, [&](int64_t nchw, int64_t at) {
      const float value = readElement(first + at * stored.bytes(), stored);
      if (before.empty() || before[nchw] == value)
        result.output[nchw] = value;
    });
  }
  result.scratchBytes = mostAllocated;
  return result;
}

JitResult runConvolution(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine, int64_t threads,
                         const std::vector<float> &image,
                         const std::vector<float> &filter,
                         const std::string &type, bool plain,
                         int64_t padValue) {
  const bool bytes = isQuantised(layer.types);
  try {
    return run(layer, choice, machine, threads, image, filter,
               typeNamed(bytes ? "i32" : type), plain || bytes, padValue);
  } catch (const Halide::Error &error) {
    JitResult result;
    result.error = error.what();
    return result;
  }
}

} // namespace convopt
