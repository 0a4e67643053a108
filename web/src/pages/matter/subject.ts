import type { Matter } from "@/api/types";
import { path } from "@/util/path";

/** The page of what a matter is about. */
export function subjectPath(matter: Pick<Matter, "kind" | "subject">): string | undefined {
  const [prefix] = matter.subject.split("_");
  switch (prefix) {
    case "scn":
      return path.scenario(matter.subject);
    case "sta":
      return path.statistics(matter.subject);
    case "rel":
    case "out":
      return path.release(matter.subject);
    default:
      return undefined;
  }
}
