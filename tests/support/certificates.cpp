#include "support/certificates.h"

#include <utility>

#include "support/failure.h"
#include "support/program.h"

namespace rcache::test {
namespace {

// `openssl ca` alone can date a certificate back with every version of OpenSSL 3.
constexpr const char* k_configuration =
    "[ca]\ndefault_ca = ours\n"
    "[ours]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ncertificate = ca.crt\n"
    "private_key = ca.key\ndefault_md = sha256\npolicy = any\nunique_subject = no\n"
    "x509_extensions = local\n"
    "[any]\ncommonName = supplied\n"
    "[local]\nsubjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1\n"
    "[req]\ndistinguished_name = name\n[name]\n";

void openssl(const TempDir& folder, std::vector<std::string> arguments) {
  ProgramOptions options;
  options.argv = std::move(arguments);
  options.argv.insert(options.argv.begin(), "openssl");
  options.directory = folder.path();
  const ProgramResult result = run(options);
  if (result.exit_code != 0) throw Failure("openssl failed: " + result.describe());
}

std::vector<std::string> request(const std::string& name, const std::string& subject,
                                 const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"req",
                                     "-config",
                                     "openssl.cnf",
                                     "-newkey",
                                     "ec",
                                     "-pkeyopt",
                                     "ec_paramgen_curve:P-256",
                                     "-noenc",
                                     "-subj",
                                     "/CN=" + subject,
                                     "-keyout",
                                     name + ".key"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

Certificates::Certificates() {
  folder_.write("openssl.cnf", k_configuration);
  folder_.write("index.txt", "");
  folder_.write("serial", "1000\n");
  const std::string local = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1";
  openssl(folder_, request("ca", "rcache test authority",
                           {"-x509", "-days", "2", "-out", "ca.crt", "-addext",
                            "basicConstraints=critical,CA:TRUE", "-addext",
                            "keyUsage=critical,keyCertSign,cRLSign"}));
  const auto sign = [this](const std::string& name, const std::string& subject,
                           const std::string& extension) {
    openssl(folder_, request(name, subject,
                             {"-x509", "-days", "2", "-CA", "ca.crt", "-CAkey", "ca.key", "-out",
                              name + ".crt", "-addext", "basicConstraints=critical,CA:FALSE",
                              "-addext", extension}));
  };
  sign("server", "localhost", local);
  sign("other", "other.example", "subjectAltName=DNS:other.example");
  sign("client", "client", "extendedKeyUsage=clientAuth");
  openssl(folder_, request("self", "localhost",
                           {"-x509", "-days", "2", "-out", "self.crt", "-addext", local}));
  openssl(folder_, request("expired", "localhost", {"-new", "-out", "expired.csr"}));
  openssl(folder_,
          {"ca", "-batch", "-notext", "-config", "openssl.cnf", "-in", "expired.csr", "-out",
           "expired.crt", "-startdate", "20200101000000Z", "-enddate", "20200102000000Z"});
}

Identity Certificates::identity(const std::string& name) const {
  return {folder_.file(name + ".crt"), folder_.file(name + ".key")};
}

const Certificates& certificates() {
  static const Certificates instance;
  return instance;
}

std::vector<std::string> tls_arguments(const Identity& identity, const std::string& authority,
                                       ClientCertificate clients) {
  return {"--tls-cert-file",    identity.certificate,
          "--tls-key-file",     identity.key,
          "--tls-ca-cert-file", authority,
          "--tls-auth-clients", clients == ClientCertificate::required ? "yes" : "no"};
}

}  // namespace rcache::test
