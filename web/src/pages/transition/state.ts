export const stateColor: Record<string, string> = { proposed: "processing", done: "success", dropped: "default" };
