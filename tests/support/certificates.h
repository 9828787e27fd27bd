#pragma once

#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace rcache::test {

/// A certificate and its private key, as paths of PEM files.
struct Identity {
  std::string certificate;
  std::string key;
};

/// A private authority and what it has signed, made by the `openssl` command.
class Certificates {
 public:
  /// Errors:  Failure when there is no openssl command, or with its words.
  Certificates();

  [[nodiscard]] std::string authority() const { return folder_.file("ca.crt"); }
  [[nodiscard]] Identity server() const {
    return identity("server");
  }  ///< localhost, 127.0.0.1, ::1
  [[nodiscard]] Identity other_name() const { return identity("other"); }  ///< other.example only
  [[nodiscard]] Identity expired() const { return identity("expired"); }  ///< good until 2020-01-02
  [[nodiscard]] Identity self_signed() const { return identity("self"); }  ///< by nobody else
  [[nodiscard]] Identity client() const { return identity("client"); }

 private:
  [[nodiscard]] Identity identity(const std::string& name) const;

  TempDir folder_;
};

/// One set for the whole test program, made when first asked for.
const Certificates& certificates();

enum class ClientCertificate { not_asked, required };

/// What a Server with Listen::tls needs in ServerOptions::arguments.
std::vector<std::string> tls_arguments(const Identity& identity, const std::string& authority,
                                       ClientCertificate clients = ClientCertificate::not_asked);

}  // namespace rcache::test
