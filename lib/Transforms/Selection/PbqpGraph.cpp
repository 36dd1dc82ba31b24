// Costs may be shifted: what is taken from every state of a node, or from a row
// of an edge's matrix, and given to its neighbour or to a constant, leaves
// every solution's sum as it was. All of it that can be brought into the
// constant is a bound that no solution is below. Folding is the same thing done
// to the end: a node's best answer to each state of its neighbours (or pair of
// states, with two) becomes their cost, and the node is gone; it is recorded as
// it was, and gets its state when theirs are known, in reverse.

#include "PbqpGraph.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace convopt {

PbqpGraph::Matrix PbqpGraph::Matrix::transposed() const {
  unsigned rows = costs.size() / columns;
  Matrix result{rows, std::vector<Cost>(costs.size())};
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < columns; ++j)
      result.at(j, i) = at(i, j);
  return result;
}

unsigned PbqpGraph::Folded::bestState(llvm::ArrayRef<unsigned> states) const {
  unsigned best = 0;
  Cost bestCost = kIllegal;
  for (unsigned i = 0; i < costs.size(); ++i) {
    Cost cost = costs[i];
    for (const auto &[neighbour, matrix] : edges)
      cost = addCosts(cost, matrix.at(i, states[neighbour]));
    if (cost < bestCost) {
      best = i;
      bestCost = cost;
    }
  }
  return best;
}

void PbqpGraph::addNode(llvm::ArrayRef<Cost> costs) {
  nodes.push_back({true, {costs.begin(), costs.end()}, {}});
}

void PbqpGraph::setEdge(unsigned u, unsigned v, Matrix matrix) {
  nodes[v].edges[u] = matrix.transposed();
  nodes[u].edges[v] = std::move(matrix);
}

void PbqpGraph::addEdge(unsigned u, unsigned v, const Matrix &matrix) {
  auto found = nodes[u].edges.find(v);
  if (found == nodes[u].edges.end())
    return setEdge(u, v, matrix);
  Matrix sum = found->second;
  for (size_t k = 0; k < sum.costs.size(); ++k)
    sum.costs[k] = addCosts(sum.costs[k], matrix.costs[k]);
  setEdge(u, v, std::move(sum));
}

unsigned PbqpGraph::countLegal(const Node &node) const {
  return llvm::count_if(node.costs, [](Cost c) { return c < kIllegal; });
}

/// Adds to each state, or pair of states, of the neighbours what the best
/// state of `u` costs with it.
void PbqpGraph::fold(unsigned u, std::vector<Folded> &folded) {
  Node &node = nodes[u];
  Folded record{u, node.costs, {node.edges.begin(), node.edges.end()}};
  node.alive = false;
  node.edges.clear();
  for (auto &[v, matrix] : record.edges)
    nodes[v].edges.erase(u);

  if (record.edges.empty()) {
    constant = addCosts(constant, *llvm::min_element(record.costs));
  } else if (countLegal(node) == 1) { // Its state is known: any degree will do.
    unsigned i =
        llvm::find_if(record.costs, [](Cost c) { return c < kIllegal; }) -
        record.costs.begin();
    constant = addCosts(constant, record.costs[i]);
    for (auto &[v, matrix] : record.edges)
      for (unsigned j = 0; j < matrix.columns; ++j)
        nodes[v].costs[j] = addCosts(nodes[v].costs[j], matrix.at(i, j));
  } else if (record.edges.size() == 1) {
    auto &[v, matrix] = record.edges[0];
    for (unsigned j = 0; j < matrix.columns; ++j) {
      Cost best = kIllegal;
      for (unsigned i = 0; i < record.costs.size(); ++i)
        best = std::min(best, addCosts(record.costs[i], matrix.at(i, j)));
      nodes[v].costs[j] = addCosts(nodes[v].costs[j], best);
    }
  } else {
    assert(record.edges.size() == 2);
    auto &[v, toV] = record.edges[0];
    auto &[w, toW] = record.edges[1];
    Matrix delta{toW.columns, std::vector<Cost>(toV.columns * toW.columns)};
    for (unsigned j = 0; j < toV.columns; ++j)
      for (unsigned k = 0; k < toW.columns; ++k) {
        Cost best = kIllegal;
        for (unsigned i = 0; i < record.costs.size(); ++i)
          best =
              std::min(best, addCosts(addCosts(record.costs[i], toV.at(i, j)),
                                      toW.at(i, k)));
        delta.at(j, k) = best;
      }
    addEdge(v, w, delta);
  }
  folded.push_back(std::move(record));
}

