#include "Profile.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Format.h"
#include <numeric>

using namespace llvm;

namespace convopt {

Expected<std::unique_ptr<LaunchTimer>>
LaunchTimer::watch(const LoadedModel &model, const convopt_size &size) {
  if (!model.profile())
    return createStringError("the model does not announce its kernels: compile "
                             "it with --profile");
  std::unique_ptr<LaunchTimer> timer(new LaunchTimer(model, size));
  if (Error error = model.watch(observe, timer.get()))
    return error;
  return timer;
}

LaunchTimer::LaunchTimer(const LoadedModel &model, const convopt_size &size)
    : model(model), size(size), profile(*model.profile()) {
  std::tie(launches, first) = model.launchesOf(size);
}

LaunchTimer::~LaunchTimer() { consumeError(model.watch(nullptr, nullptr)); }

int64_t LaunchTimer::now() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() -
                                                              start)
      .count();
}

void LaunchTimer::beginRun() {
  runs.push_back({{}, std::vector<Span>(launches.size())});
  running = true;
  runs.back().whole.begin = now();
}

void LaunchTimer::endRun() {
  runs.back().whole.end = now();
  running = false;
}

void LaunchTimer::observe(void *data, int64_t launch, int done) {
  auto &timer = *static_cast<LaunchTimer *>(data);
  if (!timer.running)
    return;
  Span &span = timer.runs.back().launches[launch - timer.first];
  (done ? span.end : span.begin) = timer.now();
}

