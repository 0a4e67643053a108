import { DownOutlined, MenuOutlined } from "@ant-design/icons";
import { Button, Drawer, Dropdown, Layout, Menu, Spin } from "antd";
import { Suspense, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router";
import { useKinds } from "@/api/law";
import { clearReceipt, useLastReceipt } from "@/api/receipts";
import { useSession, useSignOut } from "@/api/session";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Bell } from "@/pages/message/Bell";
import { Receipt } from "@/ui/Receipt";
import { path } from "@/util/path";
import { Brand, LanguageSwitch } from "./Brand";
import { activeItem, menuFor } from "./menu";
import "./console.css";

function Navigation({ session, done }: { session: Me; done?: () => void }) {
  const t = useText();
  const location = useLocation();
  const navigate = useNavigate();
  const active = activeItem(location.pathname);
  const kinds = useKinds();
  if (!kinds) return null;
  return (
    <Menu
      mode="inline"
      aria-label={t.shell.menu}
      items={menuFor(session.roles ?? [], t.shell, kinds)}
      selectedKeys={active ? [active] : []}
      onClick={({ key }) => {
        void navigate(key);
        done?.();
      }}
    />
  );
}

function Person({ session }: { session: Me }) {
  const t = useText();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "who", disabled: true, label: (session.roles ?? []).map((r) => wordFor(t.roles, r)).join("、") },
          { key: "portal", label: t.shell.portal, onClick: () => void navigate(path.home()) },
          ...(session.citizen ? [] : [{ key: "keys", label: t.key.title, onClick: () => void navigate(path.keys()) }]),
          { type: "divider" },
          { key: "out", label: t.shell.signOut, onClick: () => void signOut().then(() => navigate(path.signin())) },
        ],
      }}
    >
      <Button type="text" className="on-navy">
        {session.name}
        <span className="person-org">{session.org_name ?? wordFor(t.roles, session.roles?.[0])}</span>
        <DownOutlined style={{ fontSize: 10 }} aria-hidden />
      </Button>
    </Dropdown>
  );
}

function ReceiptLine() {
  const receipt = useLastReceipt();
  const t = useText();
  if (!receipt) return null;
  return (
    <div className="receipt-line" role="status">
      <Receipt key={receipt.seq} seq={receipt.seq} />
      <Button type="text" size="small" onClick={clearReceipt} aria-label={t.common.close}>
        ×
      </Button>
    </div>
  );
}

/** The console around a page: the person, the menu, the last receipt. */
export function Console() {
  const t = useText();
  const session = useSession();
  const location = useLocation();
  const [drawer, setDrawer] = useState(false);
  if (session === undefined) return <Spin fullscreen description={t.common.loading} />;
  if (session === null) return <Navigate to={path.signin(location.pathname + location.search)} replace />;
  return (
    <Layout className="console">
      <a href="#content" className="skip-link">
        {t.shell.skip}
      </a>
      <Layout.Header className="console-head">
        <Button type="text" className="on-navy menu-button" icon={<MenuOutlined aria-hidden />} onClick={() => setDrawer(true)} aria-label={t.shell.menu} />
        <Brand />
        <div style={{ flex: 1 }} />
        <Bell />
        <LanguageSwitch />
        <Person session={session} />
      </Layout.Header>
      <Layout hasSider>
        <Layout.Sider width={212} className="console-sider">
          <Navigation session={session} />
        </Layout.Sider>
        <Drawer placement="left" size={260} open={drawer} onClose={() => setDrawer(false)} title={t.shell.menu} styles={{ body: { padding: 8 } }}>
          <Navigation session={session} done={() => setDrawer(false)} />
        </Drawer>
        <Layout.Content id="content" className="console-content" tabIndex={-1}>
          <Suspense fallback={<Spin style={{ display: "block", margin: "120px auto" }} />}>
            <Outlet context={session} />
          </Suspense>
        </Layout.Content>
      </Layout>
      <ReceiptLine />
    </Layout>
  );
}
