#include "redis/stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/write.hpp>
#include <optional>

#include "core/key.h"
#include "core/units.h"
#include "redis/asio.h"
#include "redis/resolve.h"

namespace rcache::redis {
namespace {

using Socket = asio::generic::stream_protocol::socket;
using Instant = std::chrono::steady_clock::time_point;

/// Both kinds of stream read, write and close alike; only the layer that does it differs.
template <typename Layer>
class LayeredStream : public Stream {
 public:
  template <typename... Arguments>
  explicit LayeredStream(Arguments&&... arguments)
      : layer_(std::forward<Arguments>(arguments)...) {}

  Layer& layer() { return layer_; }

  asio::awaitable<Transferred> read_some(asio::mutable_buffer buffer) override {
    auto [error, bytes] = co_await layer_.async_read_some(buffer, k_no_throw);
    co_return Transferred{error, bytes};
  }
  asio::awaitable<Transferred> write(asio::const_buffer buffer) override {
    auto [error, bytes] = co_await asio::async_write(layer_, buffer, k_no_throw);
    co_return Transferred{error, bytes};
  }
  void close() override {
    asio::error_code ignored;
    layer_.lowest_layer().close(ignored);
  }

 private:
  Layer layer_;
};

using PlainStream = LayeredStream<Socket>;
using TlsStream = LayeredStream<asio::ssl::stream<Socket>>;

std::string refusal_hint(const Address& address, const asio::error_code& error) {
  if (!address.socket_path.empty()) {
    if (error == asio::error::access_denied)
      return "the socket's owner or group may; check its permissions";
    return "check --socket, or start the server";
  }
  if (error == asio::error::connection_refused)
    return "check host and port (-h, -p or -u), or start the server";
  return "check host, port and firewall";
}

/// Tries the addresses of a name in turn; the deadline is for all of them together, and no address
/// may use up the time of those behind it.
asio::awaitable<Result<Socket>> connect_socket(Address address, Instant deadline,
                                               std::chrono::milliseconds timeout,
                                               Interrupt& interrupt) {
  auto endpoints = co_await resolve(address, deadline, interrupt);
  if (!endpoints) co_return fail(std::move(endpoints).error());
  const auto executor = co_await asio::this_coro::executor;
  asio::error_code last_error;
  bool late = false;
  for (std::size_t i = 0; i < endpoints->size(); ++i) {
    Socket socket(executor);
    const auto now = std::chrono::steady_clock::now();
    const auto share = (deadline - now) / static_cast<long>(endpoints->size() - i);
    const DeadlineGuard guard(executor, now + share, [&socket] { socket.close(); });
    const InterruptGuard stop(interrupt, [&socket] { socket.close(); });
    const auto endpoint = (*endpoints)[i];
    auto [error] = co_await socket.async_connect(endpoint, k_no_throw);
    if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
    if (!error && !guard.passed()) {
      ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
      if (address.socket_path.empty()) {
        asio::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket.set_option(asio::socket_base::keep_alive(true), ignored);
      }
      co_return std::move(socket);
    }
    late = guard.passed();
    last_error = error;
  }
  const auto where = to_string(address);
  const auto names = endpoints->size() > 1 ? fmt::format(" ({} addresses tried)", endpoints->size())
                                           : std::string();
  if (late) {
    co_return fail(ErrorKind::connect,
                   fmt::format("cannot connect to {}{}: no answer within {}", where, names,
                               format_duration(timeout)),
                   "check host, port and firewall; -t SECONDS waits longer");
  }
  co_return fail(ErrorKind::connect,
                 fmt::format("cannot connect to {}{}: {}", where, names, last_error.message()),
                 refusal_hint(address, last_error));
}

std::string openssl_reason(const asio::error_code& error) {
  const char* reason = ::ERR_reason_error_string(static_cast<unsigned long>(error.value()));
  return reason == nullptr ? error.message() : reason;
}

Result<void> load(const std::string& file, std::string_view flag, const asio::error_code& error) {
  if (!error) return {};
  const auto why =
      error.category() == asio::error::get_ssl_category() ? openssl_reason(error) : error.message();
  return fail(ErrorKind::usage, fmt::format("{}: cannot use '{}': {}", flag, printable(file), why),
              "give a readable PEM file");
}

/// Source: the defaults follow OpenSSL's own advice, SSL_CTX_set_verify(3), SSL_set1_host(3).
Result<asio::ssl::context> make_context(const TlsSettings& tls) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(tls.verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
  asio::error_code error;
  if (!tls.ca_file.empty()) {
    context.load_verify_file(tls.ca_file, error);
    if (auto loaded = load(tls.ca_file, "--cacert", error); !loaded) return fail(loaded.error());
  }
  if (!tls.ca_directory.empty()) {
    context.add_verify_path(tls.ca_directory, error);
    if (auto loaded = load(tls.ca_directory, "--cacertdir", error); !loaded)
      return fail(loaded.error());
  }
  if (tls.ca_file.empty() && tls.ca_directory.empty()) context.set_default_verify_paths(error);
  if (!tls.certificate_file.empty()) {
    context.use_certificate_chain_file(tls.certificate_file, error);
    if (auto loaded = load(tls.certificate_file, "--cert", error); !loaded)
      return fail(loaded.error());
  }
  if (!tls.key_file.empty()) {
    context.use_private_key_file(tls.key_file, asio::ssl::context::pem, error);
    if (auto loaded = load(tls.key_file, "--key", error); !loaded) return fail(loaded.error());
  }
  return context;
}

/// Sets the name that the certificate must carry, and SNI for names (RFC 6066: never for
/// addresses).
void expect_name(SSL* ssl, const std::string& name) {
  asio::error_code not_an_ip;
  asio::ip::make_address(name, not_an_ip);
  if (!not_an_ip) {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), name.c_str());
    return;
  }
  ::SSL_set_tlsext_host_name(ssl, name.c_str());
  ::SSL_set1_host(ssl, name.c_str());
}

