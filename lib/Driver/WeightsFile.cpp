// Weights in a file of their own: a page that says how many bytes follow and
// what their hash is, then those bytes, as they would lie in the object.
// Nothing of the model, the machine or the compiler stands there, so that two
// objects that pack the weights alike have byte for byte the same file. The
// header is written last, when the hash is known: the weights pass through
// once, and none of them twice.

#include "WeightsFile.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Path.h"
#include <cstring>

using namespace llvm;

namespace convopt {

namespace {
/// Hands on what is written to it, and hashes it.
class HashingStream : public raw_ostream {
public:
  explicit HashingStream(raw_ostream &to) : to(to) {
    constexpr size_t bufferBytes = 1 << 20;
    SetBufferSize(bufferBytes);
  }
  ~HashingStream() override { flush(); }

  BLAKE3Result<32> hash() {
    flush();
    return blake.result<32>();
  }

private:
  void write_impl(const char *data, size_t bytes) override {
    blake.update(StringRef(data, bytes));
    to.write(data, bytes);
    position += bytes;
  }
  uint64_t current_pos() const override { return position; }

  raw_ostream &to;
  BLAKE3 blake;
  uint64_t position = 0;
};
} // namespace

int64_t weightsFileBytes(const ConstantPool &weights) {
  return CONVOPT_WEIGHTS_OFFSET + weights.bytes;
}

std::string weightsFileOf(StringRef output) {
  SmallString<128> path(output);
  sys::path::replace_extension(path, ".weights");
  return path.str().str();
}

Expected<convopt_weights_header> writeWeights(Environment &environment,
                                              StringRef path,
                                              const ConstantPool &weights) {
  convopt_weights_header header = {};
  std::memcpy(header.magic, CONVOPT_WEIGHTS_MAGIC, sizeof header.magic);
  header.bytes = weights.bytes;
  auto write = [&](raw_pwrite_stream &os) {
    os.write_zeros(CONVOPT_WEIGHTS_OFFSET);
    HashingStream hashing(os);
    weights.write(hashing);
    BLAKE3Result<32> hash = hashing.hash();
    std::memcpy(header.hash, hash.data(), sizeof header.hash);
    os.pwrite(reinterpret_cast<const char *>(&header), sizeof header,
              /*Offset=*/0);
    return Error::success();
  };
  if (Error error = environment.write(Result::Weights, path, write))
    return std::move(error);
  return header;
}

} // namespace convopt
