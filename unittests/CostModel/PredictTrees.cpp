// predict-trees TREES.json ROWS.csv: the prediction for each row, in
// hexadecimal, for the comparison with the trainer.

#include "convopt/CostModel/TreeEnsemble.h"
#include <cstdio>
#include <cstdlib>
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
  for (std::string line; std::getline(rows, line);) {
    std::vector<double> row;
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');)
      row.push_back(std::strtod(cell.c_str(), nullptr));
    std::printf("%a\n", ensemble->predict(row));
  }
}
