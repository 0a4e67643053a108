import { Spin } from "antd";
import { Suspense } from "react";
import { NavLink, Outlet } from "react-router";
import { useKinds } from "@/api/law";
import { useSession } from "@/api/session";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { path } from "@/util/path";
import { Brand, LanguageSwitch } from "./Brand";
import { landing, scenario } from "./menu";
import "./portal.css";

/** The public side: no sign-in, the same marks. */
export function Portal() {
  const t = useText();
  const session = useSession();
  const operated = useKinds()?.some((k) => scenario.includes(k));
  const places = [
    { to: path.open(), label: t.portal.openData },
    { to: path.notices(), label: t.portal.notices },
    ...(operated === false ? [] : [{ to: path.providers(), label: t.portal.providers }]),
    { to: path.law(), label: t.portal.law },
    { to: path.docs(), label: t.portal.docs },
  ];
  return (
    <div className="portal">
      <a href="#content" className="skip-link">
        {t.shell.skip}
      </a>
      <header className="portal-head">
        <div className="portal-inner portal-bar">
          <Brand />
          <nav aria-label={t.shell.menu}>
            {places.map((p) => (
              <NavLink key={p.to} to={p.to}>
                {p.label}
              </NavLink>
            ))}
          </nav>
          <div className="portal-tools">
            <LanguageSwitch />
            <ButtonLink to={session ? landing(session.roles ?? []) : path.signin()} ghost>{session ? t.shell.console : t.shell.signIn}</ButtonLink>
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <Suspense fallback={<Spin style={{ display: "block", margin: "160px auto" }} />}>
          <Outlet />
        </Suspense>
      </main>
      <footer className="portal-foot">
        <div className="portal-inner">
          <span>{t.brand.principles.join(" · ")}</span>
          <span>{t.shell.footer}</span>
        </div>
      </footer>
    </div>
  );
}
