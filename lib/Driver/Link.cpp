#include "convopt/Driver/Link.h"
#include "convopt/Driver/OutputFile.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <fcntl.h>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace convopt {

static Error runLld(ArrayRef<std::string> arguments) {
  std::vector<const char *> raw{"ld.lld"};
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());
  std::string messages;
  raw_string_ostream os(messages);
  lld::Result result = lld::lldMain(raw, os, os, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode)
    return createStringError(
        "linking failed: %s",
        StringRef(messages).split('\n').first.str().c_str());
  return Error::success();
}

/// An error where the disk has no room for `bytes` more at `path`: lld writes
/// to a mapped file, and the process would end at the first page that has none.
static Error checkRoom(StringRef path, int64_t bytes) {
  auto file = sys::fs::TempFile::create(path + ".%%%%%%");
  if (!file)
    return cannotWrite(path, errorToErrorCode(file.takeError()));
  int failure = posix_fallocate(file->FD, 0, bytes);
  if (Error error = file->discard())
    return error;
  // Not every file system can tell.
  if (failure && failure != EINVAL && failure != EOPNOTSUPP)
    return cannotWrite(path, std::error_code(failure, std::generic_category()));
  return Error::success();
}

/// What a linker adds to its inputs: tables, and padding of segments to pages,
/// which may be of 64 KB.
static constexpr int64_t linkingBytes = 256 << 10;

/// A folder for files on the way to lld, removed at the end.
static Expected<SmallString<128>> makeFolder() {
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory("convopt", folder))
    return createStringError("cannot make a temporary folder: %s",
                             code.message().c_str());
  return folder;
}

/// Makes everything but `symbols` local.
static Expected<std::vector<char>> localise(MemoryBufferRef merged,
                                            ArrayRef<std::string> symbols) {
  objcopy::ConfigManager config;
  auto fail = [](Error error) { return error; };
  for (const std::string &symbol : symbols)
    if (Error error = config.Common.SymbolsToKeepGlobal.addMatcher(
            objcopy::NameOrPattern::create(symbol, objcopy::MatchStyle::Literal,
                                           fail)))
      return error;
  // Only the compilers' names, and hints for a linker that saw no -r.
  for (const char *section : {".comment", ".llvm_addrsig"})
    if (Error error =
            config.Common.ToRemove.addMatcher(objcopy::NameOrPattern::create(
                section, objcopy::MatchStyle::Literal, fail)))
      return error;
  auto binary = object::createBinary(merged);
  if (!binary)
    return binary.takeError();
  SmallVector<char, 0> result;
  raw_svector_ostream os(result);
  if (Error error = objcopy::executeObjcopyOnBinary(config, **binary, os))
    return error;
  return std::vector<char>(result.begin(), result.end());
}

/// Functions of libc, libm and libpthread that generated code may call. What
/// else is undefined is a mistake of ours that the user should not have to find
/// out from a linker.
static bool isLibraryFunction(StringRef name) {
  static const StringSet<> libc{"memcpy", "memset", "memmove", "memcmp",
                                "getauxval"};
  if (libc.contains(name) || name.starts_with("pthread_"))
    return true;
  static const StringSet<> libm{
      "sin",   "cos",   "tan",       "asin",      "acos",  "atan",  "atan2",
      "sinh",  "cosh",  "tanh",      "asinh",     "acosh", "atanh", "exp",
      "exp2",  "expm1", "log",       "log2",      "log10", "log1p", "pow",
      "sqrt",  "cbrt",  "erf",       "erfc",      "floor", "ceil",  "round",
      "trunc", "rint",  "nearbyint", "roundeven", "fmod",  "fma",   "fmin",
      "fmax",  "ldexp", "fabs",      "copysign",  "sincos"};
  return libm.contains(name) || libm.contains(name.rtrim('f')) ||
         (name.ends_with("f") && libm.contains(name.drop_back()));
}

static Error checkUndefined(ArrayRef<char> bytes,
                            ArrayRef<StringRef> provided) {
  auto object = object::ObjectFile::createELFObjectFile(
      MemoryBufferRef(StringRef(bytes.data(), bytes.size()), "model"));
  if (!object)
    return object.takeError();
  for (const object::SymbolRef &symbol : (*object)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (!(*flags & object::SymbolRef::SF_Undefined))
      continue;
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (!name->empty() && !isLibraryFunction(*name) &&
        !is_contained(provided, *name))
      return createStringError("generated code needs %s, which is not there",
                               name->str().c_str());
  }
  return Error::success();
}

Expected<std::vector<char>> mergeObjects(ArrayRef<ArrayRef<char>> objects,
                                         ArrayRef<std::string> symbols,
                                         ArrayRef<StringRef> provided) {
  Expected<SmallString<128>> folder = makeFolder();
  if (!folder)
    return folder.takeError();
  auto cleanUp = make_scope_exit([&] { sys::fs::remove_directories(*folder); });
  std::string merged = (*folder + "/merged.o").str();
  std::vector<std::string> arguments{"-r", "-o", merged};
  int64_t bytes = linkingBytes;
  for (auto [i, object] : enumerate(objects)) {
    arguments.push_back((*folder + "/" + Twine(i) + ".o").str());
    if (Error error =
            writeOutput(arguments.back(), {object.data(), object.size()}))
      return error;
    bytes += static_cast<int64_t>(object.size());
  }
  if (Error error = checkRoom(merged, bytes))
    return error;
  if (Error error = runLld(arguments))
    return error;
  auto buffer = MemoryBuffer::getFile(merged, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError("cannot read the merged object: %s",
                             buffer.getError().message().c_str());
  Expected<std::vector<char>> result =
      localise((*buffer)->getMemBufferRef(), symbols);
  if (result)
    if (Error error = checkUndefined(*result, provided))
      return error;
  return result;
}

/// The libraries of the target's libc, where this machine has them, so that the
/// shared library names them as what it needs.
static std::vector<std::string>
findLibraries(const MachineDescription &machine) {
  std::string arch = Triple(machine.triple).getArchName().str();
  std::vector<std::string> folders{"/lib/" + arch + "-linux-gnu",
                                   "/usr/" + arch + "-linux-gnu/lib"};
  if (arch == Triple(sys::getProcessTriple()).getArchName())
    folders.insert(folders.end(), {"/lib64", "/usr/lib64", "/usr/lib"});
  std::vector<std::string> found;
  for (const char *name : {"libm.so.6", "libpthread.so.0", "libc.so.6"})
    for (const std::string &folder : folders)
      if (std::string path = folder + "/" + name; sys::fs::exists(path)) {
        found.push_back(path);
        break;
      }
  return found;
}

Error linkShared(StringRef input, StringRef output,
                 const MachineDescription &machine) {
  std::vector<std::string> arguments{"-shared",
                                     "-o",
                                     output.str(),
                                     input.str(),
                                     "--hash-style=gnu",
                                     "--build-id=none",
                                     "--gc-sections",
                                     "-z",
                                     "now",
                                     "--as-needed"};
  std::vector<std::string> libraries = findLibraries(machine);
  if (libraries.empty())
    return createStringError("no C library for %s on this machine to link with",
                             machine.triple.c_str());
  arguments.insert(arguments.end(), libraries.begin(), libraries.end());
  uint64_t bytes = 0;
  if (std::error_code code = sys::fs::file_size(input, bytes))
    return createStringError("cannot read '%s': %s", input.str().c_str(),
                             code.message().c_str());
  if (Error error =
          checkRoom(output, static_cast<int64_t>(bytes) + linkingBytes))
    return error;
  return runLld(arguments);
}

} // namespace convopt
