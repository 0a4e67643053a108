import { Anchor, Button, Col, Drawer, Input, Row, Skeleton, Space, Switch, Tag, Typography } from "antd";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useItem } from "@/api/hooks";
import type { Article, PackInfo } from "@/api/types";
import { useText } from "@/text";
import { MarkedArticle } from "@/ui/Citation";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { liesIn, piecesOf, type Rest, restsOf } from "./book";
import { useLawBook } from "./data";
import { useOpenRule } from "./RuleDrawer";

const anchor = (number: string) => `article-${number}`;

function Rests({ rests }: { rests: Rest[] }) {
  const t = useText();
  const openRule = useOpenRule();
  const [, setSearch] = useSearchParams();
  const go = (rest: Rest) => {
    if (rest.kind === "rule") openRule(rest.id);
    else if (rest.kind === "obligation") setSearch({ tab: "coverage", q: rest.id });
    else if (rest.kind === "value") setSearch({ tab: "values" });
    else setSearch({ tab: "procedures", kind: rest.id.split(".").slice(0, 2).join(".") });
  };
  return (
    <ul className="law-rests">
      {rests.map((r) => (
        <li key={r.kind + r.id}>
          <Tag>{t.law.rests[r.kind]}</Tag>
          <Button type="link" size="small" onClick={() => go(r)}>
            {r.title}
          </Button>
          {r.quote && <Typography.Text type="secondary">“{r.quote}”</Typography.Text>}
        </li>
      ))}
    </ul>
  );
}

function ArticleBlock({ article, rests, find, lit, marks }: { article: Article; rests: Rest[]; find: string; lit: boolean; marks: boolean }) {
  const t = useText();
  const [shown, setShown] = useState<Rest[]>();
  const pieces = piecesOf(article.text, rests);
  return (
    <article
      id={anchor(article.number)}
      className={lit ? "law-article law-lit" : "law-article"}
      ref={lit ? (el) => el?.scrollIntoView({ block: "center" }) : undefined}
    >
      <h3>
        {article.number} <span>{article.title}</span>
        {rests.length > 0 && (
          <Button type="link" size="small" onClick={() => setShown(rests)}>
            {t.law.restsOn(rests.length)}
          </Button>
        )}
      </h3>
      {find || !marks ? (
        <MarkedArticle text={article.text} quote={find || undefined} />
      ) : (
        <div className="article-text">
          {pieces.map((piece, i) =>
            piece.rests.length === 0 ? (
              piece.text
            ) : (
              <mark
                // The pieces of one article never change places.
                key={i}
                className={piece.rests.some((r) => r.kind === "rule") ? "mark-rule" : "mark-other"}
                role="button"
                tabIndex={0}
                aria-label={`${piece.text}，${t.law.restsOn(piece.rests.length)}`}
                onClick={() => setShown(piece.rests)}
                onKeyDown={(e) => e.key === "Enter" && setShown(piece.rests)}
              >
                {piece.text}
              </mark>
            ),
          )}
        </div>
      )}
      {shown && (
        <Drawer title={`${article.number} ${article.title ?? ""}`} open onClose={() => setShown(undefined)} size={480}>
          <Typography.Title level={5} style={{ marginTop: 0 }}>
            {t.law.restsTitle}
          </Typography.Title>
          <Rests rests={shown} />
        </Drawer>
      )}
    </article>
  );
}

/** The text of a regulation, the words that the program rests on marked; each mark opens what rests on it. */
export function Articles({ pack }: { pack: PackInfo }) {
  const t = useText();
  const [search] = useSearchParams();
  const [find, setFind] = useState("");
  const [marks, setMarks] = useState(true);
  const articles = useItem("/v1/regime/packs/{id}/articles", { path: { id: pack.id } });
  const book = useLawBook(pack.id);
  const rests = useMemo(
    () => restsOf(pack.id, book),
    // The book is gathered anew on each render; its parts are not.
    [pack.id, book.rules, book.values, book.procedures, book.obligations],
  );
  const wanted = search.get("article") ?? undefined;
  if (articles.error) return <ProblemView problem={articles.error} />;
  if (!articles.data) return <Skeleton active />;
  const shown = (articles.data.items ?? []).filter((a) => !find || a.text.includes(find) || a.number.includes(find));
  return (
    <Row gutter={32}>
      <Col xs={0} lg={6} className="law-side">
        <Anchor offsetTop={80} items={shown.map((a) => ({ key: a.number, href: `#${anchor(a.number)}`, title: `${a.number} ${a.title ?? ""}` }))} />
      </Col>
      <Col xs={24} lg={18}>
        <Space wrap style={{ marginBottom: 12 }} size="large">
          <Input.Search allowClear aria-label={t.law.find} placeholder={t.law.find} onChange={(e) => setFind(e.target.value.trim())} style={{ width: 320 }} />
          <label>
            <Switch checked={marks} onChange={setMarks} size="small" /> {t.law.showMarks}
          </label>
        </Space>
        {shown.length === 0 && <EmptyState title={t.law.noMatch} />}
        {shown.map((a) => (
          <ArticleBlock
            key={a.number}
            article={a}
            find={find}
            marks={marks}
            lit={wanted !== undefined && liesIn(wanted, a.number)}
            rests={rests.filter((r) => liesIn(r.article, a.number))}
          />
        ))}
      </Col>
    </Row>
  );
}
