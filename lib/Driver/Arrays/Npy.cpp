#include "Npy.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace convopt {

static int64_t product(ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t size : dims)
    count *= size;
  return count;
}

size_t elementBytes(StringRef type) {
  if (type == "bool" || type.starts_with("f8"))
    return 1;
  unsigned bits = 0;
  type.drop_until([](char c) { return isdigit(c); }).getAsInteger(10, bits);
  return bits / 8;
}

/// NumPy's type character and bytes, as in <f4.
static std::string describe(StringRef type) {
  size_t bytes = elementBytes(type);
  // NumPy has neither bf16 nor 8-bit floats.
  bool isForeign = type == "bf16" || type.starts_with("f8");
  char kind = type == "bool" ? 'b' : isForeign ? 'u' : type[0];
  return std::string(1, bytes == 1 ? '|' : '<') + kind + std::to_string(bytes);
}

static std::string typeOf(StringRef descr) {
  if (descr.size() < 3)
    return "";
  if (descr.drop_front() == "b1")
    return "bool";
  unsigned bytes = 0;
  if (descr[0] == '>' || !StringRef("fiu").contains(descr[1]) ||
      descr.drop_front(2).getAsInteger(10, bytes))
    return "";
  return descr[1] + std::to_string(8 * bytes);
}

/// What stands after 'key': in the header's dictionary.
static StringRef valueOf(StringRef header, StringRef key) {
  StringRef rest = header.split(("'" + key + "':").str()).second;
  return rest.ltrim();
}

/// The bytes of elements of `type` in an array of that shape; nothing if that
/// is no number of a machine.
static std::optional<int64_t> arrayBytes(ArrayRef<int64_t> dims,
                                         StringRef type) {
  auto bytes = static_cast<int64_t>(elementBytes(type));
  for (int64_t size : dims)
    if (MulOverflow(bytes, size, bytes))
      return std::nullopt;
  return bytes;
}

Expected<Array> readNpy(const std::string &path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("cannot read '%s': %s", path.c_str(),
                             file.getError().message().c_str());
  return parseNpy((*file)->getBuffer(), "'" + path + "'");
}

Expected<Array> parseNpy(StringRef bytes, const Twine &where) {
  auto fail = [&](const char *what) {
    return createStringError(where + ": " + what);
  };
  if (!bytes.consume_front("\x93NUMPY") || bytes.size() < 6)
    return fail("not a .npy file");
  bool isLong = bytes[0] > 1;
  size_t length = isLong ? support::endian::read32le(bytes.data() + 2)
                         : support::endian::read16le(bytes.data() + 2);
  bytes = bytes.drop_front(isLong ? 6 : 4);
  if (bytes.size() < length)
    return fail("the header is cut off");
  StringRef header = bytes.take_front(length), data = bytes.drop_front(length);

  Array array;
  array.type =
      typeOf(valueOf(header, "descr").split('\'').second.split('\'').first);
  if (array.type.empty())
    return fail("elements of an unknown type");
  if (!valueOf(header, "fortran_order").starts_with("False"))
    return fail("not in C order");
  StringRef shape = valueOf(header, "shape");
  if (!shape.consume_front("("))
    return fail("no shape");
  SmallVector<StringRef> sizes;
  shape.split(')').first.split(sizes, ',', -1, /*KeepEmpty=*/false);
  for (StringRef size : sizes) {
    int64_t value;
    if (size.trim().empty())
      continue;
    if (size.trim().getAsInteger(10, value) || value < 0)
      return fail("the shape is not of numbers");
    array.dims.push_back(value);
  }
  std::optional<int64_t> size = arrayBytes(array.dims, array.type);
  if (!size || data.size() != static_cast<uint64_t>(*size))
    return fail("the data does not have the size of the shape");
  array.data.assign(data.begin(), data.end());
  return array;
}

Error writeNpy(const std::string &path, StringRef type, ArrayRef<int64_t> dims,
               const void *data) {
  std::string header =
      "{'descr': '" + describe(type) + "', 'fortran_order': False, 'shape': (";
  for (int64_t size : dims)
    header += std::to_string(size) + ",";
  header += "), }";
  // Magic, version, length and header together take a multiple of 64 bytes.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';

  return writeOutput(path, [&](raw_ostream &os) {
    char start[4] = {1, 0};
    support::endian::write16le(start + 2, header.size());
    os << "\x93NUMPY" << StringRef(start, 4) << header
       << StringRef(static_cast<const char *>(data),
                    product(dims) * elementBytes(type));
    return Error::success();
  });
}

} // namespace convopt
