#ifndef CONVOPT_LIB_DRIVER_MESSAGE_H
#define CONVOPT_LIB_DRIVER_MESSAGE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

// What a library and its worker say to each other: texts of any bytes, each
// behind its length, over a socket. Both run on one machine and are of one
// build, so numbers go as they are.
namespace convopt {

using Message = std::vector<std::string>;

/// Whether all of it was taken. A peer that is gone raises no signal.
bool sendMessage(int socket, llvm::ArrayRef<llvm::StringRef> parts);

/// Nothing where the peer is gone.
std::optional<Message> receiveMessage(int socket);

// What a request begins with; the answer is `succeeded` and then what it says
// there, or `failed` and why.

/// target, cpu, features, threads, output, cache folder, module as bytecode;
/// symbol, bytes of scratch, of scratch a thread, object, of each kernel
inline constexpr char compileKernelsRequest[] = "kernels";
/// number of symbols, symbols, objects; the merged object
inline constexpr char mergeObjectsRequest[] = "merge";
/// target, cpu, features, object; the shared library
inline constexpr char linkSharedRequest[] = "shared";
inline constexpr char succeeded[] = "succeeded", failed[] = "failed";

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_MESSAGE_H
