// Each buffer is a rectangle, its lifetime wide and its bytes high; times are
// given, heights above the ground are to be found so that no two overlap and
// the highest edge is low. The best answer is NP-hard to find; the greatest sum
// of bytes at any time is a bound below which no answer lies, and placing large
// buffers first reaches it or comes close. Where it does not, the buffer that
// ends highest is moved to an earlier place in the order, at random, and what
// is no worse is kept. The random numbers are those of the standard's mt19937
// from a fixed seed, reduced by `%`: a distribution of the standard library may
// differ from one library to the next, and with it the object.
//
// A buffer meets few of thousands, those that live when it does. They are found
// by a tree over the buffers in the order of their first moments, whose nodes
// know the last moment of any buffer below them (an interval tree: Cormen et
// al., Introduction to Algorithms, 14.3).

#include "convopt/Transforms/PackIntervals.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <numeric>
#include <random>

using namespace llvm;

namespace convopt {

namespace {
/// Finds the buffers that live at the same time as another.
class Lifetimes {
public:
  explicit Lifetimes(ArrayRef<LiveBuffer> buffers)
      : buffers(buffers), byFirst(buffers.size()),
        latest(4 * std::max<size_t>(buffers.size(), 1)) {
    std::iota(byFirst.begin(), byFirst.end(), 0);
    llvm::stable_sort(byFirst, [&](size_t a, size_t b) {
      return buffers[a].first < buffers[b].first;
    });
    if (!buffers.empty())
      fill(1, 0, buffers.size());
  }

  /// Calls `use` with the index of each buffer that lives at some moment of
  /// `buffer`, itself too.
  void forEachMeeting(const LiveBuffer &buffer,
                      function_ref<void(size_t)> use) const {
    if (!buffers.empty())
      visit(1, 0, buffers.size(), buffer, use);
  }

private:
  int64_t fill(size_t node, size_t begin, size_t end) {
    if (end - begin == 1)
      return latest[node] = buffers[byFirst[begin]].last;
    size_t middle = (begin + end) / 2;
    return latest[node] = std::max(fill(2 * node, begin, middle),
                                   fill(2 * node + 1, middle, end));
  }

  void visit(size_t node, size_t begin, size_t end, const LiveBuffer &buffer,
             function_ref<void(size_t)> use) const {
    if (latest[node] < buffer.first ||
        buffers[byFirst[begin]].first > buffer.last)
      return;
    if (end - begin == 1)
      return use(byFirst[begin]);
    size_t middle = (begin + end) / 2;
    visit(2 * node, begin, middle, buffer, use);
    visit(2 * node + 1, middle, end, buffer, use);
  }

  ArrayRef<LiveBuffer> buffers;
  SmallVector<size_t> byFirst;
  SmallVector<int64_t> latest; ///< of the buffers below each node
};
} // namespace

/// The start of the smallest gap between `placed` (sorted by offset) that
/// holds `bytes`; behind all of them if there is none.
static int64_t findGap(ArrayRef<const LiveBuffer *> placed, int64_t bytes,
                       int64_t alignment) {
  int64_t best = -1, bestSize = INT64_MAX, end = 0;
  for (const LiveBuffer *other : placed) {
    int64_t gap = other->offset - end;
    if (gap >= bytes && gap < bestSize) {
      best = end;
      bestSize = gap;
    }
    end = std::max(end,
                   int64_t(alignTo(other->offset + other->bytes, alignment)));
  }
  return best >= 0 ? best : end;
}

/// Places the buffers one after the other, each in the smallest gap.
static int64_t place(MutableArrayRef<LiveBuffer> buffers,
                     const Lifetimes &lifetimes, ArrayRef<size_t> order,
                     int64_t alignment) {
  std::vector<bool> placed(buffers.size());
  SmallVector<const LiveBuffer *> conflicts;
  int64_t total = 0;
  for (size_t index : order) {
    LiveBuffer &buffer = buffers[index];
    conflicts.clear();
    lifetimes.forEachMeeting(buffer, [&](size_t other) {
      if (placed[other])
        conflicts.push_back(&buffers[other]);
    });
    // Of those of one offset any may be the first.
    llvm::sort(conflicts, [](const LiveBuffer *a, const LiveBuffer *b) {
      return a->offset < b->offset;
    });
    buffer.offset = findGap(conflicts, buffer.bytes, alignment);
    total = std::max(total, buffer.offset + buffer.bytes);
    placed[index] = true;
  }
  return alignTo(total, alignment);
}

int64_t packIntervals(MutableArrayRef<LiveBuffer> buffers, int64_t alignment) {
  SmallVector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-buffers[a].bytes, a) < std::pair(-buffers[b].bytes, b);
  });
  // What it reads of them, their lives, stays as it is.
  const SmallVector<LiveBuffer> given(buffers);
  const Lifetimes lifetimes(given);
  int64_t best = place(buffers, lifetimes, order, alignment);
  const int64_t least = peakBytes(buffers, alignment);
  SmallVector<LiveBuffer> tried(buffers);
  // What ends highest came too late: it is placed before some of the others.
  std::mt19937 random(1);
  constexpr int attempts = 300;
  for (int i = 0; i < attempts && best > least; ++i) {
    auto highest = llvm::max_element(order, [&](size_t a, size_t b) {
      return tried[a].offset + tried[a].bytes <
             tried[b].offset + tried[b].bytes;
    });
    SmallVector<size_t> next(order);
    size_t from = highest - order.begin();
    size_t to = random() % (from + 1);
    std::rotate(next.begin() + to, next.begin() + from,
                next.begin() + from + 1);
    SmallVector<LiveBuffer> placed(tried);
    int64_t total = place(placed, lifetimes, next, alignment);
    // Equally good ones too: the way down may lead along them.
    if (total > best)
      continue;
    order = std::move(next);
    tried = std::move(placed);
    if (total < best)
      llvm::copy(tried, buffers.begin());
    best = total;
  }
  return best;
}

int64_t peakBytes(ArrayRef<LiveBuffer> buffers, int64_t alignment) {
  std::map<int64_t, int64_t> change;
  for (const LiveBuffer &buffer : buffers) {
    int64_t bytes = alignTo(buffer.bytes, alignment);
    change[buffer.first] += bytes;
    change[buffer.last + 1] -= bytes;
  }
  int64_t live = 0, peak = 0;
  for (auto [time, bytes] : change)
    peak = std::max(peak, live += bytes);
  return peak;
}

} // namespace convopt
