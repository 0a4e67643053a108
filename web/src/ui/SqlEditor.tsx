import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { Spot } from "@/api/problem";
import { useLanguage, useText } from "@/text";
import { positionOfByte } from "@/util/bytes";
import { replacement } from "@/util/rewrite";

export interface SqlEditorProps {
  value: string;
  onChange: (text: string) => void;
  /** The guard's refusals, at byte positions of the text as it was checked. */
  spots: Spot[];
  /** Table to columns, for completion. */
  schema: Record<string, string[]>;
  label: string;
}

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: "#17509e", fontWeight: "600" },
  { tag: tags.string, color: "#0f7a5f" },
  { tag: tags.number, color: "#a14d00" },
  { tag: tags.comment, color: "#7a8596", fontStyle: "italic" },
  { tag: tags.typeName, color: "#7a3a86" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13.5px", backgroundColor: "#fff" },
  ".cm-scroller": { fontFamily: "var(--code-font)", lineHeight: "1.65" },
  ".cm-gutters": { backgroundColor: "#f7f9fc", color: "#98a3b3", border: "0" },
  ".cm-activeLine": { backgroundColor: "#f3f7fd80" },
  ".cm-lintRange-error": { backgroundColor: "#b3261e14" },
  ".cm-diagnostic": { padding: "8px 12px", maxWidth: "460px", lineHeight: "1.7", fontFamily: "var(--text-font)" },
  ".cm-diagnosticAction": { backgroundColor: "#17509e", borderRadius: "3px", padding: "2px 8px", marginTop: "6px" },
});

export default function SqlEditor({ value, onChange, spots, schema, label }: SqlEditorProps) {
  const t = useText();
  const { language } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const dialect = useRef(new Compartment());
  const report = useRef(onChange);
  report.current = onChange;

  // Effects, because the editor owns its element and its document.
  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          syntaxHighlighting(colors),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label }),
          dialect.current.of(sql({ dialect: PostgreSQL, upperCaseKeywords: true })),
          keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) report.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // The document is the editor's own from here on; a new text from outside arrives through the effect below.
  }, [label]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({
      effects: dialect.current.reconfigure(sql({ dialect: PostgreSQL, upperCaseKeywords: true, schema })),
    });
  }, [schema]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const text = editor.state.doc.toString();
    const diagnostics = spots
      .filter((s) => s.start !== undefined || s.end !== undefined)
      .map((s): Diagnostic => {
        const from = positionOfByte(text, s.start ?? 0);
        const to = Math.max(positionOfByte(text, s.end ?? 0), Math.min(from + 1, text.length));
        const rewrite = replacement(text, s);
        const words = language === "en-US" && s.en ? s.en : s.message;
        return {
          from,
          to,
          severity: "error",
          source: s.code,
          message: s.hint ? `${words}\n${t.problem.suggestion}: ${s.hint}` : words,
          actions: rewrite && [
            {
              name: t.lab.applyHint,
              // The editor has moved the place along with what was typed since.
              apply: (v, start, end) => {
                const whole = rewrite.from === 0 && rewrite.to === text.length;
                v.dispatch({ changes: { from: whole ? 0 : start, to: whole ? v.state.doc.length : end, insert: rewrite.insert } });
              },
            },
          ],
        };
      });
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
    // By content: an equal answer to a second check must not close the explanation that somebody is reading.
  }, [JSON.stringify(spots), language, t]);

  return <div ref={place} className="sql-editor" />;
}
