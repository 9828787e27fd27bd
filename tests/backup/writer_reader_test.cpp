#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "backup/reader.h"
#include "backup/samples.h"
#include "backup/writer.h"
#include "support/skip.h"
#include "support/temp_dir.h"

namespace rcache::backup {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::string message_of_create(const std::string& path, ErrorKind kind = ErrorKind::usage) {
  const auto writer = Writer::create(path, sample_header());
  REQUIRE_FALSE(writer);
  CHECK(writer.error().kind == kind);
  return writer.error().message;
}

}  // namespace

TEST_CASE("writer: a reader finds what was added, in its order, and then the end") {
  const test::TempDir folder;
  const auto path = folder.file("backup");
  const auto writer = Writer::create(path, sample_header());
  REQUIRE(writer);
  CHECK((*writer)->path() == path);
  Value large = sample_value(hostile_bytes());
  large.dump.assign(3'000'000, 'x');
  (*writer)->add(large);
  (*writer)->add(sample_members());
  REQUIRE((*writer)->sync());
  (*writer)->add(sample_value(""));
  REQUIRE((*writer)->finish("done"));

  const auto content = read_backup(path);
  REQUIRE(content);
  CHECK(content->header == sample_header());
  CHECK(content->torn_bytes == 0);
  REQUIRE(content->items.size() == 4);
  CHECK(std::get<Value>(content->items[0].content) == large);
  CHECK(std::get<Members>(content->items[1].content) == sample_members());
  CHECK(std::get<Value>(content->items[2].content) == sample_value(""));
  CHECK(std::get<End>(content->items[3].content) == End{2, 3, "done"});
}

TEST_CASE("writer: counts only what is on the disk") {
  const test::TempDir folder;
  const auto writer = Writer::create(folder.file("backup"), sample_header());
  REQUIRE(writer);
  const auto header_bytes = frame(sample_header()).size();
  const auto value_bytes = frame(sample_value("key")).size();
  CHECK((*writer)->bytes() == header_bytes);
  CHECK((*writer)->pending_bytes() == 0);
  (*writer)->add(sample_value("key"));
  (*writer)->add(sample_value("key"));
  CHECK((*writer)->values() == 0);
  CHECK((*writer)->bytes() == header_bytes);
  CHECK((*writer)->pending_bytes() == 2 * value_bytes);
  CHECK(std::filesystem::file_size(folder.file("backup")) == header_bytes);
  REQUIRE((*writer)->sync());
  REQUIRE((*writer)->sync());
  CHECK((*writer)->values() == 2);
  CHECK((*writer)->bytes() == header_bytes + 2 * value_bytes);
  CHECK((*writer)->pending_bytes() == 0);
  CHECK(std::filesystem::file_size(folder.file("backup")) == (*writer)->bytes());
}

TEST_CASE("writer: without finish() the file has no end, and is good") {
  const test::TempDir folder;
  {
    const auto writer = Writer::create(folder.file("backup"), sample_header());
    REQUIRE(writer);
    (*writer)->add(sample_value("saved"));
    REQUIRE((*writer)->sync());
    (*writer)->add(sample_value("never synced"));
  }
  const auto content = read_backup(folder.file("backup"));
  REQUIRE(content);
  CHECK(keys_in(*content) == std::vector<std::string>{"saved"});
  CHECK(content->items.size() == 1);
}

TEST_CASE("writer: the mode is 0600 whatever the umask") {
  for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
    CAPTURE(mask);
    const test::TempDir folder;
    const auto before = ::umask(mask);
    const auto writer = Writer::create(folder.file("backup"), sample_header());
    ::umask(before);
    REQUIRE(writer);
    CHECK(mode_of(folder.file("backup")) == 0600);
  }
}

TEST_CASE("writer: never writes to something that is there already") {
  const test::TempDir folder;
  const auto existing = folder.write("existing", "precious");
  REQUIRE(::mkdir(folder.file("folder").c_str(), 0700) == 0);
  REQUIRE(::symlink("existing", folder.file("link").c_str()) == 0);
  REQUIRE(::symlink("nowhere", folder.file("dangling").c_str()) == 0);
  struct Case {
    const char* name;
    const char* why;
  };
  const Case cases[] = {{"existing", "it exists already"},
                        {"folder", "it exists already"},
                        {".", "it exists already"},
                        {"link", "it is a symbolic link"},
                        {"dangling", "it is a symbolic link"},
                        {"folder/", "it names no file"}};
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto path = folder.file(c.name);
    CHECK(message_of_create(path) == "cannot make the backup file '" + path + "': " + c.why);
  }
  CHECK(message_of_create("") == "cannot make the backup file '': it names no file");
  CHECK(test::read_file(existing) == "precious");
  CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));
}

