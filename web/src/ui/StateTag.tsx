import { Tag } from "antd";
import { useText, wordFor } from "@/text";

type Mood = "default" | "processing" | "success" | "warning" | "error";

// Only the mood of a state is chosen here; what a state allows is the server's business.
const moods: Record<string, Mood> = {
  draft: "default",
  submitted: "processing",
  accepted: "processing",
  pending: "processing",
  running: "processing",
  reviewing: "processing",
  "in-review": "processing",
  in_review: "processing",
  blocked: "error",
  applied: "processing",
  drafted: "processing",
  open: "processing",
  waiting: "default",
  published: "success",
  approved: "success",
  admitted: "success",
  activated: "success",
  active: "success",
  "in-force": "success",
  listed: "success",
  valid: "success",
  passed: "success",
  pass: "success",
  done: "success",
  released: "success",
  signed: "processing",
  filed: "success",
  returned: "warning",
  supplement: "warning",
  "not-in-force": "warning",
  suspended: "warning",
  paused: "warning",
  lapsed: "warning",
  expired: "warning",
  warn: "warning",
  refused: "error",
  rejected: "error",
  revoked: "error",
  withdrawn: "default",
  recalled: "error",
  terminated: "error",
  failed: "error",
  lost: "error",
  error: "error",
  block: "error",
};

export function StateTag({ state }: { state?: string | null }) {
  const t = useText();
  if (!state) return null;
  return <Tag color={moods[state] ?? "default"}>{wordFor(t.states, state)}</Tag>;
}
