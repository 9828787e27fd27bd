#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "backup/samples.h"
#include "backup/writer.h"
#include "support/temp_dir.h"

namespace rcache::backup {
namespace {

/// No file may grow beyond `bytes` while it lives: a full disk for those who cannot make one.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit smaller{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &smaller);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace

TEST_CASE("writer: after a failed write it takes no more, and what was synced before is readable") {
  const test::TempDir folder;
  const auto path = folder.file("backup");
  const auto made = Writer::create(path, sample_header());
  REQUIRE(made);
  Writer& writer = **made;
  writer.add(sample_value("saved"));
  REQUIRE(writer.sync());
  const auto good_bytes = writer.bytes();
  const auto value_bytes = frame(sample_value("lost")).size();

  writer.add(sample_value("lost"));
  writer.add(sample_value("lost"));
  Result<void> failed;
  {
    const FileSizeLimit limit(good_bytes + value_bytes + 20);
    failed = writer.sync();
  }
  const auto error = error_of(failed);
  CHECK(error.kind == ErrorKind::output);
  CHECK(error.message == "cannot write the backup file '" + path + "': File too large");

  // There would be room again: but what is missing in the middle stays missing.
  writer.add(sample_value("later"));
  CHECK(error_of(writer.sync()).message == error.message);
  CHECK(error_of(writer.finish("done")).message == error.message);
  CHECK(writer.values() == 1);
  CHECK(writer.bytes() == good_bytes);

  const auto content = read_backup(path);
  REQUIRE(content);
  CHECK(keys_in(*content) == std::vector<std::string>{"saved", "lost"});
  CHECK(content->items.size() == 2);
  CHECK(content->torn_bytes == 20);
}

TEST_CASE("writer: a file whose header cannot be written is taken away again") {
  const test::TempDir folder;
  const auto path = folder.file("backup");
  {
    const FileSizeLimit limit(10);
    const auto writer = Writer::create(path, sample_header());
    REQUIRE_FALSE(writer);
    CHECK(writer.error().kind == ErrorKind::output);
    CHECK(writer.error().message == "cannot write the backup file '" + path + "': File too large");
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(Writer::create(path, sample_header()));
}

TEST_CASE("writer: a record that no reader would take is a failed write, not a lost key") {
  const test::TempDir folder;
  const auto path = folder.file("backup");
  const auto writer = Writer::create(path, sample_header());
  REQUIRE(writer);
  (*writer)->add(sample_value("small"));
  REQUIRE((*writer)->sync());
  Members many;
  many.container = "tag:\n";
  many.members.resize(k_max_members + 1);
  (*writer)->add(many);
  const auto error = error_of((*writer)->sync());
  CHECK(error.kind == ErrorKind::output);
  CHECK(error.message == "cannot write the backup file '" + path +
                             "': the record of 'tag:\\x0a' has too many members (1,000,001)");
  CHECK((*writer)->values() == 1);
}

}  // namespace rcache::backup
