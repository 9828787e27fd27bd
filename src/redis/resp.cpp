#include "redis/resp.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <charconv>
#include <string>

#include "core/key.h"

namespace rcache::redis {
namespace {

/// What the callbacks of one reader share; hiredis hands it over as `privdata`.
struct Building {
  ReplyBounds bounds;
  std::size_t elements = 0;
  std::string refusal;  ///< why a callback gave up; hiredis itself can only say "out of memory"
};

Building& building_of(const redisReadTask* task) {
  return *static_cast<Building*>(task->privdata);
}

/// Puts a value where hiredis says it belongs: into a new root, or at the end of the array that is
/// being filled. An array's own address stays good while it is filled, because its parent does not
/// grow before it is complete.
void* place(const redisReadTask* task, Reply reply) {
  if (task->parent == nullptr) return new Reply(std::move(reply));
  auto* siblings = static_cast<Reply*>(task->parent->obj)->get<std::vector<Reply>>();
  return &siblings->emplace_back(std::move(reply));
}

void* refuse(const redisReadTask* task, std::string why) {
  building_of(task).refusal = std::move(why);
  return nullptr;
}

void* create_string(const redisReadTask* task, char* text, std::size_t length) {
  std::string words(text, length);
  switch (task->type) {
    case REDIS_REPLY_STATUS:
      return place(task, Reply{Status(std::move(words))});
    case REDIS_REPLY_ERROR:
      return place(task, Reply{ServerError(std::move(words))});
    case REDIS_REPLY_STRING:
      // hiredis waits for the two bytes behind a bulk string but does not look at them.
      if (text[length] != '\r' || text[length + 1] != '\n') {
        return refuse(task, "a bulk string does not end where its length says");
      }
      return place(task, Reply{std::move(words)});
    default:
      return refuse(task, "a reply of a type that RESP2 does not have");
  }
}

void* create_array_of(const redisReadTask* task, std::size_t length) {
  if (task->type != REDIS_REPLY_ARRAY) {
    return refuse(task, "a reply of a type that RESP2 does not have");
  }
  // hiredis 1.x nests without end, and so would the destructors.
  constexpr int k_most_levels = 7;
  int level = 1;
  for (const auto* above = task->parent; above != nullptr; above = above->parent) ++level;
  if (level > k_most_levels)
    return refuse(task, fmt::format("arrays nested more than {} deep", k_most_levels));
  Building& building = building_of(task);
  if (length > building.bounds.elements - building.elements) {
    return refuse(task, fmt::format("a reply of more than {} elements", building.bounds.elements));
  }
  building.elements += length;
  std::vector<Reply> elements;
  // A declared length is only a promise: reserve a little, let the rest come.
  elements.reserve(std::min<std::size_t>(length, 1024));
  return place(task, Reply{std::move(elements)});
}

void* create_integer(const redisReadTask* task, long long value) {
  return place(task, Reply{static_cast<std::int64_t>(value)});
}

void* create_nil(const redisReadTask* task) {
  if (task->type == REDIS_REPLY_NIL)
    return refuse(task, "a reply of a type that RESP2 does not have");
  return place(task, Reply{Nil{}});
}

void free_reply(void* root) {
  delete static_cast<Reply*>(root);
}

#if HIREDIS_MAJOR >= 1
void* create_array(const redisReadTask* task, std::size_t length) {
  return create_array_of(task, length);
}
// RESP3's own types. Without these functions hiredis would hand out a number as if it were a
// pointer.
void* create_double(const redisReadTask* task, double, char*, std::size_t) {
  return refuse(task, "a reply of a type that RESP2 does not have");
}
void* create_bool(const redisReadTask* task, int) {
  return refuse(task, "a reply of a type that RESP2 does not have");
}
redisReplyObjectFunctions k_functions = {create_string, create_array, create_integer, create_double,
                                         create_nil,    create_bool,  free_reply};
#else
void* create_array(const redisReadTask* task, int length) {
  return create_array_of(task, static_cast<std::size_t>(length));
}
redisReplyObjectFunctions k_functions = {create_string, create_array, create_integer, create_nil,
                                         free_reply};
#endif

}  // namespace

struct ReplyReader::State {
  explicit State(ReplyBounds bounds)
      : building{bounds, 0, {}}, reader(redisReaderCreateWithFunctions(&k_functions)) {
    reader->privdata = &building;
    reader->maxbuf = 256U << 10U;  // keep the buffer between replies instead of allocating it anew
  }
  ~State() { redisReaderFree(reader); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::size_t unread() const { return reader->len - reader->pos; }
  /// Whether hiredis is at a bulk string: it has taken the '$' and waits at the length.
  bool at_string() const {
#if HIREDIS_MAJOR >= 1
    return reader->ridx >= 0 && reader->task[reader->ridx]->type == REDIS_REPLY_STRING;
#else
    return reader->ridx >= 0 && reader->rstack[reader->ridx].type == REDIS_REPLY_STRING;
#endif
  }

  Building building;
  redisReader* reader;
  std::size_t reply_bytes = 0;  ///< of the reply that is being read, all that has come so far
};

ReplyReader::ReplyReader(ReplyBounds bounds) : state_(std::make_unique<State>(bounds)) {}
ReplyReader::~ReplyReader() = default;
ReplyReader::ReplyReader(ReplyReader&&) noexcept = default;
ReplyReader& ReplyReader::operator=(ReplyReader&&) noexcept = default;

Result<void> ReplyReader::feed(std::string_view bytes) {
  if (redisReaderFeed(state_->reader, bytes.data(), bytes.size()) != REDIS_OK) {
    return fail(ErrorKind::protocol,
                fmt::format("cannot read the reply: {}", state_->reader->errstr));
  }
  state_->reply_bytes += bytes.size();
  return {};
}

namespace {

/// Looks at the start of what hiredis could not consume yet: a line that never ends, or the length
/// of a bulk string that announces more than may come.
Result<void> check_unread(std::string_view unread, bool at_string, const ReplyBounds& bounds) {
  const auto line_end = unread.find("\r\n");
  if (line_end == std::string_view::npos) {
    if (unread.size() > bounds.line_bytes) {
      return fail(ErrorKind::protocol,
                  fmt::format("the server sent a line of more than {} bytes", bounds.line_bytes));
    }
    return {};
  }
  if (!at_string) return {};
  std::size_t announced = 0;
  const auto digits = unread.substr(0, line_end);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), announced);
  if (parsed.ec == std::errc::result_out_of_range) announced = SIZE_MAX;
  if (announced > bounds.reply_bytes) {
    return fail(ErrorKind::protocol,
                fmt::format("the server announced a string of {} bytes; at most {} are accepted",
                            announced, bounds.reply_bytes));
  }
  return {};
}

}  // namespace

