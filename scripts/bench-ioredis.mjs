// Removes the keys of a pattern with ioredis, the two ways that tutorials show.
//
//   node bench-ioredis.mjs FOLDER PORT loop|stream PATTERN     (FOLDER: where npm put ioredis)
import { createRequire } from "node:module";

const [folder, port, way, pattern] = process.argv.slice(2);
const Redis = createRequire(`${folder}/`)("ioredis");
const redis = new Redis({ host: "127.0.0.1", port: Number(port) });

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

await { loop, stream }[way]();
await redis.quit(); // answered after all that was sent before
