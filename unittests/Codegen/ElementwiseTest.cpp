#include "KernelRunner.h"
#include <cmath>
#include <limits>

using namespace convopt::test;

namespace {

/// A kernel with one generic op on `n` elements of `inputs` types.
std::string elementwise(llvm::ArrayRef<std::string> inputs,
                        const std::string &result, const std::string &body,
                        int n = 203) {
  auto tensor = [&](const std::string &type) {
    return "tensor<" + std::to_string(n) + "x" + type + ">";
  };
  std::string arguments, names, types, maps, scalars;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::string name = "%a" + std::to_string(i), comma = i ? ", " : "";
    arguments += comma + name + ": " + tensor(inputs[i]);
    names += comma + name;
    types += comma + tensor(inputs[i]);
    maps += "#id, ";
    scalars += "%x" + std::to_string(i) + ": " + inputs[i] + ", ";
  }
  return "#id = affine_map<(i) -> (i)>\nconvopt.kernel @k(" + arguments +
         ") -> " + tensor(result) +
         " {\n%e = tensor.empty() : " + tensor(result) +
         "\n%r = linalg.generic {indexing_maps = [" + maps +
         "#id], iterator_types = [\"parallel\"]} ins(" + names + " : " + types +
         ") outs(%e : " + tensor(result) + ") {\n^bb0(" + scalars +
         "%o: " + result + "):\n" + body + "\nlinalg.yield %y : " + result +
         "\n} -> " + tensor(result) + "\nconvopt.yield %r : " + tensor(result) +
         "\n}";
}

const double inf = std::numeric_limits<double>::infinity();
const double nan = std::numeric_limits<double>::quiet_NaN();

/// Every pair of some special and ordinary numbers.
double special(unsigned n, int64_t i) {
  static const double values[] = {0,   -0.0, 1,   -1, 2.5,  -3.25, 1e-30,
                                  inf, -inf, nan, 7,  1e30, -1e30, 0.5};
  return values[n == 0 ? i % 14 : i / 14 % 14];
}

struct Case {
  std::string op;
  double tolerance = 1e-6;
  std::function<double(unsigned, int64_t)> input = nullptr;
};

void checkUnary(const Case &test, const std::string &type = "f32") {
  SCOPED_TRACE(test.op + " " + type);
  CheckOptions options;
  options.tolerance = test.tolerance;
  options.input = test.input;
  checkKernel(elementwise({type}, type, "%y = " + test.op + " %x0 : " + type),
              options);
}

void checkBinary(const Case &test, const std::string &type = "f32") {
  SCOPED_TRACE(test.op + " " + type);
  CheckOptions options;
  options.tolerance = test.tolerance;
  options.input = test.input;
  checkKernel(elementwise({type, type}, type,
                          "%y = " + test.op + " %x0, %x1 : " + type),
              options);
}

/// n points from `low` to `high`.
std::function<double(unsigned, int64_t)> range(double low, double high) {
  return [=](unsigned, int64_t i) { return low + (high - low) * i / 202; };
}

TEST(Elementwise, FloatArithmetic) {
  for (std::string op : {"arith.addf", "arith.subf", "arith.mulf"})
    checkBinary({op});
  checkBinary({"arith.divf", 1e-6, [](unsigned n, int64_t i) {
                 return n ? 1.0 + i * 0.37 : i - 100.0;
               }});
  checkBinary({"arith.remf", 1e-5, [](unsigned n, int64_t i) {
                 return n ? 1.0 + i % 7 * 0.5 : i - 100.0;
               }});
  for (std::string type : {"f64", "f16", "bf16"})
    checkBinary({"arith.mulf", 1e-2}, type);
}

TEST(Elementwise, MaximumAndMinimumPassNaN) {
  for (std::string op :
       {"arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf"})
    checkBinary({op, 0, special});
  CheckOptions options;
  options.input = special;
  // The usual activations, where one operand is a constant.
  checkKernel(elementwise({"f32"}, "f32", R"(
    %low = arith.constant 0.0 : f32
    %high = arith.constant 6.0 : f32
    %m = arith.maximumf %x0, %low : f32
    %y = arith.minimumf %m, %high : f32)"),
              options);
}

