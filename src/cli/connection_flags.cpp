#include "cli/connection_flags.h"

#include <fmt/format.h>

#include "commands/flags.h"
#include "core/key.h"
#include "core/suggest.h"
#include "core/units.h"

namespace rcache::cli {
namespace {

Result<std::string> any_text(std::string_view text) {
  return std::string(text);
}

Result<std::string> not_empty(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::usage, "'' is empty");
  return std::string(text);
}

template <typename Target, typename T>
void add(CLI::App& app, const std::string& name, Target& target,
         Result<T> (*parse)(std::string_view), const std::string& type, const std::string& help) {
  add_value(app, name, target, parse, type, help)->group("Connection");
}

void add(CLI::App& app, const std::string& name, bool& target, const std::string& help) {
  app.add_flag(name, target, help)->group("Connection");
}

/// Where a URL came from, for messages: the URL itself is never shown.
struct NamedUrl {
  std::string origin;
  std::string url;
  bool of_profile = false;
};

/// Flags say where the server is.
bool is_elsewhere(const ConnectionFlags& flags) {
  return flags.url || flags.host || flags.port || flags.socket;
}

std::optional<NamedUrl> choose_url(const ConnectionFlags& flags, const Environment& environment,
                                   const std::optional<Profile>& profile) {
  if (flags.url) return NamedUrl{"--url", *flags.url};
  if (is_elsewhere(flags)) return std::nullopt;
  const auto from_profile = [&]() -> std::optional<NamedUrl> {
    if (!profile || !profile->url) return std::nullopt;
    return NamedUrl{fmt::format("the url of profile '{}'", printable(profile->name)), *profile->url,
                    true};
  };
  if (flags.profile) {
    if (auto url = from_profile()) return url;
  }
  for (const char* name : {"RCACHE_URL", "REDIS_URL"}) {
    if (auto url = environment.get(name)) return NamedUrl{name, std::move(*url)};
  }
  return from_profile();
}

Result<std::optional<Profile>> choose_profile(const ConnectionFlags& flags,
                                              const Environment& environment,
                                              const Config& config) {
  const auto name = flags.profile ? flags.profile : config.default_profile;
  if (!name) return std::optional<Profile>();
  const auto found = config.profiles.find(*name);
  if (found != config.profiles.end()) return std::optional<Profile>(found->second);
  std::vector<std::string> known;
  std::string list;
  for (const auto& [each, profile] : config.profiles) {
    known.push_back(each);
    list += (list.empty() ? "" : ", ") + printable(each);
  }
  const auto near = suggest(*name, known);
  const auto file = flags.config_file.value_or(default_config_path(environment));
  std::string hint = list.empty() ? fmt::format("there is no profile in {}", printable(file))
                                  : fmt::format("{} has: {}", printable(file), list);
  if (near) hint = fmt::format("did you mean '{}'?", printable(*near));
  return fail(ErrorKind::usage,
              fmt::format("{}: there is no profile '{}'",
                          flags.profile ? "--profile" : "default_profile", printable(*name)),
              std::move(hint));
}

Result<std::optional<std::string>> choose_password(const ConnectionFlags& flags,
                                                   const Environment& environment,
                                                   const std::optional<Profile>& profile,
                                                   const std::optional<std::string>& from_url,
                                                   const PasswordSources& passwords) {
  const auto typed = [](Result<std::string> password) -> Result<std::optional<std::string>> {
    if (!password) return fail(std::move(password).error());
    return std::optional<std::string>(std::move(*password));
  };
  if (flags.ask_password) return typed(passwords.from_terminal());
  if (flags.password_file) return typed(passwords.from_file(*flags.password_file));
  if (flags.password) return flags.password;
  if (from_url) return from_url;
  if (profile && profile->pass_file && (flags.profile || !is_elsewhere(flags)))
    return typed(passwords.from_file(*profile->pass_file));
  for (const char* name : {"RCACHE_PASSWORD", "REDISCLI_AUTH", "VALKEYCLI_AUTH"}) {
    if (auto password = environment.get(name)) return password;
  }
  return std::optional<std::string>();
}

Result<void> apply_address(const ConnectionFlags& flags, redis::Endpoint& endpoint) {
  if (!flags.host && !flags.port && !flags.socket) return {};
  if (flags.url) {
    return fail(ErrorKind::usage, "--url and -h, -p or -s both say where the server is",
                "give one of them");
  }
  if (flags.socket && (flags.host || flags.port)) {
    return fail(ErrorKind::usage, "-s and -h or -p both say where the server is",
                "give one of them");
  }
  auto& address = endpoint.addresses.front();
  if (flags.host) address.host = *flags.host;
  if (flags.port) address.port = *flags.port;
  if (flags.socket) address = {.host = {}, .port = 0, .socket_path = *flags.socket};
  return {};
}

void apply_tls(const ConnectionFlags& flags, const std::optional<Profile>& profile,
               redis::TlsSettings& tls) {
  const auto pick = [](const std::optional<std::string>& flag,
                       const std::optional<std::string>& setting) {
    return flag ? *flag : setting.value_or("");
  };
  const Profile none;
  const Profile& settings = profile ? *profile : none;
  tls.server_name = pick(flags.sni, settings.sni);
  tls.ca_file = pick(flags.ca_file, settings.cacert);
  tls.ca_directory = flags.ca_directory.value_or("");
  tls.certificate_file = pick(flags.certificate_file, settings.cert);
  tls.key_file = pick(flags.key_file, settings.key);
  tls.verify = !flags.insecure;
  // Who names a certificate or a name to check does not want to speak in plain text.
  const bool implied = flags.sni || flags.ca_file || flags.ca_directory || flags.certificate_file ||
                       flags.key_file || flags.insecure;
  tls.enabled = tls.enabled || flags.tls || implied;
}

}  // namespace