static int64_t median(std::vector<int64_t> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

int64_t LaunchTimer::medianRun() const {
  std::vector<int64_t> times;
  for (const Run &run : runs)
    times.push_back(run.whole.end - run.whole.begin);
  return median(std::move(times));
}

int64_t LaunchTimer::medianOf(size_t i) const {
  std::vector<int64_t> times;
  for (const Run &run : runs)
    times.push_back(run.launches[i].end - run.launches[i].begin);
  return median(std::move(times));
}

int64_t LaunchTimer::medianOutside() const {
  std::vector<int64_t> times;
  for (const Run &run : runs) {
    times.push_back(run.whole.end - run.whole.begin);
    for (const Span &launch : run.launches)
      times.back() -= launch.end - launch.begin;
  }
  return median(std::move(times));
}

namespace {
/// One line of the table: a launch, or several together.
struct Figures {
  int64_t nanoseconds = 0, operations = 0, bytes = 0;
  int64_t predicted = 0, ofPredicted = 0; ///< and the time of those with one
  int64_t count = 0;

  void add(const convopt_launch &launch, int64_t time) {
    nanoseconds += time;
    operations += launch.operations;
    bytes += launch.bytes;
    predicted += launch.predicted_ns;
    ofPredicted += launch.predicted_ns ? time : 0;
    ++count;
  }

  /// Time, share of the run, GFLOP/s, share of peak, megabytes, GB/s, predicted
  /// time, measured divided by predicted.
  void print(raw_ostream &os, int64_t whole, double peak) const {
    double ns = std::max<int64_t>(nanoseconds, 1);
    os << format("%9.4f %5.1f%% %8.1f %5.1f%% %8.3f %6.1f", ns * 1e-6,
                 100 * ns / whole, operations / ns,
                 100 * operations / ns / (peak * 1e-9), bytes * 1e-6,
                 bytes / ns);
    if (predicted)
      os << format(" %9.4f %6.2f", predicted * 1e-6,
                   static_cast<double>(ofPredicted) / predicted);
    else
      os << "         -      -";
  }
};
} // namespace

void LaunchTimer::printTable(raw_ostream &os) const {
  // Of all threads together: what a model's threads could reach.
  double peak = profile.peak_flops * profile.threads;
  std::vector<int64_t> times;
  for (size_t i : seq(launches.size()))
    times.push_back(medianOf(i));
  int64_t outside = medianOutside();
  // So that the lines add up, even if other programs interrupted some runs.
  int64_t whole = std::max<int64_t>(
      std::accumulate(times.begin(), times.end(), outside), 1);
  const char *head = "       ms  share  GFLOP/s   peak       MB   GB/s "
                     "predicted  ratio  ";
  os << "\n" << head << "operation: shape, primitive, node\n";
  MapVector<StringRef, Figures> kinds;
  Figures all;
  for (auto [i, time] : enumerate(times)) {
    const convopt_launch &launch = launches[i];
    Figures one;
    for (Figures *figures : {&one, &kinds[launch.operation], &all})
      figures->add(launch, time);
    one.print(os, whole, peak);
    os << "  " << launch.operation << ": " << launch.shape;
    for (const char *text : {launch.primitive, launch.node})
      if (*text)
        os << ", " << text;
    os << "\n";
  }
  auto sums = to_vector(kinds);
  llvm::sort(sums, [](const auto &a, const auto &b) {
    return a.second.nanoseconds > b.second.nanoseconds;
  });
  os << "\n" << head << "operation\n";
  for (const auto &[kind, figures] : sums) {
    figures.print(os, whole, peak);
    os << "  " << kind << " (" << figures.count << ")\n";
  }
  all.print(os, whole, peak);
  os << "  all kernels (" << all.count << ")\n";
  os << format("%9.4f %5.1f%%", outside * 1e-6, 100. * outside / whole)
     << "  outside of kernels\n"
     << format("%9.4f 100.0%%", whole * 1e-6) << "  sum; peak "
     << format("%.1f", peak * 1e-9) << " GFLOP/s with " << profile.threads
     << (profile.threads == 1 ? " thread\n" : " threads\n");
}

void LaunchTimer::writeSize(json::OStream &json) const {
  json.attribute("number", static_cast<int64_t>(model.numberOf(size)));
  json.attributeArray("inputs", [&] {
    for (const convopt_tensor &input :
         ArrayRef(size.inputs, model.descriptor().input_count))
      json.object([&] {
        json.attribute("name", input.name);
        json.attributeArray("shape", [&] {
          for (int64_t dim : ArrayRef(input.dims, input.rank))
            json.value(dim);
        });
      });
  });
}

void LaunchTimer::writeJson(raw_ostream &os) const {
  json::OStream json(os, /*IndentSize=*/1);
  auto writeSeconds = [&](StringRef name, int64_t nanoseconds) {
    json.attributeBegin(name);
    json.rawValue([&](raw_ostream &out) {
      out << format("%.9f", static_cast<double>(nanoseconds) * 1e-9);
    });
    json.attributeEnd();
  };
  json.object([&] {
    json.attribute("format", "convopt-profile");
    json.attribute("version", 1);
    json.attribute("threads", profile.threads);
    json.attribute("runs", static_cast<int64_t>(runs.size()));
    if (model.sizes().size() > 1)
      json.attributeObject("size", [&] { writeSize(json); });
    writeSeconds("run_s", medianRun());
    writeSeconds("outside_s", medianOutside());
    json.attributeArray("launches", [&] {
      for (auto [i, launch] : enumerate(launches))
        json.object([&, i = i, &launch = launch] {
          json.attribute("kernel", launch.kernel);
          json.attribute("node", launch.node);
          writeSeconds("measured_s", medianOf(i));
        });
    });
  });
  os << "\n";
}

void LaunchTimer::writeTrace(raw_ostream &os) const {
  json::OStream json(os);
  auto event = [&](StringRef name, StringRef category, const Span &span,
                   function_ref<void()> arguments) {
    json.object([&] {
      json.attribute("name", name);
      json.attribute("cat", category);
      json.attribute("ph", "X");
      json.attribute("pid", 1);
      json.attribute("tid", 1);
      json.attribute("ts", span.begin * 1e-3);
      json.attribute("dur", (span.end - span.begin) * 1e-3);
      json.attributeObject("args", arguments);
    });
  };
  json.array([&] {
    for (const Run &run : runs) {
      event("run", "run", run.whole, [&] {
        if (model.sizes().size() > 1)
          json.attributeObject("size", [&] { writeSize(json); });
      });
      for (auto [i, span] : enumerate(run.launches)) {
        const convopt_launch &launch = launches[i];
        event(launch.operation, "kernel", span, [&, &span = span] {
          json.attribute("node", launch.node);
          json.attribute("kernel", launch.kernel);
          json.attribute("shape", launch.shape);
          json.attribute("primitive", launch.primitive);
          json.attribute("bytes", launch.bytes);
          double ns = std::max<int64_t>(span.end - span.begin, 1);
          json.attribute("GFLOP/s", launch.operations / ns);
          json.attribute("predicted ms", launch.predicted_ns * 1e-6);
        });
      }
    }
  });
  os << "\n";
}

} // namespace convopt
