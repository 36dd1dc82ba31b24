#include "BackgroundBuild.h"
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace convopt;
using llvm::createStringError;
using Json = nlohmann::json;

[[noreturn]] static void build(int pipe, llvm::ArrayRef<Task> tasks,
                               const BatchOptions &options,
                               llvm::ArrayRef<int> cores) {
  // Its own group, so that the compiler's workers can be stopped with it.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!cores.empty()) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int core : cores)
      CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  Json answer;
  if (auto batch = buildBatch(tasks, options))
    answer = {{"path", batch->path},
              {"failures", batch->failures},
              {"kernels", batch->kernels}};
  else
    answer = {{"error", llvm::toString(batch.takeError())}};
  std::string text =
      answer.dump(-1, ' ', false, Json::error_handler_t::replace);
  for (size_t done = 0; done < text.size();) {
    ssize_t count = write(pipe, text.data() + done, text.size() - done);
    if (count <= 0)
      break;
    done += count;
  }
  _exit(0); // no destructors: the parent owns what both have
}

llvm::Expected<BackgroundBuild>
BackgroundBuild::start(llvm::ArrayRef<Task> tasks, const BatchOptions &options,
                       llvm::ArrayRef<int> cores) {
  int ends[2];
  if (::pipe(ends))
    return createStringError("cannot make a pipe");
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    build(ends[1], tasks, options, cores);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return createStringError("cannot start a process");
  }
  setpgid(pid, pid);
  return BackgroundBuild(pid, ends[0]);
}

BackgroundBuild::BackgroundBuild(BackgroundBuild &&other)
    : pid(std::exchange(other.pid, -1)), pipe(std::exchange(other.pipe, -1)) {}

BackgroundBuild::~BackgroundBuild() {
  if (pid <= 0)
    return;
  kill(-pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  close(pipe);
}

bool BackgroundBuild::isDone() const {
  pollfd ready{pipe, POLLIN, 0};
  return poll(&ready, 1, 0) > 0;
}

/// What is known of kernels of which nothing was heard.
static Batch lostBatch(size_t count, const char *why) {
  return {"", std::vector<std::string>(count, why),
          std::vector<int>(count, -1)};
}

llvm::Expected<Batch> BackgroundBuild::finish(size_t count,
                                              double timeoutSeconds) {
  using Clock = std::chrono::steady_clock;
  auto end = Clock::now() + std::chrono::duration<double>(timeoutSeconds);
  std::string text;
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - Clock::now());
    pollfd ready{pipe, POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, int(left.count())) == 0)
      return lostBatch(count, "the compiler took too long");
    char buffer[4096];
    ssize_t size = read(pipe, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR)
      continue;
    if (size <= 0)
      break;
    text.append(buffer, size);
  }
  Json answer = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (answer.is_discarded())
    return lostBatch(count, "the compiler crashed");
  if (answer.contains("error"))
    return createStringError(answer["error"].get<std::string>());
  return Batch{answer["path"], answer["failures"], answer["kernels"]};
}

llvm::Expected<Batch>
convopt::buildWithoutBad(llvm::ArrayRef<Task> tasks,
                         const BatchOptions &options, llvm::ArrayRef<int> cores,
                         double timeoutSeconds,
                         std::optional<BackgroundBuild> started) {
  auto build = [&](llvm::ArrayRef<Task> some) -> llvm::Expected<Batch> {
    auto running = started
                       ? llvm::Expected<BackgroundBuild>(std::move(*started))
                       : BackgroundBuild::start(some, options, cores);
    started.reset();
    if (!running)
      return running.takeError();
    return running->finish(some.size(),
                           timeoutSeconds * std::max<size_t>(some.size(), 1));
  };
  auto all = build(tasks);
  if (!all || !all->path.empty() || tasks.size() == 1)
    return all;
  // Kernels are kept, so those that are good come from the cache again.
  Batch batch = lostBatch(tasks.size(), "");
  std::vector<Task> good;
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto alone = build(tasks[i]);
    if (!alone)
      return alone;
    batch.failures[i] = alone->failures[0];
    if (alone->failures[0].empty())
      good.push_back(tasks[i]);
  }
  auto rest = build(good);
  if (!rest)
    return rest;
  if (rest->path.empty())
    return createStringError("the compiler crashed, though not for one kernel");
  batch.path = rest->path;
  size_t next = 0;
  for (size_t i = 0; i < tasks.size(); ++i)
    if (batch.failures[i].empty())
      batch.kernels[i] = rest->kernels[next++];
  return batch;
}
