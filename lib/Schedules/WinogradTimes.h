#ifndef CONVOPT_LIB_SCHEDULES_WINOGRADTIMES_H
#define CONVOPT_LIB_SCHEDULES_WINOGRADTIMES_H

#include "Parts.h"
#include "convopt/Primitives/CookToom.h"

namespace convopt {

/// Row `i` of `matrix` times a vector of elements, where `i` becomes a constant
/// once its loop is unrolled. Rows of opposite points are sum and difference of
/// the same two parts, and columns of opposite points take sums and differences
/// of the same two elements: written so that they are computed once.
Halide::Expr timesRow(const CookToom::Matrix &matrix, Halide::Expr i,
                      const std::function<Halide::Expr(int)> &element);

/// Runs `loops` of a stage, innermost first, as `tasks` tasks of all threads;
/// the result runs within a task.
Halide::Var shareTasks(Halide::Stage stage,
                       std::vector<std::pair<Halide::Var, int64_t>> loops,
                       int64_t tasks);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_WINOGRADTIMES_H
