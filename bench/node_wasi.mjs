// Runs a WASI preview 1 command under node:
//
//     node --no-warnings node_wasi.mjs MODULE [--dir DIRECTORY]... [-- ARGUMENT...]
//
// Each directory is granted under its own name.
import { readFile } from "node:fs/promises";
import { argv } from "node:process";
import { WASI } from "node:wasi";

const [module, ...rest] = argv.slice(2);
const preopens = {};
while (rest[0] === "--dir") {
  preopens[rest[1]] = rest[1];
  rest.splice(0, 2);
}
if (rest[0] === "--") rest.shift();

// The process ends right where the module asks for it. By default node throws an
// exception through the module's frames instead, and node 20 may crash on it.
const wasi = new WASI({ version: "preview1", args: [module, ...rest], env: {}, preopens, returnOnExit: false });
const { instance } = await WebAssembly.instantiate(await readFile(module), wasi.getImportObject());
wasi.start(instance);
