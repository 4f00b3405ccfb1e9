// Holds an OpenAPI document to Spectral (with OWASP's rules), Redocly and, where it is installed,
// vacuum: `node lint.js DOCUMENT`. One line each; any error or warning is shown and fails.

import { spawn } from "node:child_process";
import { resolve } from "node:path";

const here = import.meta.dirname;
const documentPath = resolve(process.argv[2] ?? `${here}/../api/openapi.json`);
const quiet = {
  ...process.env,
  NO_COLOR: "1",
  REDOCLY_TELEMETRY: "off",
  REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
};

const spectral = {
  name: "spectral",
  command: [process.execPath, `${here}/node_modules/@stoplight/spectral-cli/dist/index.js`],
  options: ["lint", documentPath, "-r", `${here}/spectral.yaml`, "-f", "json", "-q"],
  findings: (text) =>
    JSON.parse(text)
      .filter((one) => one.severity <= 1)
      .map((one) => `${one.code} at ${one.path.join(".")}: ${one.message}`),
};

const redocly = {
  name: "redocly",
  command: [process.execPath, `${here}/node_modules/@redocly/cli/bin/cli.js`],
  options: ["lint", documentPath, "--config", `${here}/redocly.yaml`, "--format", "json"],
  findings: (text) =>
    JSON.parse(text).problems.map(
      (one) => `${one.ruleId} at ${one.location[0]?.pointer}: ${one.message}`,
    ),
};

const vacuum = {
  name: "vacuum",
  command: ["vacuum"],
  options: ["spectral-report", "-r", `${here}/vacuum.yaml`, "-o", documentPath],
  findings: spectral.findings,
};

// No folder of PATH has it; EACCES where one of them may not be looked into, as after `su`.
const NOT_THERE = new Set(["ENOENT", "EACCES"]);

function run({ name, command, options, findings }) {
  return new Promise((done) => {
    const started = Date.now();
    const child = spawn(command[0], [...command.slice(1), ...options], { env: quiet });
    let told = "";
    let complaint = "";
    child.stdout.on("data", (part) => (told += part));
    child.stderr.on("data", (part) => (complaint += part));
    child.on("error", (error) =>
      done({ name, seconds: "0", missing: NOT_THERE.has(error.code), found: [`${error}`] }),
    );
    child.on("close", (status) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      try {
        done({ name, seconds, found: findings(told) });
      } catch {
        done({ name, seconds, found: [`could not be run (status ${status}): ${complaint || told}`] });
      }
    });
  });
}

const results = await Promise.all([spectral, redocly, vacuum].map(run));
for (const { name, seconds, found, missing } of results) {
  if (missing && name === "vacuum") {
    console.log("vacuum: not installed here; vacuum-rules.yaml holds its words.");
    continue;
  }
  console.log(`${name}: ${found.length} errors and warnings (${seconds} s).`);
  for (const one of found.slice(0, 100)) console.log(`  ${one}`);
  if (found.length > 0) process.exitCode = 1;
}
