// Two platforms of the demo: one in which the departments have done their part and the browser goes on, one in which
// the whole story is told. Both live in folders of their own that vanish with them.
import { type ChildProcess, spawn } from "node:child_process";

export const addresses = { story: "http://127.0.0.1:18191", told: "http://127.0.0.1:18192" };

/** The demo says so when it serves. */
const ready = "域内已启动";
const patience = 120_000;

function start(binary: string, until: string, address: string): Promise<ChildProcess> {
  const listen = address.replace("http://", "");
  const child = spawn(binary, ["demo", "--until", until, "--listen", listen], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the demo did not serve in time:\n${said}`)), patience);
    const listenTo = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(ready)) {
        clearTimeout(timer);
        resolve(child);
      }
    };
    child.stdout.on("data", listenTo);
    child.stderr.on("data", listenTo);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
  });
}

export default async function servers() {
  // While a test is being written: both already serve at these addresses.
  if (process.env.YUNEI_SERVED) return;
  const binary = process.env.YUNEI ?? "../bin/yunei";
  const running = await Promise.all([start(binary, "admission", addresses.story), start(binary, "forbidden", addresses.told)]);
  return () => {
    for (const child of running) child.kill("SIGTERM");
  };
}
