// The page is a template of the source tree, its style and its scripts are
// files beside it, and what is shown is data within it: one file, which opens
// from a disk, by mail or behind a firewall as it does here. Nothing of the
// page is written by C++ but the data.

#include "convopt/Report/Page.h"
#include "PageText.h"

using namespace llvm;

namespace convopt {

/// JSON that may stand in a <script>: in HTML only "<" can begin its end or a
/// comment, and JSON has it in strings alone.
static std::string escaped(StringRef json) {
  std::string text;
  text.reserve(json.size());
  for (char c : json)
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

/// What takes the place of `name` in the template.
static std::string contentOf(StringRef name, StringRef json) {
  if (name == "style")
    return (styleText() + drawingsText()).str();
  if (name == "data")
    return escaped(json);
  std::string scripts;
  for (StringRef script :
       {domText(), formatText(), tableText(), layeringText(), graphText(),
        convolutionsText(), memoryText(), weightsText(), measuredText(),
        sizesText(), mainText()})
    scripts += script;
  return scripts;
}

std::string makePage(const Explanation &explanation,
                     const SizeProfiles &profiles) {
  std::string json;
  raw_string_ostream os(json);
  writeExplanation(os, explanation, profiles);
  std::string page;
  for (StringRef rest = pageText(); !rest.empty();) {
    auto [before, after] = rest.split("{{");
    page += before;
    if (after.empty())
      break;
    auto [name, behind] = after.split("}}");
    page += contentOf(name, json);
    rest = behind;
  }
  return page;
}

} // namespace convopt
