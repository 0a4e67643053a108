import { unifiedMergeView } from "@codemirror/merge";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";

const look = EditorView.theme({
  "&": { fontSize: "13px", border: "1px solid #e3e8ef", borderRadius: "4px" },
  ".cm-scroller": { fontFamily: "var(--code-font)", lineHeight: "1.65" },
  ".cm-gutters": { backgroundColor: "#f7f9fc", color: "#98a3b3", border: "0" },
});

/** What changed from one text to another, line by line; neither can be edited. Words of people are plain, everything else is SQL. */
export default function TextDiff({ before, after, label, plain = false }: { before: string; after: string; label: string; plain?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  // An effect, because the editor owns its element.
  useEffect(() => {
    if (!place.current) return;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          lineNumbers(),
          plain ? [] : sql({ dialect: PostgreSQL }),
          EditorView.lineWrapping,
          EditorView.editable.of(false),
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
          look,
        ],
      }),
    });
    return () => view.destroy();
  }, [before, after, label, plain]);
  return <div ref={place} />;
}
