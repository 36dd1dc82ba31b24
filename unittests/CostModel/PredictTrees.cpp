// predict-trees TREES.json ROWS.csv: the prediction for each row, all of them
// at once and one at a time, which must be the same, in
// hexadecimal, for the comparison with the trainer.

#include "convopt/CostModel/TreeEnsemble.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  std::ifstream trees(argv[1]), rows(argv[2]);
  auto ensemble =
      convopt::TreeEnsemble::fromJson(nlohmann::json::parse(trees), 1000);
  if (!ensemble) {
    std::cerr << llvm::toString(ensemble.takeError()) << "\n";
    return 1;
  }
  std::vector<double> features;
  size_t count = 0;
  for (std::string line; std::getline(rows, line); ++count) {
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');)
      features.push_back(std::strtod(cell.c_str(), nullptr));
  }
  std::vector<double> together(count);
  ensemble->predict(features, together);
  const size_t width = count ? features.size() / count : 0;
  for (size_t r = 0; r < count; ++r) {
    llvm::ArrayRef<double> row(features);
    double alone = ensemble->predict(row.slice(r * width, width));
    if (std::memcmp(&alone, &together[r], sizeof(double)))
      return 3;
    std::printf("%a\n", alone);
  }
}
