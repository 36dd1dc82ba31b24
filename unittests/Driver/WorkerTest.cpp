// A worker that is not there, says nothing, or dies is an error of one line.

#include "convopt/Driver/Worker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace convopt;

/// What a shell script in a worker's place comes to.
static std::string errorOf(const std::string &script) {
  llvm::SmallString<64> path;
  int file;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("worker", "sh", file, path));
  llvm::raw_fd_ostream(file, /*shouldClose=*/true) << "#!/bin/sh\n" << script;
  EXPECT_FALSE(
      llvm::sys::fs::setPermissions(path, llvm::sys::fs::perms::owner_all));
  Worker worker(path.str().str());
  auto merged = worker.mergeObjects({}, {});
  llvm::sys::fs::remove(path);
  return merged ? "" : toString(merged.takeError());
}

TEST(Worker, MustBeThere) {
  Worker worker("/no/such/convopt-compile");
  auto merged = worker.mergeObjects({}, {});
  ASSERT_FALSE(merged);
  EXPECT_EQ(toString(merged.takeError()),
            "cannot start '/no/such/convopt-compile': No such file or "
            "directory");
}

TEST(Worker, IsExplainedWhenItEnds) {
  EXPECT_EQ(errorOf("exit 3\n"), "the compiler stopped with exit status 3");
  EXPECT_EQ(errorOf("kill -SEGV $$\n"),
            "the compiler stopped: Segmentation fault");
  EXPECT_EQ(errorOf("echo it has no memory >&2; echo or so >&2; exit 1\n"),
            "the compiler stopped with exit status 1: it has no memory");
}

TEST(Worker, MustBeOfThisVersion) {
  // One part of five bytes; numbers have eight.
  const std::string greeting =
      "printf '\\001\\0\\0\\0\\0\\0\\0\\0\\005\\0\\0\\0\\0\\0\\0\\0' >&0; "
      "printf 9.9.9 >&0\n";
  EXPECT_NE(errorOf(greeting).find("is of another version than the library"),
            std::string::npos);
}

TEST(Worker, MayDieBetweenRequests) {
  // It greets as this version does, and goes.
  EXPECT_EQ(errorOf("printf '\\001\\0\\0\\0\\0\\0\\0\\0\\005\\0\\0\\0\\0\\0\\0"
                    "\\0' >&0; printf " CONVOPT_VERSION " >&0; exit 7\n"),
            "the compiler stopped with exit status 7");
}
