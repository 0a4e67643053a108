// Another deployment, under another regulation: the acts of a file that calls for it are played there.
import { type Running, start } from "./server";
import { forget, test } from "./stage";

/** Plays this file's acts on a server of its own; the story it is given says which regulation, how far, on which day. */
export function playedAt(...story: string[]): { turn: (day: string) => Promise<void> } {
  let server: Running | undefined;
  let here: string | undefined;
  test.beforeAll(async () => {
    test.setTimeout(180_000);
    server = await start(...story);
    here = process.env.YUNEI_E2E_BASE;
    process.env.YUNEI_E2E_BASE = server.base;
    forget();
  });
  test.afterAll(async () => {
    process.env.YUNEI_E2E_BASE = here;
    forget();
    await server?.stop();
  });
  return {
    turn: async (day) => {
      await server?.turn(day);
      // A session lasts half a day: whoever acts next signs in anew.
      forget();
    },
  };
}