TEST(Elementwise, ComparisonsSeeNaN) {
  for (std::string predicate :
       {"oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge",
        "ult", "ule", "une", "uno", "false", "true"}) {
    SCOPED_TRACE(predicate);
    CheckOptions options;
    options.input = special;
    checkKernel(
        elementwise({"f32", "f32"}, "i1",
                    "%y = arith.cmpf " + predicate + ", %x0, %x1 : f32"),
        options);
  }
}

TEST(Elementwise, IntegerArithmetic) {
  auto nonzero = [](unsigned n, int64_t i) {
    return n ? (i % 2 ? 1 : -1) * (1.0 + i % 5) : i - 100.0;
  };
  for (std::string type : {"i8", "i16", "i32", "i64"})
    for (std::string op :
         {"addi", "subi", "muli", "divsi", "divui", "remsi", "remui",
          "floordivsi", "ceildivsi", "ceildivui", "maxsi", "maxui", "minsi",
          "minui", "andi", "ori", "xori"})
      if (type == "i32" || op == "divsi" || op == "remui" || op == "addi" ||
          op == "maxui")
        checkBinary({"arith." + op, 0, nonzero}, type);
  auto shift = [](unsigned n, int64_t i) { return n ? i % 7 : i * 3 - 60.0; };
  for (std::string op : {"shli", "shrsi", "shrui"})
    checkBinary({"arith." + op, 0, shift}, "i32");
  for (std::string op :
       {"addi", "andi", "ori", "xori", "muli", "maxsi", "minui"})
    checkBinary({"arith." + op}, "i1");
  for (std::string predicate : {"eq", "slt", "sge", "ult", "uge"})
    for (std::string type : {"i1", "i8", "i64"})
      checkKernel(
          elementwise({type, type}, "i1",
                      "%y = arith.cmpi " + predicate + ", %x0, %x1 : " + type));
}

TEST(Elementwise, Conversions) {
  struct Conversion {
    const char *op, *from, *to;
  };
  auto positive = [](unsigned, int64_t i) { return i * 0.5; };
  for (Conversion c : {Conversion{"extf", "f16", "f32"},
                       {"extf", "bf16", "f32"},
                       {"truncf", "f32", "f16"},
                       {"truncf", "f32", "bf16"},
                       {"sitofp", "i8", "f32"},
                       {"uitofp", "i8", "f32"},
                       {"sitofp", "i1", "f32"},
                       {"uitofp", "i1", "f32"},
                       {"fptosi", "f32", "i32"},
                       {"fptosi", "f32", "i64"},
                       {"extsi", "i8", "i32"},
                       {"extui", "i8", "i32"},
                       {"extsi", "i1", "i32"},
                       {"extui", "i1", "i32"},
                       {"trunci", "i64", "i8"},
                       {"trunci", "i32", "i1"},
                       {"bitcast", "f32", "i32"},
                       {"bitcast", "i32", "f32"}}) {
    SCOPED_TRACE(std::string(c.op) + c.from + c.to);
    checkKernel(elementwise({c.from}, c.to,
                            std::string("%y = arith.") + c.op +
                                " %x0 : " + c.from + " to " + c.to));
  }
  CheckOptions options;
  options.input = positive;
  checkKernel(elementwise({"f32"}, "i8", "%y = arith.fptoui %x0 : f32 to i8"),
              options);
}

/// Compares with `truth` in double precision: the error is relative.
void checkBody(const std::string &body, double (*truth)(double), double low,
               double high, double tolerance, const std::string &type = "f32") {
  SCOPED_TRACE(body);
  const int n = 1003;
  auto module = parse(elementwise({type}, type, body, n));
  Tensor input(llvm::cast<mlir::RankedTensorType>(
      (*module->getOps<convopt::KernelOp>().begin()).getArgumentTypes()[0]));
  for (int i = 0; i < n; ++i)
    input.set(i, low + (high - low) * i / (n - 1));
  auto machine = llvm::cantFail(convopt::describeHost());
  std::vector<Tensor> results = runKernel(*module, {input}, machine, 1);
  ASSERT_EQ(results.size(), 1u);
  for (int i = 0; i < n; ++i) {
    double wanted = truth(input.get(i)), given = results[0].get(i);
    ASSERT_LE(std::abs(given - wanted), tolerance * std::abs(wanted) + 2e-38)
        << input.get(i) << ": " << given << " instead of " << wanted;
  }
}

