// The server of one run: a fresh demonstration with ready accounts whose departments have catalogued and supplied their
// data. Its clock begins on the Monday before the National Day holidays, so that deadlines run over them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { artifacts, opening } from "./cast";

const binary = process.env.YUNEI_BIN ?? fileURLToPath(new URL("../../bin/yunei", import.meta.url));
const patience = 120_000;

interface Running {
  base: string;
  kit: string;
  stop: () => Promise<void>;
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((done) => child.once("exit", () => done()));
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended(child);
  clearTimeout(hard);
}

/** Starts the server and waits until it says where it listens and where the persons' certificates lie. */
function start(): Promise<Running> {
  const child = spawn(binary, ["demo", "--until", "catalog", "--day", opening, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      void stop(child);
      reject(new Error(`${why}\n${said}`));
    };
    const timer = setTimeout(() => fail(`${binary} was not ready after ${patience / 1000} s`), patience);
    child.once("error", (error) => fail(`${binary} did not start, build it with make build: ${error.message}`));
    child.once("exit", (code) => fail(`${binary} ended with ${code}`));
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const base = /域内已启动: (\S+)/.exec(said)?.[1];
      const kit = /^kit: (\S+)$/m.exec(said)?.[1];
      if (!base || !kit) return;
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve({ base, kit, stop: () => stop(child) });
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  });
}

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(artifacts, { recursive: true });
  // A server that somebody started by hand is used as it stands, and left running.
  if (process.env.YUNEI_E2E_BASE) return undefined;
  for (const old of readdirSync(artifacts)) rmSync(join(artifacts, old));
  const server = await start();
  process.env.YUNEI_E2E_BASE = server.base;
  process.env.YUNEI_E2E_KIT = server.kit;
  const health = await fetch(`${server.base}/healthz`);
  if (!health.ok) {
    await server.stop();
    throw new Error(`${server.base}/healthz answers ${health.status}`);
  }
  return server.stop;
}
