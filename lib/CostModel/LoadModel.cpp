// A model is a file that a user may have written, so all of it is checked
// before any is used: a number that is missing, infinite or out of range is
// named with its place. It says for which list of features it was trained; one
// for another list would give numbers, but wrong ones, and is refused.
// Primitives that this compiler does not have keep their columns among the
// features, which no choice sets.

#include "TreeCostModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <nlohmann/json.hpp>

using namespace convopt;
using llvm::createStringError;
using llvm::StringRef;
using nlohmann::json;

static const json *find(const json &object, const char *key) {
  auto it = object.is_object() ? object.find(key) : object.end();
  return it == object.end() ? nullptr : &*it;
}

/// Sets `value` and returns nothing, or returns what is wrong.
static std::string readNumber(const json &object, const std::string &key,
                              double least, double &value) {
  const json *found = find(object, key.c_str());
  if (!found || !found->is_number())
    return "no number '" + key + "'";
  value = *found;
  if (!std::isfinite(value) || value < least)
    return "'" + key + "' is out of range";
  return "";
}

static std::string checkHead(const json &model) {
  const json *format = find(model, "format");
  if (!format || *format != "convopt-cost-model")
    return "not a cost model: 'format' is not \"convopt-cost-model\"";
  const json *version = find(model, "features");
  if (!version || !version->is_string())
    return "no string 'features'";
  if (*version != featuresVersion())
    return "made for version " + version->get<std::string>() +
           " of the features, this is " + featuresVersion() +
           "; train it again";
  for (const char *part : {"convolution", "transformation"})
    if (!find(model, part))
      return std::string("no '") + part + "'";
  return "";
}

/// The numbers of an array, which may be missing.
static std::string readTraits(const json &entry, std::vector<double> &traits) {
  const json *list = find(entry, "traits");
  if (!list)
    return "";
  if (!list->is_array() || list->size() > 100)
    return "'traits' is not an array of numbers";
  for (const json &value : *list) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
      return "'traits' is not an array of numbers";
    traits.push_back(value);
  }
  return "";
}