void checkFunction(const std::string &op, double (*truth)(double), double low,
                   double high, double tolerance,
                   const std::string &type = "f32") {
  checkBody("%y = " + op + " %x0 : " + type, truth, low, high, tolerance, type);
}

/// Written out as a model has it, and computed as one function.
TEST(Elementwise, Sigmoid) {
  auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (std::string sum : {"%p, %one", "%one, %p"}) {
    std::string op = "arith.constant 1.0 : f32\n%n = arith.negf %x0 : f32\n"
                     "%p = math.exp %n : f32\n%s = arith.addf " +
                     sum + " : f32\n%y = arith.divf %one, %s : f32\n";
    auto check = [&](double low, double high, double tolerance) {
      checkBody("%one = " + op, sigmoid, low, high, tolerance);
    };
    check(-8, 30, 1e-6);
    check(-86, -8, 6e-6);
    check(80, 1000, 1e-7);
  }
}

TEST(Elementwise, Functions) {
  checkFunction("math.exp", std::exp, -86, 88, 3e-7);
  checkFunction("math.exp2", std::exp2, -20, 20, 2e-6);
  checkFunction("math.expm1", std::expm1, -20, 20, 1e-6);
  checkFunction("math.expm1", std::expm1, -1e-3, 1e-3, 1e-6);
  checkFunction("math.log", std::log, 1e-6, 100, 1e-6);
  checkFunction("math.log2", std::log2, 1e-6, 100, 1e-6);
  checkFunction("math.log10", std::log10, 1e-6, 100, 1e-6);
  checkFunction("math.log1p", std::log1p, -0.99, 50, 1e-6);
  checkFunction("math.log1p", std::log1p, -1e-3, 1e-3, 1e-6);
  checkFunction("math.log1p", std::log1p, 0, 1e20, 1e-6);
  checkFunction("math.tanh", std::tanh, -12, 12, 1e-6);
  checkFunction("math.tanh", std::tanh, -1e-3, 1e-3, 1e-6);
  checkFunction("math.erf", std::erf, -5, 5, 1e-6);
  checkFunction("math.erf", std::erf, -1e-3, 1e-3, 1e-6);
  checkFunction("math.sqrt", std::sqrt, 0, 1000, 5e-7);
  checkFunction("math.cbrt", std::cbrt, -30, 30, 5e-7);
  checkFunction("math.sin", std::sin, -30, 30, 5e-7);
  checkFunction("math.cos", std::cos, -30, 30, 5e-7);
  // Where the polynomials end, next to multiples of pi, and where libm begins.
  for (double far : {1e-3, 3e3, 1.04e6, 1.05e6, 3e7, 1e30}) {
    checkFunction("math.sin", std::sin, -far, far, 5e-7);
    checkFunction("math.cos", std::cos, -far, far, 5e-7);
  }
  // To the last number that is not made zero, and to the last before infinity.
  checkFunction("math.exp", std::exp, -86.98, -80, 3e-7);
  checkFunction("math.exp", std::exp, 80, 88.722, 3e-7);
  checkFunction("math.tan", std::tan, -1.5, 1.5, 5e-7);
  checkFunction("math.asin", std::asin, -1, 1, 5e-7);
  checkFunction("math.acos", std::acos, -1, 1, 5e-7);
  checkFunction("math.atan", std::atan, -30, 30, 5e-7);
  checkFunction("math.sinh", std::sinh, -10, 10, 5e-7);
  checkFunction("math.cosh", std::cosh, -10, 10, 5e-7);
  checkFunction("math.asinh", std::asinh, -10, 10, 5e-7);
  checkFunction("math.acosh", std::acosh, 1, 10, 5e-7);
  checkFunction("math.atanh", std::atanh, -0.99, 0.99, 5e-7);
  checkFunction("math.exp", std::exp, -30, 30, 1e-15, "f64");
  checkFunction("math.tanh", std::tanh, -3, 3, 1e-15, "f64");
  checkFunction("math.erf", std::erf, -3, 3, 1e-15, "f64");
  checkFunction("math.exp", std::exp, -5, 5, 1e-3, "f16");
  for (std::string op :
       {"math.exp", "math.tanh", "math.erf", "math.sin", "math.cos"})
    checkUnary({op, 1e-6, special}); // NaN, infinities
  for (std::string op : {"math.ceil", "math.floor", "math.trunc", "math.round",
                         "math.roundeven", "math.absf", "arith.negf"})
    checkUnary({op, 0, range(-10, 10.2)});
  checkUnary({"math.rsqrt", 1e-6, range(1e-3, 1000)});
  checkUnary({"math.absi", 0}, "i32");
}