bool ReplyReader::inside_reply() const {
  return state_->reply_bytes > 0;
}

Result<std::optional<Reply>> ReplyReader::next() {
  State& state = *state_;
  void* root = nullptr;
  if (redisReaderGetReply(state.reader, &root) != REDIS_OK) {
    const std::string why = state.building.refusal.empty()
                                ? std::string(state.reader->errstr)
                                : "the server sent " + state.building.refusal;
    return fail(ErrorKind::protocol, printable(why));
  }
  if (root == nullptr) {
    if (state.reply_bytes > state.building.bounds.reply_bytes) {
      return fail(ErrorKind::protocol, fmt::format("the server sent a reply of more than {} bytes",
                                                   state.building.bounds.reply_bytes));
    }
    if (state.unread() > 0) {
      const std::string_view unread(state.reader->buf + state.reader->pos, state.unread());
      if (auto checked = check_unread(unread, state.at_string(), state.building.bounds); !checked) {
        return fail(std::move(checked).error());
      }
    }
    return std::optional<Reply>();
  }
  const std::unique_ptr<Reply> reply(static_cast<Reply*>(root));
  state.building.elements = 0;
  state.reply_bytes = state.unread();
  return std::optional<Reply>(std::move(*reply));
}

}  // namespace rcache::redis
