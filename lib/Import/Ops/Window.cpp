#include "Window.h"

using namespace llvm;

namespace convopt {

/// Far beyond any layer, and small enough that products do not overflow.
static constexpr int64_t extentLimit = 1 << 20;

static Expected<Shape> readExtents(const Node &node, StringRef name,
                                   size_t count, int64_t fallback,
                                   int64_t least) {
  Shape result(count, fallback);
  if (auto given = node.getInts(name))
    result.assign(given->begin(), given->end());
  if (result.size() != count)
    return node.error("attribute '" + name + "' has " + Twine(result.size()) +
                      " elements instead of " + Twine(count));
  for (int64_t value : result)
    if (value < least || value > extentLimit)
      return node.error("attribute '" + name + "' has a bad element " +
                        Twine(value));
  return result;
}

static int64_t reach(const Window &window, size_t i) {
  return (window.kernel[i] - 1) * window.dilations[i] + 1;
}

/// The padding that auto_pad SAME asks for, before and behind.
static void padSame(Window &window, ArrayRef<int64_t> input, bool lower) {
  for (size_t i = 0; i < window.rank(); ++i) {
    int64_t outputs = (input[i] + window.strides[i] - 1) / window.strides[i];
    int64_t total = std::max<int64_t>(0, (outputs - 1) * window.strides[i] +
                                             reach(window, i) - input[i]);
    window.low[i] = lower ? (total + 1) / 2 : total / 2;
    window.statedHigh[i] = total - window.low[i];
  }
}

Expected<Window> readWindow(const Node &node, ArrayRef<int64_t> kernel) {
  size_t rank = kernel.size();
  if (rank == 0 || node.inputShape(0).size() != rank + 2 ||
      node.outputShape(0).size() != rank + 2)
    return node.error("input and kernel differ in rank");
  ArrayRef<int64_t> input = node.inputShape(0).drop_front(2);
  ArrayRef<int64_t> output = node.outputShape(0).drop_front(2);
  Window window;
  window.kernel.assign(kernel.begin(), kernel.end());
  for (int64_t size : kernel)
    if (size < 1 || size > extentLimit)
      return node.error("bad kernel size " + Twine(size));
  auto strides = readExtents(node, "strides", rank, 1, 1);
  if (!strides)
    return strides.takeError();
  auto dilations = readExtents(node, "dilations", rank, 1, 1);
  if (!dilations)
    return dilations.takeError();
  window.strides = *strides;
  window.dilations = *dilations;
  window.low.assign(rank, 0);
  window.statedHigh.assign(rank, 0);

  StringRef mode = node.getString("auto_pad", "NOTSET");
  if (mode == "NOTSET") {
    auto pads = readExtents(node, "pads", rank * 2, 0, 0);
    if (!pads)
      return pads.takeError();
    window.low.assign(pads->begin(), pads->begin() + rank);
    window.statedHigh.assign(pads->begin() + rank, pads->end());
  } else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    padSame(window, input, mode == "SAME_LOWER");
  } else if (mode != "VALID") {
    return node.error("unknown auto_pad '" + mode + "'");
  }

  for (size_t i = 0; i < rank; ++i) {
    if (output[i] < 1)
      return node.error("the input is smaller than the kernel");
    int64_t needed = (output[i] - 1) * window.strides[i] + reach(window, i);
    window.high.push_back(
        std::max<int64_t>(0, needed - window.low[i] - input[i]));
  }
  return window;
}

} // namespace convopt
