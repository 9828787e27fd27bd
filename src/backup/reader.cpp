#include "backup/reader.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "backup/file_bytes.h"
#include "backup/frame.h"
#include "core/key.h"

namespace rcache::backup {
namespace {

using Content = decltype(Item::content);

constexpr std::size_t k_search_bytes = std::size_t{64} << 10U;

std::optional<Head> head_at(FileBytes& file, std::uint64_t offset) {
  return parse_head(file.view(offset, k_head_bytes));
}

/// Where the next whole head begins, at `from` or behind it; the file's end if there is none.
std::uint64_t find_head(FileBytes& file, std::uint64_t from) {
  while (true) {
    const auto bytes = file.view(from, k_search_bytes);
    if (bytes.size() < k_head_bytes) return file.size();
    for (auto hit = bytes.find(k_magic); hit != std::string_view::npos;
         hit = bytes.find(k_magic, hit + 1)) {
      if (parse_head(bytes.substr(hit))) return from + hit;
    }
    from += bytes.size() - (k_head_bytes - 1);  // a head may lie across the edge
  }
}

/// Whether a frame can end at `offset`: another one begins there, or is cut off there, or none
/// follows.
bool is_frame_edge(FileBytes& file, std::uint64_t offset) {
  const auto bytes = file.view(offset, k_head_bytes);
  return bytes.empty() || parse_head(bytes) || is_cut_head(bytes);
}

template <typename Record>
Result<Content> as_content(Result<Record> record) {
  if (!record) return fail(std::move(record).error());
  return Content(std::move(*record));
}

Result<Content> parse(std::uint8_t kind, std::string_view payload) {
  switch (static_cast<Kind>(kind)) {
    case Kind::header:
      return as_content(parse_header(payload));
    case Kind::value:
      return as_content(parse_value(payload));
    case Kind::members:
      return as_content(parse_members(payload));
    case Kind::end:
      return as_content(parse_end(payload));
  }
  return fail(ErrorKind::usage, fmt::format("it is of the unknown kind {}", kind));
}

tl::unexpected<Error> not_a_backup(const std::string& path) {
  return fail(ErrorKind::usage,
              fmt::format("'{}' is not a backup file of rcache", printable(path)));
}

tl::unexpected<Error> unreadable_header(const std::string& path, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("cannot read the header of the backup file '{}': {}",
                                            printable(path), why));
}

}  // namespace

struct Reader::State {
  explicit State(FileBytes file_) : file(std::move(file_)) {}

  FileBytes file;
  Header header;
  std::uint64_t first = 0;  ///< behind the header
  std::uint64_t at = 0;
  std::uint64_t torn = 0;

  std::optional<Item> next();

 private:
  Item found(std::uint64_t end, Content content);
  Item damaged(std::uint64_t end, std::string what);
  std::optional<Item> without_head();
  std::optional<Item> cut_frame();
  std::optional<Item> tear();
};

std::optional<Item> Reader::State::next() {
  if (at >= file.size()) return std::nullopt;
  const auto head = head_at(file, at);
  if (!head) return without_head();
  const auto behind_head = at + k_head_bytes;
  if (head->payload_bytes > k_max_payload_bytes) {
    return damaged(find_head(file, behind_head), "it is longer than any record");
  }
  const auto end = behind_head + head->payload_bytes + k_checksum_bytes;
  if (end > file.size()) return cut_frame();
  auto payload = file.view(behind_head, head->payload_bytes + k_checksum_bytes);
  if (!payload_fits(payload)) {
    // What lies within the length that was declared is not searched without need: a disk that mixes
    // up blocks could show old records there.
    const auto next = is_frame_edge(file, end) ? end : find_head(file, behind_head);
    return damaged(next, "the checksum does not fit");
  }
  payload.remove_suffix(k_checksum_bytes);
  auto content = parse(head->kind, payload);
  if (!content) return damaged(end, content.error().message);
  if (at > 0 && std::holds_alternative<Header>(*content)) {
    return damaged(end, "it is a second header: files were joined");
  }
  return found(end, std::move(*content));
}

Item Reader::State::found(std::uint64_t end, Content content) {
  return {std::exchange(at, end), std::move(content)};
}

Item Reader::State::damaged(std::uint64_t end, std::string what) {
  return found(end, Damage{at, end - at, std::move(what)});
}

std::optional<Item> Reader::State::without_head() {
  const auto bytes = file.view(at, k_head_bytes);
  if (is_cut_head(bytes)) return tear();
  const bool magic = bytes.starts_with(k_magic);
  return damaged(find_head(file, at + 1),
                 magic ? "the checksum of its head does not fit" : "no record begins here");
}

/// A frame that is longer than the rest of the file.
std::optional<Item> Reader::State::cut_frame() {
  const auto next = find_head(file, at + k_head_bytes);
  if (next == file.size()) return tear();
  return damaged(next, "its end is missing");
}

std::optional<Item> Reader::State::tear() {
  torn = file.size() - at;
  at = file.size();
  return std::nullopt;
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::open(const std::string& path) {
  auto file = FileBytes::open(path);
  if (!file) return fail(std::move(file).error());
  auto state = std::make_unique<State>(std::move(*file));
  const bool ours = state->file.view(0, k_magic.size()) == k_magic;
  if (state->file.failure()) return fail(*state->file.failure());
  if (!ours) return not_a_backup(path);
  const auto item = state->next();
  if (state->file.failure()) return fail(*state->file.failure());
  if (!item) return unreadable_header(path, "the file ends within it");
  if (const auto* damage = std::get_if<Damage>(&item->content)) {
    return unreadable_header(path, damage->what);
  }
  const auto* header = std::get_if<Header>(&item->content);
  if (header == nullptr) return not_a_backup(path);
  state->header = *header;
  state->first = state->at;
  return std::unique_ptr<Reader>(new Reader(std::move(state)));
}

const Header& Reader::header() const {
  return state_->header;
}

Result<std::optional<Item>> Reader::next() {
  auto item = state_->next();
  // Whatever was made of bytes that could not be read says nothing about the file.
  if (state_->file.failure()) return fail(*state_->file.failure());
  return item;
}

std::uint64_t Reader::torn_bytes() const {
  return state_->torn;
}

Result<void> Reader::rewind() {
  if (state_->file.failure()) return fail(*state_->file.failure());
  state_->at = state_->first;
  return {};
}

}  // namespace rcache::backup