bool PbqpGraph::reduce(std::vector<Folded> &folded) {
  bool changed = true;
  while (changed) {
    changed = false;
    // The lowest degree first: it keeps the others low.
    for (size_t degree = 0; degree <= 2 && !changed; ++degree)
      for (unsigned u = 0; u < nodes.size(); ++u) {
        Node &node = nodes[u];
        if (!node.alive)
          continue;
        unsigned legal = countLegal(node);
        if (legal == 0)
          return false;
        if (node.edges.size() > degree && legal > 1)
          continue;
        fold(u, folded);
        changed = true;
      }
  }
  return constant < kIllegal;
}

/// Moves into the states of `u` what each of them costs at least on the edge
/// to `v`, and what `v` itself costs at least in combination.
bool PbqpGraph::project(unsigned u, unsigned v) {
  Matrix matrix = nodes[u].edges[v];
  for (unsigned i = 0; i < nodes[u].costs.size(); ++i) {
    Cost least = kIllegal;
    for (unsigned j = 0; j < matrix.columns; ++j)
      least = std::min(least, addCosts(matrix.at(i, j), nodes[v].costs[j]));
    // Adding v's own cost to the edge first can only raise the minimum; it is
    // all in the edge afterwards.
    for (unsigned j = 0; j < matrix.columns; ++j) {
      Cost &cost = matrix.at(i, j);
      cost = addCosts(cost, nodes[v].costs[j]);
      if (least >= kIllegal)
        cost = 0;
      else if (cost < kIllegal)
        cost -= least;
    }
    nodes[u].costs[i] = addCosts(nodes[u].costs[i], least);
  }
  for (Cost &cost : nodes[v].costs)
    if (cost < kIllegal)
      cost = 0;
  setEdge(u, v, std::move(matrix));
  return collectMinimum(u);
}

bool PbqpGraph::collectMinimum(unsigned u) {
  Cost least = *llvm::min_element(nodes[u].costs);
  if (least >= kIllegal)
    return false;
  for (Cost &cost : nodes[u].costs)
    if (cost < kIllegal)
      cost -= least;
  constant = addCosts(constant, least);
  return true;
}

bool PbqpGraph::tighten() {
  // From the last node to the first, so that costs gather at the front, and
  // back, so that what was stuck there gets another chance.
  for (int pass = 0; pass < 2; ++pass)
    for (unsigned k = 0; k < nodes.size(); ++k) {
      unsigned u = pass == 0 ? nodes.size() - 1 - k : k;
      if (!nodes[u].alive)
        continue;
      if (!collectMinimum(u))
        return false;
      llvm::SmallVector<unsigned> neighbours;
      for (auto &[v, matrix] : nodes[u].edges)
        if (pass == 0 ? v > u : v < u)
          neighbours.push_back(v);
      for (unsigned v : neighbours)
        if (!project(u, v))
          return false;
    }
  return constant < kIllegal;
}

std::optional<unsigned> PbqpGraph::widestNode() const {
  std::optional<unsigned> widest;
  for (unsigned u = 0; u < nodes.size(); ++u)
    if (nodes[u].alive &&
        (!widest || nodes[u].edges.size() > nodes[*widest].edges.size()))
      widest = u;
  return widest;
}

llvm::SmallVector<unsigned, 4> PbqpGraph::promisingStates(unsigned node) const {
  const Node &n = nodes[node];
  llvm::SmallVector<std::pair<Cost, unsigned>, 4> order;
  for (unsigned i = 0; i < n.costs.size(); ++i) {
    Cost cost = n.costs[i];
    for (const auto &[v, matrix] : n.edges) {
      Cost least = kIllegal;
      for (unsigned j = 0; j < matrix.columns; ++j)
        least = std::min(least, addCosts(matrix.at(i, j), nodes[v].costs[j]));
      cost = addCosts(cost, least);
    }
    if (cost < kIllegal)
      order.push_back({cost, i});
  }
  llvm::sort(order);
  llvm::SmallVector<unsigned, 4> states;
  for (auto &[cost, state] : order)
    states.push_back(state);
  return states;
}

void PbqpGraph::restrict(unsigned node, unsigned state) {
  for (unsigned i = 0; i < nodes[node].costs.size(); ++i)
    if (i != state)
      nodes[node].costs[i] = kIllegal;
}

} // namespace convopt
