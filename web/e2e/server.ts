// The server of one run: a fresh demonstration with ready accounts whose departments have catalogued and supplied their
// data. Its clock begins on the Monday before the National Day holidays, so that deadlines run over them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { artifacts, opening } from "./cast";

const binary = process.env.YUNEI_BIN ?? fileURLToPath(new URL("../../bin/yunei", import.meta.url));
const patience = 120_000;

export interface Running {
  base: string;
  kit: string;
  /** Moves the clock forward to nine in the morning of a day, and waits until what is due by then is done. */
  turn: (day: string) => Promise<void>;
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
export function start(...story: string[]): Promise<Running> {
  const child = spawn(binary, ["demo", ...story, "--listen", "127.0.0.1:0"], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  const turn = async (day: string) => {
    child.stdin.write(`${day}\n`);
    for (const until = Date.now() + patience; !said.includes(`时钟已到 ${day}`); ) {
      if (Date.now() > until) throw new Error(`the clock did not turn to ${day}\n${said}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  };
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
      const kit = /^kit: (\S+)$/m.exec(said)?.[1] ?? "";
      if (!base || !said.includes("按 Ctrl+C 停止")) return;
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve({ base, kit, turn, stop: () => stop(child) });
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
  const server = await start("--until", "catalog", "--day", opening);
  process.env.YUNEI_E2E_BASE = server.base;
  process.env.YUNEI_E2E_KIT = server.kit;
  const health = await fetch(`${server.base}/healthz`);
  if (!health.ok) {
    await server.stop();
    throw new Error(`${server.base}/healthz answers ${health.status}`);
  }
  return server.stop;
}
