#include "core/crc.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace rcache {

TEST_CASE("crc32c: the vectors of RFC 3720, appendix B.4, and the usual one") {
  std::string rising;
  for (char byte = 0; byte < 32; ++byte) rising += byte;
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c(rising) == 0x46dd794e);
  CHECK(crc32c(std::string(rising.rbegin(), rising.rend())) == 0x113fdb5c);
  CHECK(crc32c("") == 0);
}

TEST_CASE("crc64: the vector of Redis' crc64.c") {
  CHECK(crc64("123456789") == 0xe9c6d914c4b8d9ca);
  CHECK(crc64("") == 0);
}

TEST_CASE("crc32c and crc64: bytes that come in two pieces, cut anywhere") {
  std::string bytes;
  for (int byte = 255; byte >= 0; --byte) bytes += static_cast<char>(byte);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    CAPTURE(cut);
    CHECK(crc32c(bytes.substr(cut), crc32c(bytes.substr(0, cut))) == crc32c(bytes));
    CHECK(crc64(bytes.substr(cut), crc64(bytes.substr(0, cut))) == crc64(bytes));
  }
}

}  // namespace rcache
