import { ArrowRightOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { Input, Skeleton } from "antd";
import { Link, useNavigate } from "react-router";
import { useItem } from "@/api/hooks";
import { useKinds, useRegime } from "@/api/law";
import { scenario } from "@/shell/menu";
import { useOpenList } from "@/api/open";
import { useLanguage, useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { dayWithWeekday } from "@/util/day";
import { path } from "@/util/path";
import { OpenCard } from "./OpenCard";
import "./home.css";

function Hero() {
  const t = useText();
  const navigate = useNavigate();
  const operated = useKinds()?.some((k) => scenario.includes(k));
  return (
    <section className="hero">
      <div className="portal-inner">
        <h1>{operated === false ? t.portal.commonsTitle : t.portal.heroTitle}</h1>
        <p>{operated === false ? t.portal.commonsLead : t.portal.heroLead}</p>
        <Input.Search
          size="large"
          className="hero-search"
          placeholder={t.portal.searchHint}
          aria-label={t.common.search}
          enterButton={t.common.search}
          onSearch={(q) => void navigate(q ? `${path.open()}?q=${encodeURIComponent(q)}` : path.open())}
        />
        <ol className="hero-steps" aria-label={operated === false ? t.portal.commonsStepsLead : t.portal.stepsLead}>
          {(operated === false ? t.portal.commonsSteps : t.portal.steps).map((step, i) => (
            <li key={step}>
              <i>{i + 1}</i>
              {step}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function LawBox() {
  const t = useText();
  const { language } = useLanguage();
  const regime = useRegime();
  return (
    <section>
      <div className="home-head">
        <h2>{t.portal.law}</h2>
        <Link to={path.law()}>
          {t.portal.all} <ArrowRightOutlined aria-hidden />
        </Link>
      </div>
      {regime.isPending && <Skeleton active />}
      {regime.error && <ProblemView problem={regime.error} />}
      <ul className="home-list">
        {[...(regime.data?.packs ?? [])].reverse().map((pack) => (
          <li key={pack.id}>
            <Link to={path.pack(pack.id)}>{pack.title}</Link>
            <span>
              {pack.issuer} · {t.law.inForce} {dayWithWeekday(pack.from, language)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LedgerBox() {
  const t = useText();
  const head = useItem("/v1/ledger/checkpoint");
  return (
    <section className="home-ledger">
      <SafetyCertificateOutlined aria-hidden />
      <div>
        <h2>{t.portal.ledgerTitle}</h2>
        <p>{t.portal.ledgerLead(head.data?.size ?? 0)}</p>
        <ButtonLink to={path.ledger()} ghost>{t.portal.ledgerGo}</ButtonLink>
      </div>
    </section>
  );
}

export default function Home() {
  const t = useText();
  const open = useOpenList();
  return (
    <>
      <Hero />
      <div className="portal-inner portal-page home-grid">
        <div>
          <div className="home-head">
            <h2>{t.portal.openData}</h2>
            <Link to={path.open()}>
              {t.portal.all} <ArrowRightOutlined aria-hidden />
            </Link>
          </div>
          {open.loading && <Skeleton active />}
          {open.problem && <ProblemView problem={open.problem} />}
          {open.items?.length === 0 && <EmptyState title={t.portal.openEmpty} hint={t.portal.openEmptyHint} />}
          {open.items?.slice(0, 4).map((item) => (
            <OpenCard key={item.id} item={item} />
          ))}
        </div>
        <aside>
          <LawBox />
          <LedgerBox />
        </aside>
      </div>
    </>
  );
}