/// The upper median.
static double medianOf(std::vector<double> values) {
  llvm::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

std::string TreeCostModel::readPrimitives(const json &convolution,
                                          TreeCostModel &model) {
  const json *list = find(convolution, "primitives");
  if (!list || !list->is_array())
    return "no array 'primitives'";
  // More would not fit into a tree's feature numbers, nor make sense.
  if (list->size() > 1000)
    return "too many 'primitives'";
  std::vector<double> bases;
  for (const json &entry : *list) {
    const json *name = find(entry, "name");
    if (!name || !name->is_string())
      return "a primitive without string 'name'";
    KnownPrimitive primitive;
    primitive.primitive = findPrimitive(name->get<std::string>());
    std::string wrong = readNumber(entry, "samples", 0, primitive.samples);
    if (wrong.empty())
      wrong = readNumber(entry, "base", -700, primitive.base);
    if (wrong.empty())
      wrong = readTraits(entry, primitive.traits);
    if (wrong.empty() && !model.primitives.empty() &&
        primitive.traits.size() != model.primitives.front().traits.size())
      wrong = "has not as many 'traits' as the first";
    if (!wrong.empty())
      return name->get<std::string>() + ": " + wrong;
    if (primitive.samples > 0)
      bases.push_back(primitive.base);
    model.primitives.push_back(primitive);
  }
  model.otherBase = medianOf(bases);
  if (!model.primitives.empty())
    for (size_t i = 0; i < model.primitives.front().traits.size(); ++i) {
      std::vector<double> all;
      all.reserve(model.primitives.size());
      for (const KnownPrimitive &known : model.primitives)
        all.push_back(known.traits[i]);
      model.otherTraits.push_back(medianOf(all));
    }
  return "";
}

std::string TreeCostModel::readVariants(const json &convolution,
                                        TreeCostModel &model) {
  const json *list = find(convolution, "variants");
  if (!list)
    return "";
  if (!list->is_array() || list->size() > 5)
    return "'variants' is not an array of numbers' names";
  for (const json &name : *list)
    if (name == "fresh")
      model.variants.push_back(VariantNumber::Fresh);
    else if (name == "paired")
      model.variants.push_back(VariantNumber::Paired);
    else if (name == "columns")
      model.variants.push_back(VariantNumber::Columns);
    else if (name == "product_bits")
      model.variants.push_back(VariantNumber::ProductBits);
    else if (name == "weight_bits")
      model.variants.push_back(VariantNumber::WeightBits);
    else
      return "'variants' names what no variant has: " + name.dump();
  return "";
}

std::string
TreeCostModel::readConvolution(const json &convolution,
                               std::optional<llvm::ArrayRef<uint8_t>> compiled,
                               TreeCostModel &model) {
  if (std::string wrong =
          readNumber(convolution, "overhead_seconds", 0, model.overhead);
      !wrong.empty())
    return wrong;
  const json *trees = find(convolution, "trees");
  if (!trees)
    return "no 'trees'";
  if (std::string wrong = readPrimitives(convolution, model); !wrong.empty())
    return wrong;
  if (std::string wrong = readVariants(convolution, model); !wrong.empty())
    return wrong;
  auto ensemble = compiled ? TreeEnsemble::unpack(*compiled, model.numColumns())
                           : TreeEnsemble::fromJson(*trees, model.numColumns());
  if (!ensemble)
    return llvm::toString(ensemble.takeError());
  model.trees = std::move(*ensemble);
  return "";
}

llvm::Expected<std::unique_ptr<TreeCostModel>>
TreeCostModel::parse(StringRef text, StringRef name,
                     std::optional<llvm::ArrayRef<uint8_t>> compiled) {
  json model;
  try {
    model = json::parse(text.begin(), text.end());
  } catch (const json::exception &e) {
    // "[json.exception.parse_error.101] parse error at line 2, ..."
    return createStringError(name + ": " +
                             StringRef(e.what()).split("] ").second.str());
  }
  if (std::string wrong = checkHead(model); !wrong.empty())
    return createStringError(name + ": " + wrong);

  auto result = std::make_unique<TreeCostModel>();
  auto number = [&](const char *part, const json &object,
                    const std::string &key, double least, double &value) {
    std::string wrong = readNumber(object, key, least, value);
    return wrong.empty() ? llvm::Error::success()
                         : createStringError(name + ": " + std::string(part) +
                                             ": " + wrong);
  };

  if (std::string wrong =
          readConvolution(model["convolution"], compiled, *result);
      !wrong.empty())
    return createStringError(name + ": convolution: " + wrong);

  const json &transformation = model["transformation"];
  if (auto e = number("transformation", transformation, "overhead_seconds", 0,
                      result->transform.overhead))
    return e;
  const char *levels[] = {"l1", "l2", "l3", "memory"};
  for (Layout to : {Layout::NCHW, Layout::NHWC}) {
    std::string key = "to_" + stringifyLayout(to).str();
    const json *share = find(transformation, key.c_str());
    if (!share)
      return createStringError(name + ": " + "transformation: no '" + key +
                               "'");
    for (unsigned i = 0; i < 4; ++i)
      if (auto e =
              number("transformation", *share, levels[i], 1e-6,
                     result->transform.share[static_cast<unsigned>(to)][i]))
        return e;
  }
  return result;
}

llvm::Expected<std::unique_ptr<CostModel>>
convopt::loadCostModel(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return createStringError(path + ": " + file.getError().message());
  auto model = TreeCostModel::parse((*file)->getBuffer(), path);
  if (!model)
    return model.takeError();
  return std::move(*model);
}

llvm::Expected<std::unique_ptr<CostModel>>
convopt::makeCostModel(const std::string &file) {
  if (file.empty())
    return createBuiltinCostModel();
  return loadCostModel(file);
}