void add_connection_flags(CLI::App& app, ConnectionFlags& flags) {
  add(app, "-h,--host", flags.host, not_empty, "HOST", "Server's host name or address (127.0.0.1)");
  add(app, "-p,--port", flags.port, parse_port, "PORT", "Server's port (6379)");
  add(app, "-s,--socket", flags.socket, not_empty, "FILE",
      "Server's unix socket, in place of host and port");
  // `stampede live` has a --db of its own, the database behind the cache: there it is -n alone.
  const bool taken = app.get_option_no_throw("--db") != nullptr;
  add(app, taken ? "-n" : "-n,--db", flags.database, redis::parse_database, "DB",
      "Database number (0)");
  add(app, "-u,--url", flags.url, any_text, "URL",
      "redis://[user:password@]host[:port][/db], rediss:, unix:, redis-sentinel:");
  add(app, "--user", flags.user, any_text, "NAME", "ACL user to log in as; needs a password");
  add(app, "-a,--pass", flags.password, any_text, "PASSWORD",
      "Password; others can see it for a moment: better --askpass or --pass-file");
  add(app, "--askpass", flags.ask_password, "Ask for the password on the terminal");
  add(app, "--pass-file", flags.password_file, not_empty, "FILE",
      "Read the password from the first line of a file ('-' is stdin)");
  add(app, "--no-auth-warning", flags.no_auth_warning,
      "Do not warn of a password on the command line");
  add(app, "-c", flags.cluster, "Accepted for redis-cli's sake: a cluster is found by itself");
  add(app, "-t,--timeout", flags.timeout, parse_duration, "SECONDS",
      "Wait so long for a connection (3) and for each reply (10)");
  add(app, "--tls", flags.tls, "Speak TLS; the certificate's chain and name are verified");
  add(app, "--sni", flags.sni, not_empty, "NAME",
      "Name to ask for and to verify, when it is not the host's");
  add(app, "--cacert", flags.ca_file, not_empty, "FILE",
      "Authority to trust, in place of the system's");
  add(app, "--cacertdir", flags.ca_directory, not_empty, "DIRECTORY",
      "Directory of authorities to trust");
  add(app, "--cert", flags.certificate_file, not_empty, "FILE", "Client certificate");
  add(app, "--key", flags.key_file, not_empty, "FILE", "Private key of the client certificate");
  add(app, "--insecure", flags.insecure,
      "Do not verify the certificate: anybody in between can read and forge");
  add(app, "--profile", flags.profile, not_empty, "NAME", "Profile of the config file to use");
  add(app, "--config", flags.config_file, not_empty, "FILE",
      "Config file (~/.config/rcache/config.toml)");
  add(app, "--replica", flags.replica, "Read from replicas, never from a primary");
  add(app, "--node", flags.this_node_only, "This node only: no fan-out over a cluster");
  add(app, "--key-prefix", flags.key_prefix, any_text, "PREFIX",
      "What the application's client library puts before every key");
}

