#include "cli/config.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace rcache::cli {
namespace {

const std::string k_file = "config.toml";

}  // namespace

TEST_CASE("config: every setting is read") {
  const auto config = parse_config(R"(
default_profile = "dev"
[profile.dev]
[profile.prod]
url = "rediss://cache.example:6380/2"
user = "ops"
pass_file = "/etc/pass"
sni = "name"
cacert = "/etc/ca"
cert = "/etc/cert"
key = "/etc/key"
key_prefix = "shop:"
protect = ["session:*", "lock:*"]
production = true
replica = true
)",
                                   k_file);
  REQUIRE(config);
  CHECK(config->default_profile == "dev");
  REQUIRE(config->profiles.size() == 2);
  const auto& dev = config->profiles.at("dev");
  CHECK(dev.name == "dev");
  CHECK_FALSE(dev.url);
  CHECK(dev.key_prefix.empty());
  CHECK_FALSE(dev.production);
  const auto& prod = config->profiles.at("prod");
  CHECK(prod.url == "rediss://cache.example:6380/2");
  CHECK(prod.user == "ops");
  CHECK(prod.pass_file == "/etc/pass");
  CHECK(prod.sni == "name");
  CHECK(prod.cacert == "/etc/ca");
  CHECK(prod.cert == "/etc/cert");
  CHECK(prod.key == "/etc/key");
  CHECK(prod.key_prefix == "shop:");
  CHECK(prod.protect == std::vector<std::string>{"session:*", "lock:*"});
  CHECK(prod.production);
  CHECK(prod.replica);
}

TEST_CASE("config: nothing, a comment, other line ends and other ways to write a table") {
  for (const char* text : {"", "# nothing\n", "\r\n", "\xef\xbb\xbf"}) {
    CAPTURE(std::string(text));
    REQUIRE(parse_config(text, k_file));
    CHECK(parse_config(text, k_file)->profiles.empty());
  }
  for (const char* text :
       {"[profile.\"a b\"]\r\nurl = 'redis://h'\r\n", "profile.\"a b\".url = \"redis://h\"",
        "profile = { \"a b\" = { url = \"redis://h\" } }",
        "[profile]\n\"a b\".url = \"redis://h\"\n"}) {
    CAPTURE(std::string(text));
    const auto config = parse_config(text, k_file);
    REQUIRE(config);
    CHECK(config->profiles.at("a b").url == "redis://h");
  }
}

TEST_CASE("config: a layout of tags is read, and what it leaves out has a default") {
  const auto config = parse_config(R"(
[layout.shop]
type = "zset"
container = ["{prefix}grp:{tag}", "{prefix}group:{tag}"]
key = "{prefix}item:{member}"
members_have_prefix = true
tags_expire = false
[layout.small]
container = "t:{tag}"
)",
                                   k_file);
  REQUIRE(config);
  REQUIRE(config->tag_layouts.size() == 2);
  const auto& shop = config->tag_layouts[0];
  CHECK(shop.name == "shop");
  CHECK(shop.type == ContainerType::zset);
  CHECK(shop.containers == std::vector<std::string>{"{prefix}grp:{tag}", "{prefix}group:{tag}"});
  CHECK(shop.key == "{prefix}item:{member}");
  CHECK(shop.members_have_prefix);
  CHECK_FALSE(shop.tags_expire);
  const auto& small = config->tag_layouts[1];
  CHECK(small.type == ContainerType::set);
  CHECK(small.key == "{member}");
  CHECK(small.tags_expire);
}

