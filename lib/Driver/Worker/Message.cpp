#include "Message.h"
#include <cerrno>
#include <cstdint>
#include <sys/socket.h>

using namespace llvm;

namespace convopt {

static bool sendAll(int socket, StringRef data) {
  while (!data.empty()) {
    ssize_t sent = send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR)
      return false;
    data = data.drop_front(sent < 0 ? 0 : sent);
  }
  return true;
}

static bool receiveAll(int socket, char *data, size_t bytes) {
  while (bytes) {
    ssize_t received = recv(socket, data, bytes, 0);
    if (received == 0 || (received < 0 && errno != EINTR))
      return false;
    received = received < 0 ? 0 : received;
    data += received;
    bytes -= received;
  }
  return true;
}

static bool sendNumber(int socket, uint64_t number) {
  return sendAll(socket,
                 {reinterpret_cast<const char *>(&number), sizeof number});
}

static bool receiveNumber(int socket, uint64_t &number) {
  return receiveAll(socket, reinterpret_cast<char *>(&number), sizeof number);
}

bool sendMessage(int socket, ArrayRef<StringRef> parts) {
  if (!sendNumber(socket, parts.size()))
    return false;
  for (StringRef part : parts)
    if (!sendNumber(socket, part.size()) || !sendAll(socket, part))
      return false;
  return true;
}

std::optional<Message> receiveMessage(int socket) {
  uint64_t count, bytes;
  if (!receiveNumber(socket, count))
    return std::nullopt;
  Message message;
  for (uint64_t i = 0; i < count; ++i) {
    if (!receiveNumber(socket, bytes))
      return std::nullopt;
    std::string &part = message.emplace_back(bytes, '\0');
    if (!receiveAll(socket, part.data(), bytes))
      return std::nullopt;
  }
  return message;
}

} // namespace convopt
