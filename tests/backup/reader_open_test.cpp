#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "backup/frame.h"
#include "backup/reader.h"
#include "backup/samples.h"
#include "support/skip.h"
#include "support/temp_dir.h"

namespace rcache::backup {
namespace {

Error error_of_open(const std::string& path) {
  const auto reader = Reader::open(path);
  REQUIRE_FALSE(reader);
  CHECK(reader.error().kind == ErrorKind::usage);
  return reader.error();
}

}  // namespace

TEST_CASE("reader: what is not a regular file of our own is refused, with what to do") {
  const test::TempDir folder;
  const auto backup = folder.write("backup", frame(Header{}));
  REQUIRE(::symlink("backup", folder.file("link").c_str()) == 0);
  REQUIRE(::mkfifo(folder.file("fifo").c_str(), 0600) == 0);
  struct Case {
    const char* name;
    const char* why;
    const char* hint;
  };
  const Case cases[] = {
      {"missing\n", "No such file or directory", ""},
      {"link", "it is a symbolic link", "name the file that it points to"},
      {"", "it is a folder", ""},
      {"fifo", "it is not a regular file", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto error = error_of_open(folder.file(c.name));
    const auto shown = folder.file(c.name == std::string("missing\n") ? "missing\\x0a" : c.name);
    CHECK(error.message == "cannot read the backup file '" + shown + "': " + c.why);
    CHECK(error.hint == c.hint);
  }
  for (const mode_t mode : {mode_t{0620}, mode_t{0602}}) {
    CAPTURE(mode);
    REQUIRE(::chmod(backup.c_str(), mode) == 0);
    const auto error = error_of_open(backup);
    CHECK(error.message == "cannot read the backup file '" + backup +
                               "': others may write to it (mode " +
                               (mode == 0620 ? "0620)" : "0602)"));
    CHECK(error.hint == "if nobody did, chmod go-w " + backup);
  }
  REQUIRE(::chmod(backup.c_str(), 0644) == 0);
  CHECK(Reader::open(backup));
  if (::geteuid() != 0) return test::report_skipped(test::current_test(), "only root can chown");
  REQUIRE(::chown(backup.c_str(), 12345, 12345) == 0);
  CHECK(error_of_open(backup).message ==
        "cannot read the backup file '" + backup +
            "': it belongs to another user (12345), who decides what is in it");
}

TEST_CASE("reader: an ordinary file is no backup, and neither is one that begins with a record") {
  const test::TempDir folder;
  for (const auto& text : {std::string("{\"schema\": 1}"), std::string(), frame(Value{})}) {
    CAPTURE(text);
    const auto path = folder.write("x.json", text);
    CHECK(error_of_open(path).message == "'" + path + "' is not a backup file of rcache");
  }
}

TEST_CASE("reader: a file of a later format says which, and which one is read") {
  const test::TempDir folder;
  Header later;
  later.format_version = 7;
  const auto path = folder.write("backup", frame(later));
  CHECK(error_of_open(path).message == "cannot read the header of the backup file '" + path +
                                           "': it is of format 7, and this rcache reads format 1");
}

TEST_CASE("reader: one wrong bit in the header is an error") {
  const test::TempDir folder;
  const auto header = frame(sample_header());
  for (std::size_t bit = 0; bit < 8 * header.size(); ++bit) {
    CAPTURE(bit);
    std::filesystem::remove(folder.file("backup"));  // emptied and written again it may be flushed
    std::string bytes = header + frame(sample_value("key"));
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const auto path = folder.write("backup", bytes);
    const auto error = error_of(read_backup(path));
    CHECK(error.kind == ErrorKind::usage);
    const auto* head = "the checksum of its head does not fit";
    const auto* rest = "the checksum does not fit";
    const auto damaged = "cannot read the header of the backup file '" + path + "': ";
    CHECK(error.message == (bit < 8 * k_magic.size()
                                ? "'" + path + "' is not a backup file of rcache"
                                : damaged + (bit < 8 * k_head_bytes ? head : rest)));
  }
}

TEST_CASE("reader: a file cut within its header is an error that says so") {
  const test::TempDir folder;
  const auto header = frame(sample_header());
  for (std::size_t size = 0; size < header.size(); ++size) {
    CAPTURE(size);
    const auto path = folder.write("backup", header.substr(0, size));
    CHECK(error_of(read_backup(path)).message ==
          (size < k_magic.size() ? "'" + path + "' is not a backup file of rcache"
                                 : "cannot read the header of the backup file '" + path +
                                       "': the file ends within it"));
  }
}

}  // namespace rcache::backup
