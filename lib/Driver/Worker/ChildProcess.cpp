// How a process is started and ended among others' threads, signals and
// descriptors, none of which may notice.

#include "ChildProcess.h"
#include "llvm/ADT/StringRef.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace convopt {

static void closeIfOpen(int &file) {
  if (file >= 0)
    close(file);
  file = -1;
}

/// `file`, moved away from standard input, output and error: where those are
/// closed here, it may be one of them, and in the child they become something
/// else.
static int moveUp(int file) {
  if (file < 0 || file > STDERR_FILENO)
    return file;
  const int moved = fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(file);
  return moved;
}

/// Starts `program` with `socket` as its standard input and `errors` as its
/// standard error, and nothing else of this process: no descriptors, no blocked
/// or ignored signals.
static int spawn(pid_t &pid, std::string program, std::string argument,
                 int socket, int errors) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY,
                                   0);
  posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
#if __GLIBC_PREREQ(2, 34)
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
#endif
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  char *arguments[] = {program.data(), argument.data(), nullptr};
  int error = posix_spawn(&pid, program.c_str(), &files, &attributes, arguments,
                          environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

Expected<std::unique_ptr<ChildProcess>>
ChildProcess::start(const std::string &program, const std::string &argument) {
  auto fail = [&](int error) {
    return createStringError("cannot start '%s': %s", program.c_str(),
                             std::strerror(error));
  };
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(errno);
  std::unique_ptr<ChildProcess> process(new ChildProcess);
  process->socket = moveUp(ends[0]);
  int theirs = moveUp(ends[1]);
  process->errors = moveUp(memfd_create("convopt-errors", MFD_CLOEXEC));
  const int error =
      spawn(process->pid, program, argument, theirs, process->errors);
  closeIfOpen(theirs);
  if (!error)
    return process;
  process->pid = -1;
  return fail(error);
}

ChildProcess::~ChildProcess() {
  wait();
  closeIfOpen(errors);
}

/// Its status, or nothing where somebody else has waited for it, as a program
/// does that reaps all its children.
std::optional<int> ChildProcess::wait() {
  closeIfOpen(socket);
  if (pid < 0)
    return std::nullopt;
  int status = 0;
  pid_t ended;
  while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
    ;
  pid = -1;
  if (ended < 0)
    return std::nullopt;
  return status;
}

Error ChildProcess::explainEnd() {
  std::optional<int> status = wait();
  char said[512];
  ssize_t bytes = pread(errors, said, sizeof said, 0);
  StringRef line = StringRef(said, bytes > 0 ? bytes : 0).ltrim();
  std::string text = "the compiler stopped";
  if (status && WIFSIGNALED(*status))
    text += std::string(": ") + strsignal(WTERMSIG(*status));
  else if (status)
    text += " with exit status " + std::to_string(WEXITSTATUS(*status));
  if (line = line.split('\n').first; !line.empty())
    text += ": " + line.str();
  return createStringError(text);
}

} // namespace convopt