TEST_CASE("writer: a folder that is missing or no folder is named") {
  const test::TempDir folder;
  folder.write("file", "");
  const auto path = folder.path();
  CHECK(message_of_create(path + "/no\n/backup") == "cannot make the backup file '" + path +
                                                        "/no\\x0a/backup': folder '" + path +
                                                        "/no\\x0a': No such file or directory");
  CHECK(message_of_create(path + "/file/backup") == "cannot make the backup file '" + path +
                                                        "/file/backup': folder '" + path +
                                                        "/file': Not a directory");
  const auto name = path + "/" + std::string(300, 'x');
  CHECK(message_of_create(name, ErrorKind::output) ==
        "cannot make the backup file '" + name + "': File name too long");
}

TEST_CASE("writer: a folder in which others may replace the file is refused") {
  const test::TempDir folder;
  const auto path = folder.file("backup");
  REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
  CHECK(message_of_create(path) == "cannot make the backup file '" + path +
                                       "': everybody may replace files in folder '" +
                                       folder.path() + "' (mode 0777)");
  REQUIRE(::chmod(folder.path().c_str(), 01777) == 0);
  CHECK(Writer::create(path, sample_header()));
  if (::geteuid() != 0) return test::report_skipped(test::current_test(), "only root can chown");
  REQUIRE(::chown(folder.path().c_str(), 12345, 12345) == 0);
  CHECK(message_of_create(path + "2") == "cannot make the backup file '" + path + "2': folder '" +
                                             folder.path() + "' belongs to another user (12345)");
}

TEST_CASE("writer: a thread adds while others sync, and nothing is lost or out of order") {
  const test::TempDir folder;
  const auto path = folder.file("backup");
  const auto made = Writer::create(path, sample_header());
  REQUIRE(made);
  Writer& writer = **made;
  std::atomic<bool> adding{true};
  std::atomic<int> wrong{0};
  const auto sync_all_the_time = [&] {
    while (adding) {
      const auto values = writer.values();
      if (!writer.sync() || writer.values() < values) ++wrong;
      const auto bytes = writer.bytes();
      if (std::filesystem::file_size(path) < bytes) ++wrong;  // said to be saved, and is not
    }
  };
  std::thread disk(sync_all_the_time);
  std::thread other_disk(sync_all_the_time);
  std::vector<std::string> keys;
  while (keys.size() < 8'000 && wrong == 0) {
    if (writer.pending_bytes() > 5'000) continue;  // many small syncs instead of a few large ones
    keys.push_back("key:" + std::to_string(keys.size()));
    writer.add(sample_value(keys.back()));
    if (writer.values() > keys.size()) ++wrong;
  }
  adding = false;
  disk.join();
  other_disk.join();
  REQUIRE(writer.finish("done"));
  CHECK(wrong == 0);
  CHECK(writer.values() == keys.size());
  CHECK(writer.pending_bytes() == 0);
  const auto content = read_backup(path);
  REQUIRE(content);
  CHECK(keys_in(*content) == keys);
  CHECK(std::get<End>(content->items.back().content) == End{keys.size(), 0, "done"});
}

TEST_CASE("reader: rewind goes back to the first record") {
  const test::TempDir folder;
  const auto reader = Reader::open(
      folder.write("backup", frame(Header{}) + frame(sample_value("key")) + frame(End{})));
  REQUIRE(reader);
  for (int time = 0; time < 2; ++time) {
    const auto first = (*reader)->next();
    REQUIRE(first);
    REQUIRE(*first);
    CHECK(std::get<Value>((*first)->content) == sample_value("key"));
    REQUIRE((*reader)->rewind());
  }
}

TEST_CASE("reader: a file that becomes shorter while it is read is an error, not its end") {
  const test::TempDir folder;
  const auto path =
      folder.write("backup", frame(Header{}) + frame(sample_value(std::string(1'000'000, 'x'))) +
                                 frame(sample_value("last")));
  const auto reader = Reader::open(path);
  REQUIRE(reader);
  REQUIRE(::truncate(path.c_str(), 500'000) == 0);
  for (int time = 0; time < 2; ++time) {
    const auto error = error_of((*reader)->next());
    CHECK(error.kind == ErrorKind::output);
    CHECK(error.message ==
          "cannot read the backup file '" + path + "': it became shorter while it was read");
  }
  CHECK_FALSE((*reader)->rewind());
}

}  // namespace rcache::backup