Error tls_failed(const std::string& where, const std::string& name, SSL* ssl,
                 const asio::error_code& error) {
  const long verified = ::SSL_get_verify_result(ssl);
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return {ErrorKind::connect,
            fmt::format("cannot trust {}: its certificate is not for '{}'", where, printable(name)),
            "connect by the name in the certificate, give that name with --sni, or --insecure to "
            "skip the check"};
  }
  if (verified != X509_V_OK) {
    return {ErrorKind::connect,
            fmt::format("cannot trust {}: {}", where, ::X509_verify_cert_error_string(verified)),
            "give the authority's certificate with --cacert FILE, or --insecure to skip the check"};
  }
  const bool alert =
      error.category() == asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) > SSL_AD_REASON_OFFSET;
  if (alert) {  // the server speaks TLS, and has refused us
    return {ErrorKind::connect,
            fmt::format("{} refused the TLS handshake: {}", where, describe(error)),
            "if it wants a client certificate, give --cert FILE and --key FILE"};
  }
  return {ErrorKind::connect,
          fmt::format("the TLS handshake with {} failed: {}", where, describe(error)),
          "does this port speak TLS? Without --tls or rediss:// it is spoken to in plain text"};
}

asio::awaitable<Result<std::shared_ptr<Stream>>> shake_hands(Socket socket, Address address,
                                                             ConnectSettings settings,
                                                             Instant deadline,
                                                             Interrupt& interrupt) {
  const TlsSettings& tls = settings.endpoint.tls;
  auto context = make_context(tls);
  if (!context) co_return fail(std::move(context).error());
  auto stream = std::make_shared<TlsStream>(std::move(socket), *context);
  auto* ssl = stream->layer().native_handle();
  const auto where = to_string(address);
  const auto name = tls.server_name.empty() ? address.host : tls.server_name;
  if (!name.empty()) expect_name(ssl, name);

  const auto executor = co_await asio::this_coro::executor;
  const DeadlineGuard guard(executor, deadline, [stream] { stream->close(); });
  const InterruptGuard stop(interrupt, [stream] { stream->close(); });
  auto [error] =
      co_await stream->layer().async_handshake(asio::ssl::stream_base::client, k_no_throw);
  if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  if (guard.passed()) {
    co_return fail(
        ErrorKind::connect,
        fmt::format("the TLS handshake with {} got no answer within {}", where,
                    format_duration(settings.connect_timeout)),
        "does this port speak TLS? Without --tls or rediss:// it is spoken to in plain text");
  }
  if (error) co_return fail(tls_failed(where, name, ssl, error));
  co_return stream;
}

}  // namespace

std::string describe(const asio::error_code& error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
    return "the server closed it";
  if (error.category() == asio::error::get_ssl_category()) return openssl_reason(error);
  return error.message();
}

asio::awaitable<Result<std::shared_ptr<Stream>>> Stream::open(Address address,
                                                              ConnectSettings settings,
                                                              Interrupt& interrupt) {
  const auto deadline = std::chrono::steady_clock::now() + settings.connect_timeout;
  auto socket = co_await connect_socket(address, deadline, settings.connect_timeout, interrupt);
  if (!socket) co_return fail(std::move(socket).error());
  if (settings.endpoint.tls.enabled) {
    co_return co_await shake_hands(std::move(*socket), std::move(address), std::move(settings),
                                   deadline, interrupt);
  }
  co_return std::make_shared<PlainStream>(std::move(*socket));
}

}  // namespace rcache::redis
