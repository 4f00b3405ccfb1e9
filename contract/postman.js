// Imports an OpenAPI document as Postman does and prints the collection: `node postman.js DOCUMENT`.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { convertV2 } = createRequire(import.meta.url)("openapi-to-postmanv2");
const data = readFileSync(process.argv[2] ?? `${import.meta.dirname}/../api/openapi.json`, "utf8");

convertV2({ type: "string", data }, { folderStrategy: "Tags", parametersResolution: "Example" }, (error, result) => {
  if (error || !result.result) {
    console.error(error ?? result.reason);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(JSON.stringify(result.output[0].data));
});