TEST_CASE("config: each mistake is named by line and column") {
  struct Case {
    std::string name;
    std::string text;
    std::string message;
    std::string hint;
  };
  const Case cases[] = {
      {"no value", "[profile.p]\nurl =\n", "config.toml:2:6: not TOML: ", ""},
      {"no quotes", "[profile.p]\nurl = redis://h\n", "config.toml:2:7: not TOML: ", ""},
      {"no end of the string", "[profile.p]\nurl = \"h\n", "config.toml:2:9: not TOML: ", ""},
      {"no end of the heading", "[profile.p\n", "config.toml:1:11: not TOML: ", ""},
      {"a setting twice", "[profile.p]\nurl = \"a\"\nurl = \"b\"\n",
       "config.toml:3:7: not TOML: ", ""},
      {"a table twice", "[profile.p]\n[profile.p]\n", "config.toml:2:1: not TOML: ", ""},
      {"bytes that are no text", "[profile.p]\nurl = \"\xff\"\n", "config.toml:2:", ""},
      {"a number for a string", "[profile.p]\nurl = 6379\n",
       "config.toml:2:7: 'url' must be a string", ""},
      {"a string for a flag", "[profile.p]\nproduction = \"yes\"\n",
       "config.toml:2:14: 'production' must be true or false", ""},
      {"a string for a list", "[profile.p]\nprotect = \"*\"\n",
       "config.toml:2:11: 'protect' must be a list of strings", ""},
      {"a number in a list", "[profile.p]\nprotect = [\"*\", 1]\n",
       "config.toml:2:11: 'protect' must be a list of strings", ""},
      {"an unknown setting", "[profile.p]\n  colour = 1\n",
       "config.toml:2:3: 'colour' is not a setting here", "known are url"},
      {"a near one", "[profile.p]\nusr = \"x\"\n", "config.toml:2:1: 'usr' is not a setting here",
       "did you mean 'user'?"},
      {"unknown at the top", "url = \"x\"\n", "config.toml:1:1: 'url' is not a setting here",
       "default_profile, layout, profile"},
      {"profile is no table", "profile = \"x\"\n",
       "config.toml:1:11: 'profile' must be a table: [profile.NAME]", ""},
      {"a profile is no table", "[profile]\nprod = \"x\"\n",
       "config.toml:2:8: a profile must be a table: [profile.NAME]", ""},
      {"default_profile is no string", "default_profile = 1\n",
       "config.toml:1:19: 'default_profile' must be a string", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto config = parse_config(c.text, k_file);
    REQUIRE_FALSE(config);
    CHECK(config.error().kind == ErrorKind::usage);
    CAPTURE(config.error().message);
    CHECK(config.error().message.starts_with(c.message));
    CHECK(config.error().hint.find(c.hint) != std::string::npos);
    CHECK(config.error().message.find('\n') == std::string::npos);
  }
}

TEST_CASE("config: names cannot write to the terminal") {
  const auto config = parse_config("[profile.p]\n\"\\u001b[2J\" = 1\n", "c\x1b.toml");
  REQUIRE_FALSE(config);
  CHECK(config.error().message == "c\\x1b.toml:2:1: '\\x1b[2J' is not a setting here");
}

TEST_CASE("config: what a mistake quotes is never the value") {
  for (const char* value : {"S3CR3T", "\"S3CR3T", "\"S3CR3T\" x", "'S3CR3T'x", "[\"S3CR3T\"",
                            "{a=\"S3CR3T\"", "tS3CR3T", "0S3CR3T", "1S3CR3T", "\"\\S3CR3T\"",
                            "\"\"\"S3CR3T", "12345678901234567890S3CR3T"}) {
    CAPTURE(std::string(value));
    const auto config = parse_config(std::string("[profile.p]\nurl = ") + value + "\n", k_file);
    REQUIRE_FALSE(config);
    CHECK(config.error().message.find("S3CR") == std::string::npos);
    CHECK(config.error().hint.find("S3CR") == std::string::npos);
  }
}

TEST_CASE("config: where it is looked for") {
  CHECK(default_config_path(Environment(std::map<std::string, std::string>{{"HOME", "/h"}})) ==
        "/h/.config/rcache/config.toml");
  CHECK(default_config_path(Environment({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}})) ==
        "/x/rcache/config.toml");
  CHECK(default_config_path(Environment({{"HOME", "/h"}, {"XDG_CONFIG_HOME", ""}})) ==
        "/h/.config/rcache/config.toml");
  CHECK(default_config_path(Environment()) == "");
}

TEST_CASE(
    "config: a file that is missing is none, unless it was asked for; one that cannot be read is "
    "an error") {
  const test::TempDir folder;
  const Environment environment(std::map<std::string, std::string>{{"HOME", folder.path()}});
  REQUIRE(load_config("", environment));
  CHECK(load_config("", environment)->profiles.empty());
  CHECK(load_config("", Environment())->profiles.empty());
  for (const auto& path : {folder.file("none"), folder.path(), folder.file("none/none")}) {
    const auto config = load_config(path, environment);
    REQUIRE_FALSE(config);
    CHECK(config.error().kind == ErrorKind::usage);
    CHECK(config.error().message == "--config: cannot read '" + path + "'");
  }
  const auto good = load_config(folder.write("c", "[profile.p]\n"), environment);
  REQUIRE(good);
  CHECK(good->profiles.count("p") == 1);
}

}  // namespace rcache::cli
