#include "convopt/IR/ConstantStore.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <fstream>
#include <numeric>

using namespace mlir;
using namespace convopt;

namespace {

constexpr size_t elements = 100000;

class Stored : public ::testing::Test {
protected:
  Stored() : builder(&context) {
    context.loadDialect<arith::ArithDialect, ConvoptDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToStart(module->getBody());
    (void)llvm::sys::fs::createUniqueDirectory("convopt", folder);
  }
  ~Stored() override { (void)llvm::sys::fs::remove_directories(folder); }

  DenseResourceElementsAttr make(float first) {
    std::vector<float> data(elements);
    std::iota(data.begin(), data.end(), first);
    auto type = RankedTensorType::get({elements}, builder.getF32Type());
    Value value = createConstant(builder, builder.getUnknownLoc(), type, "c",
                                 std::move(data));
    return cast<DenseResourceElementsAttr>(
        value.getDefiningOp<arith::ConstantOp>().getValue());
  }

  static bool isFrom(DenseResourceElementsAttr attr, float first) {
    ArrayRef<char> bytes = getRawBytes(attr);
    std::vector<float> expected(elements);
    std::iota(expected.begin(), expected.end(), first);
    return bytes.size() == elements * sizeof(float) &&
           std::memcmp(bytes.data(), expected.data(), bytes.size()) == 0;
  }

  /// Whether the data is mapped from a file that has no name any more.
  static bool isInFile(DenseResourceElementsAttr attr) {
    auto address = reinterpret_cast<uintptr_t>(getRawBytes(attr).data());
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      auto [range, rest] = StringRef(line).split(' ');
      auto [from, to] = range.split('-');
      uintptr_t begin = 0, end = 0;
      if (!from.getAsInteger(16, begin) && !to.getAsInteger(16, end) &&
          begin <= address && address < end)
        return rest.contains("(deleted)");
    }
    return false;
  }

  void addStore(StringRef where, int64_t limit) {
    ConstantStore::add(context, where.str(), limit);
  }

  MLIRContext context;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  SmallString<128> folder;
};

TEST_F(Stored, AreInMemoryWithoutAStore) {
  DenseResourceElementsAttr one = make(1);
  EXPECT_FALSE(isInFile(one));
  EXPECT_TRUE(isFrom(one, 1));
}

TEST_F(Stored, AreInAFileBeyondTheLimit) {
  addStore(folder, elements * sizeof(float));
  DenseResourceElementsAttr one = make(1), two = make(2), three = make(3);
  EXPECT_FALSE(isInFile(one));
  EXPECT_TRUE(isInFile(two));
  EXPECT_TRUE(isInFile(three));
  EXPECT_TRUE(isFrom(one, 1) && isFrom(two, 2) && isFrom(three, 3));
  std::error_code error;
  llvm::sys::fs::directory_iterator entry(folder, error), end;
  EXPECT_TRUE(!error && entry == end) << "the file has no name";
}

TEST_F(Stored, MakeRoomWhenTheyAreReleased) {
  addStore(folder, elements * sizeof(float));
  DenseResourceElementsAttr one = make(1), two = make(2);
  one.getRawHandle().getResource()->setBlob(AsmResourceBlob());
  EXPECT_FALSE(isInFile(make(3)));
  two.getRawHandle().getResource()->setBlob(AsmResourceBlob());
  DenseResourceElementsAttr four = make(4);
  EXPECT_TRUE(isInFile(four) && isFrom(four, 4));
}

TEST_F(Stored, AreInMemoryWhereNoFileCanBe) {
  addStore((folder + "/absent").str(), 0);
  DenseResourceElementsAttr one = make(1);
  EXPECT_FALSE(isInFile(one));
  EXPECT_TRUE(isFrom(one, 1));
}

} // namespace
