#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/support.h"

namespace rcache::test {

/// A password with everything in it that is easily cut, decoded or quoted wrongly.
inline const std::string k_secret = "S3CR3T-%40\"'";
/// The same inside a URL.
inline const std::string k_secret_in_url = "S3CR3T-%2540%22%27";

/// Source: RFC 4648, section 4.
inline std::string base64(std::string_view bytes) {
  static constexpr std::string_view k_letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const auto three = (static_cast<unsigned char>(bytes[i]) << 16U) |
                       (static_cast<unsigned char>(bytes[i + 1]) << 8U) |
                       static_cast<unsigned char>(bytes[i + 2]);
    for (int shift = 18; shift >= 0; shift -= 6)
      out += k_letters[(static_cast<unsigned>(three) >> shift) & 63U];
  }
  return out;
}

/// The forms in which the password could show: as it is, as a part, decoded once too often,
/// encoded.
inline std::vector<std::string> secret_forms() {
  std::vector<std::string> forms = {"S3CR3T", "s3cr3t", "%40\"",  "%40\\\"",
                                    "%2540",  "-@\"",   "%22%27", "533343523354"};
  // Whatever stands before it, one of the three alignments of base64 is this.
  for (const char* before : {"", "x", "xx"})
    forms.push_back(base64(before + k_secret).substr(*before == 0 ? 0 : 4, 8));
  return forms;
}

/// Checks that no form of the password is in `text`.
inline void check_secret(std::string_view where, std::string_view text) {
  for (const auto& form : secret_forms()) {
    CAPTURE(where);
    CAPTURE(text);
    CAPTURE(form);
    CHECK_FALSE(contains(text, form));
  }
}

inline void check_secret(const ProgramResult& result) {
  check_secret("stdout", result.out);
  check_secret("stderr", result.err);
  check_secret("the terminal", result.screen);
}

/// Checks all files of a folder but those named.
inline void check_secret_in_files(const std::string& folder, const std::vector<std::string>& but) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto path = entry.path().string();
    if (!entry.is_regular_file() || std::find(but.begin(), but.end(), path) != but.end()) continue;
    check_secret(path, path + "\n" + read_file(path));
  }
}

/// One place where a password can be given.
struct SecretPlace {
  std::string name;
  std::vector<std::string> flags;
  std::vector<std::string> environment;
  std::string input = {};  ///< for stdin
  bool in_url = false;     ///< the URL says where the server is, too
};

/// All places, for the server at 127.0.0.1:`port`. `folder` gets the files that hold the password:
/// "pass" and "config.toml".
inline std::vector<SecretPlace> secret_places(int port, const TempDir& folder) {
  const auto at = "127.0.0.1:" + std::to_string(port);
  const auto url = "redis://:" + k_secret_in_url + "@" + at;
  const auto file = folder.write("pass", k_secret + "\n");
  const auto config = folder.write("config.toml", "[profile.url]\nurl = \"" + url +
                                                      "\"\n[profile.file]\nurl = \"redis://" + at +
                                                      "\"\npass_file = \"" + file + "\"\n");
  const std::vector<std::string> flags = {"-h", "127.0.0.1", "-p", std::to_string(port)};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), flags.begin(), flags.end());
    return more;
  };
  return {
      {"-a", with({"-a", k_secret}), {}},
      {"-aVALUE", with({"-a" + k_secret}), {}},
      {"-qaVALUE", with({"-qa" + k_secret}), {}},
      {"--pass VALUE", with({"--pass", k_secret}), {}},
      {"--pass=VALUE", with({"--pass=" + k_secret}), {}},
      {"--user and -a", with({"--user", "default", "-a", k_secret}), {}},
      {"-u", {"-u", url}, {}, {}, true},
      {"-uURL", {"-u" + url}, {}, {}, true},
      {"--url=URL", {"--url=" + url}, {}, {}, true},
      {"-u, password not encoded", {"-u", "redis://:" + k_secret + "@" + at}, {}, {}, true},
      {"--pass-file", with({"--pass-file", file}), {}},
      {"--pass-file -", with({"--pass-file", "-"}), {}, k_secret + "\n"},
      {"RCACHE_PASSWORD", with({}), {"RCACHE_PASSWORD=" + k_secret}},
      {"REDISCLI_AUTH", with({}), {"REDISCLI_AUTH=" + k_secret}},
      {"VALKEYCLI_AUTH", with({}), {"VALKEYCLI_AUTH=" + k_secret}},
      {"RCACHE_URL", {}, {"RCACHE_URL=" + url}, {}, true},
      {"REDIS_URL", {}, {"REDIS_URL=" + url}, {}, true},
      {"profile's url", {"--config", config, "--profile", "url"}, {}, {}, true},
      {"profile's pass_file", {"--config", config, "--profile", "file"}, {}, {}, true},
  };
}

/// rcache `command` with the password in this place, and `more` flags.
inline ProgramOptions with_secret(const SecretPlace& place, const std::string& command,
                                  std::vector<std::string> more = {}) {
  std::vector<std::string> words{command};
  words.insert(words.end(), place.flags.begin(), place.flags.end());
  words.insert(words.end(), more.begin(), more.end());
  auto options = rcache_with(std::move(words), place.environment);
  options.input = place.input;
  return options;
}

}  // namespace rcache::test
