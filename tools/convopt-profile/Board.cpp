// A board needs a shell and ssh's server, nothing else: the program goes there
// through the standard input of `cat`, and what it prints comes back. That it
// may hang or crash is its own to notice (see runner/runner.c); a connection
// that is silent for long is given up.

#include "Board.h"
#include "llvm/ADT/StringExtras.h"
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;

/// Runs `command` with the file `input` as its standard input.
static llvm::Error runCommand(const std::vector<std::string> &command,
                              const std::string &input,
                              double mostSilentSeconds,
                              llvm::function_ref<void(StringRef)> each) {
  std::vector<char *> raw;
  raw.reserve(command.size() + 1);
  for (const std::string &word : command)
    raw.push_back(const_cast<char *>(word.c_str()));
  raw.push_back(nullptr);
  int ends[2];
  if (pipe(ends))
    return createStringError("cannot make a pipe");
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int file = open(input.c_str(), O_RDONLY);
    if (file < 0 || dup2(file, 0) < 0 || dup2(ends[1], 1) < 0)
      _exit(126);
    close(file);
    close(ends[0]);
    close(ends[1]);
    execvp(raw[0], raw.data());
    _exit(127);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return createStringError("cannot start a process");
  }
  std::string text;
  bool isSilent = false;
  for (;;) {
    pollfd ready{ends[0], POLLIN, 0};
    int events = poll(&ready, 1, int(mostSilentSeconds * 1000));
    if (events < 0 && errno == EINTR)
      continue;
    char buffer[4096];
    ssize_t count = events > 0 ? read(ends[0], buffer, sizeof buffer) : 0;
    isSilent = events == 0;
    if (count <= 0)
      break;
    text.append(buffer, count);
    StringRef rest = text;
    for (size_t end; (end = rest.find('\n')) != StringRef::npos;
         rest = rest.drop_front(end + 1))
      each(rest.take_front(end));
    text = rest.str();
  }
  if (isSilent)
    kill(pid, SIGKILL);
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (isSilent)
    return createStringError(command[0] + ": no answer");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return llvm::Error::success();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    return createStringError("cannot run " + command[0]);
  return createStringError(command[0] + " ended with " +
                           (WIFSIGNALED(status) ? "signal " : "status ") +
                           std::to_string(WIFSIGNALED(status)
                                              ? WTERMSIG(status)
                                              : WEXITSTATUS(status)));
}

static constexpr double sshSeconds = 60;

llvm::Expected<Board> Board::connect(StringRef host, StringRef ssh) {
  Board board;
  llvm::SmallVector<StringRef> words;
  ssh.split(words, ' ', -1, /*KeepEmpty=*/false);
  if (words.empty())
    return createStringError("--ssh: no command");
  for (StringRef word : words)
    board.shell.push_back(word.str());
  board.shell.push_back(host.str());
  std::vector<std::string> command = board.shell;
  command.push_back("mktemp -d");
  llvm::Error error =
      runCommand(command, "/dev/null", sshSeconds,
                 [&](StringRef line) { board.folder = line.str(); });
  bool isPath = !StringRef(board.folder).empty() && board.folder[0] == '/' &&
                llvm::all_of(board.folder, [](char c) {
                  return llvm::isAlnum(c) || StringRef("/._-").contains(c);
                });
  if (!error && isPath)
    return board;
  std::string why = error ? llvm::toString(std::move(error))
                          : "no temporary folder: '" + board.folder + "'";
  board.folder.clear();
  return createStringError("--remote=" + host + ": " + why);
}

Board::~Board() {
  if (folder.empty())
    return;
  std::vector<std::string> command = shell;
  command.push_back("rm -rf " + folder);
  llvm::consumeError(
      runCommand(command, "/dev/null", sshSeconds, [](StringRef) {}));
}

llvm::Error Board::run(const std::string &path,
                       const std::vector<std::string> &arguments,
                       double mostSilentSeconds,
                       llvm::function_ref<void(StringRef)> each) const {
  std::vector<std::string> command{path};
  command.insert(command.end(), arguments.begin(), arguments.end());
  if (shell.empty())
    return runCommand(command, "/dev/null", mostSilentSeconds, each);
  std::string there = folder + "/batch";
  command = shell;
  command.push_back("cat > " + there + " && chmod +x " + there + " && " +
                    there + " " + llvm::join(arguments, " "));
  return runCommand(command, path, mostSilentSeconds + sshSeconds, each);
}