TEST(Elementwise, FunctionsOfTwo) {
  auto bases = [](unsigned n, int64_t i) {
    return n ? (i % 9 - 4) * 0.75 : 0.01 + i * 0.1;
  };
  checkBinary({"math.powf", 3e-6, bases});
  checkBinary({"math.atan2"});
  checkBinary({"math.copysign", 0, special});
  for (std::string exponent : {"2.0", "3.0", "0.5", "-1.0", "1.0", "1.5"}) {
    CheckOptions options;
    options.input = range(0.1, 30);
    options.tolerance = 2e-6;
    checkKernel(elementwise({"f32"}, "f32",
                            "%c = arith.constant " + exponent +
                                " : f32\n%y = math.powf %x0, %c : f32"),
                options);
  }
  checkKernel(elementwise({"f32", "f32", "f32"}, "f32",
                          "%y = math.fma %x0, %x1, %x2 : f32"));
}

TEST(Elementwise, SmallAndOddSizes) {
  for (int n : {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127})
    checkKernel(elementwise({"f32", "f32"}, "f32",
                            "%y = arith.addf %x0, %x1 : f32", n));
  for (int n : {1, 3, 17, 33})
    checkKernel(elementwise({"i8"}, "i8", "%y = arith.addi %x0, %x0 : i8", n));
}

TEST(Elementwise, Indices) {
  checkKernel(elementwise({"f32"}, "f32", R"(
    %i = linalg.index 0 : index
    %c = arith.constant 3 : index
    %m = arith.remui %i, %c : index
    %n = arith.index_cast %m : index to i32
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x0, %f : f32)"));
}

TEST(Elementwise, Broadcasts) {
  checkKernel(R"mlir(
#id = affine_map<(n,c,h,w)->(n,c,h,w)>
convopt.kernel @k(%a: tensor<2x5x3x7xf32>, %b: tensor<5xf32>, %s: tensor<2x5x1x1xf32>) -> tensor<2x5x3x7xf32> {
  %e = tensor.empty() : tensor<2x5x3x7xf32>
  %r = linalg.generic {indexing_maps=[#id, affine_map<(n,c,h,w)->(c)>, affine_map<(n,c,h,w)->(n,c,0,0)>, #id],
      iterator_types=["parallel","parallel","parallel","parallel"]}
      ins(%a,%b,%s: tensor<2x5x3x7xf32>,tensor<5xf32>,tensor<2x5x1x1xf32>) outs(%e: tensor<2x5x3x7xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32, %o: f32):
    %p = arith.addf %x, %y : f32
    %m = arith.mulf %p, %z : f32
    linalg.yield %m : f32
  } -> tensor<2x5x3x7xf32>
  convopt.yield %r : tensor<2x5x3x7xf32>
})mlir");
}

TEST(Elementwise, TwoResultsFromTwoThreads) {
  CheckOptions options;
  options.threads = 3;
  checkKernel(R"mlir(
#id = affine_map<(i,j)->(i,j)>
convopt.kernel @k(%a: tensor<111x513xf32>) -> (tensor<111x513xf32>, tensor<111x513xi1>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<111x513xf32>
  %b = tensor.empty() : tensor<111x513xi1>
  %r:2 = linalg.generic {indexing_maps=[#id,#id,#id], iterator_types=["parallel","parallel"]}
      ins(%a: tensor<111x513xf32>) outs(%e, %b: tensor<111x513xf32>, tensor<111x513xi1>) {
  ^bb0(%x: f32, %o: f32, %p: i1):
    %s = arith.addf %x, %x : f32
    %m = arith.cmpf ogt, %s, %z : f32
    linalg.yield %s, %m : f32, i1
  } -> (tensor<111x513xf32>, tensor<111x513xi1>)
  convopt.yield %r#0, %r#1 : tensor<111x513xf32>, tensor<111x513xi1>
})mlir",
              options);
}

} // namespace
