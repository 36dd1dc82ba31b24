// Halide numbers its names from counters of the process, and the numbers reach
// the order of its code: the same kernel compiled second is other machine code.
// A forked child starts with the counters as the parent left them, so each
// kernel is compiled as if it were the only one. The child has the IR in its
// memory and needs nothing sent; it answers through a pipe. Compiling several
// at once, and surviving a crash of one, come with it. Threads would be cheaper
// to start, but share the counters.

#include "KernelWorkers.h"
#include "Halide.h"
#include <csignal>
#include <cstring>
#include <map>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convopt {

namespace {
struct Worker {
  size_t index;
  pid_t pid;
  int pipe; ///< what it returns comes from here
  std::string received;
};
} // namespace

static void writeAll(int file, const std::string &data) {
  for (size_t done = 0; done < data.size();) {
    ssize_t n = write(file, data.data() + done, data.size() - done);
    if (n < 0 && errno != EINTR)
      _exit(1); // Nobody reads it any more.
    done += std::max<ssize_t>(n, 0);
  }
}

namespace {
/// Halide's warnings are about the speed of code that nobody wrote by hand.
class ErrorsOnly : public Halide::CompileTimeErrorReporter {
  void warning(const char *) override {}
  void error(const char *message) override {
    throw Halide::CompileError(message);
  }
};
} // namespace

/// The first byte tells a result from an error message.
[[noreturn]] static void work(int file, size_t index,
                              llvm::function_ref<std::string(size_t)> job) {
  // A crash is the parent's to report.
  for (int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGXFSZ})
    std::signal(signal, SIG_DFL);
  // Where LLVM is at a loss it calls exit, and that would wait for threads of
  // the parent's, which a fork does not have.
  std::atexit([] { _exit(1); });
  static ErrorsOnly reporter;
  Halide::set_custom_compile_time_error_reporter(&reporter);
  std::string answer;
  try {
    answer = "=" + job(index);
  } catch (const Halide::Error &e) { // Not one of std::exception.
    answer = std::string("!") + e.what();
  } catch (const std::exception &e) {
    answer = std::string("!") + e.what();
  }
  writeAll(file, answer);
  _exit(0); // Nothing of the parent's is flushed or destroyed twice.
}

static llvm::Expected<Worker>
startWorker(size_t index, llvm::function_ref<std::string(size_t)> job) {
  int ends[2];
  if (pipe(ends) != 0)
    return llvm::createStringError(std::strerror(errno));
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    work(ends[1], index, job);
  }
  int error = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return llvm::createStringError(std::strerror(error));
  }
  return Worker{index, pid, ends[0], {}};
}

/// Waits for the end of a worker whose pipe is closed; its result or error.
static llvm::Expected<std::string> finish(Worker &worker) {
  close(worker.pipe);
  int status = 0;
  while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (WIFSIGNALED(status))
    return llvm::createStringError(std::string("the compiler stopped: ") +
                                   strsignal(WTERMSIG(status)));
  std::string &answer = worker.received;
  if (answer.empty() || WEXITSTATUS(status) != 0)
    return llvm::createStringError("the compiler stopped with exit status " +
                                   std::to_string(WEXITSTATUS(status)));
  bool failed = answer.front() == '!';
  answer.erase(0, 1);
  while (failed && !answer.empty() && answer.back() == '\n')
    answer.pop_back();
  if (failed)
    return llvm::createStringError(answer);
  return std::move(answer);
}

llvm::Expected<std::vector<std::string>>
runInProcesses(size_t count, unsigned processes,
               llvm::function_ref<std::string(size_t)> job,
               llvm::function_ref<std::string(size_t)> nameOf,
               llvm::function_ref<void(size_t)> progress) {
  std::vector<std::string> results(count);
  std::vector<Worker> running;
  // Workers start in order, so which failure is the first does not depend on
  // how fast they are.
  std::map<size_t, std::string> failures;
  auto fail = [&](size_t index, llvm::Error error) {
    failures[index] = toString(std::move(error));
  };
  constexpr int milliseconds = 200;
  size_t next = 0, done = 0;
  while (!running.empty() || (next < count && failures.empty())) {
    while (next < count && failures.empty() &&
           running.size() < std::max(processes, 1u)) {
      llvm::Expected<Worker> worker = startWorker(next, job);
      if (worker)
        running.push_back(std::move(*worker));
      else
        fail(next, worker.takeError());
      ++next;
    }
    std::vector<pollfd> files;
    files.reserve(running.size());
    for (const Worker &worker : running)
      files.push_back({worker.pipe, POLLIN, 0});
    if (progress)
      progress(done);
    if (poll(files.data(), files.size(), progress ? milliseconds : -1) < 0)
      continue; // Interrupted.
    for (size_t i = running.size(); i-- > 0;) {
      if (!files[i].revents)
        continue;
      char buffer[1 << 16];
      ssize_t n = read(running[i].pipe, buffer, sizeof buffer);
      if (n > 0)
        running[i].received.append(buffer, n);
      if (n > 0 || (n < 0 && errno == EINTR))
        continue;
      Worker ended = std::move(running[i]);
      running.erase(running.begin() + i);
      ++done;
      if (auto result = finish(ended))
        results[ended.index] = std::move(*result);
      else
        fail(ended.index, result.takeError());
    }
  }
  if (!failures.empty())
    return llvm::createStringError("kernel '" +
                                   nameOf(failures.begin()->first) +
                                   "': " + failures.begin()->second);
  return results;
}

} // namespace convopt
