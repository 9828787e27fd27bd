#include "core/tag_layout.h"

namespace rcache {

using namespace std::string_literals;

// How frameworks keep their tags, as their sources say it. Where a framework never lets its
// containers expire, that they have no TTL is no finding.
const std::vector<TagLayout>& known_layouts() {
  static const std::vector<TagLayout> all = {
      {.name = "generic", .containers = {"tag:{tag}", "cachetag:{tag}"}},

      // Scores are when the key expires, in seconds (-1: never). The prefix is that of the
      // connection and of the cache store, and keys have it too; members have not.
      // Source: https://github.com/laravel/framework/blob/10.x/src/Illuminate/Cache/RedisTagSet.php
      {.name = "laravel",
       .type = ContainerType::zset,
       .containers = {"{prefix}tag:{tag}:entries"},
       .key = "{prefix}{member}",
       .tags_expire = false},

      // Members are whole keys, the pool's namespace included. The mark was \0tags\0 before 6.4.
      // Source: https://github.com/symfony/symfony/tree/6.4/src/Symfony/Component/Cache/Adapter
      //         (AbstractTagAwareAdapter::TAGS_PREFIX, RedisTagAwareAdapter: "without expiry")
      {.name = "symfony",
       .containers = {"{prefix}\1tags\1{tag}"s, "{prefix}\0tags\0{tag}"s},
       .tags_expire = false},

      // Source: https://github.com/colinmollenhour/Cm_Cache_Backend_Redis (PREFIX_TAG_IDS,
      //         PREFIX_KEY); the same in Magento 1 and 2
      {.name = "magento",
       .containers = {"zc:ti:{tag}"},
       .key = "zc:k:{member}",
       .tags_expire = false},

      // Output caching of ASP.NET Core 8; the prefix is its InstanceName. Scores are when the entry
      // expires, in milliseconds.
      // Source: https://github.com/dotnet/aspnetcore/blob/main/src/Caching/StackExchangeRedis/src
      //         (RedisOutputCacheStore.cs)
      {.name = "aspnet",
       .type = ContainerType::zset,
       .containers = {"{prefix}__MSOCT_{tag}"},
       .key = "{prefix}__MSOCV_{member}",
       .tags_expire = false},

      // A tag is a condition of a query: "blog_post:author_id=7". Members are whole keys. With
      // CACHEOPS_LRU the containers never expire.
      // Source: https://github.com/Suor/django-cacheops/blob/master/cacheops/lua/cache_thing.lua
      {.name = "cacheops", .containers = {"{prefix}conj:{tag}"}},
  };
  return all;
}

}  // namespace rcache
