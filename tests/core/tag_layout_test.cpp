#include "core/tag_layout.h"

#include <doctest/doctest.h>

#include "core/glob.h"

namespace rcache {
namespace {

using namespace std::string_literals;

TagLayout layout(const std::string& name) {
  for (const auto& each : known_layouts())
    if (each.name == name) return each;
  FAIL("no layout " << name);
  return {};
}

TagNaming naming(const std::string& name, const std::string& tag_prefix = "",
                 const std::string& key_prefix = "") {
  auto made = TagNaming::make(layout(name), tag_prefix, KeyPrefix(key_prefix));
  REQUIRE(made);
  return std::move(*made);
}

}  // namespace

TEST_CASE("tag_layout: containers are told from other keys, and say their tag") {
  struct Case {
    std::string layout;
    std::string key;
    std::string tag;  // "" when it is no container
    std::string prefix;
  };
  const Case cases[] = {
      {"generic", "tag:org:1", "org:1", ""},
      {"generic", "cachetag:org:1", "org:1", ""},
      {"generic", "tag:", "", ""},
      {"generic", "mytag:org", "", ""},
      {"generic", "tags:org", "", ""},
      {"laravel", "laravel_database_laravel_cache_:tag:users:entries", "users",
       "laravel_database_laravel_cache_:"},
      {"laravel", "tag:users:entries", "users", ""},
      {"laravel", "p:tag:a:tag:b:entries", "a:tag:b", "p:"},
      {"laravel", "p:tag::entries", "", ""},
      {"laravel", "p:tag:users:key", "", ""},
      {"symfony", "app:\1tags\1product.5"s, "product.5", "app:"},
      {"symfony", "app:\0tags\0product.5"s, "product.5", "app:"},
      {"symfony", "app:product.5", "", ""},
      {"magento", "zc:ti:69d_BLOCK_HTML", "69d_BLOCK_HTML", ""},
      {"magento", "zc:k:69d_BLOCK", "", ""},
      {"aspnet", "web__MSOCT_products", "products", "web"},
      {"aspnet", "web__MSOCT", "", ""},
      {"aspnet", "web__MSOCV_key", "", ""},
      {"cacheops", "conj:blog_post:author_id=7", "blog_post:author_id=7", ""},
      {"cacheops", "cacheops:conj:blog_post:", "blog_post:", "cacheops:"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.layout);
    CAPTURE(c.key);
    const auto by = naming(c.layout);
    const auto name = by.name_of(c.key);
    CHECK(name.has_value() == !c.tag.empty());
    if (!name) continue;
    CHECK(name->tag == c.tag);
    CHECK(name->prefix == c.prefix);
    // What a scan looks for finds every container, and what a search for the tag looks for too.
    CHECK(Glob::parse(by.match())->matches(c.key));
    CHECK(Glob::parse(by.match_of(c.tag))->matches(c.key));
  }
}

TEST_CASE("tag_layout: members name keys as each framework stores them") {
  struct Case {
    std::string layout;
    std::string container;
    std::string member;
    std::string key;
  };
  const Case cases[] = {
      {"generic", "tag:t", "contacts:1", "contacts:1"},
      {"laravel", "db_cache:tag:t:entries", "85142c:1", "db_cache:85142c:1"},
      {"symfony", "app:\1tags\1t"s, "app:item", "app:item"},
      {"magento", "zc:ti:T", "69d_ID", "zc:k:69d_ID"},
      {"aspnet", "web__MSOCT_t", "GET/products", "web__MSOCV_GET/products"},
      {"cacheops", "p:conj:t", "p:q:12ab", "p:q:12ab"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.layout);
    const auto by = naming(c.layout);
    const auto name = by.name_of(c.container);
    REQUIRE(name);
    CHECK(by.key_of(*name, c.member) == c.key);
    CHECK(by.members_naming(*name, c.key) == std::vector<std::string>{c.member});
  }
}

TEST_CASE("tag_layout: one glob finds both generic containers, and no more than it must") {
  CHECK(naming("generic").match() == "*tag:*");
  CHECK(naming("magento").match() == "zc:ti:*");
  CHECK(naming("laravel").match() == "*tag:*:entries");
  CHECK(naming("symfony").match() == "*?tags?*");
  CHECK(naming("generic", "group:").match() == "group:*");
  CHECK(naming("laravel", "app_").match() == "app_tag:*:entries");
  CHECK(naming("generic", "", "app[1]:").match() == "app\\[1\\]:*tag:*");
  CHECK(naming("laravel").match_of("a*b") == "*tag:a\\*b:entries");
}

TEST_CASE("tag_layout: --tag-prefix stands in the place of what the layout has before the tag") {
  const auto by = naming("generic", "group:");
  CHECK(by.containers_of("t") == std::vector<std::string>{"group:t"});
  CHECK_FALSE(by.name_of("tag:t"));
  CHECK(by.shown_containers() == std::vector<std::string>{"group:{tag}"});
  const auto laravel = naming("laravel", "app_");
  CHECK(laravel.containers_of("t") == std::vector<std::string>{"app_tag:t:entries"});
  const auto name = laravel.name_of("app_tag:t:entries");
  REQUIRE(name);
  CHECK(laravel.key_of(*name, "m") == "app_m");
  CHECK(naming("laravel").containers_of("t").empty());
}

TEST_CASE("tag_layout: the key prefix is put on members once, and on containers") {
  const auto by = naming("generic", "", "app:");
  CHECK(by.containers_of("t") == std::vector<std::string>{"app:tag:t", "app:cachetag:t"});
  CHECK_FALSE(by.name_of("tag:t"));
  const auto name = by.name_of("app:tag:t");
  REQUIRE(name);
  CHECK(by.key_of(*name, "a:1") == "app:a:1");
  CHECK(by.key_of(*name, "app:a:1") == "app:a:1");
  CHECK(by.members_naming(*name, "app:a:1") == std::vector<std::string>{"a:1", "app:a:1"});

  auto own = TagLayout{.name = "own", .containers = {"g:{tag}"}, .members_have_prefix = true};
  const auto whole = TagNaming::make(own, "", KeyPrefix("app:"));
  REQUIRE(whole);
  CHECK(whole->key_of({"t", ""}, "a:1") == "a:1");
  CHECK(whole->members_naming({"t", ""}, "app:a:1") == std::vector<std::string>{"app:a:1"});
}

TEST_CASE("tag_layout: a layout that cannot be read says what it lacks") {
  struct Case {
    const char* name;
    TagLayout layout;
    const char* message;
  };
  const Case cases[] = {
      {"no container", {.name = "own", .containers = {}}, "it has no container"},
      {"no tag", {.name = "own", .containers = {"tag:"}}, "a container must have {tag} once"},
      {"tag twice",
       {.name = "own", .containers = {"{tag}:{tag}"}},
       "a container must have {tag} once"},
      {"prefix in the middle",
       {.name = "own", .containers = {"a{prefix}{tag}"}},
       "{prefix} only before it"},
      {"nothing between", {.name = "own", .containers = {"{prefix}{tag}"}}, "something must stand"},
      {"no member",
       {.name = "own", .containers = {"t:{tag}"}, .key = "k:"},
       "must have {member} once"},
      {"a prefix from nowhere",
       {.name = "own", .containers = {"t:{tag}"}, .key = "{prefix}{member}"},
       "a container has none"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto made = TagNaming::make(c.layout, "", {});
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::usage);
    CHECK(made.error().message.find(c.message) != std::string::npos);
  }
}

TEST_CASE("tag_layout: a container may have a cluster's hash tag around the tag") {
  const auto by = TagNaming::make(
      {.name = "own", .containers = {"{{tag}}:keys"}, .key = "{member}"}, "", KeyPrefix());
  REQUIRE(by);
  CHECK(by->containers_of("org1") == std::vector<std::string>{"{org1}:keys"});
  CHECK(by->name_of("{org1}:keys")->tag == "org1");
}

}  // namespace rcache
