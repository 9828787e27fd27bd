#pragma once

#include <cstdint>
#include <string_view>

namespace rcache {

/// Source:  RFC 3720, appendix B.4 (Castagnoli)
std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far = 0);

/// CRC-64/Jones, reflected, as DUMP has it.
///
/// Source:  https://github.com/redis/redis/blob/7.0/src/crc64.c, with its own test vector
std::uint64_t crc64(std::string_view bytes, std::uint64_t so_far = 0);

}  // namespace rcache
