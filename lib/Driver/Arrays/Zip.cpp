// As much of the zip format as .npz files use: the directory at the end, which
// says where each file begins and how long it is, and files that are stored or
// deflated. What stands before each file is repeated there and not believed,
// but for its own length. zlib does the rest; a library for archives would be
// one more that packages and wheels have to bring.

#include "Zip.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/Endian.h"
#include <zlib.h>

using namespace llvm;
using support::endian::read16le;
using support::endian::read32le;

namespace convopt {

/// The signatures and sizes of records before their names.
static constexpr uint32_t endMark = 0x06054b50, entryMark = 0x02014b50,
                          headerMark = 0x04034b50;
static constexpr size_t endBytes = 22, entryBytes = 46, headerBytes = 30;

static Error broken(const char *what) { return createStringError(what); }

/// Where the record at the end begins: behind it stands a comment of at most
/// 64 KiB.
static std::optional<size_t> findEnd(StringRef archive) {
  constexpr size_t longestComment = 65535;
  if (archive.size() < endBytes)
    return std::nullopt;
  const size_t last = archive.size() - endBytes;
  for (size_t back = 0; back <= std::min(last, longestComment); ++back)
    if (read32le(archive.data() + last - back) == endMark)
      return last - back;
  return std::nullopt;
}

Expected<std::vector<ZipEntry>> readZipDirectory(StringRef archive) {
  std::optional<size_t> end = findEnd(archive);
  if (!end)
    return broken("not a .npz file, or cut off");
  const char *record = archive.data() + *end;
  if (read16le(record + 4) != 0 || read16le(record + 6) != 0)
    return broken("an archive of several parts");
  const size_t count = read16le(record + 10), size = read32le(record + 12),
               offset = read32le(record + 16);
  if (offset == UINT32_MAX || count == UINT16_MAX)
    return broken("an archive of 4 GiB or more");
  if (offset > *end || size > *end - offset)
    return broken("the archive's directory lies outside of it");

  StringRef rest = archive.substr(offset, size);
  std::vector<ZipEntry> entries;
  for (size_t i = 0; i < count; ++i) {
    if (rest.size() < entryBytes || read32le(rest.data()) != entryMark)
      return broken("the archive's directory is damaged");
    const char *at = rest.data();
    if (read16le(at + 8) & 1)
      return broken("an encrypted archive");
    const size_t nameBytes = read16le(at + 28),
                 otherBytes = read16le(at + 30) + read16le(at + 32);
    if (rest.size() < entryBytes + nameBytes + otherBytes)
      return broken("the archive's directory is damaged");
    ZipEntry &entry = entries.emplace_back();
    entry.name = rest.substr(entryBytes, nameBytes).str();
    entry.method = read16le(at + 10);
    entry.crc = read32le(at + 16);
    entry.packedBytes = read32le(at + 20);
    entry.bytes = read32le(at + 24);
    entry.headerOffset = read32le(at + 42);
    if (entry.packedBytes == UINT32_MAX || entry.bytes == UINT32_MAX ||
        entry.headerOffset == UINT32_MAX)
      return broken("an archive of 4 GiB or more");
    rest = rest.drop_front(entryBytes + nameBytes + otherBytes);
  }
  return entries;
}

/// What `packed` is deflated from, which must have `bytes` bytes.
static Expected<std::string> inflated(StringRef packed, uint64_t bytes) {
  // A bit of deflate gives at most 129 bytes; what claims more lies, before any
  // memory is taken for it.
  if (bytes / 1032 > packed.size())
    return broken("a compressed array is damaged");
  std::string result(bytes, '\0');
  z_stream stream = {};
  // Negative: without zlib's own header.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return broken("no memory to decompress an array");
  auto end = make_scope_exit([&] { inflateEnd(&stream); });
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_out != 0)
    return broken("a compressed array is damaged");
  return result;
}

Expected<std::string> extract(StringRef archive, const ZipEntry &entry) {
  StringRef rest =
      archive.substr(std::min<uint64_t>(entry.headerOffset, archive.size()));
  if (rest.size() < headerBytes || read32le(rest.data()) != headerMark)
    return broken("an array is not where the archive's directory says");
  const size_t before =
      headerBytes + read16le(rest.data() + 26) + read16le(rest.data() + 28);
  rest = rest.substr(before);
  if (rest.size() < entry.packedBytes)
    return broken("an array is cut off");
  StringRef packed = rest.take_front(entry.packedBytes);
  constexpr unsigned stored = 0, deflated = 8;
  if (entry.method != stored && entry.method != deflated)
    return broken("an array is compressed in an unknown way");
  if (entry.method == stored && entry.packedBytes != entry.bytes)
    return broken("the archive's directory is damaged");
  Expected<std::string> bytes = entry.method == deflated
                                    ? inflated(packed, entry.bytes)
                                    : Expected<std::string>(packed.str());
  if (!bytes)
    return bytes.takeError();
  if (crc32_z(0, reinterpret_cast<const Bytef *>(bytes->data()),
              bytes->size()) != entry.crc)
    return broken("an array is damaged: its checksum is wrong");
  return bytes;
}

} // namespace convopt
