// Which register each instruction for tiles names, on code as Halide lowers it.

#include "convopt/Schedules/TileRegisters.h"
#include "gtest/gtest.h"

using namespace convopt;
using namespace Halide;
using namespace Halide::Internal;

namespace {

const std::string sums = "sum.amx";

Stmt stored(const Expr &value) {
  return Store::make(sums, value, Ramp::make(0, 1, 256), Parameter(),
                     const_true(256), ModulusRemainder());
}

Expr loaded() {
  return Load::make(Int(32, 256), sums, Ramp::make(0, 1, 256), {}, {},
                    const_true(256), {});
}

Expr instruction(Type type, const char *name, const std::vector<Expr> &args) {
  return Call::make(type, name, args, Call::Intrinsic);
}

Stmt zero() { return stored(instruction(Int(32, 256), "tile_zero", {16, 64})); }

Stmt product() {
  Expr factor = instruction(Int(8, 1024), "tile_load", {16, 64});
  return stored(instruction(Int(32, 256), "tile_matmul",
                            {16, 64, 64, loaded(), factor, factor}));
}

Stmt kept() {
  return Evaluate::make(instruction(Int(32), "tile_store", {16, loaded()}));
}

Stmt allocated(const std::vector<Stmt> &body) {
  return Allocate::make(sums, Int(32, 256), MemoryType::AMXTile, {1},
                        const_true(), Block::make(body));
}

Stmt repeated(const std::vector<Stmt> &body) {
  return For::make("i", 0, 9, ForType::Serial, Partition::Auto, DeviceAPI::None,
                   Block::make(body));
}

/// The names in the order in which they are met.
class Names : public IRVisitor {
public:
  std::vector<std::string> allocations, stores, loads, frees;
  std::vector<Type> factors;

private:
  using IRVisitor::visit;
  void visit(const Allocate *op) override {
    allocations.push_back(op->name);
    IRVisitor::visit(op);
  }
  void visit(const Store *op) override {
    stores.push_back(op->name);
    IRVisitor::visit(op);
  }
  void visit(const Load *op) override { loads.push_back(op->name); }
  void visit(const Free *op) override { frees.push_back(op->name); }
  void visit(const Call *op) override {
    if (op->name == "tile_load")
      factors.push_back(op->type.element_of());
    IRVisitor::visit(op);
  }
};

Names namesOf(const Stmt &stmt) {
  Names names;
  TileRegisters().mutate(stmt).accept(&names);
  return names;
}

using Strings = std::vector<std::string>;

TEST(TileRegisters, EachTileOfABlockHasOneOfItsOwn) {
  const std::string a = sums + ".0", b = sums + ".1";
  Names names =
      namesOf(allocated({zero(), zero(), repeated({product(), product()}),
                         kept(), kept(), Free::make(sums)}));
  EXPECT_EQ(names.allocations, (Strings{b, a}));
  EXPECT_EQ(names.stores, (Strings{a, b, a, b}));
  EXPECT_EQ(names.loads, (Strings{a, b, a, b}));
  EXPECT_EQ(names.frees, (Strings{a, b}));
}

TEST(TileRegisters, AProductMayBeUnrolled) {
  const std::string a = sums + ".0", b = sums + ".1";
  Names names = namesOf(allocated({zero(), zero(), product(), product(),
                                   product(), product(), kept(), kept()}));
  EXPECT_EQ(names.stores, (Strings{a, b, a, b, a, b}));
  EXPECT_EQ(names.loads, (Strings{a, b, a, b, a, b}));
}

TEST(TileRegisters, WhatIsNotUsedAlikeIsNoBlock) {
  EXPECT_THROW(namesOf(allocated({zero(), zero(), product(), kept(), kept()})),
               std::logic_error);
  EXPECT_THROW(
      namesOf(allocated({zero(), zero(), product(), product(), kept()})),
      std::logic_error);
}

TEST(TileRegisters, ImagesOfBytesHaveNoSign) {
  EXPECT_EQ(namesOf(allocated({zero(), product(), kept()})).factors,
            (std::vector<Type>{UInt(8), Int(8)}));
}

} // namespace
