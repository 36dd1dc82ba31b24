// Archives as NumPy writes them, and what damage does to them: one line of
// error, whatever is broken.

#include "Arrays/Npz.h"
#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"
#include <zlib.h>

using namespace convopt;

static std::string number(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> 8 * i);
  return text;
}

/// Two floats: 1 and 2.
static std::string npy() {
  std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\0", 8) + number(header.size(), 2) + header +
         std::string("\0\0\x80\x3f\0\0\0\x40", 8);
}

static std::string deflated(const std::string &bytes) {
  std::string result(bytes.size() + 100, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = bytes.size();
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = result.size();
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

namespace {
/// An archive of one array, "x", and what may be wrong with it.
struct Archive {
  std::string file = npy();
  bool isDeflated = false;
  unsigned method = 0, flags = 0, crcChange = 0;
  uint64_t claimedBytes = 0, directoryShift = 0;
  std::string comment;

  std::string build() const {
    const std::string packed = isDeflated ? deflated(file) : file;
    const uint64_t crc =
        crc32(0, reinterpret_cast<const Bytef *>(file.data()), file.size());
    const std::string about =
        number(flags, 2) + number(method ? method : 8 * isDeflated, 2) +
        number(0, 4) + number(crc + crcChange, 4) + number(packed.size(), 4) +
        number(claimedBytes ? claimedBytes : file.size(), 4) + number(5, 2);
    // NumPy has an extra field of 20 bytes here, and none in the directory.
    const std::string start = number(0x04034b50, 4) + number(20, 2) + about +
                              number(20, 2) + "x.npy" + number(1, 2) +
                              number(16, 2) + number(0, 16) + packed;
    const std::string entry = number(0x02014b50, 4) + number(0, 2) +
                              number(20, 2) + about + number(0, 4) +
                              number(0, 8) + number(0, 4) + "x.npy";
    return start + entry + number(0x06054b50, 4) + number(0, 4) + number(1, 2) +
           number(1, 2) + number(entry.size(), 4) +
           number(start.size() + directoryShift, 4) +
           number(comment.size(), 2) + comment;
  }
};
} // namespace

static std::string errorOf(const std::string &bytes) {
  auto arrays = parseNpz(bytes, "'x.npz'");
  return arrays ? "" : toString(arrays.takeError());
}

static void expectTwoFloats(const Archive &archive) {
  auto arrays = parseNpz(archive.build(), "'x.npz'");
  ASSERT_TRUE(static_cast<bool>(arrays)) << toString(arrays.takeError());
  ASSERT_EQ(arrays->size(), 1u);
  const NamedArray &array = arrays->front();
  EXPECT_EQ(array.name, "x");
  EXPECT_EQ(array.array.type, "f32");
  EXPECT_EQ(array.array.dims, std::vector<int64_t>{2});
  const auto *data = reinterpret_cast<const float *>(array.array.data.data());
  EXPECT_EQ(data[0], 1);
  EXPECT_EQ(data[1], 2);
}

TEST(Npz, IsReadAsNumPyWritesIt) {
  expectTwoFloats({});
  Archive deflated;
  deflated.isDeflated = true;
  expectTwoFloats(deflated);
  Archive commented;
  commented.comment = "from a camera";
  expectTwoFloats(commented);
}

TEST(Npz, MayBeCutOffAnywhere) {
  for (bool isDeflated : {false, true}) {
    Archive archive;
    archive.isDeflated = isDeflated;
    const std::string whole = archive.build();
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(errorOf(whole.substr(0, size)),
                "'x.npz': not a .npz file, or cut off");
  }
}

TEST(Npz, MayHaveAnyByteWrong) {
  for (bool isDeflated : {false, true}) {
    Archive archive;
    archive.isDeflated = isDeflated;
    const std::string whole = archive.build();
    for (size_t i = 0; i < whole.size(); ++i)
      for (char bits : {'\x01', '\x80', '\xff'}) {
        std::string damaged = whole;
        damaged[i] ^= bits;
        EXPECT_EQ(errorOf(damaged).find('\n'), std::string::npos);
      }
  }
}

TEST(Npz, SaysWhatIsWrong) {
  Archive sum;
  sum.crcChange = 1;
  EXPECT_EQ(errorOf(sum.build()),
            "'x.npz': an array is damaged: its checksum is wrong");
  Archive method;
  method.method = 12;
  EXPECT_EQ(errorOf(method.build()),
            "'x.npz': an array is compressed in an unknown way");
  Archive secret;
  secret.flags = 1;
  EXPECT_EQ(errorOf(secret.build()), "'x.npz': an encrypted archive");
  Archive outside;
  outside.directoryShift = 1000;
  EXPECT_EQ(errorOf(outside.build()),
            "'x.npz': the archive's directory lies outside of it");
  Archive shifted;
  shifted.directoryShift = -1;
  EXPECT_EQ(errorOf(shifted.build()),
            "'x.npz': the archive's directory is damaged");
  Archive foreign;
  foreign.file = "no array";
  EXPECT_EQ(errorOf(foreign.build()), "'x.npz': 'x': not a .npy file");
}

TEST(Npz, TakesNoMemoryForWhatCannotBe) {
  Archive archive;
  archive.isDeflated = true;
  archive.claimedBytes = 0xfffffff0;
  EXPECT_EQ(errorOf(archive.build()), "'x.npz': a compressed array is damaged");
  archive.claimedBytes = archive.file.size() + 1;
  EXPECT_EQ(errorOf(archive.build()), "'x.npz': a compressed array is damaged");
  archive.claimedBytes = archive.file.size() - 1;
  EXPECT_EQ(errorOf(archive.build()), "'x.npz': a compressed array is damaged");
}
