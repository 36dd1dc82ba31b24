// Halide makes instructions for tiles of a sum that is stored in one register.
// Where a schedule has several tiles of sums in one allocation it takes them
// all for the first: each instruction is there, but of one register, and where
// the tiles are unrolled it does not know them. So what is done with them,
// setting them to zero, adding to them and storing them, is in loops over
// tiles, in the same order everywhere. Here, on lowered code, these loops are
// unrolled, and the first of the tiles in each place gets the first register,
// the second the second and so on. A product then need not wait for the one
// before. And images are of bytes without a sign, but tiles are only loaded of
// bytes of the type that memory has in a kernel, which is none with.

#include "convopt/Schedules/TileRegisters.h"
#include <stdexcept>

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

static const Call *callOf(const Expr &value, const char *name) {
  const Call *call = value.as<Call>();
  return call && call->name == name ? call : nullptr;
}

namespace {
/// Unrolls the loops over tiles.
class UnrollTiles : public IRMutator {
  using IRMutator::visit;
  Stmt visit(const For *op) override {
    Stmt loop = IRMutator::visit(op);
    op = loop.as<For>();
    // FUNC.STAGE.VARIABLE, and what Halide adds to it.
    auto isOf = [&](const char *variable) {
      return op->name.find(std::string(".") + variable) != std::string::npos;
    };
    if (!isOf(tileRow) && !isOf(tileColumn))
      return loop;
    const std::optional<int64_t> extent = as_const_int(op->extent);
    if (!extent)
      throw std::logic_error("a block of tiles has no constant size");
    std::vector<Stmt> all;
    for (int i = 0; i < *extent; ++i)
      all.push_back(simplify(substitute(op->name, op->min + i, op->body)));
    return Block::make(all);
  }
};

/// Counts what is done with the tiles of an allocation.
class TileUses : public IRVisitor {
public:
  explicit TileUses(const std::string &name) : name(name) {}
  size_t zeros = 0, products = 0, stores = 0;

private:
  using IRVisitor::visit;
  void visit(const Store *op) override {
    if (op->name == name) {
      zeros += callOf(op->value, "tile_zero") ? 1 : 0;
      products += callOf(op->value, "tile_matmul") ? 1 : 0;
    }
    IRVisitor::visit(op);
  }
  void visit(const Call *op) override {
    const Load *sums =
        op->name == "tile_store" ? op->args.back().as<Load>() : nullptr;
    stores += sums && sums->name == name ? 1 : 0;
    IRVisitor::visit(op);
  }

  const std::string &name;
};

/// Gives each tile of an allocation a name of its own.
class NameTiles : public IRMutator {
public:
  NameTiles(const std::string &name, size_t count) : name(name) {
    for (size_t i = 0; i < count; ++i)
      names.push_back(name + "." + std::to_string(i));
  }
  std::vector<std::string> names;

private:
  using IRMutator::visit;
  Stmt visit(const Store *op) override {
    if (op->name != name)
      return IRMutator::visit(op);
    size_t &count = callOf(op->value, "tile_zero") ? zeros : products;
    current = names[count++ % names.size()];
    return Store::make(current, mutate(op->value), op->index, op->param,
                       op->predicate, op->alignment);
  }
  Expr visit(const Call *op) override {
    const Load *sums =
        op->name == "tile_store" ? op->args.back().as<Load>() : nullptr;
    if (sums && sums->name == name)
      current = names[stores++ % names.size()];
    Expr call = IRMutator::visit(op);
    op = call.as<Call>();
    if (op->name != "tile_matmul" || op->args[4].type().element_of() != Int(8))
      return call;
    std::vector<Expr> args = op->args;
    const Call *image = args[4].as<Call>();
    args[4] = Call::make(image->type.with_code(Type::UInt), image->name,
                         image->args, image->call_type);
    return Call::make(op->type, op->name, args, op->call_type);
  }
  Expr visit(const Load *op) override {
    if (op->name != name)
      return IRMutator::visit(op);
    return Load::make(op->type, current, op->index, op->image, op->param,
                      op->predicate, op->alignment);
  }
  Stmt visit(const Free *op) override {
    if (op->name != name)
      return op;
    std::vector<Stmt> all;
    for (const std::string &each : names)
      all.push_back(Free::make(each));
    return Block::make(all);
  }

  const std::string &name;
  std::string current; ///< of the instruction that is being renamed
  size_t zeros = 0, products = 0, stores = 0;
};
} // namespace

Stmt TileRegisters::visit(const Allocate *op) {
  if (op->memory_type != MemoryType::AMXTile)
    return IRMutator::visit(op);
  const Stmt unrolled = UnrollTiles().mutate(op->body);
  TileUses uses(op->name);
  unrolled.accept(&uses);
  if (uses.zeros == 0 || uses.products % uses.zeros || uses.stores % uses.zeros)
    throw std::logic_error("tiles of sums are not used alike");
  NameTiles name(op->name, uses.zeros);
  Stmt body = name.mutate(unrolled);
  for (const std::string &each : name.names)
    body = Allocate::make(each, op->type, op->memory_type, op->extents,
                          op->condition, body);
  return body;
}

} // namespace convopt
