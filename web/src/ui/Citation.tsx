import { BookOutlined } from "@ant-design/icons";
import { Button, Drawer, Skeleton, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { useArticle } from "@/api/law";
import type { Cite } from "@/api/problem";
import { useText } from "@/text";
import { path } from "@/util/path";
import "./citation.css";

/** The words of an article with the quoted part marked. */
export function MarkedArticle({ text, quote }: { text: string; quote?: string }) {
  const at = quote ? text.indexOf(quote) : -1;
  if (!quote || at < 0) return <div className="article-text">{text}</div>;
  return (
    <div className="article-text">
      {text.slice(0, at)}
      <mark>{quote}</mark>
      {text.slice(at + quote.length)}
    </div>
  );
}

function CitationDrawer({ cite, close }: { cite: Cite; close: () => void }) {
  const t = useText();
  const article = useArticle(cite.pack, cite.article);
  return (
    <Drawer title={t.cite.title} open onClose={close} size={480}>
      <Typography.Title level={5} style={{ marginTop: 0 }}>
        {cite.law && `《${cite.law}》`}
        {cite.article}
      </Typography.Title>
      {cite.message && (
        <p className="cite-meaning">
          <Typography.Text type="secondary">{t.cite.meaning}</Typography.Text>
          <br />
          {cite.message}
        </p>
      )}
      {article.data ? (
        <MarkedArticle text={article.data.text} quote={cite.quote} />
      ) : article.isPending && cite.pack ? (
        <Skeleton active />
      ) : (
        cite.quote && <MarkedArticle text={cite.quote} quote={cite.quote} />
      )}
      <Space style={{ marginTop: 20 }} separator="·">
        {cite.rule && (
          <Typography.Text type="secondary" copyable={{ text: cite.rule }}>
            {t.cite.rule} {cite.rule}
          </Typography.Text>
        )}
        {cite.pack && <Link to={path.article(cite.pack, cite.article)}>{t.cite.browse}</Link>}
      </Space>
    </Drawer>
  );
}

/** A small tag with the article; a click opens the article with the quoted words marked. */
export function Citation({ cite }: { cite: Cite }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        type="text"
        size="small"
        className="citation"
        onClick={(event) => {
          event.stopPropagation();
          setOpen(true);
        }}
        aria-label={`${t.cite.title}: ${cite.law ?? ""} ${cite.article}`}
      >
        <Tag icon={<BookOutlined aria-hidden />} variant="outlined">
          {cite.article}
        </Tag>
      </Button>
      {open && <CitationDrawer cite={cite} close={() => setOpen(false)} />}
    </>
  );
}

export function Citations({ cites }: { cites?: Cite[] | null }) {
  if (!cites?.length) return null;
  return (
    <span className="citations">
      {cites.map((cite, i) => (
        <Citation key={`${cite.pack}-${cite.article}-${cite.rule ?? i}`} cite={cite} />
      ))}
    </span>
  );
}
