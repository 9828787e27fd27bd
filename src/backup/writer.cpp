#include "backup/writer.h"

#include <fmt/format.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>

#include "backup/frame.h"
#include "core/key.h"
#include "core/units.h"
#include "file/new_file.h"

namespace rcache::backup {
namespace {

constexpr std::size_t k_shown_key_bytes = 60;

struct Totals {
  std::uint64_t values = 0;
  std::uint64_t members = 0;
  std::uint64_t bytes = 0;
};

Error cannot_write(const std::string& path, std::string_view why) {
  return {ErrorKind::output,
          fmt::format("cannot write the backup file '{}': {}", printable(path), why)};
}

}  // namespace

struct Writer::State {
  State(std::string path_, file::NewFile file_) : path(std::move(path_)), file(std::move(file_)) {}

  const std::string path;
  const file::NewFile file;
  std::mutex writing;  ///< held by one sync() at a time: the file keeps the order of add()
  std::mutex guard;    ///< of what follows; never held while the disk works
  std::string pending;
  Totals added;
  Totals synced;
  bool ended = false;
  std::optional<Error> failure;

  /// With `guard` held.
  void append(std::string frame, std::uint64_t values, std::uint64_t members) {
    added.values += values;
    added.members += members;
    added.bytes += frame.size();
    if (pending.empty()) {
      pending = std::move(frame);  // a large value is not copied
    } else {
      pending += frame;
    }
  }

  /// The first failure stays the failure.
  Error fail_with(std::string_view why) {
    const std::lock_guard lock(guard);
    if (!failure) failure = cannot_write(path, why);
    pending.clear();
    return *failure;
  }

  void add(std::string frame, std::string_view key, std::uint64_t values, std::uint64_t members) {
    // The reader takes a longer one for damage.
    if (frame.size() - k_frame_overhead_bytes > k_max_payload_bytes) {
      fail_with(fmt::format("the record of '{}' is too long ({})",
                            printable(key, k_shown_key_bytes),
                            format_bytes(static_cast<std::int64_t>(frame.size()))));
      return;
    }
    const std::lock_guard lock(guard);
    assert(!ended);
    if (!failure) append(std::move(frame), values, members);
  }
};

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::create(const std::string& path, const Header& header) {
  auto made = file::make_new_file(path, "backup file");
  if (!made) return fail(std::move(made).error());
  std::unique_ptr<Writer> writer(new Writer(std::make_unique<State>(path, std::move(*made))));
  State& state = *writer->state_;
  state.append(frame(header), 0, 0);
  auto ready = writer->sync();
  const int folder_problem = ready ? file::sync_folder(state.file) : 0;
  if (folder_problem != 0) {
    ready = fail(cannot_write(path, std::strerror(folder_problem)));
  }
  if (!ready) {
    file::remove_file(state.file);  // or the next try would find that it exists
    return fail(std::move(ready).error());
  }
  return writer;
}

void Writer::add(const Value& value) {
  state_->add(frame(value), value.key, 1, 0);
}

void Writer::add(const Members& members) {
  const auto count = members.members.size();
  if (count > k_max_members) {
    state_->fail_with(fmt::format("the record of '{}' has too many members ({})",
                                  printable(members.container, k_shown_key_bytes),
                                  format_count(count)));
    return;
  }
  state_->add(frame(members), members.container, 0, count);
}

Result<void> Writer::sync() {
  const std::lock_guard turn(state_->writing);
  std::string batch;
  Totals reached;
  {
    const std::lock_guard lock(state_->guard);
    if (state_->failure) return fail(*state_->failure);
    if (state_->pending.empty()) return {};
    batch.swap(state_->pending);
    reached = state_->added;
  }
  const auto& descriptor = state_->file.file;
  int problem = file::write_all(descriptor, batch);
  if (problem == 0) problem = file::sync_data(descriptor);
  if (problem != 0) {
    // Never tried again: after a failed sync the kernel may have dropped what it could not write,
    // and the next sync would say that all is well.
    return fail(state_->fail_with(std::strerror(problem)));
  }
  const std::lock_guard lock(state_->guard);
  state_->synced = reached;
  return {};
}

Result<void> Writer::finish(const std::string& reason) {
  {
    const std::lock_guard lock(state_->guard);
    assert(!state_->ended);
    state_->ended = true;
    if (!state_->failure) {
      const End end{state_->added.values, state_->added.members, reason};
      state_->append(frame(end), 0, 0);
    }
  }
  return sync();
}

std::uint64_t Writer::values() const {
  const std::lock_guard lock(state_->guard);
  return state_->synced.values;
}

std::uint64_t Writer::bytes() const {
  const std::lock_guard lock(state_->guard);
  return state_->synced.bytes;
}

std::size_t Writer::pending_bytes() const {
  const std::lock_guard lock(state_->guard);
  return static_cast<std::size_t>(state_->added.bytes - state_->synced.bytes);
}

const std::string& Writer::path() const {
  return state_->path;
}

}  // namespace rcache::backup
