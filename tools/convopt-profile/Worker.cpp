#include "Worker.h"
#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace convopt;
using llvm::createStringError;

namespace {
/// What a child writes after each task; one write of this size is atomic.
struct Message {
  double seconds;
  char error[240]; ///< empty: success
};
} // namespace

[[noreturn]] static void
child(int pipe, size_t first, size_t count,
      llvm::function_ref<llvm::Expected<double>(size_t)> task) {
  for (size_t i = first; i < count; ++i) {
    Message message{};
    if (auto seconds = task(i)) {
      message.seconds = *seconds;
    } else {
      std::string text = llvm::toString(seconds.takeError());
      if (text.empty())
        text = "failed";
      text.copy(message.error, sizeof(message.error) - 1);
    }
    if (write(pipe, &message, sizeof(message)) != sizeof(message))
      break;
  }
  _exit(0); // no destructors: the parent owns what both have
}

/// Waits for one message; false if the child ended or took too long.
static bool receive(int pipe, double timeoutSeconds, Message &message,
                    std::string &why) {
  pollfd ready{pipe, POLLIN, 0};
  if (poll(&ready, 1, int(timeoutSeconds * 1000)) <= 0) {
    why = "took too long";
    return false;
  }
  why = "crashed";
  return read(pipe, &message, sizeof(message)) == sizeof(message);
}

void convopt::runInWorkers(
    size_t count, double timeoutSeconds,
    llvm::function_ref<llvm::Expected<double>(size_t)> task,
    llvm::function_ref<void(size_t, llvm::Expected<double>)> done) {
  for (size_t next = 0; next < count;) {
    int ends[2];
    pid_t pid = pipe(ends) ? -1 : fork();
    if (pid < 0)
      return done(next, createStringError("cannot start a process"));
    if (pid == 0) {
      close(ends[0]);
      child(ends[1], next, count, task);
    }
    close(ends[1]);
    std::string why;
    Message message;
    for (; next < count && receive(ends[0], timeoutSeconds, message, why);
         ++next) {
      if (message.error[0])
        done(next, createStringError(message.error));
      else
        done(next, message.seconds);
    }
    if (next < count)
      done(next++, createStringError(why));
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    close(ends[0]);
  }
}
