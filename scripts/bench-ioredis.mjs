// Removes the keys of a pattern with ioredis, the two ways that tutorials show; or counts those
// without TTL.
//
//   node bench-ioredis.mjs FOLDER PORT|SOCKET loop|stream|audit PATTERN
//
// FOLDER is where npm put ioredis.
import { createRequire } from "node:module";

const [folder, port, way, pattern] = process.argv.slice(2);
const Redis = createRequire(`${folder}/`)("ioredis");
const redis = port.startsWith("/") ? new Redis(port) : new Redis(Number(port), "127.0.0.1");

async function loop() {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 100);
    cursor = next;
    if (keys.length > 0) await redis.del(...keys);
  } while (cursor !== "0");
}

async function stream() {
  const keys = redis.scanStream({ match: pattern });
  keys.on("data", (batch) => {
    if (batch.length === 0) return;
    const pipeline = redis.pipeline();
    batch.forEach((key) => pipeline.del(key));
    pipeline.exec();
  });
  await new Promise((resolve, reject) => keys.on("end", resolve).on("error", reject));
}

async function audit() {
  let cursor = "0";
  let withoutTtl = 0;
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 100);
    cursor = next;
    const pipeline = redis.pipeline();
    keys.forEach((key) => pipeline.ttl(key));
    for (const [, ttl] of await pipeline.exec()) if (ttl === -1) withoutTtl += 1;
  } while (cursor !== "0");
  console.log(withoutTtl);
}

await { loop, stream, audit }[way]();
await redis.quit(); // answered after all that was sent before
