#include "Sampling.h"
#include "Random.h"
#include <map>
#include <tuple>

using namespace convopt;

std::vector<Choice> convopt::sampleChoices(std::vector<Choice> choices,
                                           size_t count, uint64_t seed) {
  Random random{seed};
  for (size_t i = choices.size(); i > 1; --i)
    std::swap(choices[i - 1], choices[random.next() % i]);

  std::map<std::tuple<llvm::StringRef, Layout, Layout>, std::vector<Choice>>
      groups;
  for (Choice &choice : choices)
    groups[{choice.primitive->name(), choice.input, choice.output}].push_back(
        choice);
  std::vector<std::vector<Choice> *> order;
  for (auto &group : groups)
    order.push_back(&group.second);
  // Where not every group gets its turn, which do must not be the same always.
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.next() % i]);

  std::vector<Choice> sample;
  for (size_t round = 0; sample.size() < std::min(count, choices.size());
       ++round)
    for (auto *group : order)
      if (round < group->size() && sample.size() < count)
        sample.push_back((*group)[round]);
  return sample;
}