Result<Target> resolve_target(const ConnectionFlags& flags, const Environment& environment,
                              const PasswordSources& passwords) {
  auto config = load_config(flags.config_file.value_or(""), environment);
  if (!config) return fail(std::move(config).error());
  auto profile = choose_profile(flags, environment, *config);
  if (!profile) return fail(std::move(profile).error());
  const auto named = choose_url(flags, environment, *profile);
  // A profile that nobody named is of its own server: another one must not get its user, password
  // or prefix.
  if (*profile && (*profile)->url && !flags.profile && !(named && named->of_profile))
    profile->reset();
  Target target;
  target.profile = *profile;
  target.tag_layouts = std::move(config->tag_layouts);
  auto& settings = target.settings;
  if (named) {
    auto endpoint = redis::parse_url(named->url);
    if (!endpoint) {
      return fail(endpoint.error().kind,
                  fmt::format("{}: {}", named->origin, endpoint.error().message),
                  endpoint.error().hint);
    }
    settings.endpoint = std::move(*endpoint);
  }
  if (auto applied = apply_address(flags, settings.endpoint); !applied)
    return fail(std::move(applied).error());
  auto password =
      choose_password(flags, environment, *profile, settings.endpoint.password, passwords);
  if (!password) return fail(std::move(password).error());
  settings.endpoint.password = std::move(*password);
  const bool profile_user = *profile && (*profile)->user && (flags.profile || !is_elsewhere(flags));
  if (profile_user && settings.endpoint.user.empty()) settings.endpoint.user = *(*profile)->user;
  if (flags.user) settings.endpoint.user = *flags.user;
  if (!settings.endpoint.user.empty() && !settings.endpoint.password) {
    return fail(ErrorKind::usage,
                fmt::format("the user '{}' needs a password", printable(settings.endpoint.user)),
                "give it with --askpass, --pass-file FILE or RCACHE_PASSWORD");
  }
  if (flags.database) settings.endpoint.database = *flags.database;
  apply_tls(flags, *profile, settings.endpoint.tls);
  if (flags.certificate_file.has_value() != flags.key_file.has_value()) {
    return fail(ErrorKind::usage, "--cert and --key go together", "give both");
  }
  if (flags.timeout) {
    if (flags.timeout->count() == 0)
      return fail(ErrorKind::usage, "--timeout: 0 leaves no time to answer (try 3s)");
    settings.connect_timeout = *flags.timeout;
    settings.reply_timeout = *flags.timeout;
  }
  const bool profile_replica = *profile && (*profile)->replica;
  settings.read_from =
      flags.replica || profile_replica ? redis::ReadFrom::replica : redis::ReadFrom::primary;
  settings.this_node_only = flags.this_node_only;
  target.key_prefix =
      flags.key_prefix ? *flags.key_prefix : (*profile ? (*profile)->key_prefix : "");
  return target;
}

}  // namespace rcache::cli
